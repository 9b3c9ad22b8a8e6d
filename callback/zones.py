"""By which clock a number is called: the time zone where it is or, where that is not certain, the likeliest. Pure.

Owns the choice of the zone; which hours of it are allowed is `policy.py`'s.
"""

from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from ringback.config import Settings

LIKELIEST = {
    "AS": "Pacific/Pago_Pago",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "BS": "America/Nassau",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FI": "Europe/Helsinki",
    "GB": "Europe/London",
    "GL": "America/Godthab",
    "GU": "Pacific/Guam",
    "ID": "Asia/Jakarta",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "JM": "America/Jamaica",
    "KI": "Pacific/Tarawa",
    "KY": "America/Cayman",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "MP": "Pacific/Saipan",
    "MX": "America/Mexico_City",
    "NO": "Europe/Oslo",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "TC": "America/Grand_Turk",
    "US": "America/New_York",
}
"""By country: where most of those live whose number says the country alone."""
ISLANDS = "America/Puerto_Rico"
"""The clock of the other countries of +1, nearly all in the Caribbean."""
ELSEWHERE = {
    "KZ": (
        "Europe/",
        "Asia/Anadyr",
        "Asia/Irkutsk",
        "Asia/Kamchatka",
        "Asia/Krasnoyarsk",
        "Asia/Magadan",
        "Asia/Novosibirsk",
        "Asia/Omsk",
        "Asia/Sakhalin",
        "Asia/Vladivostok",
        "Asia/Yakutsk",
        "Asia/Yekaterinburg",
    ),
    "RU": ("Asia/Almaty", "Asia/Aqtobe", "Europe/Bucharest"),
    "MX": ("America/New_York",),
}
"""By country: zones (or how they begin) that the library names for its numbers and that are another country's."""


def zone_of(number: str, settings: "Settings") -> ZoneInfo:
    """The clock by which `number` (E.164) is called and told times.

    The one that it is in. Where it can be in several (mobiles of a wide country, toll-free numbers): our own if that is
    among them, because most callers live where the line is; else the likeliest. Where nothing is known: our own.
    """
    return _zone_of(number, _own(settings))


def zone_named(name: str) -> ZoneInfo | None:
    """None: there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _own(settings: "Settings") -> tuple[str, ...]:
    """Our own zones: the installation's, then those of the lines' hours."""
    named = (settings.hours[line.hours].timezone for line in settings.lines if line.hours in settings.hours)
    return tuple(dict.fromkeys((settings.timezone, *filter(None, named))))


@lru_cache(maxsize=10_000)
def _zone_of(number: str, own: tuple[str, ...]) -> ZoneInfo:
    import phonenumbers
    from phonenumbers import timezone

    parsed = phonenumbers.parse(number)
    region = phonenumbers.region_code_for_number(parsed) or ""
    names = [name for name in timezone.time_zones_for_number(parsed) if name != "Etc/Unknown"]
    names = [name for name in names if not name.startswith(ELSEWHERE.get(region, ("-",)))]
    if len(names) > 1:
        islands = parsed.country_code == 1 and region not in ("US", "CA")
        likeliest = LIKELIEST.get(region) or (ISLANDS if islands else names[0])
        ours = [] if islands else [name for name in own if name in names]
        # Of the few zones of one area (Indiana, Florida) the country's main one is as likely, if it is among them.
        names = ours or ([likeliest] if islands or likeliest in names or region == "IE" else names)
    found = [zone for name in (*names, *own, "UTC") if (zone := zone_named(name)) is not None]
    return found[0]
