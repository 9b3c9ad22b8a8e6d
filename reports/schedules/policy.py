"""When a report is due and of which days it is: decisions without I/O, on plain data; moments are arguments.

- The moment is one of the recipient's clock, the days are the house's: everybody gets the same figures of a day.
- An hour that the clock leaves out is taken as the one after it, an hour that comes twice is its first; a day of the
  month that there is not is the month's last. So each occasion is once, and there is always one.
- A daily report is of the day before, a weekly one of the last whole week from Monday, a monthly one of the month
  before: as days of the house are at the moment when it is due.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from reports.errors import ReportError
from reports.schedules.models import Every, Format
from reports.slots import day_of

CATCH_UP = timedelta(days=7)
"""What was due while nothing ran is sent for so long."""
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MOST_RECIPIENTS = 50
LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a schedule is due."""

    every: Every
    at: str
    weekday: int = 0
    day: int = 1

    def checked(self) -> "Rhythm":
        """Itself. Raises ReportError."""
        good = self.every in get_args(Every) and CLOCK.fullmatch(self.at)
        if not good or not 0 <= self.weekday <= 6 or not 1 <= self.day <= 31:
            raise ReportError("reports.schedule_when")
        return self

    def occasions(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[date, datetime]]:
        """Due in (after, until]: the local day, and the moment in UTC."""
        hour, _, minute = self.at.partition(":")
        day = after.astimezone(zone).date() - timedelta(days=1)
        last = until.astimezone(zone).date()
        while day <= last:
            if self._is_due(day):
                moment = datetime.combine(day, time(int(hour), int(minute)), zone).astimezone(UTC)
                if after < moment <= until:
                    yield day, moment
            day += timedelta(days=1)

    def _is_due(self, day: date) -> bool:
        if self.every == "day":
            return True
        if self.every == "week":
            return day.weekday() == self.weekday
        return day.day == min(self.day, calendar.monthrange(day.year, day.month)[1])


def days_of(every: Every, moment: datetime, house: ZoneInfo) -> tuple[date, date]:
    """Which days a report is of that is due at this moment."""
    today = day_of(moment, house)
    if every == "day":
        return today - timedelta(days=1), today - timedelta(days=1)
    if every == "week":
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday - timedelta(days=1)
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def check_format(file_format: str) -> Format:
    """Raises ReportError."""
    if file_format == "pdf":
        return "pdf"
    if file_format == "xlsx":
        return "xlsx"
    raise ReportError("reports.schedule_format", value=file_format[:60])
