"""The alarms that recordings raise: their kinds, and keeping one true while it stands.

Their sentences are in `recording/messages.py`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.messages import Message
from ringback.store.alarms import Level, clear_alarm, columns, raise_alarm
from ringback.store.bus import Alarm

SPACE_YELLOW = "recording.space_low"
SPACE_RED = "recording.space_out"
ORPHANS = "recording.orphans"
STRANGERS = "recording.strangers"
GARBLED = "recording.garbled"
DAMAGED = "recording.damaged"
STUCK = "recording.stuck"
STORAGE = "recording.storage"


def keep_alarm(
    session: Session, kind: str, subject: str, said: Message | None, level: Level, now: datetime, **args: Any
) -> None:
    """Makes the alarm stand with this sentence; without one it is cleared. One that says so already is left alone.

    What a person has seen to is not raised again as long as the facts are the same.
    """
    if said is None:
        clear_alarm(session, kind, subject, now)
        return
    values = columns(said, args) | {"level": level}
    newest = select(Alarm).where(Alarm.kind == kind, Alarm.subject == subject).order_by(Alarm.raised_at.desc()).limit(1)
    last = session.scalars(newest).first()
    if last is not None and last.cleared_by is not None and last.args == values["args"]:
        return
    if raise_alarm(session, kind, subject, said, level, now, **args):
        return
    standing = select(Alarm).where(Alarm.kind == kind, Alarm.subject == subject, Alarm.cleared_at.is_(None))
    for row in session.scalars(standing):
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
