"""Public holidays as settings name them, and which of them are not holidays in all of a country.

Owns what the package `holidays` is asked before a line relies on it. Whether a day is one is `ivr/hours.py`'s.
"""

import re
from datetime import date, timedelta

from ringback.config.places import nearest_country
from ringback.config.remarks import SettingError, nearest

NOT_FOR_OFFICES = {"public", "school", "unofficial", "workday", "optional_women"}
"""Kinds of days that nobody expects an office to be closed on besides public holidays."""
AHEAD_DAYS = 366


def holidays_of(value: str) -> str:
    """A country, or a part of one, whose holidays are known. Raises SettingError with the nearest."""
    if not value:
        return value
    import holidays  # takes a while to import, and few settings name a country

    country, _, part = value.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known or len(country) != 2:
        raise _no_country(value, known)
    if part and part not in known[country]:
        calendar = getattr(holidays, country)
        aliases = {**calendar.subdivisions_aliases}
        parts = sorted(each for each in known[country] if each not in aliases)
        meant = aliases.get(nearest(part, aliases), "") or nearest(part, parts)
        suggestion = f"{country}-{meant}" if meant else ""
        if not parts:
            raise SettingError("ringback.holidays_whole", country=country).instead(country)
        raise SettingError("ringback.holidays_no_part", country=country, part=part, known=parts).instead(suggestion)
    return value


def _no_country(value: str, known: dict[str, list[str]]) -> SettingError:
    """`de`, `Germany`, `DE_BY`, `de-by`, `Bavaria` are near to something."""
    head, _, tail = re.sub(r"[_ ./]+", "-", value).partition("-")
    whole = nearest_country(value)
    country = whole if whole in known else nearest_country(head)
    if country not in known:
        return SettingError("ringback.holidays_unknown", given=value)
    part = "" if country == whole else tail.upper()
    meant = f"{country}-{part}" if part in known[country] else country
    return SettingError("ringback.holidays_written", given=value, meant=meant).instead(meant)


def not_everywhere(value: str, today: date) -> tuple[list[str], list[str]]:
    """Days of the year ahead that are holidays in parts of `value` alone, as an owner reads them; and the parts that
    can be named. A part itself may have days for some of its places (Assumption Day in Catholic ones of Bavaria)."""
    import holidays

    country, _, part = value.partition("-")
    calendar = getattr(holidays, country)
    years = {today.year, (today + timedelta(days=AHEAD_DAYS)).year}
    english = "en_US" if "en_US" in calendar.supported_languages else None

    def days(subdivision: str | None, kind: str = "public") -> dict[date, str]:
        made = holidays.country_holidays(country, subdiv=subdivision, years=years, categories=(kind,), language=english)
        return {day: made.get(day, "") for day in made if today <= day <= today + timedelta(days=AHEAD_DAYS)}

    closed = days(part or None)
    parts = [] if part else list(calendar.subdivisions)
    found: dict[date, tuple[str, list[str]]] = {}
    for each in parts:
        for day, name in days(each).items():
            if day not in closed:
                found.setdefault(day, (name, []))[1].append(each)
    for kind in calendar.supported_categories:
        if kind not in NOT_FOR_OFFICES:
            for day, name in days(part or None, kind).items():
                if day not in closed:
                    found.setdefault(day, (name, []))[1].append(kind.replace("_", " "))
    told = [f"{day} {name} ({', '.join(where)})" for day, (name, where) in sorted(found.items())]
    return told, parts
