"""Values as callers hear them: numbers, times, dates, durations, places in line, money, digits. Names in, names out.

Owns which kinds of values there are and how they are written. How a language says them is its own file's
(`prompts/values/`): pieces that were recorded, in the order, gender and case of the language. A language without such a
file says digits one by one (`prompts/values/plain.py`). Nothing here plays or reads a file.
"""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from types import ModuleType

from prompts.values import en, plain, ru

GRAMMARS: dict[str, ModuleType] = {"en": en, "ru": ru}
"""By language how its pieces are put together."""
MOST_DIGITS = 40
"""Of digits that are said one by one: nobody listens to more."""
GROUP = 3
"""Digits between two pauses; four at the end stay together."""


def spoken(language: str, kind: str, value: str) -> tuple[str, ...]:
    """The prompts that say a value.

    `number`: 1042, -7, 12.50. `digits`: said one by one, in groups. `date`: 2026-03-21; with the year where the value
    begins with a plus sign. `time`: 14:05. `minutes`: 95. `position`: 3. `money`: 12.50 USD. Raises ValueError for
    anything else: whoever asks has a sentence for it.
    """
    if kind not in KINDS:
        raise ValueError(f"no value is of the kind {kind}")
    return KINDS[kind](GRAMMARS.get(language, plain), value)


def is_value(kind: str, value: str) -> bool:
    """Whether it can be said as this kind."""
    try:
        spoken("", kind, value)
    except ValueError:
        return False
    return True


def _number(grammar: ModuleType, value: str) -> tuple[str, ...]:
    number = _decimal(value)
    if abs(number) > grammar.LARGEST:
        return _digits(grammar, value.partition(".")[0])
    said: tuple[str, ...] = grammar.decimal(number) if "." in value else grammar.cardinal(int(number))
    return said


def _digits(_: ModuleType, value: str) -> tuple[str, ...]:
    """A pause between groups of three, as numbers are read out: 202 555 0123."""
    only = "".join(each for each in value if each in "0123456789")[:MOST_DIGITS]
    if not only:
        raise ValueError(f"{value!r} has no digits")
    said: tuple[str, ...] = ()
    while len(only) > GROUP + 1:
        said += (*plain.digits(only[:GROUP]), plain.PAUSE)
        only = only[GROUP:]
    return said + plain.digits(only)


def _date(grammar: ModuleType, value: str) -> tuple[str, ...]:
    said: tuple[str, ...] = grammar.day(date.fromisoformat(value.removeprefix("+")), year=value.startswith("+"))
    return said


def _time(grammar: ModuleType, value: str) -> tuple[str, ...]:
    at = time.fromisoformat(value)
    said: tuple[str, ...] = grammar.clock(at.hour, at.minute)
    return said


def _minutes(grammar: ModuleType, value: str) -> tuple[str, ...]:
    said: tuple[str, ...] = grammar.minutes(_count(value, 0, 6000))
    return said


def _position(grammar: ModuleType, value: str) -> tuple[str, ...]:
    said: tuple[str, ...] = grammar.position(_count(value, 1, 9999))
    return said


def _money(grammar: ModuleType, value: str) -> tuple[str, ...]:
    amount, _, currency = value.partition(" ")
    if not re.fullmatch("[A-Z]{3}", currency):
        raise ValueError(f"{value!r} names no currency")
    number = _decimal(amount)
    if abs(number) > grammar.LARGEST:
        return _digits(grammar, amount.partition(".")[0])
    said: tuple[str, ...] = grammar.money(number, currency)
    return said


def _decimal(value: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", value):
        raise ValueError(f"{value!r} is no number")
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error


def _count(value: str, least: int, most: int) -> int:
    if not re.fullmatch("[0-9]{1,6}", value) or not least <= int(value) <= most:
        raise ValueError(f"{value!r} is no number from {least} to {most}")
    return int(value)


KINDS: dict[str, Callable[[ModuleType, str], tuple[str, ...]]] = {
    "number": _number,
    "digits": _digits,
    "date": _date,
    "time": _time,
    "minutes": _minutes,
    "position": _position,
    "money": _money,
}
"""How a value of each kind is read."""
