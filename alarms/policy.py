"""Whom an alarm is told to, and when: decisions without I/O, on plain data; times are arguments.

- A recipient is told of the kinds and levels that the settings name, while its hours are open. What is raised outside
  them is told when they begin, if it still stands and nobody has seen to it.
- It is told again every `repeat_minutes` until somebody has seen to it, and once more when it is over: whoever was
  never told of it is not told that it is over.
- What comes within a short time is one message: a storm of alarms is no storm of messages. Urgent news wait less.
- Nobody is told, at an address, that messages to this address do not arrive.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ringback.alarm_kinds import is_wanted
from ringback.config import Recipient

APART = {"red": timedelta(seconds=15), "yellow": timedelta(seconds=60)}
"""From one message to an address to the next, by the most urgent thing that is new in it."""
UNSENT = "alarm.unsent"
"""The kind of alarm that says that messages to an address do not arrive; its subject is `subject_of` the address."""


@dataclass(frozen=True)
class AlarmFacts:
    """What decides of an alarm."""

    id: UUID
    kind: str
    subject: str
    level: str
    seen: bool
    over: bool


@dataclass(frozen=True)
class ToldBefore:
    """What an address was told of an alarm."""

    told: bool = False
    last_at: datetime | None = None
    """When it was told last that it stands."""
    repeats: int = 0
    ended: bool = False


@dataclass(frozen=True)
class News:
    """One thing that an address is to be told."""

    alarm: AlarmFacts
    what: str
    """raised, again, ended"""
    times: int = 0

    @property
    def apart(self) -> timedelta:
        """How long it waits for the message before it."""
        return APART["red" if self.what == "raised" and self.alarm.level == "red" else "yellow"]


def subject_of(recipient: str, address: str) -> str:
    """Of the alarm that nothing arrives there."""
    return f"{recipient} {address}"


def is_for(recipient: Recipient, alarm: AlarmFacts, own: str) -> bool:
    """Whether a recipient is told of such alarms at all; `own` is `subject_of` its address."""
    if alarm.kind == UNSENT and alarm.subject == own:
        return False
    return is_wanted(alarm.kind, recipient.kinds) and (recipient.level == "yellow" or alarm.level == "red")


def news(
    recipient: Recipient, own: str, alarms: Iterable[AlarmFacts], told: dict[UUID, ToldBefore], now: datetime
) -> Iterator[News]:
    """What an address whose hours are open is to be told now."""
    for alarm in alarms:
        before = told.get(alarm.id, ToldBefore())
        if alarm.over:
            if before.told and not before.ended:
                yield News(alarm, "ended")
        elif alarm.seen or not is_for(recipient, alarm, own):
            continue
        elif not before.told:
            yield News(alarm, "raised")
        elif _is_late(recipient, before, now):
            yield News(alarm, "again", before.repeats + 1)


def _is_late(recipient: Recipient, before: ToldBefore, now: datetime) -> bool:
    """Whether it is time to say it again."""
    pause = timedelta(minutes=recipient.repeat_minutes)
    return bool(pause) and before.last_at is not None and now - before.last_at >= pause


def goes_now(found: list[News], last_at: datetime | None, now: datetime) -> bool:
    """Whether there is a message to send, with the last one to the address made at `last_at`."""
    return bool(found) and (last_at is None or now - last_at >= min(each.apart for each in found))
