"""`ringback backup` and `ringback restore`: what was asked for, with what the settings say where nothing was."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from app.backup import making, restoring
from app.backup.errors import BackupError, RestoreRefused
from app.backup.manifest import MANIFEST, MOST_BYTES, opened_seal
from app.backup.places import BackupPlace, place_of
from app.terminal import cell
from ringback import secrets
from ringback.config import Settings
from ringback.yielding import give_way

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Chosen:
    """A backup that somebody wants looked at or back."""

    place: BackupPlace
    backup: restoring.FoundBackup
    key: str | None


def key(settings: Settings) -> str:
    """What seals backups of this installation."""
    return secrets.load_or_create(settings)[0].backup_key


def back_up(
    settings: Settings,
    source: Path,
    to: str | None,
    sounds: bool | None,
    with_secrets: bool | None,
    keep_days: int | None,
    tell: Tell,
) -> making.BackupMade:
    """One backup; old ones go only where the settings, or the one who asks, say when."""
    rules = settings.backup
    where = to or rules.to
    if not where:
        raise BackupError("app.backup_nowhere")
    days = keep_days if keep_days is not None else (rules.keep_days if where == rules.to else None)
    wish = making.BackupWish(
        where,
        sounds=rules.recordings == "files" if sounds is None else sounds,
        secrets=rules.secrets if with_secrets is None else with_secrets,
        keep_days=days,
    )
    give_way(10)
    return making.make(settings, source, wish, tell)


def told(made: making.BackupMade) -> str:
    """What was made, in a few lines."""
    lines = [
        f"{made.name} in {made.place}: whole, and read back.",
        f"{made.sounds} recordings ({made.new_sounds} new there), {made.files} other files.",
        f"{made.written / 1e6:,.1f} MB written.",
    ]
    if made.absent:
        lines.append(
            f"{made.absent} recordings are in the list alone: they lie in the storage of recordings, or nowhere."
        )
    if made.removed:
        lines.append(f"Removed: {', '.join(made.removed)}")
    return "\n".join(lines)


def _place(settings: Settings, source: str | None) -> BackupPlace:
    where = source or settings.backup.to
    if not where:
        raise BackupError("app.backup_nowhere")
    return place_of(settings, where)


def listed(settings: Settings, source: str | None) -> list[dict[str, Any]]:
    """The whole backups of a place, the oldest first; their seals are not looked at."""
    place = _place(settings, source)
    rows: list[dict[str, Any]] = []
    for name in restoring.whole_backups(place):
        try:
            manifest = opened_seal(place.read(f"{name}/{MANIFEST}", MOST_BYTES), None)
        except RestoreRefused as error:
            rows.append({"name": name, "error": str(error)})
            continue
        size = manifest.data.size + sum(file.size for file in manifest.sounds)
        rows.append(
            {
                "name": name,
                "at": manifest.at,
                "store": manifest.store,
                "schema": manifest.revision,
                "bytes": size,
                "recordings": len(manifest.sounds),
                "absent": len(manifest.absent),
                "secrets": manifest.has_secrets,
            }
        )
    return rows


def show(rows: list[dict[str, Any]]) -> None:
    """A line for each."""
    if not rows:
        Console().print("No whole backup there.")
        return
    table = Table("name", "as of (UTC)", "store", "recordings", "only listed", "secrets", "MB")
    for row in rows:
        if "error" in row:
            table.add_row(row["name"], cell(row["error"]), "", "", "", "", "")
            continue
        size, has = f"{row['bytes'] / 1e6:,.1f}", "yes" if row["secrets"] else "no"
        counts = (str(row["recordings"]), str(row["absent"]))
        table.add_row(row["name"], cell(row["at"][:19].replace("T", " ")), row["store"], *counts, has, size)
    Console(width=max(Console().width, 110)).print(table)


def chosen(
    settings: Settings, source: str | None, name: str | None, key_file: Path | None, *, unproven: bool
) -> Chosen:
    """The backup that is meant, its seal checked. Raises RestoreRefused."""
    if key_file is not None:
        held: str | None = key_file.read_text(encoding="utf-8").strip()
    else:
        held = _own_key(settings)
    if not held and not unproven:
        raise RestoreRefused("app.restore_no_key")
    place = _place(settings, source)
    return Chosen(place, restoring.find(place, name, held or None), held or None)


def _own_key(settings: Settings) -> str | None:
    """Of an installation that is there; looking makes none."""
    if not (settings.data / "secrets.yaml").exists():
        return None
    return secrets.load_or_create(settings)[0].backup_key


def check(found: Chosen, tell: Tell) -> None:
    """Reads all of it. Raises RestoreRefused."""
    with TemporaryDirectory(prefix="ringback-") as folder:
        restoring.check(found.place, found.backup, Path(folder), tell)


def settings_of(found: Chosen, target: Path) -> None:
    """Its settings file alone. Raises RestoreRefused, FileExistsError."""
    restoring.take_settings(found.place, found.backup, target)


def restore(settings: Settings, found: Chosen, tell: Tell) -> str:
    """Puts it back; what to do next."""
    restoring.restore(settings, found.place, found.backup, found.key, tell)
    manifest = found.backup.manifest
    lines = [f"{settings.data.resolve()} is as of {manifest.at[:19].replace('T', ' ')} UTC."]
    if not found.backup.proven:
        lines.append("Its seal was not checked: look at the people who may sign in (`ringback people list`).")
    if manifest.absent:
        lines.append(
            f"{len(manifest.absent)} recordings were in the list alone: `ringback doctor` and the alarms tell of them."
        )
    if not manifest.has_secrets:
        lines.append(
            "It held no secrets: phones need the new passwords of secrets.yaml, and a trunk its password in it."
        )
    lines.append("The settings of then are in restored-settings; `ringback check`, then `ringback run`.")
    return "\n".join(lines)
