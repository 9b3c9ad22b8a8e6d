"""Days and parts of days as owners write them: what is right, and how a wrong one would be written.

Owns reading `mon-fri` and `09:00-18:00`. When a line is open by them is `ivr/hours.py`'s.
"""

import re
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from ringback.config.base import form
from ringback.config.remarks import SettingError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = r"^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
_HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
_OTHER_DAYS = {
    "weekdays": "mon-fri",
    "workdays": "mon-fri",
    "weekday": "mon-fri",
    "будни": "mon-fri",
    "weekend": "sat-sun",
    "выходные": "sat-sun",
    "daily": "mon-sun",
    "everyday": "mon-sun",
    "all": "mon-sun",
    "ежедневно": "mon-sun",
    "mo": "mon",
    "di": "tue",
    "mi": "wed",
    "do": "thu",
    "fr": "fri",
    "sa": "sat",
    "so": "sun",
    "tu": "tue",
    "we": "wed",
    "th": "thu",
    "su": "sun",
    "каждый день": "mon-sun",
    "every day": "mon-sun",
    "täglich": "mon-sun",
    "montag": "mon",
    "dienstag": "tue",
    "mittwoch": "wed",
    "donnerstag": "thu",
    "freitag": "fri",
    "samstag": "sat",
    "sonntag": "sun",
    "werktags": "mon-fri",
    "lun": "mon",
    "mar": "tue",
    "mer": "wed",
    "jeu": "thu",
    "ven": "fri",
    "sam": "sat",
    "dim": "sun",
    "lunes": "mon",
    "martes": "tue",
    "miércoles": "wed",
    "jueves": "thu",
    "viernes": "fri",
    "sábado": "sat",
    "domingo": "sun",
    "пн": "mon",
    "вт": "tue",
    "ср": "wed",
    "чт": "thu",
    "пт": "fri",
    "сб": "sat",
    "вс": "sun",
}
"""How days are called elsewhere; of longer words the beginning counts."""
_TIME = r"(\d{1,2})(?:[:.h]?(\d\d))? ?(?:h|uhr)? ?(am|pm)?"
_LOOSE = re.compile(
    rf"(?:from |von |с )?{_TIME} ?(?:-|–|—|/|\.\.+|…|~|to|till|until|bis|до|по) ?{_TIME}(?: ?uhr)?", re.IGNORECASE
)
_WHOLE_DAY = (
    "24/7",
    "24h",
    "24 h",
    "all day",
    "always",
    "open",
    "круглосуточно",
    "весь день",
    "24 часа",
    "rund um die uhr",
)
_CLOSED = ("closed", "off", "none", "no", "geschlossen", "закрыто", "выходной", "-")


def whole_hours(value: str) -> str:
    """An interval whose end is written as its last minute goes to the end of that minute: 23:59 is midnight."""
    first, _, last = value.partition("-")
    return f"{first}-{int(last[:2]) + 1:02}:00" if last.endswith(":59") else value


def _interval(value: object) -> object:
    """Raises SettingError with the interval that was probably meant."""
    if not isinstance(value, str) or re.fullmatch(_HOURS, value):
        return value
    if value.strip().casefold() in _WHOLE_DAY:
        raise SettingError("ringback.hours_written", given=value, meant="00:00-24:00").instead("00:00-24:00")
    parts = [_loose(part.strip()) for part in re.split(r"[,;]", value)]
    if all(parts) and len(parts) > 1:
        meant = "[" + ", ".join(f'"{part}"' for part in parts) + "]"
        raise SettingError("ringback.hours_list", given=value, meant=meant).instead(meant)
    found = parts[0]
    if found is None:
        return value
    first, last = found.split("-")
    if (
        last < first
        and re.fullmatch(r"\D*\d{1,2}\D+\d{1,2}\D*", value)
        and first < f"{int(last[:2]) + 12:02}:00" <= "24:00"
    ):
        found = f"{first}-{int(last[:2]) + 12:02}:00"  # 9 to 5
        raise SettingError("ringback.hours_written", given=value, meant=found).instead(found)
    if last > "24:00":
        last = f"{int(last[:2]) - 24:02}{last[2:]}"
        raise SettingError("ringback.hours_next_day", given=value, today=f"{first}-24:00", tomorrow=f"00:00-{last}")
    if not re.fullmatch(_HOURS, found):
        return value
    raise SettingError("ringback.hours_written", given=value, meant=found).instead(found)


def _loose(value: str) -> str | None:
    """How `9-18`, `9am to 6pm`, `09.00–18.00` would be written; None: it is no interval."""
    found = _LOOSE.fullmatch(value)
    if found is None:
        return None
    times = []
    for hour, minute, half in ((found[1], found[2], found[3]), (found[4], found[5], found[6])):
        count = int(hour)
        if half:
            count = count % 12 + (12 if half.lower() == "pm" else 0)
        times.append(f"{count:02}:{minute or '00'}")
    return "-".join(times) if all(time <= "36:00" and time[3:] < "60" for time in times) else None


def _days(value: object) -> object:
    """Raises SettingError with the days that were probably meant."""
    if not isinstance(value, str) or re.fullmatch(_DAYS, value):
        return value
    word = value.strip().casefold()
    parts = [_day(part) for part in re.split(r"\s*(?:[-–—…~]|\.\.+|\bto\b|\bbis\b|\bпо\b)\s*", word)]
    if all(parts) and len(parts) <= 2:
        meant = "-".join(str(part) for part in parts)
        if re.fullmatch(_DAYS, meant):
            raise SettingError("ringback.days_written", given=value, meant=meant).instead(meant)
    several = [_days_alone(part) for part in re.split(r"[,/+&; ]+", word)]
    if all(several) and len(several) > 1:
        raise SettingError("ringback.days_several", given=value, days=several)
    return value


def _days_alone(word: str) -> str | None:
    return word if re.fullmatch(_DAYS, word) else _day(word)


def _day(word: str) -> str | None:
    if word in _OTHER_DAYS:
        return _OTHER_DAYS[word]
    if word[:3] in WEEKDAYS and word.isalpha():
        return word[:3]
    russian = {"пон": "mon", "вто": "tue", "сре": "wed", "чет": "thu", "пят": "fri", "суб": "sat", "вос": "sun"}
    return russian.get(word[:3])


def apart(intervals: list[str]) -> list[str]:
    """In order of time, each with a length, none into another. Raises SettingError."""
    ordered = sorted(intervals)
    for each in ordered:
        first, _, last = each.partition("-")
        if last == first:
            raise SettingError("ringback.hours_no_length", given=each)
        if last < first:
            tomorrow = f"00:00-{last}"
            raise SettingError("ringback.hours_next_day", given=each, today=f"{first}-24:00", tomorrow=tomorrow)
    if any(before.partition("-")[2] > after.partition("-")[0] for before, after in pairwise(ordered)):
        raise SettingError("ringback.hours_overlap")
    return ordered


def _listed(value: object) -> object:
    """One interval needs no list around it. Raises SettingError for `closed`."""
    if isinstance(value, str) and value.strip().casefold() in _CLOSED:
        raise SettingError("ringback.hours_written", given=value, meant="[]").instead("[]")
    return [value] if isinstance(value, str) else value


Hours = Annotated[str, BeforeValidator(_interval), form(_HOURS, "ringback.form_hours"), AfterValidator(whole_hours)]
"""An interval of every day, e.g. 09:00-21:00; 24:00 is the end of the day."""
Days = Annotated[str, BeforeValidator(_days), form(_DAYS, "ringback.form_days")]
"""One day, or one day to another: `mon-fri`."""
DayIntervals = Annotated[list[Hours], BeforeValidator(_listed), AfterValidator(apart)]
"""Parts of one day; none: closed all day."""
