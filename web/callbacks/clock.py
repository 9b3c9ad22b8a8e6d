"""Times of promised calls on a clock: told by the customer's own, read from what people type."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, get_timezone_name
from flask_babel import get_locale

from callback.models import Callback
from callback.zones import zone_of
from web.context import settings


class NoTime(Exception):
    """What was given is no time."""


def on_clock(moment: float, zone: ZoneInfo, until: float | None = None) -> str:
    """Day, time and zone in words: Sunday, 22 November, 09:00 (Pacific Standard Time); with `until` 09:00–09:30."""
    locale = str(get_locale() or "en")
    local = datetime.fromtimestamp(moment, zone)
    said = format_datetime(local, "EEEE, d MMMM, HH:mm", tzinfo=zone, locale=locale)
    if until is not None and until > moment:
        said += f"–{datetime.fromtimestamp(until, zone):%H:%M}"
    return f"{said} ({get_timezone_name(local, width='long', locale=locale)})"


def window_of(row: Callback) -> str:
    """For when the call was promised, by the customer's clock: from when, and until when where that was told."""
    until = None if row.told_by is None else row.told_by.timestamp()
    return on_clock(row.due_at.timestamp(), zone_of(row.number, settings()), until)


def read_local(text: str, zone: ZoneInfo) -> float | None:
    """What a field for day and time gives, as seconds since the epoch; None: it was left empty. Raises NoTime."""
    if not text.strip():
        return None
    try:
        local = datetime.fromisoformat(text.strip())
        if not 2000 <= local.year <= 2200:
            raise NoTime(text)
        return (local if local.tzinfo else local.replace(tzinfo=zone)).timestamp()
    except ValueError as error:
        raise NoTime(text) from error


def read_day_time(days: int, text: str, zone: ZoneInfo, moment: float) -> float:
    """`text` (HH:MM) so many days after today, by the clock of `zone`. Raises NoTime."""
    try:
        clock = time.fromisoformat(text.strip())
    except ValueError as error:
        raise NoTime(text) from error
    today = datetime.fromtimestamp(moment, zone).date()
    return datetime.combine(today + timedelta(days), clock.replace(tzinfo=None), zone).timestamp()
