"""Puts a backup back into an empty data folder, and trusts nothing that it reads.

Everything is checked before anything is in its place: the seal, every length, every checksum, the rows. While it is
under way a marker lies in the data folder; what a killed restore has left is thrown away by the next one, and
`ringback run` does not start with it. Rows come back into a schema of our own making, of the backup's revision, which
migrations then bring to the newest.
"""

import json
import os
import secrets as random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from app.backup import archive, database
from app.backup.errors import RestoreRefused
from app.backup.leftovers import MARKER
from app.backup.manifest import (
    DATA,
    IS_BACKUP,
    MANIFEST,
    MOST_BYTES,
    Manifest,
    opened_seal,
    sound_name,
)
from app.backup.places import SPARE_BYTES, BackupPlace, Tell
from app.modes import private_files
from app.occupied import BACKUP, RUN, WATCHDOG, hold, holder
from recording.files import to_disk
from ringback.config import Settings, in_force

WORK = "restoring"


@dataclass(frozen=True)
class FoundBackup:
    """One whole backup of a place, its manifest read."""

    name: str
    manifest: Manifest
    proven: bool
    """Whether its seal was checked with a key."""


def whole_backups(place: BackupPlace) -> list[str]:
    """Names of the backups there, the oldest first."""
    found = {name.partition("/")[0] for name in place.listing() if name.partition("/")[2] == MANIFEST}
    return sorted(name for name in found if IS_BACKUP.fullmatch(name))


def find(place: BackupPlace, name: str | None, key: str | None) -> FoundBackup:
    """The backup `name`, or the newest. Without a key its seal is not looked at. Raises RestoreRefused."""
    if name is not None and not IS_BACKUP.fullmatch(name):
        raise RestoreRefused("app.backup_none", place=place.title)
    names = [name] if name is not None else whole_backups(place)[-1:]
    if not names:
        raise RestoreRefused("app.backup_none", place=place.title)
    try:
        written = place.read(f"{names[0]}/{MANIFEST}", MOST_BYTES)
    except FileNotFoundError as error:
        raise RestoreRefused("app.backup_none", place=place.title) from error
    return FoundBackup(names[0], opened_seal(written, key), key is not None)


def check(place: BackupPlace, found: FoundBackup, folder: Path, tell: Tell) -> None:
    """Reads all of a backup and restores nothing; `folder` is for what has to be unpacked. Raises RestoreRefused."""
    _check_sizes(place, found)
    data = folder / DATA
    _fetch_data(place, found, data)
    archive.unpack(data, found.manifest.packed, None)
    data.unlink()
    for count, digest, size in _sounds(found.manifest):
        if place.digest(sound_name(digest), size) != digest:
            raise RestoreRefused("app.backup_damaged", what=sound_name(digest))
        if count % 1000 == 0:
            tell(f"{count} recordings read")


def restore(settings: Settings, place: BackupPlace, found: FoundBackup, key: str | None, tell: Tell) -> None:
    """Puts it back. Raises RestoreRefused, StorageError, OSError; what it leaves then is no installation."""
    with private_files(), _hold_empty(settings):
        _check_sizes(place, found)
        _check_room(settings, found.manifest)
        if found.manifest.store != settings.store_url.partition(":")[0].partition("+")[0]:
            raise RestoreRefused("app.restore_other_store", store=found.manifest.store)
        database.check_empty(settings.store_url)
        restore_name = f"restore-{random.token_hex(8)}"
        _mark(settings, found, restore_name)
        work = settings.data / WORK
        work.mkdir(mode=0o700)
        _fetch_data(place, found, work / DATA)
        tell("Checked: what is small. Unpacking it.")
        archive.unpack(work / DATA, found.manifest.packed, work)
        (work / DATA).unlink()
        _fetch_sounds(settings, place, found, tell)
        _put_files(settings, work, key)
        tell("Putting the rows back")
        manifest, rows = found.manifest, work / "database"
        database.put_back(settings.store_url, rows, manifest.revision, manifest.tables, restore_name)
        shutil.rmtree(work)
        to_disk(settings.data)
        (settings.data / MARKER).unlink()
        to_disk(settings.data)


@contextmanager
def _hold_empty(settings: Settings) -> Iterator[None]:
    """The data folder for ourselves, empty but for what a killed restore has left, which goes. Raises "
    "RestoreRefused."""
    other = holder(settings, RUN) or holder(settings, WATCHDOG)
    if other is not None:
        raise RestoreRefused("app.restore_running", process=other)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with hold(settings, RUN), hold(settings, BACKUP):
        if (settings.data / MARKER).exists():
            _throw_away(settings)
        for path in settings.data.iterdir():
            if not path.name.endswith(".lock"):
                raise RestoreRefused("app.restore_not_empty", what=settings.data)
        yield


def _throw_away(settings: Settings) -> None:
    """What lies in a folder that was empty when the restore began that did not end; the marker goes last."""
    marker = settings.data / MARKER
    try:
        noted = json.loads(marker.read_text(encoding="utf-8"))
        told, restore_name = noted["database"], str(noted["restore"])
    except (OSError, ValueError, KeyError, TypeError):
        told = restore_name = None  # killed before it was written: there is no database yet
    if restore_name is not None:
        database.forget_rows(settings.store_url, restore_name)
    if told is not None and told == _database_file(settings):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{told}{suffix}").unlink(missing_ok=True)
    database.forget_draft(settings.store_url)
    for path in settings.data.iterdir():
        if path.name == MARKER or path.name.endswith(".lock"):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    marker.unlink()


def _database_file(settings: Settings) -> str | None:
    """SQLite's, which was not there when the restore began; PostgreSQL forgets what was not finished by itself."""
    url = settings.store_url
    return str(database.file_of(url).resolve()) if url.startswith("sqlite") else None


def _mark(settings: Settings, found: FoundBackup, restore_name: str) -> None:
    descriptor = os.open(settings.data / MARKER, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"backup": found.name, "restore": restore_name, "database": _database_file(settings)}, file)
        file.flush()
        os.fsync(descriptor)
    to_disk(settings.data)


def _sounds(manifest: Manifest) -> Iterator[tuple[int, str, int]]:
    """Each recording that the place holds, once: how many so far, checksum, size."""
    sizes = {file.sha256: file.size for file in manifest.sounds}
    for count, (digest, size) in enumerate(sorted(sizes.items()), 1):
        yield count, digest, size


def _check_sizes(place: BackupPlace, found: FoundBackup) -> None:
    """Everything that the manifest names is there, with the length it names. Raises RestoreRefused."""
    there = place.listing()
    wanted = {f"{found.name}/{DATA}": found.manifest.data.size}
    wanted |= {sound_name(digest): size for _, digest, size in _sounds(found.manifest)}
    for name, size in wanted.items():
        if there.get(name) != size:
            raise RestoreRefused("app.backup_damaged", what=name)


def _check_room(settings: Settings, manifest: Manifest) -> None:
    small = sum(file.size for file in manifest.packed)
    needed = manifest.data.size + 3 * small + sum(file.size for file in manifest.sounds) + SPARE_BYTES
    if shutil.disk_usage(settings.data).free < needed:
        raise RestoreRefused("app.backup_no_room", folder=settings.data, gigabytes=f"{needed / 1e9:.1f}")


def _fetch_data(place: BackupPlace, found: FoundBackup, target: Path) -> None:
    data = found.manifest.data
    if place.fetch(f"{found.name}/{DATA}", target, data.size) != data.sha256:
        raise RestoreRefused("app.backup_damaged", what=DATA)


def _fetch_sounds(settings: Settings, place: BackupPlace, found: FoundBackup, tell: Tell) -> None:
    settings.recordings.mkdir(mode=0o700)
    for count, file in enumerate(found.manifest.sounds, 1):
        target = settings.data / file.name
        if place.fetch(sound_name(file.sha256), target, file.size) != file.sha256:
            raise RestoreRefused("app.backup_damaged", what=file.name)
        os.utime(target, ns=(file.changed, file.changed))
        if count % 1000 == 0:
            tell(f"{count} of {len(found.manifest.sounds)} recordings")


def _put_files(settings: Settings, work: Path, key: str | None) -> None:
    """Moves what was unpacked to where it belongs; settings lie beside, for a person to compare."""
    for name in ("spool", "sounds"):
        if (work / name).exists():
            (work / name).replace(settings.data / name)
    if (work / "settings").exists():
        (work / "settings").replace(settings.data / "restored-settings")
    told = work / "secrets"
    if (told / "tls").exists():
        (told / "tls").replace(settings.data / "tls")
    if (told / "secrets.yaml").exists():
        _put_secrets(settings, told / "secrets.yaml", key)


def _put_secrets(settings: Settings, path: Path, key: str | None) -> None:
    """They are read as plain data; the key of backups, which no backup holds, is the one that proved this one."""
    try:
        known = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RestoreRefused("app.backup_unreadable", what=path.name) from error
    if not isinstance(known, dict):
        raise RestoreRefused("app.backup_unreadable", what=path.name)
    known["backup_key"] = key or ""
    descriptor = os.open(settings.data / "secrets.yaml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        yaml.safe_dump(known, out)


def take_settings(place: BackupPlace, found: FoundBackup, target: Path) -> None:
    """The settings of a backup alone, as a new file: what was in force, which may have been published since the file
    was written. Raises RestoreRefused, FileExistsError."""
    names = [f"settings/{in_force.NAME}", "settings/ringback.yaml"]
    name = next((name for name in names if any(file.name == name for file in found.manifest.packed)), None)
    if name is None:
        raise RestoreRefused("app.backup_no_settings")
    with tempfile.TemporaryDirectory(prefix="ringback-") as made:
        work = Path(made)
        _fetch_data(place, found, work / DATA)
        archive.unpack(work / DATA, found.manifest.packed, work / "all")
        there = work / "all" / name
        content = there.read_bytes()
        with target.open("xb") as out:
            out.write(in_force.parse(content, there).text if name == names[0] else content)
