"""Values in Russian, with genders and cases: «две тысячи двадцать один рубль две копейки», «пятое марта»."""

from datetime import date
from decimal import Decimal

LARGEST = 999_999
MINUS, COMMA = "value-minus", "value-comma"
FEMININE = {1: "value-1-f", 2: "value-2-f"}
"""Одна, две: before words of feminine gender, of which тысяча is one."""
COINS = {
    "RUB": ("rub", ("kopeck", True)),
    "USD": ("usd", ("cent", False)),
    "EUR": ("eur", ("cent", False)),
}
"""How the whole and the hundredth of each currency are called in the names of pieces, and whether that is feminine."""
YEARS = range(1901, 2100)
"""Years that have pieces; others are not said."""


def plural(number: int) -> str:
    """Which form of a word stands after a number: 1 минута, 2 минуты, 5 минут."""
    if number % 10 == 1 and number % 100 != 11:
        return "one"
    return "few" if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else "many"


def cardinal(number: int, *, feminine: bool = False) -> tuple[str, ...]:
    """0 to LARGEST, and below zero; the last word agrees with what is counted."""
    if number < 0:
        return (MINUS, *cardinal(-number, feminine=feminine))
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _hundreds(rest, feminine=feminine)
    said = (*_hundreds(thousands, feminine=True), f"value-thousand-{plural(thousands)}")
    return said + (_hundreds(rest, feminine=feminine) if rest else ())


def _hundreds(number: int, *, feminine: bool) -> tuple[str, ...]:
    hundreds, rest = number - number % 100, number % 100
    said: tuple[str, ...] = (f"value-{hundreds}",) if hundreds else ()
    if rest >= 20:
        said += (f"value-{rest - rest % 10}",)
        rest %= 10
    if rest or not said:
        said += (FEMININE[rest] if feminine and rest in FEMININE else f"value-{rest}",)
    return said


def decimal(number: Decimal) -> tuple[str, ...]:
    """Двенадцать запятая ноль пять."""
    whole, _, part = f"{abs(number):f}".partition(".")
    sign = (MINUS,) if number < 0 else ()
    return (*sign, *cardinal(int(whole)), *((COMMA, *(f"value-{digit}" for digit in part)) if part else ()))


def clock(hour: int, minute: int) -> tuple[str, ...]:
    """Четырнадцать часов тридцать минут."""
    return _counted(hour, "hour") + (_counted(minute, "minute", feminine=True) if minute else ())


def day(of: date, *, year: bool) -> tuple[str, ...]:
    """Двадцать первое марта две тысячи двадцать шестого года."""
    tens, ones = divmod(of.day, 10)
    ordinal = (f"value-day-{of.day}",) if of.day <= 20 or not ones else (f"value-{tens * 10}", f"value-day-{ones}")
    return (*ordinal, f"value-month-{of.month}", *(_year(of.year) if year and of.year in YEARS else ()))


def _year(year: int) -> tuple[str, ...]:
    """The last word alone is an ordinal, in the genitive."""
    if year == 2000:
        return ("value-year-2000", "value-year")
    century, rest = year - year % 100, year % 100
    said: tuple[str, ...]
    said = ("value-2-f", "value-thousand-few") if century == 2000 else ("value-thousand-one", "value-900")
    if rest > 20 and rest % 10:
        said += (f"value-{rest - rest % 10}",)
        rest %= 10
    return (*said, f"value-year-{rest}", "value-year")


def minutes(number: int) -> tuple[str, ...]:
    """Один час пять минут."""
    hours, rest = divmod(number, 60)
    said = _counted(hours, "hour") if hours else ()
    return said + (_counted(rest, "minute", feminine=True) if rest or not hours else ())


def money(amount: Decimal, currency: str) -> tuple[str, ...]:
    """Двенадцать рублей пятьдесят копеек; an amount in a currency that has no pieces is a number."""
    if currency not in COINS:
        return decimal(amount)
    whole, hundredths = divmod(round(abs(amount) * 100), 100)
    large, (small, feminine) = COINS[currency]
    said = _counted(whole, large) if whole or not hundredths else ()
    said += _counted(hundredths, small, feminine=feminine) if hundredths else ()
    return ((MINUS,) if amount < 0 else ()) + said


def _counted(number: int, unit: str, *, feminine: bool = False) -> tuple[str, ...]:
    return (*cardinal(number, feminine=feminine), f"value-{unit}-{plural(number)}")


def position(number: int) -> tuple[str, ...]:
    """Вы в очереди под номером двадцать три."""
    return ("value-you-are-number", *cardinal(number))
