"""When a line or a queue is open: the week, holidays, special days. What they mean at a moment is `ivr/hours.py`'s."""

from datetime import date
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, field_validator

from ringback.config.base import Hours, Model, Prompt, form
from ringback.config.remarks import SettingError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Days = Annotated[
    str,
    form(r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$", "ringback.form_days"),
]
"""One day, or one day to another: `mon-fri`."""


def _apart(intervals: list[str]) -> list[str]:
    """In order of time, each with a length, none into another."""
    ordered = sorted(intervals)
    if any(last <= first for first, _, last in (each.partition("-") for each in ordered)):
        raise SettingError("ringback.hours_backwards")
    if any(before.partition("-")[2] > after.partition("-")[0] for before, after in pairwise(ordered)):
        raise SettingError("ringback.hours_overlap")
    return ordered


DayIntervals = Annotated[list[Hours], AfterValidator(_apart)]
"""Parts of one day; none: closed all day."""


class OpeningHours(Model):
    """Hours of opening, named under `hours` and used by lines and queues."""

    timezone: str = ""
    """IANA name of the zone whose clock counts; empty: that of the settings."""
    week: dict[Days, DayIntervals] = Field(min_length=1)
    """By day or days: `{mon-fri: ["09:00-18:00"], sat: ["10:00-14:00"]}`; a day that is not named is closed."""
    holidays: Annotated[str, form(r"^([A-Z]{2}(-[A-Z0-9]{1,6})?)?$", "ringback.form_holidays")] = ""
    """Country (ISO 3166), with a part of it after a dash (`US-CA`): closed on its public holidays. A weekend day that
    is a working day there instead is open as a Monday."""
    days: dict[date, DayIntervals] = {}
    """Special days; they go before the week and the holidays."""
    closed_prompt: Prompt = "closed"
    holiday_prompt: Prompt = "closed-holiday"
    """Said instead on a public holiday, and on a special day without hours."""
    closing_minutes: float = Field(15, ge=0, le=120)
    """So long before the end everyone who waits is offered a callback; 0: not offered."""

    @field_validator("timezone")
    @classmethod
    def zone_exists(cls, value: str) -> str:
        if value:
            try:
                ZoneInfo(value)
            except (KeyError, ValueError, OSError):
                raise SettingError("ringback.no_zone", zone=value) from None
        return value

    @field_validator("holidays")
    @classmethod
    def country_exists(cls, value: str) -> str:
        if value:
            import holidays  # takes a while to import, and few settings name a country

            country, _, part = value.partition("-")
            known = holidays.list_supported_countries(include_aliases=True)
            if country not in known:
                raise SettingError("ringback.holidays_unknown", country=country)
            if part and part not in known[country]:
                raise SettingError(
                    "ringback.holidays_no_part", country=country, part=part, known=sorted(known[country])
                )
        return value

    def week_intervals(self) -> dict[int, list[str]]:
        """By weekday, Monday is 0; days named twice have the hours of both."""
        found: dict[int, list[str]] = {}
        for days, intervals in self.week.items():
            first, _, last = days.partition("-")
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            for step in range((end - begin) % 7 + 1):
                found.setdefault((begin + step) % 7, []).extend(intervals)
        return {day: _apart(intervals) for day, intervals in found.items()}

    @field_validator("week")
    @classmethod
    def opens_some_day(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if not any(value.values()):
            raise SettingError("ringback.hours_never")
        return value
