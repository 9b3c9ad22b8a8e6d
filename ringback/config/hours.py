"""When a line or a queue is open: the week, holidays, special days. What they mean at a moment is `ivr/hours.py`'s."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, field_validator, model_validator

from ringback.config.base import Model, Prompt
from ringback.config.intervals import WEEKDAYS, DayIntervals, Days, apart
from ringback.config.places import OptionalZone
from ringback.config.public_holidays import holidays_of
from ringback.config.remarks import SettingError


class OpeningHours(Model):
    """Hours of opening, named under `hours` and used by lines and queues."""

    timezone: OptionalZone = ""
    """IANA name of the zone whose clock counts; empty: that of the settings."""
    week: dict[Days, DayIntervals] = Field(min_length=1)
    """By day or days: `{mon-fri: ["09:00-18:00"], sat: ["10:00-14:00"]}`; a day that is not named is closed."""
    holidays: Annotated[str, AfterValidator(holidays_of)] = ""
    """Country (ISO 3166), with a part of it after a dash (`US-CA`): closed on its public holidays. A weekend day that
    is a working day there instead is open as a Monday."""
    days: dict[date, DayIntervals] = {}
    """Special days; they go before the week and the holidays."""
    closed_prompt: Prompt = "closed"
    holiday_prompt: Prompt = "closed-holiday"
    """Said instead on a public holiday, and on a special day without hours."""
    closing_minutes: float = Field(15, ge=0, le=120)
    """So long before the end everyone who waits is offered a callback; 0: not offered."""

    def week_intervals(self) -> dict[int, list[str]]:
        """By weekday, Monday is 0; days named twice have the hours of both."""
        found: dict[int, list[str]] = {}
        for days, intervals in self.week.items():
            first, _, last = days.partition("-")
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            for step in range((end - begin) % 7 + 1):
                found.setdefault((begin + step) % 7, []).extend(intervals)
        return {day: apart(intervals) for day, intervals in found.items()}

    @field_validator("week")
    @classmethod
    def opens_some_day(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if not any(value.values()):
            raise SettingError("ringback.hours_never")
        return value

    @model_validator(mode="after")
    def days_named_twice_fit(self) -> "OpeningHours":
        """Hours of `mon-fri` and of `mon` are those of one Monday."""
        self.week_intervals()
        return self
