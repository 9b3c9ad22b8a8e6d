"""Alarms that stand for as long as a condition does: what is found is raised, what is found no more is cleared."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.messages import Message
from ringback.store.alarms import Level, clear_alarm, columns, raise_alarm
from ringback.store.bus import Alarm


@dataclass(frozen=True)
class Condition:
    """Something that is wrong now."""

    kind: str
    subject: str
    said: Message
    level: Level
    args: dict[str, Any] = field(default_factory=dict)
    """Facts that are not in the sentence, e.g. where it leads."""
    newest: datetime | None = None
    """When the latest thing came that it is about: what came after somebody had seen to the alarm is told anew."""


def keep(
    session: Session,
    kinds: Collection[str],
    found: Sequence[Condition],
    now: datetime,
    may_end: Callable[[Alarm], bool] = lambda _alarm: True,
) -> None:
    """Makes the alarms of `kinds` say `found`. One that says the same with other figures goes on; one that got worse or
    better, or says something else, is over, and another begins in the same moment. What is found no more ends if
    `may_end` says so."""
    standing = {
        (row.kind, row.subject): row
        for row in session.scalars(select(Alarm).where(Alarm.kind.in_(kinds), Alarm.cleared_at.is_(None)))
    }
    for each in found:
        row = standing.pop((each.kind, each.subject), None)
        if row is not None and _goes_on(row, each):
            values = columns(each.said, each.args)
            if row.args != values["args"]:
                row.args, row.text = values["args"], values["text"]
            continue
        if row is not None:
            clear_alarm(session, row.kind, row.subject, now)
        raise_alarm(session, each.kind, each.subject, each.said, each.level, now, **each.args)
    for row in filter(may_end, standing.values()):
        clear_alarm(session, row.kind, row.subject, now)


def _goes_on(row: Alarm, found: Condition) -> bool:
    if (row.level, row.code) != (found.level, found.said.code):
        return False
    return row.seen_at is None or found.newest is None or found.newest <= row.seen_at
