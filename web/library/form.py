"""What the library's forms send: times, days, people, calls."""

import re
import uuid
from collections.abc import Collection
from datetime import date, datetime, time
from typing import NoReturn
from zoneinfo import ZoneInfo

from flask import abort, request

from library.errors import LibraryError
from library.policy import read_time
from web.context import settings

MENTION = re.compile(r"(?<![\w@.])@([A-Za-z0-9][A-Za-z0-9._-]{0,63})")
MOST_CALLS = 200
"""That are read of one form."""


def time_of(name: str) -> float | None:
    """A field with a time of a recording; None: it is empty. Raises LibraryError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    found = read_time(text)
    if found is None:
        raise LibraryError("library.no_place")
    return found


def times() -> tuple[float, float | None]:
    """The fields begin and end; an empty beginning is that of the call. Raises LibraryError."""
    return time_of("begin") or 0.0, time_of("end")


def place() -> tuple[float, float]:
    """The fields begin and end, both filled in. Raises LibraryError."""
    begin, end = time_of("begin"), time_of("end")
    if begin is None or end is None:
        raise LibraryError("library.no_place")
    return begin, end


def end_of_day(name: str) -> datetime | None:
    """The last second of a day that was chosen; None: none was. Raises LibraryError."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise LibraryError("library.past") from None
    if not 2000 <= day.year <= 2200:
        raise LibraryError("library.past")
    return last_second(day)


def last_second(day: date) -> datetime:
    """Of a day of the house."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(settings().timezone))


def key_of(name: str) -> uuid.UUID | None:
    """A field with the key of a row; None: it is empty."""
    text = request.form.get(name, "").strip()
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        _nothing_there()


def key_asked(name: str) -> uuid.UUID | None:
    """As `key_of`, of the address."""
    text = request.args.get(name, "").strip()
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        _nothing_there()


def calls() -> list[str]:
    """The calls that were chosen, in their order, each once."""
    return list(dict.fromkeys(request.form.getlist("call")))[:MOST_CALLS]


def mentioned(words: str, people: Collection[str]) -> tuple[str, ...]:
    """Those of the people who are named as `@name`; a name at the end of a sentence has its full stop with it."""
    found = (each for name in MENTION.findall(words) for each in (name, name.rstrip(".-")) if each in people)
    return tuple(dict.fromkeys(found))


def _nothing_there() -> NoReturn:
    abort(404)
