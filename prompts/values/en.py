"""Values in English, as in America: "two oh five in the afternoon", "March fifth", "one dollar and two cents"."""

from datetime import date
from decimal import Decimal

LARGEST = 999_999
HUNDRED, THOUSAND, AND, MINUS, POINT, OH = (
    f"value-{word}" for word in ("hundred", "thousand", "and", "minus", "point", "oh")
)
EVENING = 18
"""The hour from which it is evening; the night is part of the morning."""
COINS = {"USD": ("usd", "cent"), "EUR": ("eur", "cent"), "GBP": ("gbp", "pence"), "RUB": ("rub", "kopeck")}
"""How the whole and the hundredth of each currency are called in the names of pieces."""


def cardinal(number: int) -> tuple[str, ...]:
    """0 to LARGEST, and below zero."""
    if number < 0:
        return (MINUS, *cardinal(-number))
    thousands, rest = divmod(number, 1000)
    if thousands:
        return (*cardinal(thousands), THOUSAND, *(_hundreds(rest) if rest else ()))
    return _hundreds(rest)


def _hundreds(number: int) -> tuple[str, ...]:
    hundreds, rest = divmod(number, 100)
    if hundreds:
        return (f"value-{hundreds}", HUNDRED, *(_tens(rest) if rest else ()))
    return _tens(rest)


def _tens(number: int) -> tuple[str, ...]:
    if number < 20 or number % 10 == 0:
        return (f"value-{number}",)
    return (f"value-{number - number % 10}", f"value-{number % 10}")


def decimal(number: Decimal) -> tuple[str, ...]:
    """Twelve point zero five."""
    whole, _, part = f"{abs(number):f}".partition(".")
    sign = (MINUS,) if number < 0 else ()
    return (*sign, *cardinal(int(whole)), *((POINT, *(f"value-{digit}" for digit in part)) if part else ()))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    """Two thirty in the afternoon; noon and midnight by their names."""
    if minute == 0 and hour % 12 == 0:
        return ("value-12", "value-noon" if hour else "value-midnight")
    past = () if minute == 0 else (OH, f"value-{minute}") if minute < 10 else _tens(minute)
    part = "value-morning" if hour < 12 else "value-afternoon" if hour < EVENING else "value-evening"
    return (f"value-{hour % 12 or 12}", *past, part)


def day(of: date, *, year: bool) -> tuple[str, ...]:
    """March twenty first, twenty twenty six."""
    tens, ones = divmod(of.day, 10)
    ordinal = (f"value-day-{of.day}",) if of.day <= 20 or not ones else (f"value-{tens * 10}", f"value-day-{ones}")
    return (f"value-month-{of.month}", *ordinal, *(_year(of.year) if year else ()))


def _year(year: int) -> tuple[str, ...]:
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(year)
    return (*_tens(century), *((HUNDRED,) if rest == 0 else (OH, f"value-{rest}") if rest < 10 else _tens(rest)))


def minutes(number: int) -> tuple[str, ...]:
    """One hour and five minutes."""
    hours, rest = divmod(number, 60)
    said = _counted(hours, "hour") if hours else ()
    if rest or not hours:
        said += ((AND,) if hours else ()) + _counted(rest, "minute")
    return said


def money(amount: Decimal, currency: str) -> tuple[str, ...]:
    """Twelve dollars and fifty cents; an amount in a currency that has no pieces is a number."""
    if currency not in COINS:
        return decimal(amount)
    whole, hundredths = divmod(round(abs(amount) * 100), 100)
    large, small = COINS[currency]
    said = _counted(whole, large) if whole or not hundredths else ()
    if hundredths:
        said += ((AND,) if said else ()) + _counted(hundredths, small)
    return ((MINUS,) if amount < 0 else ()) + said


def _counted(number: int, unit: str) -> tuple[str, ...]:
    return (*cardinal(number), f"value-{unit}-{'one' if number == 1 else 'other'}")


def position(number: int) -> tuple[str, ...]:
    """You are number twenty three in the line."""
    return ("value-you-are-number", *cardinal(number), "value-in-the-line")
