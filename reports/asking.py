"""What a report is asked for, and the times it is cut into. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from reports.errors import ReportError
from reports.slots import SLOT, day_bounds, next_month, start_of

By = Literal["total", "queue", "line", "agent", "menu", "topic", "language", "disposition"]
Interval = Literal[
    "quarter", "half", "hour", "day", "week", "month", "year", "all", "weekday", "hour_of_day", "week_hours"
]
BYS: tuple[By, ...] = get_args(By)
INTERVALS: tuple[Interval, ...] = get_args(Interval)
WITHIN_DAY = {"quarter": 1, "half": 2, "hour": 4}
"""In slots."""
MOST_INTERVALS = 3200
"""Rows of one report: a month of quarter hours."""
MOST_DAYS = 3700
"""Ten years at once."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """A report: which days, cut how, told apart by what, of which queues or agents."""

    since: date
    until: date
    """The last day, itself included."""
    interval: Interval = "day"
    """weekday, hour_of_day and week_hours put all Mondays, all ten o'clocks, all Mondays at ten together."""
    by: By = "total"
    queues: frozenset[str] | None = None
    """None: all, also what was in none."""
    agents: frozenset[str] | None = None
    """Of these alone; then nothing can be told apart but agents."""

    def checked(self) -> "Asked":
        """Itself. Raises ReportError with what cannot be."""
        if self.until < self.since:
            raise ReportError("reports.upside_down", since=self.since.isoformat(), until=self.until.isoformat())
        if self.since < FIRST_DAY or self.until > LAST_DAY or (self.until - self.since).days >= MOST_DAYS:
            raise ReportError("reports.too_long", days=(self.until - self.since).days + 1, most=MOST_DAYS)
        if self.agents is not None and self.by not in ("total", "agent"):
            raise ReportError("reports.agents_alone", by=self.by)
        if self.interval in ("hour_of_day", "week_hours") and self.by not in ("total", "queue"):
            raise ReportError("reports.hours_alone", by=self.by)
        if self.interval in ("hour_of_day", "week_hours") and self.agents is not None:
            raise ReportError("reports.hours_alone", by="agent")
        count = self._at_least()
        if count > MOST_INTERVALS:
            raise ReportError("reports.too_fine", count=count, most=MOST_INTERVALS)
        return self

    def _at_least(self) -> int:
        days = (self.until - self.since).days + 1
        slots = WITHIN_DAY.get(self.interval)
        return days * 96 // slots if slots is not None else days if self.interval == "day" else 1

    def days(self) -> Iterator[date]:
        for at in range((self.until - self.since).days + 1):
            yield self.since + timedelta(days=at)


@dataclass(frozen=True, slots=True)
class Time:
    """A row's time."""

    begins: datetime
    ends: datetime
    name: str = ""
    """Of times that lie apart: "0" to "6" (Monday is 0), "00" to "23", "0 09"."""


def times_of(asked: Asked, zone: ZoneInfo) -> list[Time]:
    """The report's rows by time, each cut at the ends of what was asked for."""
    begins, ends = start_of(asked.since, zone), start_of(asked.until + timedelta(days=1), zone)
    if asked.interval == "all":
        return [Time(begins, ends)]
    if asked.interval == "weekday":
        return [Time(begins, ends, str(day)) for day in range(7)]
    if asked.interval == "hour_of_day":
        return [Time(begins, ends, f"{hour:02}") for hour in range(24)]
    if asked.interval == "week_hours":
        return [Time(begins, ends, f"{day} {hour:02}") for day in range(7) for hour in range(24)]
    if (slots := WITHIN_DAY.get(asked.interval)) is not None:
        return list(_within(begins, ends, slots, zone))
    days = [(first, day_bounds(first, zone)) for first in asked.days()]
    times: list[Time] = []
    name = None
    for day, (day_begins, day_ends) in days:
        period = period_of(day, asked.interval)
        if period == name:
            times[-1] = Time(times[-1].begins, day_ends)
        else:
            times.append(Time(day_begins, day_ends))
            name = period
    return times


def period_of(day: date, interval: Interval) -> date:
    """The first day of the week (its Monday), month or year in which a day lies; the day itself."""
    if interval == "week":
        return day - timedelta(days=day.weekday())
    if interval == "month":
        return day.replace(day=1)
    if interval == "year":
        return day.replace(month=1, day=1)
    return day


def _within(begins: datetime, ends: datetime, slots: int, zone: ZoneInfo) -> Iterator[Time]:
    """Quarters, halves and hours of the local clock: where it jumps, one is shorter or longer."""
    at = begins
    while at < ends:
        until = at + SLOT
        while until < ends and until.astimezone(zone).minute % (15 * slots):
            until += SLOT
        yield Time(at, until)
        at = until


def before(asked: Asked) -> Asked:
    """The same for the time before: as many days, or the month or year before where whole ones were asked for."""
    days = (asked.until - asked.since).days + 1
    whole_month = asked.since.day == 1 and (asked.until + timedelta(days=1)) == next_month(asked.since)
    until = asked.since - timedelta(days=1)
    since = until.replace(day=1) if whole_month else asked.since - timedelta(days=days)
    return Asked(since, until, asked.interval, asked.by, asked.queues, asked.agents)


def weeks_before(asked: Asked, weeks: int = 1) -> Asked:
    """The same weekdays some weeks before."""
    back = timedelta(weeks=weeks)
    return Asked(asked.since - back, asked.until - back, asked.interval, asked.by, asked.queues, asked.agents)
