"""The half hours of days by the clock of a place: what forecasts and plans are made of. Pure.

A day has as many as its clock gives it: 48, 46 on the day on which summer time begins and 50 on the day on which it
ends, when the same hour of the clock comes twice. Each begins at a moment and stands at a place of the clock (`slot`).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECONDS = 1800
SLOTS = 48
"""Places of the clock: 0 is 00:00, 47 is 23:30."""


@dataclass(frozen=True, slots=True)
class ClockHalfHour:
    """One half hour of one day."""

    begins: float
    """Epoch seconds."""
    day: date
    slot: int
    """Its place of the clock, 0..47."""

    @property
    def ends(self) -> float:
        return self.begins + SECONDS

    @property
    def clock(self) -> str:
        """When it begins, as the clock shows it: 09:30."""
        return clock_of(self.slot)


def clock_of(slot: int) -> str:
    """The time at which a place of the clock begins: 09:30."""
    return f"{slot // 2:02}:{slot % 2 * 30:02}"


def half_hours_of(day: date, zone: ZoneInfo) -> list[ClockHalfHour]:
    """Those of a day, in their order."""
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    found = []
    while begins < ends:
        at = datetime.fromtimestamp(begins, zone)
        found.append(ClockHalfHour(begins, day, at.hour * 2 + at.minute // 30))
        begins += SECONDS
    return found


def days_between(first: date, last: date) -> list[date]:
    """From the first to the last, both of them included."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def midnight(day: date, zone: ZoneInfo) -> float:
    """When a day begins, epoch seconds."""
    return datetime.combine(day, time(), zone).timestamp()
