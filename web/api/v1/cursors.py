"""Where a page of a list ended, as a text that programs hand back unread."""

import base64
import binascii
import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from web.problem_details import ApiProblem

MOST = 1000


def write(kind: str, *place: str | float | int) -> str:
    """The place in the list of that kind, which is part of it: another list does not take it."""
    told = json.dumps([kind, *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read_id(kind: str, cursor: str) -> uuid.UUID:
    """The place in a list in the order of ids. Raises ApiProblem."""
    try:
        return uuid.UUID(str(read(kind, cursor, (str,))[0]))
    except ValueError:
        raise ApiProblem(400, "web.cursor_wrong") from None


def read_moment(kind: str, cursor: str) -> tuple[datetime, uuid.UUID]:
    """The place in a list in the order of moments and ids. Raises ApiProblem."""
    at, key = read(kind, cursor, (str, str))
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment, uuid.UUID(str(key))
    except ValueError:
        raise ApiProblem(400, "web.cursor_wrong") from None


def read(kind: str, cursor: str, types: Sequence[type]) -> list[str | float | int]:
    """The place, as it was written. Raises ApiProblem."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        told = json.loads(raw)
        first, *place = told
        if first != kind or [type(each) for each in place] != list(types):
            raise ValueError(cursor)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise ApiProblem(400, "web.cursor_wrong") from None
    return list(place)
