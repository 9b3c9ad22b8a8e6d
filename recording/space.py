"""The free-space gate: alarms at two levels before the disk that recordings are written to is full.

Calls go on whatever it says, and what they could not write is said on each recording. The alarms go by themselves.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from recording import alarms
from ringback.config import Settings
from ringback.config.recordings import room_bytes
from ringback.messages import message
from ringback.store.alarms import Level
from ringback.store.base import utcnow
from ringback.store.bus import Alarm

Fill = Literal["", "yellow", "red"]
KINDS: dict[Level, str] = {"yellow": alarms.SPACE_YELLOW, "red": alarms.SPACE_RED}
SLACK = 1.05
"""Once raised, an alarm stands until there is so much more than its limit."""
CALL_BYTES_A_MINUTE = 1_920_000
"""Of raw sound."""


@dataclass(frozen=True, slots=True)
class Disk:
    place: str
    """spool, library; where both lie on one disk, spool."""
    folder: Path
    free: int
    whole: int
    """Bytes."""


def disks(settings: Settings) -> list[Disk]:
    """The disks that recordings are written to, one or two. Folders that are not there yet count as their parents."""
    found: dict[int, Disk] = {}
    for place, wanted in (("spool", settings.spool), ("library", settings.recordings)):
        folder = next(f for f in (wanted.resolve(), *wanted.resolve().parents) if f.exists())
        usage = shutil.disk_usage(folder)
        found.setdefault(folder.stat().st_dev, Disk(place, wanted, usage.free, usage.total))
    return list(found.values())


def fill(settings: Settings, disk: Disk, before: Fill = "") -> Fill:
    """How full a disk is; `before` is what was said last."""
    levels: tuple[Fill, ...] = ("red", "yellow")
    for level in levels:
        limit = room_bytes(getattr(settings.recording, level), disk.whole)
        stood = before == "red" or before == level
        if disk.free < limit * (SLACK if stood else 1.0):
            return level
    return ""


@dataclass
class SpaceGate:
    """A stage of the worker: `due` looks, `tell` raises and clears."""

    sessions: sessionmaker[Session]
    settings: Settings
    _told: dict[str, Fill] = field(default_factory=dict)

    def due(self, session: Session, full: bool) -> list[str]:
        """Places whose alarm is not what it should be; the store is asked only where something changed."""
        if full or not self._told:
            self._told = _standing(session)
        return [
            disk.place
            for disk in disks(self.settings)
            if fill(self.settings, disk, self._told.get(disk.place, "")) != self._told.get(disk.place, "")
        ]

    def tell(self, place: str) -> str | None:
        """Raises or clears the alarms of one place; its level now."""
        disk = next((disk for disk in disks(self.settings) if disk.place == place), None)
        if disk is None:
            return None
        level = fill(self.settings, disk, self._told.get(place, ""))
        minutes = disk.free // CALL_BYTES_A_MINUTE
        free = round(disk.free / 1e9, 1)
        said = {
            "yellow": message("recording.space_low", free_gb=free, folder=disk.folder, minutes=minutes),
            "red": message("recording.space_out", free_gb=free, folder=disk.folder),
        }
        with self.sessions() as session, session.begin():
            now = utcnow()
            for name, kind in KINDS.items():
                alarms.keep_alarm(
                    session, kind, place, said[name] if level == name else None, name, now, minutes=minutes
                )
        self._told[place] = level
        return level or "free"


def is_low(settings: Settings) -> bool:
    """Whether any of the disks is at one of the limits."""
    return any(fill(settings, disk) for disk in disks(settings))


def _standing(session: Session) -> dict[str, Fill]:
    found: dict[str, Fill] = {"": ""}  # that the store was asked
    for level, kind in KINDS.items():
        for subject in session.scalars(select(Alarm.subject).where(Alarm.kind == kind, Alarm.cleared_at.is_(None))):
            found[subject] = level
    return found
