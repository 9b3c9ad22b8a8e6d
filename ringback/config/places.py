"""Zones, countries and folders as owners write them: what is right, and what was probably meant by what is not.

Owns the suggestions alone; the names are those of the zone database, of ISO 3166 and of Unicode's CLDR. Nothing here is
loaded while everything is right.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator

from ringback.config.remarks import SettingError, nearest

ABBREVIATIONS = {
    "MSK": "Europe/Moscow",
    "CEST": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "MEZ": "Europe/Berlin",
    "BST": "Europe/London",
    "WEST": "Europe/Lisbon",
    "EEST": "Europe/Athens",
    "TRT": "Europe/Istanbul",
    "EDT": "America/New_York",
    "CST": "America/Chicago",
    "CDT": "America/Chicago",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "AKST": "America/Anchorage",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "SGT": "Asia/Singapore",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "AWST": "Australia/Perth",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
    "SAST": "Africa/Johannesburg",
    "BRT": "America/Sao_Paulo",
    "SAMT": "Europe/Samara",
    "YEKT": "Asia/Yekaterinburg",
    "NOVT": "Asia/Novosibirsk",
}
"""What people call their clock, where the database of zones does not."""
KNOWN_BY_OFFSET = {
    -10: "Pacific/Honolulu",
    -9: "America/Anchorage",
    -8: "America/Los_Angeles",
    -7: "America/Denver",
    -6: "America/Chicago",
    -5: "America/New_York",
    -4: "America/Halifax",
    -3: "America/Sao_Paulo",
    0: "Europe/London",
    1: "Europe/Berlin",
    2: "Europe/Athens",
    3: "Europe/Moscow",
    3.5: "Asia/Tehran",
    4: "Asia/Dubai",
    5: "Asia/Tashkent",
    5.5: "Asia/Kolkata",
    6: "Asia/Almaty",
    7: "Asia/Bangkok",
    8: "Asia/Singapore",
    9: "Asia/Tokyo",
    9.5: "Australia/Adelaide",
    10: "Australia/Sydney",
    12: "Pacific/Auckland",
}
"""A place that many know for hours east of Greenwich, in winter."""
CITIES = {
    "munich": "Europe/Berlin",
    "münchen": "Europe/Berlin",
    "мюнхен": "Europe/Berlin",
    "hamburg": "Europe/Berlin",
    "гамбург": "Europe/Berlin",
    "frankfurt": "Europe/Berlin",
    "франкфурт": "Europe/Berlin",
    "cologne": "Europe/Berlin",
    "köln": "Europe/Berlin",
    "stuttgart": "Europe/Berlin",
    "zürich": "Europe/Zurich",
    "geneva": "Europe/Zurich",
    "genf": "Europe/Zurich",
    "bern": "Europe/Zurich",
    "wien": "Europe/Vienna",
    "milan": "Europe/Rome",
    "milano": "Europe/Rome",
    "barcelona": "Europe/Madrid",
    "manchester": "Europe/London",
    "edinburgh": "Europe/London",
    "saintpetersburg": "Europe/Moscow",
    "st.petersburg": "Europe/Moscow",
    "stpetersburg": "Europe/Moscow",
    "petersburg": "Europe/Moscow",
    "spb": "Europe/Moscow",
    "спб": "Europe/Moscow",
    "мск": "Europe/Moscow",
    "санктпетербург": "Europe/Moscow",
    "казань": "Europe/Moscow",
    "kazan": "Europe/Moscow",
    "нижнийновгород": "Europe/Moscow",
    "ростовнадону": "Europe/Moscow",
    "краснодар": "Europe/Moscow",
    "екб": "Asia/Yekaterinburg",
    "челябинск": "Asia/Yekaterinburg",
    "пермь": "Asia/Yekaterinburg",
    "уфа": "Asia/Yekaterinburg",
    "sanfrancisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "boston": "America/New_York",
    "washington": "America/New_York",
    "miami": "America/New_York",
    "atlanta": "America/New_York",
    "houston": "America/Chicago",
    "dallas": "America/Chicago",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "bangalore": "Asia/Kolkata",
    "beijing": "Asia/Shanghai",
}
"""Cities that owners name and the database does not."""
NO_PLACES = (
    "local",
    "system",
    "auto",
    "default",
    "none",
    "null",
    "utc0",
    "server",
    "europe",
    "asia",
    "america",
    "africa",
)
FIXED = {"EST": "America/New_York", "MST": "America/Denver"}
"""Names in the database that have no summer time, and the places that people mean by them, which have."""
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+-])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_NOT_A_PLACE = {"localtime", "posixrules", "Factory", "leapseconds", "tzdata.zi"}
_LANGUAGES = ("en", "ru", "de", "fr", "es")
"""In which names of countries are understood."""


def zone(value: str) -> str:
    """A zone that exists. Raises SettingError with the nearest."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise _no_zone(value) from None
    if value in _NOT_A_PLACE or value.startswith(("posix/", "right/", "/")):
        raise _no_zone(value)
    return value


def _no_zone(value: str) -> SettingError:
    if found := _OFFSET.fullmatch(value.strip()):
        hours = (int(found[2]) + int(found[3] or 0) / 60) * (-1 if found[1] == "-" else 1)
        place = KNOWN_BY_OFFSET.get(hours, "")
        if hours == int(hours) and -14 <= hours <= 12 + 2:
            fixed = f"Etc/GMT{-int(hours):+d}" if hours else "UTC"
            if place:
                return SettingError("ringback.zone_offset", zone=value, place=place, fixed=fixed).instead(place)
            return SettingError("ringback.zone_fixed", zone=value, fixed=fixed).instead(fixed)
        return SettingError("ringback.no_zone", zone=value).instead(place)
    return SettingError("ringback.no_zone", zone=value).instead(_nearest_zone(value.strip()))


def _nearest_zone(value: str) -> str:
    if value.upper() in ABBREVIATIONS:
        return ABBREVIATIONS[value.upper()]
    if value.casefold() in NO_PLACES:
        return ""
    city = re.split(r"[,(]", value.rpartition("/")[2])[0].strip()
    if _plain(city) in CITIES:
        return CITIES[_plain(city)]
    if city != value.rpartition("/")[2] and city:
        return _nearest_zone(city)
    names = {name for name in available_timezones() if "/" in name and not name.startswith("Etc/")}
    cities = {name.rpartition("/")[2]: name for name in sorted(names, reverse=True)}
    folded = {_plain(city): name for city, name in cities.items()}
    return (
        folded.get(_plain(value.rpartition("/")[2]), "")
        or _zone_of_country(value)
        or _zone_of_windows(value)
        or _zone_in_words(value)
        or nearest(value, names)
        or cities.get(nearest(value.rpartition("/")[2], cities), "")
    )


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).casefold()


def _zone_of_country(value: str) -> str:
    from babel.core import get_global

    country = nearest_country(value, near=False)
    zones = get_global("territory_zones").get(country, [])
    known = [name for name in KNOWN_BY_OFFSET.values() if name in zones]
    return str((known or zones or [""])[0])


def _zone_of_windows(value: str) -> str:
    from babel.core import get_global

    return str(get_global("windows_zone_mapping").get(value, ""))


def _zone_in_words(value: str) -> str:
    """By the city's name in another language: Москва, München is none."""
    from babel import Locale

    for language in _LANGUAGES:
        for name, words in Locale(language).time_zones.items():
            if _plain(str(words.get("city", ""))) == _plain(value):
                return str(name)
    return ""


def country(value: str) -> str:
    """Two letters of a country whose numbers are known. Raises SettingError with the nearest."""
    import phonenumbers

    if value not in phonenumbers.SUPPORTED_REGIONS:
        locale = re.fullmatch(r"[A-Za-z]{2}[-_]([A-Za-z]{2})", value.strip())
        meant = nearest_country(locale[1] if locale else value)
        known = meant if meant in phonenumbers.SUPPORTED_REGIONS else ""
        raise SettingError("ringback.no_country", given=value).instead(known)
    return value


def nearest_country(value: str, *, near: bool = True) -> str:
    """Two letters of the country that is meant by a name in several languages, an older code, three letters or the
    digits that are dialled for it; with `near` also by a misspelled name. Empty: none."""
    from babel.core import get_global

    word = value.strip()
    code = word.upper()
    words = dict(_country_names())
    if len(code) == 2 and code in words.values():
        return code
    if code in (aliases := get_global("territory_aliases")):
        return str(aliases[code][0])
    if digits := re.fullmatch(r"(?:\+|00)?(\d{1,3})", word):
        from phonenumbers import region_code_for_country_code

        found = str(region_code_for_country_code(int(digits[1])))
        return found if len(found) == 2 and found.isalpha() and found != "ZZ" else ""
    if _plain(word) in words:
        return words[_plain(word)]
    near = near and len(word) > 3 and word.casefold() not in _NOT_COUNTRIES
    return words.get(nearest(_plain(word), words), "") if near else ""


_NOT_COUNTRIES = ("none", "null", "true", "false", "auto", "default", "local")


def _country_names() -> Iterator[tuple[str, str]]:
    from babel import Locale

    for language in reversed(_LANGUAGES):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "ZZ", "XA", "XB", "QO", "EZ"):
                yield _plain(str(name)), str(code)
    yield from {
        "england": "GB",
        "scotland": "GB",
        "wales": "GB",
        "britain": "GB",
        "greatbritain": "GB",
        "англия": "GB",
        "великобритания": "GB",
        "usa": "US",
        "america": "US",
        "unitedstatesofamerica": "US",
        "сша": "US",
        "америка": "US",
        "holland": "NL",
        "голландия": "NL",
        "рф": "RU",
        "czechrepublic": "CZ",
        "чехия": "CZ",
        "korea": "KR",
        "южнаякорея": "KR",
        "uae": "AE",
        "оаэ": "AE",
        "turkey": "TR",
        "belorussia": "BY",
        "белоруссия": "BY",
        "russianfederation": "RU",
        "российскаяфедерация": "RU",
    }.items()


def expanded(value: object) -> object:
    """`~` and variables such as $HOME as a shell has them. Raises SettingError for one that is not there."""
    if not isinstance(value, str):
        return value
    words = os.path.expandvars(value)
    if variable := re.search(r"\$\{?\w+\}?", words):
        raise SettingError("ringback.no_variable", variable=variable[0])
    if words.startswith("~"):
        home = Path(words).parts[0]
        try:
            return str(Path(words).expanduser())
        except RuntimeError:
            raise SettingError("ringback.no_home", home=home) from None
    return words


Zone = Annotated[str, AfterValidator(zone)]
OptionalZone = Annotated[str, AfterValidator(lambda value: zone(value) if value else value)]
Country = Annotated[str, AfterValidator(country)]


def _folder(value: object) -> object:
    """Raises SettingError for nothing, and for what is the path of another system."""
    if isinstance(value, str):
        if not value.strip():
            raise SettingError("ringback.settings_empty")
        if re.match(r"[a-zA-Z][\w+.-]*:(//|\\)", value):
            raise SettingError("ringback.folder_url", given=value)
    return expanded(value)


def _no_file(value: Path) -> Path:
    if value.is_absolute() and value.is_file():
        raise SettingError("ringback.folder_file", given=value)
    return value


Folder = Annotated[Path, BeforeValidator(_folder)]
DataFolder = Annotated[Path, BeforeValidator(_folder), AfterValidator(_no_file)]
"""A file or folder; `~` is the home folder of whoever runs Ringback."""
