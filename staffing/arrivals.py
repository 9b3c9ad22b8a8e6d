"""What the store knows of callers: how many came when, how long talks and patience were. The one place that asks.

Counts visits to queues by callers, and those that another system's history tells: not those that a promise made, nor
those that found the queue closed. Leaves what follows from them to `staffing/forecast.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, cast, extract, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from calls.models import Call, QueueVisit
from history import service as history
from history.models import ImportedVisit
from ringback.store.base import utc
from staffing.forecast import PastCalls
from staffing.half_hours import SECONDS, SLOTS, ClockHalfHour, days_between, half_hours_of, midnight

QUARTER = 900
"""The clock of every place is whole quarters away from UTC; Nepal's half hours are none of UTC's."""
LEARNED_DAYS, LEARNED_DAYS_OF_MANY = 400, 126
"""Of the past: every holiday once, and a month more; or 18 weeks."""
MANY_A_WEEK = 10_000
ENOUGH_TALKS = 15
"""So many talks of the whole queue weigh in what a half hour of the clock takes."""
ENOUGH_GAVE_UP = 30
"""With fewer callers who gave up nobody knows how patient callers are."""
RECENT = timedelta(weeks=8)
"""Of which talks and patience are taken."""


@dataclass(frozen=True)
class Handling:
    """How long an agent has a call: talk and hold from the calls, wrap-up from the settings of the queue."""

    mean: float
    """Seconds; 0: nobody has talked yet."""
    by_slot: tuple[float, ...]
    """The same by half hours of the clock."""
    talks: int


@dataclass(frozen=True)
class Known:
    """From when on there is anything."""

    first: date
    last: date


def known(session: Session, queue: str, zone: ZoneInfo) -> Known | None:
    """The first and the last day on which anybody came into the queue; None: nobody did."""
    own = select(QueueVisit.entered_at).where(*_counted(queue)).limit(1)
    ends = [session.scalar(own.order_by(at)) for at in (QueueVisit.entered_at, QueueVisit.entered_at.desc())]
    brought = select(func.min(ImportedVisit.entered_at), func.max(ImportedVisit.entered_at)).where(*_brought(queue))
    found = [at for at in (*ends, *session.execute(brought).one()) if at is not None]
    return Known(min(found).astimezone(zone).date(), max(found).astimezone(zone).date()) if found else None


def past_calls(session: Session, queue: str, first: date, last: date, zone: ZoneInfo) -> PastCalls:
    """How many came in each half hour of these days, both of them included."""
    half_hours = [each for day in days_between(first, last) for each in half_hours_of(day, zone)]
    begins, ends = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    quarter = _quarter(session, QueueVisit.entered_at)
    query = (
        select(quarter, func.count())
        .where(*_counted(queue), QueueVisit.entered_at >= utc(begins), QueueVisit.entered_at < utc(ends))
        .group_by(quarter)
    )
    counts = dict(session.execute(query).tuples().all())
    step = timedelta(seconds=QUARTER)
    for at, came in enumerate(history.arrivals(session, queue, utc(begins), utc(ends), step), int(begins) // QUARTER):
        if came:
            counts[at] = counts.get(at, 0) + came
    calls = {}
    for each in half_hours:
        at = int(each.begins) // QUARTER
        came = sum(counts.get(at + more, 0) for more in range(SECONDS // QUARTER))
        if came:
            calls[each.begins] = came
    return PastCalls(half_hours, calls)


def learned_days(session: Session, queue: str, now: datetime) -> int:
    """How many days are worth reading: those of a year and a month, fewer of a queue with so many calls that each day
    says enough."""
    week = select(func.count()).where(*_counted(queue), QueueVisit.entered_at >= now - timedelta(weeks=1))
    return LEARNED_DAYS if (session.scalar(week) or 0) < MANY_A_WEEK else LEARNED_DAYS_OF_MANY


def handling(session: Session, queue: str, wrap_up: float, now: datetime, zone: ZoneInfo) -> Handling:
    """Of recent calls that a queue's agents answered; a half hour of the clock is drawn towards the mean of all."""
    quarter = _quarter(session, QueueVisit.entered_at)
    query = (
        select(quarter, func.sum(Call.talk_seconds), func.count(Call.talk_seconds))
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(*_counted(queue), QueueVisit.outcome == "answered", QueueVisit.came_by != "transfer")
        .where(QueueVisit.entered_at >= now - RECENT, QueueVisit.entered_at < now)
        .group_by(quarter)
    )
    seconds, talks = [0.0] * SLOTS, [0] * SLOTS
    for at, talked, count in session.execute(query).tuples():
        clock = datetime.fromtimestamp(int(at) * QUARTER, zone)
        slot = clock.hour * 2 + clock.minute // 30
        seconds[slot] += float(talked or 0.0)
        talks[slot] += count
    if not sum(talks):
        took = [each.handled for each in history.past(session, [queue]) if each.handled is not None]
        mean = sum(took) / len(took) if took else 0.0
        return Handling(mean, (mean,) * SLOTS, len(took))
    mean = sum(seconds) / sum(talks)
    by_slot = [
        wrap_up + (own + ENOUGH_TALKS * mean) / (count + ENOUGH_TALKS)
        for own, count in zip(seconds, talks, strict=True)
    ]
    return Handling(mean + wrap_up, tuple(by_slot), sum(talks))


def mean_patience(session: Session, queue: str, now: datetime) -> float | None:
    """Mean seconds until a caller gives up, of an exponential distribution: all that was waited by how many gave up,
    which counts those who were answered as far as it is known of them. None: too few gave up to tell."""
    query = select(QueueVisit.outcome, func.count(), func.sum(_seconds(session))).where(
        *_counted(queue), QueueVisit.entered_at >= now - RECENT, QueueVisit.entered_at < now
    )
    rows = session.execute(query.where(QueueVisit.left_at.is_not(None)).group_by(QueueVisit.outcome)).tuples().all()
    gave_up = sum(count for outcome, count, _ in rows if outcome == "abandoned")
    waited = sum(float(seconds or 0.0) for _, _, seconds in rows)
    if gave_up < ENOUGH_GAVE_UP:
        brought = [each for each in history.past(session, [queue]) if each.waited is not None]
        gave_up += sum(each.abandoned for each in brought)
        waited += sum(each.waited or 0.0 for each in brought)
    return waited / gave_up if gave_up >= ENOUGH_GAVE_UP and waited > 0 else None


def came(past: PastCalls, half_hours: Sequence[ClockHalfHour]) -> list[int]:
    """How many came in each of them."""
    return [past.calls.get(each.begins, 0) for each in half_hours]


def _counted(queue: str) -> tuple[ColumnElement[bool], ...]:
    closed = QueueVisit.outcome.is_(None) | (QueueVisit.outcome != "closed")
    return QueueVisit.queue == queue, QueueVisit.came_by != "callback", closed


def _brought(queue: str) -> tuple[ColumnElement[bool], ...]:
    return ImportedVisit.queue == queue, ImportedVisit.import_id.in_(history.standing())


def _epoch(session: Session, at: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return cast(func.strftime("%s", at), Integer)
    return cast(func.floor(extract("epoch", at)), Integer)


def _quarter(session: Session, at: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    return cast(func.floor(_epoch(session, at) / QUARTER), Integer)


def _seconds(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(QueueVisit.left_at) - func.julianday(QueueVisit.entered_at)) * 86400.0
    return extract("epoch", QueueVisit.left_at - QueueVisit.entered_at)
