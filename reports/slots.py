"""Quarter hours, by which everything is counted, and local days made of them. Pure.

A slot begins at a whole quarter of an hour of UTC. Every zone's clock is whole quarters away from it, so that local
hours and days are made of whole slots, also those of 23 and 25 hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SLOT = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def slot_of(at: datetime) -> datetime:
    """The slot in which a moment lies, by its beginning in UTC."""
    return at - (at - _EPOCH) % SLOT


def slots_of(begins: datetime, ends: datetime) -> Iterator[datetime]:
    """The slots of a time that begins and ends with one."""
    at = begins
    while at < ends:
        yield at
        at += SLOT


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins, in UTC: its midnight, or what the clock shows instead where there is none; the first of
    two. In zones that were whole quarters away from UTC only since some year, the slot of it."""
    return slot_of(datetime.combine(day, time(), zone).astimezone(UTC))


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local day of a slot."""
    return at.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return start_of(day, zone), start_of(day + timedelta(days=1), zone)


def month_of(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
