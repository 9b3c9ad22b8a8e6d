"""Alarms: what a person must see to, once for each thing that is wrong.

An alarm stands from `raise_alarm` to `clear_alarm`; raising one that stands changes nothing. Somebody who says `Done`
(`see_to`) ends it, or, where it lasts until its cause is gone (`ringback/alarm_kinds.py`), has it only told to nobody
any more. Works in the caller's transaction, on a session or a plain connection. Whom alarms reach is the room
`alarms`'.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Insert, select, text, update
from sqlalchemy.orm import Session

from ringback.alarm_kinds import lasts
from ringback.messages import Message, ready
from ringback.store.base import uuid7
from ringback.store.bus import Alarm

Executor = Session | Connection
Level = Literal["yellow", "red"]
"""yellow: soon; red: now."""


class InsertOrLeave(Insert):
    """An INSERT that does nothing where any unique rule stands against it; on either store.

    The dialects' own inserts say the same, but SQLAlchemy compiles them anew each time, which costs twice the rest.
    """

    inherit_cache = True
    _post_values_clause = text("ON CONFLICT DO NOTHING")


def insert_or_leave(kind: Any) -> InsertOrLeave:
    """Of rows of `kind`, a class of rows or its table."""
    return InsertOrLeave(kind)


def raise_alarm(
    executor: Executor,
    kind: str,
    subject: str,
    said: Message,
    level: Level,
    now: datetime,
    **args: Any,
) -> bool:
    """Whether it is new: an alarm of this kind and subject that stands is left as it is.

    `args` are facts that are not in the sentence, e.g. where a page's link leads.
    """
    row = {"id": uuid7(), "kind": kind, "subject": subject, "level": level, "raised_at": now, **columns(said, args)}
    statement = insert_or_leave(Alarm).values(**row).returning(Alarm.id)
    return executor.execute(statement).first() is not None


def columns(said: Message, args: Mapping[str, Any]) -> dict[str, Any]:
    """What an alarm's row has of its sentence."""
    return {"code": said.code, "text": str(said), "args": {**said.facts, **ready(args)}}


def clear_alarm(executor: Executor, kind: str, subject: str, now: datetime, by: str | None = None) -> bool:
    """Whether there was one. `by` is the person who saw to it; None: it mended itself."""
    standing = (Alarm.kind == kind, Alarm.subject == subject, Alarm.cleared_at.is_(None))
    cleared = update(Alarm).where(*standing).values(cleared_at=now, cleared_by=by).returning(Alarm.id)
    return executor.execute(cleared, execution_options={"synchronize_session": False}).first() is not None


def see_to(session: Session, alarm: Alarm, by: str, now: datetime) -> None:
    """Somebody has seen to it; one that is seen to already, or is over, is left as it is."""
    first = (Alarm.id == alarm.id, Alarm.cleared_at.is_(None), Alarm.seen_at.is_(None))
    ended = {} if lasts(alarm.kind) else {"cleared_at": now, "cleared_by": by}
    seen = update(Alarm).where(*first).values(seen_at=now, seen_by=by, **ended)
    session.execute(seen, execution_options={"synchronize_session": False})
    session.expire(alarm)


def standing_alarms(session: Session, *, seen: bool = False) -> list[Alarm]:
    """Alarms that nobody has seen to, oldest first; `seen`: those that somebody has, and that go on."""
    which = Alarm.seen_at.is_not(None) if seen else Alarm.seen_at.is_(None)
    return list(session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None), which).order_by(Alarm.raised_at)))
