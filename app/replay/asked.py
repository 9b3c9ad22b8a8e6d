"""What was asked for: which time is meant, which settings were in force then, and a session that only reads."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.options import tell
from publishing.history import versions
from ringback import config
from ringback.config import ConfigError, Settings, in_force
from ringback.config.reading import accepted, read_text
from ringback.errors import RingbackError


class ReplayRefused(RingbackError):
    """The time or the line that was asked for is none."""


def moment(said: str, now: datetime) -> datetime:
    """What an owner calls a time, in the zone of `now`; a day is its beginning. Raises ReplayRefused."""
    days = {"today": 0, "yesterday": 1}
    if said in days:
        return datetime.combine(now.date() - timedelta(days=days[said]), time.min, now.tzinfo)
    try:
        if len(said) == len("2026-11-30"):
            return datetime.combine(date.fromisoformat(said), time.min, now.tzinfo)
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ReplayRefused("app.replay_when", said=said) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)


def read_only(session: Session) -> None:
    """Whatever goes wrong, nothing is written from here on."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(text("PRAGMA query_only=ON" if sqlite else "SET TRANSACTION READ ONLY"))


def settings_then(session: Session, told: Settings, at: datetime) -> tuple[Settings, str]:
    """The settings that were in force then, with what they are called; where nobody knows, those of now."""
    before = [row for row in versions(session) if row.at <= at]
    if before:
        row = max(before, key=lambda each: each.number)
        try:
            given = accepted(read_text(row.text.encode(), Path(in_force.NAME), told.data, notes=False))
        except ConfigError:
            tell(f"Version {row.number} of the settings is not understood any more; those in force now stand in.")
        else:
            return given, f"version {row.number} of the settings"
    copy = in_force.file_of(told)
    return (config.load(copy), "the settings in force") if copy.exists() else (told, "the settings file")


def changes_within(session: Session, begin: datetime, end: datetime) -> int:
    """How often other settings were put in force meanwhile."""
    return sum(begin < row.at < end for row in versions(session))
