"""What pages and commands ask of planning: a forecast with the agents that it takes, and what a change would make.

Owns which past is looked at, which hours count and what is refused; leaves arithmetic to `staffing/forecast.py`,
`staffing/goals.py` and `staffing/plans.py`, and rows to `staffing/arrivals.py` and `staffing/past.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from ivr.hours import Schedule
from queueing.simulator import CallbackOffer
from ringback.config import Settings
from ringback.store.base import utc
from staffing import arrivals, past, plans
from staffing.errors import StaffingError
from staffing.forecast import LEAST_DAYS, ExpectedCalls, PastCalls, fit, together
from staffing.goals import Goal, NeededAgents, agents_for
from staffing.half_hours import ClockHalfHour, clock_of, days_between, half_hours_of, midnight

MOST_WEEKS = 8
"""Ahead."""
SHOWN_WEEKS = 2
"""Of the past, forecast from what was before them, beside what really came."""
FIRST_DAY = date(1990, 1, 1)
"""Nobody called before."""
MOST_DAYS = 7
"""That a plan is tried on."""
MOST_VISITORS = 2000
SIMULATED = 12_000
"""Callers in all pairs of runs together: some three seconds."""
MOST_PAIRS, LEAST_PAIRS = 17, 3
TAKEN = 0.3
"""The share that takes an offer of a call back, where nobody knows."""
REACHED = 0.85
"""The share that answers it."""


@dataclass(frozen=True, slots=True)
class StaffedHalfHour:
    """One half hour ahead."""

    expected: ExpectedCalls
    handling: float
    """Seconds that an agent has a call."""
    needed: NeededAgents
    is_open: bool


@dataclass(frozen=True, slots=True)
class PastDay:
    """A day that is over: what was forecast for it from what came before, and what came."""

    day: date
    expected: float
    low: float
    high: float
    came: int


@dataclass(frozen=True, slots=True)
class ForecastMiss:
    """How far forecasts were off in the past weeks, by half hours."""

    ours: float
    """WAPE: what was missed by what came."""
    naive: float
    """The same of a forecast that takes the half hour of a week before."""


@dataclass(frozen=True)
class StaffPlan:
    """A forecast of one queue, with the agents that it takes."""

    queue: str
    goal: Goal
    shrinkage: float
    known: arrivals.Known | None
    """None: nobody ever came into the queue."""
    learned_days: int
    """Days of the past with which it was learned."""
    half_hours: tuple[StaffedHalfHour, ...]
    """Of the days ahead, also closed ones; empty: too little is known."""
    past: tuple[PastDay, ...]
    missed: ForecastMiss | None
    handling: arrivals.Handling
    patience: float | None
    """Mean seconds until a caller gives up; None: not known, so Erlang C has been used."""
    holidays: frozenset[date]
    """Public holidays ahead."""

    @property
    def days(self) -> list[date]:
        return list(dict.fromkeys(each.expected.half_hour.day for each in self.half_hours))


def staff_plan(
    session: Session, settings: Settings, queue: str, weeks: int, goal: Goal, shrinkage: float, now: datetime
) -> StaffPlan:
    """The weeks from today on. Raises StaffingError for a queue that is none."""
    if queue not in settings.queues:
        raise StaffingError("staffing.no_queue", queue=queue)
    zone, hours = ZoneInfo(settings.timezone), Hours(settings, queue)
    today = now.astimezone(zone).date()
    wrap_up = settings.queues[queue].wrap_up_seconds
    handling = arrivals.handling(session, queue, wrap_up, now, zone)
    patience = arrivals.mean_patience(session, queue, now)
    known, yesterday = arrivals.known(session, queue, zone), today - timedelta(days=1)
    if known is None or known.first > yesterday:
        return StaffPlan(queue, goal, shrinkage, known, 0, (), (), None, handling, patience, frozenset())
    first = max(known.first, today - timedelta(days=arrivals.learned_days(session, queue, now)))
    came = arrivals.past_calls(session, queue, first, yesterday, zone)
    ahead = [
        each for day in days_between(today, yesterday + timedelta(weeks=weeks)) for each in half_hours_of(day, zone)
    ]
    fitted = fit(came, hours.is_holiday)
    staffed = []
    for half_hour in ahead if fitted is not None else ():
        assert fitted is not None
        is_open = hours.is_open(half_hour)
        expected = fitted.expect(half_hour, is_open)
        seconds = handling.by_slot[half_hour.slot]
        needed = agents_for(expected.calls, seconds, goal, patience, shrinkage)
        staffed.append(StaffedHalfHour(expected, seconds, needed, is_open))
    days, missed = looked_back(came, hours)
    holidays = frozenset(day for day in {each.day for each in ahead} if hours.is_holiday(day))
    learned = len(came.days)
    return StaffPlan(queue, goal, shrinkage, known, learned, tuple(staffed), days, missed, handling, patience, holidays)


def looked_back(came: PastCalls, hours: "Hours") -> tuple[tuple[PastDay, ...], ForecastMiss | None]:
    """The last weeks, forecast from what was before them; nothing where there was too little before them."""
    days = came.days
    shown = days[-SHOWN_WEEKS * 7 :]
    before = [each for each in came.half_hours if each.day < shown[0]]
    if len(days) - len(shown) < LEAST_DAYS:
        return (), None
    fitted = fit(PastCalls(before, came.calls), hours.is_holiday)
    if fitted is None:
        return (), None
    found, off, naive_off, total = [], 0.0, 0.0, 0
    by_day: dict[date, list[ClockHalfHour]] = {}
    for each in came.half_hours:
        by_day.setdefault(each.day, []).append(each)
    weeks_ago = len(shown) // 7
    for day in shown:
        expected = [fitted.expect(each, hours.is_open(each)) for each in by_day[day]]
        really = arrivals.came(came, by_day[day])
        before_then = by_day.get(day - timedelta(weeks=weeks_ago), [])
        usual = {each.slot: came.calls.get(each.begins, 0) for each in before_then}
        off += sum(abs(each.calls - count) for each, count in zip(expected, really, strict=True))
        naive_off += sum(abs(usual.get(h.slot, 0) - n) for h, n in zip(by_day[day], really, strict=True))
        total += sum(really)
        found.append(PastDay(day, *together(expected), sum(really)))
    return tuple(found), ForecastMiss(off / total, naive_off / total) if total else None


class Hours:
    """When a queue is served: within its own hours, and within those of any line."""

    def __init__(self, settings: Settings, queue: str) -> None:
        made: Callable[[str], Schedule] = lambda name: Schedule(settings.hours[name], settings.timezone)  # noqa: E731
        own, lines = settings.queues[queue].hours, [line.hours for line in settings.lines]
        self._own = None if own is None else made(own)
        always = not lines or None in lines
        self._lines = [] if always else [made(name) for name in dict.fromkeys(lines) if name is not None]
        self._calendars = [each for each in (self._own, *self._lines) if each is not None]

    def is_open(self, half_hour: ClockHalfHour) -> bool:
        """In any part of it."""
        return any(self._is_open(half_hour.begins + seconds) for seconds in (0.0, 900.0, 1799.0))

    def is_holiday(self, day: date) -> bool:
        return any(each.is_holiday(day) for each in self._calendars)

    def _is_open(self, at: float) -> bool:
        if self._own is not None and self._own.opens_at(at) != at:
            return False
        return not self._lines or any(each.opens_at(at) == at for each in self._lines)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change of the plan that is to be tried on days that are over."""

    queue: str
    first: date
    last: date
    more: int = 0
    """Agents, fewer where it is below 0 ..."""
    begins: int = 20
    ends: int = 24
    """... from and to these half hours of the clock (the end is not included), on each of the days."""
    offer_after: float | None = None
    """Seconds of waiting after which a call back is offered; None: as it was."""
    offer_taken: float = TAKEN
    within: float = 20.0
    """Seconds of the service level."""

    @property
    def clock(self) -> tuple[str, str]:
        return clock_of(self.begins), "24:00" if self.ends == 48 else clock_of(self.ends)


def what_if(session: Session, settings: Settings, asked: WhatIf, now: datetime) -> plans.PlanAnswer:
    """Runs the days twice, as they were staffed and with the change. Raises StaffingError with what cannot be."""
    zone = ZoneInfo(settings.timezone)
    _refuse(settings, asked, now.astimezone(zone).date())
    since, until = midnight(asked.first, zone), midnight(asked.last + timedelta(days=1), zone)
    callers = past.visitors(session, utc(since) - past.WARM_UP, utc(until), MOST_VISITORS)
    if len(callers) > MOST_VISITORS:
        raise StaffingError("staffing.too_many", most=MOST_VISITORS)
    callers = [each for each in callers if each.queue in settings.queues]
    if not any(each.queue == asked.queue and each.at >= since for each in callers):
        raise StaffingError("staffing.nobody_called")
    shifts = past.shifts(session, utc(since) - past.WARM_UP, utc(until))
    shifts = [each for each in (_known(settings, shift) for shift in shifts) if each is not None]
    if not shifts:
        raise StaffingError("staffing.nobody_worked")
    offers = {name: _offer(callers, name) for name, queue in settings.queues.items() if queue.callback != "off"}
    before = plans.Roster(tuple(shifts), offers)
    after = plans.Roster(tuple(plans.with_more(shifts, asked.queue, asked.more, _times(asked, zone))), offers)
    if asked.offer_after is not None:
        offer = CallbackOffer(asked.offer_after, asked.offer_taken, REACHED, plans.DIAL_SECONDS)
        after = plans.Roster(after.shifts, {**offers, asked.queue: offer})
    pairs = max(LEAST_PAIRS, min(MOST_PAIRS, SIMULATED // (2 * len(callers))))
    return plans.compare(settings, callers, before, after, asked.queue, since=since, within=asked.within, pairs=pairs)


def _refuse(settings: Settings, asked: WhatIf, today: date) -> None:
    if asked.queue not in settings.queues:
        raise StaffingError("staffing.no_queue", queue=asked.queue)
    if asked.last < asked.first:
        raise StaffingError("staffing.upside_down", since=asked.first.isoformat(), until=asked.last.isoformat())
    days = (asked.last - asked.first).days + 1
    if days > MOST_DAYS:
        raise StaffingError("staffing.too_long", days=days, most=MOST_DAYS)
    if asked.last < FIRST_DAY:
        raise StaffingError("staffing.nobody_called")
    if asked.last >= today:
        raise StaffingError("staffing.not_over", until=asked.last.isoformat())
    if asked.more and asked.ends <= asked.begins:
        raise StaffingError("staffing.upside_down", since=asked.clock[0], until=asked.clock[1])
    if not asked.more and asked.offer_after is None:
        raise StaffingError("staffing.no_change")


def _known(settings: Settings, shift: plans.Shift) -> plans.Shift | None:
    """A shift, for queues and agents that there are yet."""
    queues = tuple(name for name in shift.queues or () if name in settings.queues)
    known = any(agent.name == shift.agent for agent in settings.agents)
    return plans.Shift(shift.agent, shift.begins, shift.ends, queues) if known and queues else None


def _times(asked: WhatIf, zone: ZoneInfo) -> list[tuple[float, float]]:
    """The half hours that are meant, on each day; on a day without them nothing."""
    found = []
    for day in days_between(asked.first, asked.last):
        mine = [each for each in half_hours_of(day, zone) if asked.begins <= each.slot < asked.ends]
        if mine:
            found.append((mine[0].begins, mine[-1].ends))
    return found


def _offer(callers: Sequence[past.PastVisitor], queue: str) -> CallbackOffer:
    """As callers of these days took it: after the wait at which half of them had, by the share of those still there."""
    took = [each.wait for each in callers if each.queue == queue and each.outcome == "callback"]
    if not took:
        return CallbackOffer(0.0, 0.0, REACHED, plans.DIAL_SECONDS)
    after = median(took)
    there = sum(each.queue == queue and each.wait >= after for each in callers) + len(took) // 2
    return CallbackOffer(after, min(1.0, len(took) / max(there, 1)), REACHED, plans.DIAL_SECONDS)
