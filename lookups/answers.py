"""What an answer of a system beside means to a caller. Pure, and the only place where foreign values become spoken.

Whatever is not plainly of the kind that the settings name is refused: a caller is told nothing rather than nonsense.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from lookups.errors import LookupFailed
from ringback.config import Lookup
from ringback.config.lookups import ValueKind

MOST_BYTES = 64 * 1024
"""Of an answer."""
_UNKNOWN = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,20}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}", re.ASCII)
_ZONE = re.compile(r"(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?", re.ASCII)
CURRENCIES = ("USD", "EUR", "GBP", "RUB")
"""Of which there are words (`prompts/values`): an amount of who knows what is not told."""
LARGEST = Decimal(999_999)
"""Of numbers and amounts, also below zero; what is larger would be said digit by digit."""


@dataclass(frozen=True)
class SystemAnswer:
    """As `ivr.events.LookedUp` has it."""

    outcome: str
    """found, unknown, failed"""
    answer: str = ""
    values: tuple[tuple[str, str], ...] = ()


UNKNOWN, FAILED = SystemAnswer("unknown"), SystemAnswer("failed")


def read_answer(lookup: Lookup, status: int, body: bytes) -> SystemAnswer:
    """Raises LookupFailed for whatever cannot be told."""
    if status in _UNKNOWN:
        return UNKNOWN
    if status != HTTPStatus.OK:
        raise LookupFailed("lookups.status", status=status)
    told = _object(body)
    chosen = _text(told.get(lookup.field))
    if chosen is None:
        raise LookupFailed("lookups.no_field", field=lookup.field)
    if chosen not in lookup.answers:
        return UNKNOWN
    values = [(name, kind, told[name]) for name, kind in lookup.values.items() if told.get(name) is not None]
    return SystemAnswer("found", chosen, tuple((kind, _of_kind(name, kind, value)) for name, kind, value in values))


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise LookupFailed("lookups.no_json")
    return told


def _text(value: object) -> str | None:
    """A word or a whole number, as `answers` of the settings names it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def _of_kind(name: str, kind: ValueKind, value: object) -> str:
    """A value in the one form in which `prompts` speaks its kind."""
    try:
        spoken = _FORMS[kind](value)
    except (ValueError, ArithmeticError):
        spoken = None
    if spoken is None:
        raise LookupFailed("lookups.odd_value", field=name, kind=kind)
    return spoken


def _number(value: object) -> str | None:
    """`-12`, `12.5`"""
    text = _plain(value)
    return f"{_within(text):f}" if text is not None and _NUMBER.fullmatch(text) else None


def _digits(value: object) -> str | None:
    """`0042`; spaces and hyphens between them are how people group digits."""
    text = (_plain(value) or "").replace(" ", "").replace("-", "")
    return text if _DIGITS.fullmatch(text) else None


def _date(value: object) -> str | None:
    """`2026-05-03`, also from a moment (`2026-05-03T14:30:00Z`), as it is written there."""
    text, _, rest = _moment(value)
    if not _DATE.fullmatch(text) or not (rest == "" or _clock(rest)):
        return None
    return date.fromisoformat(text).isoformat()


def _time(value: object) -> str | None:
    """`14:30`, also from a moment, as it is written there."""
    day, between, rest = _moment(value)
    if between and not _DATE.fullmatch(day):
        return None
    return _clock(rest if between else day)


def _money(value: object) -> str | None:
    """`12.50 EUR`, from that, or from an object with `amount` and `currency`."""
    if isinstance(value, dict):
        amount, currency = _plain(value.get("amount")), value.get("currency")
    else:
        amount, _, currency = value.partition(" ") if isinstance(value, str) else (None, "", None)
    if amount is None or currency not in CURRENCIES:
        return None
    return f"{_within(amount):.2f} {currency}" if _NUMBER.fullmatch(amount) else None


def _within(text: str) -> Decimal:
    """The number, where it is not too large; minus nothing is nothing."""
    number = Decimal(text) + 0
    if abs(number) > LARGEST:
        raise ValueError(f"{text} is too large to be spoken")
    return number


def _plain(value: object) -> str | None:
    """A number as JSON wrote it, or a text of one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) >= 10**20:  # more digits than anything that is spoken
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.strip() if isinstance(value, str) else str(value)


def _moment(value: object) -> tuple[str, str, str]:
    text = value.strip() if isinstance(value, str) else ""
    return text.partition("T")


def _clock(text: str) -> str | None:
    """Hours and minutes; seconds, their parts and a zone may follow."""
    head, rest = text[:5], text[5:]
    if rest.startswith(":") and rest[1:3].isdigit():
        rest = rest[3:]
    if not _TIME.fullmatch(head) or not _ZONE.fullmatch(rest):
        return None
    return time.fromisoformat(head).isoformat("minutes")


_FORMS = {"number": _number, "digits": _digits, "date": _date, "time": _time, "money": _money}
