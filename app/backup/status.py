"""How the last backup went: one small file in the data folder, for whoever tells people that none was made.

`<data>/backup-status.json`: {"at": when it ended (seconds since the epoch), "ok": whether it is whole and was read
back, "why": the sentence in English where it is not, "name": of the backup, "last_ok_at": when the last whole one
ended, or null}.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ringback.config import Settings
from ringback.store.base import utcnow


@dataclass(frozen=True)
class BackupStatus:
    """The last backup, whole or not."""

    at: float
    ok: bool
    why: str
    name: str
    last_ok_at: float | None


def status_file(settings: Settings) -> Path:
    return settings.data / "backup-status.json"


def read_status(settings: Settings) -> BackupStatus | None:
    """None: there never was one, or nobody can read of it."""
    try:
        told = json.loads(status_file(settings).read_text(encoding="utf-8"))
        return BackupStatus(
            float(told["at"]), bool(told["ok"]), told["why"], told.get("name", ""), told.get("last_ok_at")
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_status(settings: Settings, *, ok: bool, why: str = "", name: str = "") -> None:
    """Replaces the file at once."""
    before = read_status(settings)
    now = utcnow().timestamp()
    last = now if ok else (before.last_ok_at if before else None)
    draft = status_file(settings).with_suffix(".new")
    draft.write_text(json.dumps(asdict(BackupStatus(now, ok, why, name, last))), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(status_file(settings))
