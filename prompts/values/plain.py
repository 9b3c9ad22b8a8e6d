"""Values in any language: digit by digit, which is understood wherever digits were recorded."""

from datetime import date
from decimal import Decimal

LARGEST = 10**15
"""Numbers beyond it are said digit by digit by whoever asks; here, all are."""
PAUSE = "value-pause"
"""It is silent, and so the same in every language."""


def cardinal(number: int) -> tuple[str, ...]:
    return digits(str(number))


def digits(text: str) -> tuple[str, ...]:
    """Other characters than ASCII digits (a plus, spaces) are left out."""
    return tuple(f"digit-{digit}" for digit in text if digit in "0123456789")


def decimal(number: Decimal) -> tuple[str, ...]:
    whole, _, part = f"{number:f}".partition(".")
    return (*digits(whole), *((PAUSE, *digits(part)) if part else ()))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    return (*digits(str(hour)), PAUSE, *digits(f"{minute:02}"))


def day(of: date, *, year: bool) -> tuple[str, ...]:
    return (*digits(f"{of.day}"), PAUSE, *digits(f"{of.month}"), *((PAUSE, *digits(f"{of.year}")) if year else ()))


def minutes(number: int) -> tuple[str, ...]:
    return digits(str(number))


def money(amount: Decimal, _currency: str) -> tuple[str, ...]:
    return decimal(amount)


def position(number: int) -> tuple[str, ...]:
    return digits(str(number))
