"""Messages that nobody has heard and promises that nobody has opened for too long: only opening hours are counted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from alarms.condition import Condition
from alarms.looks import PROMISE
from alarms.models import FirstLook
from callback.models import WAITING_STATES, Callback
from ivr.hours import Schedule
from ringback.config import Settings
from ringback.messages import message
from voicemail.service import unheard_since

LOOK_BACK = timedelta(days=14)
"""Older messages are no news: whoever begins to use alarms is not told of them."""


def unseen(session: Session, settings: Settings, now: datetime) -> Iterator[Condition]:
    """One alarm for all messages, one for all promises."""
    unheard, unseen_for = settings.alarms.unheard_minutes, settings.alarms.unseen_minutes
    if unheard is not None:
        yield from _messages(session, settings, now, now - timedelta(minutes=unheard))
    if unseen_for is not None:
        yield from _promises(session, settings, now, now - timedelta(minutes=unseen_for))


def _messages(session: Session, settings: Settings, now: datetime, late: datetime) -> Iterator[Condition]:
    found = [
        (call_id, left_at, ticket)
        for call_id, left_at, line, ticket in unheard_since(session, now - LOOK_BACK, late)
        if _waited(settings, line, left_at, now) >= now - late
    ]
    if found:
        call_id, _, ticket = found[0]
        said = message("alarms.message_unseen", count=len(found), minutes=_minutes(now - late))
        facts = {"call_id": call_id, "ticket": ticket}
        yield Condition("message.unseen", "messages", said, "yellow", facts, newest=found[-1][1])


def _promises(session: Session, settings: Settings, now: datetime, late: datetime) -> Iterator[Condition]:
    due = select(Callback.id, Callback.due_at, Callback.line, Callback.ticket_number).where(
        Callback.state.in_(WAITING_STATES), Callback.attempts == 0, Callback.due_at <= late
    )
    rows = session.execute(due.order_by(Callback.due_at)).tuples().all()
    keys = [str(row[0]) for row in rows]
    seen = set(session.scalars(select(FirstLook.key).where(FirstLook.kind == PROMISE, FirstLook.key.in_(keys))))
    found = [
        (id_, due_at, ticket)
        for id_, due_at, line, ticket in rows
        if str(id_) not in seen and _waited(settings, line, due_at, now) >= now - late
    ]
    if found:
        id_, _, ticket = found[0]
        said = message("alarms.promise_unseen", count=len(found), minutes=_minutes(now - late))
        facts = {"promise": str(id_), "ticket": ticket}
        yield Condition("promise.unseen", "promises", said, "yellow", facts, newest=found[-1][1])


def _minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)


def _waited(settings: Settings, line: str, since: datetime, now: datetime) -> timedelta:
    """How much of the time since then the line was open; of a line that the settings have no more: all of it."""
    name = next((each.hours for each in settings.lines if each.number == line), None)
    if name is None or name not in settings.hours:
        return now - since
    schedule = Schedule(settings.hours[name], settings.timezone)
    return timedelta(seconds=open_seconds(schedule, since.timestamp(), now.timestamp()))


def open_seconds(schedule: Schedule, since: float, until: float) -> float:
    """How long a schedule is open between two moments."""
    total, at = 0.0, since
    while at < until:
        opens = schedule.opens_at(at)
        if opens is None or opens >= until:
            break
        closes = schedule.closes_at(opens)
        total += (until if closes is None else min(closes, until)) - opens
        if closes is None:
            break
        at = closes
    return total
