"""Opening hours at a moment: open or closed, until when, and why. Plain data and epoch seconds; no clock.

The rules: a special day of the settings goes before all else. A public holiday is closed. A weekend day that a
country works instead of another (Russia's production calendar) has Monday's hours. Intervals that touch at
midnight are one. Days are those of the schedule's own zone, summer time included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ringback.config import OpeningHours

if TYPE_CHECKING:
    from holidays import HolidayBase

FARTHEST_DAYS = 400
"""Further ahead nobody looks: what does not open by then is never open."""
ALWAYS_DAYS = 8
"""What is open for this many days on end never closes."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nobody answers now, and when somebody does again."""

    opens_at: float | None
    """Epoch seconds; None: not within a year."""
    prompts: tuple[str, ...]
    """The reason, and when we open where it can be said."""


class Schedule:
    """Hours of opening of one name in the settings."""

    def __init__(self, hours: OpeningHours, timezone: str) -> None:
        """`timezone` is the settings' own, for hours that name none."""
        self.hours = hours
        self.zone = ZoneInfo(hours.timezone or timezone)
        self._week = hours.week_intervals()
        self._calendar = _calendar(hours.holidays) if hours.holidays else None

    def closed(self, now: float) -> Closed | None:
        """Why it is closed at `now`; None: it is open."""
        if self._interval(now) is not None:
            return None
        opens_at = self.opens_at(now)
        today = self._day(now)
        away = self.is_holiday(today) or self.hours.days.get(today) == []
        why = self.hours.holiday_prompt if away else self.hours.closed_prompt
        return Closed(opens_at, (why, *self._opening_prompts(opens_at, now)))

    def opens_at(self, now: float) -> float | None:
        """The first moment from `now` on that is open; None: none within a year."""
        if self._interval(now) is not None:
            return now
        return next((begins for begins, _ in self._from(now) if begins > now), None)

    def closes_at(self, now: float) -> float | None:
        """When the open interval ends that `now` is in; None: it is closed, or never closes."""
        found = self._interval(now)
        if found is None:
            return None
        ends = found[1]
        while (further := self._interval(ends)) is not None:
            ends = further[1]
            if ends - now > ALWAYS_DAYS * 86400:
                return None
        return ends

    def is_holiday(self, day: date) -> bool:
        """Whether a day is a public holiday, and no special day of the settings."""
        return self._calendar is not None and day not in self.hours.days and day in self._calendar

    def _opening_prompts(self, opens_at: float | None, now: float) -> tuple[str, ...]:
        """The day within a week, and the time where there is a prompt for it (6:00 to 12:30, by half hours)."""
        if opens_at is None:
            return ()
        opens, today = datetime.fromtimestamp(opens_at, self.zone), self._day(now)
        ahead = (opens.date() - today).days
        if ahead > 6:
            return ()
        day = {0: "today", 1: "tomorrow"}.get(ahead) or f"{opens:%a}".lower()
        said = 6 <= opens.hour <= 12 and opens.minute in (0, 30)
        return (f"opens-{day}", *((f"at-{opens.hour}-{opens.minute:02}",) if said else ()))

    def _day(self, now: float) -> date:
        return datetime.fromtimestamp(now, self.zone).date()

    def _interval(self, now: float) -> tuple[float, float] | None:
        """The open interval of the day that `now` is in."""
        return next(((a, b) for a, b in self._of_day(self._day(now)) if a <= now < b), None)

    def _from(self, now: float) -> Iterator[tuple[float, float]]:
        first = self._day(now)
        for step in range(FARTHEST_DAYS):
            yield from self._of_day(first + timedelta(days=step))

    @lru_cache(maxsize=64)  # noqa: B019  schedules live as long as the program
    def _of_day(self, day: date) -> tuple[tuple[float, float], ...]:
        """The open intervals of one day, from and to (not included) in epoch seconds."""
        return tuple(
            (self._moment(day, first), self._moment(day, last))
            for first, _, last in (interval.partition("-") for interval in self._texts(day))
        )

    def _texts(self, day: date) -> list[str]:
        if day in self.hours.days:
            return self.hours.days[day]
        if self.is_holiday(day):
            return []
        worked_instead = self._calendar is not None and day in self._calendar.weekend_workdays
        return self._week.get(0 if worked_instead else day.weekday(), [])

    def _moment(self, day: date, clock: str) -> float:
        hour, minute = (int(part) for part in clock.split(":"))
        if hour == 24:
            day, hour = day + timedelta(days=1), 0
        return datetime.combine(day, time(hour, minute), self.zone).timestamp()


def _calendar(name: str) -> "HolidayBase":
    """The public holidays of a country, or of a part of it (`US-CA`)."""
    import holidays

    country, _, part = name.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
