"""Values are put together as natives say them, and only of pieces that there are."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import files
from prompts.spoken_values import GRAMMARS, KINDS, is_value, spoken
from prompts.values import en, ru


def words(language: str, kind: str, value: str) -> str:
    texts = files.texts(language) | files.value_texts(language)
    return " ".join(texts[name] for name in spoken(language, kind, value))


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "0", "zero"),
        ("number", "21", "twenty one"),
        ("number", "105", "one hundred five"),
        ("number", "1042", "one thousand forty two"),
        ("number", "999999", "nine hundred ninety nine thousand nine hundred ninety nine"),
        ("number", "-7", "minus seven"),
        ("number", "12.05", "twelve point zero five"),
        ("number", "-0.5", "minus zero point five"),
        ("number", "1000000", "one zero zero a pause zero zero zero zero"),
        ("digits", "2025550123", "two zero two a pause five five five a pause zero one two three"),
        ("digits", "+1042", "one zero four two"),
        ("time", "14:30", "two thirty in the afternoon"),
        ("time", "09:05", "nine oh five in the morning"),
        ("time", "10:00", "ten in the morning"),
        ("time", "12:00", "twelve noon"),
        ("time", "00:00", "twelve midnight"),
        ("time", "00:15", "twelve fifteen in the morning"),
        ("date", "2026-03-05", "March fifth"),
        ("date", "2026-12-30", "December thirtieth"),
        ("date", "2026-01-21", "January twenty first"),
        ("date", "+2026-03-31", "March thirty first twenty twenty six"),
        ("date", "+2005-03-20", "March twentieth two thousand five"),
        ("date", "+2000-03-20", "March twentieth two thousand"),
        ("date", "+1900-03-20", "March twentieth nineteen hundred"),
        ("date", "+1905-03-20", "March twentieth nineteen oh five"),
        ("date", "+2110-03-20", "March twentieth twenty one ten"),
        ("minutes", "1", "one minute"),
        ("minutes", "0", "zero minutes"),
        ("minutes", "60", "one hour"),
        ("minutes", "125", "two hours and five minutes"),
        ("position", "23", "You are number twenty three in the line"),
        ("money", "12.50 USD", "twelve dollars and fifty cents"),
        ("money", "1.01 USD", "one dollar and one cent"),
        ("money", "0.02 GBP", "two pence"),
        ("money", "0 EUR", "zero euros"),
        ("money", "-1 EUR", "minus one euro"),
        ("money", "1200 RUB", "one thousand two hundred rubles"),
        ("money", "12.5 JPY", "twelve point five"),
    ],
)
def test_english(kind: str, value: str, said: str) -> None:
    assert words("en", kind, value) == said


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "0", "ноль"),
        ("number", "21", "двадцать один"),
        ("number", "1042", "одна тысяча сорок два"),
        ("number", "2001", "две тысячи один"),
        ("number", "5000", "пять тысяч"),
        ("number", "11000", "одиннадцать тысяч"),
        ("number", "121000", "сто двадцать одна тысяча"),
        ("number", "422315", "четыреста двадцать две тысячи триста пятнадцать"),
        ("number", "-7", "минус семь"),
        ("number", "12.05", "двенадцать запятая ноль пять"),
        ("digits", "9161234567", "девять один шесть пауза один два три пауза четыре пять шесть семь"),
        ("time", "14:30", "четырнадцать часов тридцать минут"),
        ("time", "01:01", "один час одна минута"),
        ("time", "22:22", "двадцать два часа двадцать две минуты"),
        ("time", "10:00", "десять часов"),
        ("time", "00:05", "ноль часов пять минут"),
        ("date", "2026-03-05", "пятое марта"),
        ("date", "2026-01-31", "тридцать первое января"),
        ("date", "2026-05-30", "тридцатое мая"),
        ("date", "+2026-12-21", "двадцать первое декабря две тысячи двадцать шестого года"),
        ("date", "+2020-12-01", "первое декабря две тысячи двадцатого года"),
        ("date", "+2015-12-01", "первое декабря две тысячи пятнадцатого года"),
        ("date", "+2000-12-01", "первое декабря двухтысячного года"),
        ("date", "+1999-12-02", "второе декабря тысяча девятьсот девяносто девятого года"),
        ("date", "+1812-12-02", "второе декабря"),
        ("minutes", "1", "одна минута"),
        ("minutes", "2", "две минуты"),
        ("minutes", "5", "пять минут"),
        ("minutes", "11", "одиннадцать минут"),
        ("minutes", "61", "один час одна минута"),
        ("minutes", "120", "два часа"),
        ("position", "23", "Вы в очереди под номером двадцать три"),
        ("money", "1000 RUB", "одна тысяча рублей"),
        ("money", "2.02 RUB", "два рубля две копейки"),
        ("money", "21.01 RUB", "двадцать один рубль одна копейка"),
        ("money", "112.11 RUB", "сто двенадцать рублей одиннадцать копеек"),
        ("money", "1.02 USD", "один доллар два цента"),
        ("money", "3 EUR", "три евро"),
        ("money", "0.05 EUR", "пять центов"),
        ("money", "12.5 JPY", "двенадцать запятая пять"),
    ],
)
def test_russian(kind: str, value: str, said: str) -> None:
    assert words("ru", kind, value) == said


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "1042", "1 0 4 2"),
        ("number", "12.05", "1 2 | 0 5"),
        ("time", "14:05", "1 4 | 0 5"),
        ("date", "+2026-03-05", "5 | 3 | 2 0 2 6"),
        ("minutes", "95", "9 5"),
        ("money", "12.50 EUR", "1 2 | 5 0"),
        ("position", "3", "3"),
    ],
)
def test_any_other_language_says_digits(kind: str, value: str, said: str) -> None:
    names = spoken("fr", kind, value)
    assert " ".join(name.removeprefix("digit-").replace("value-pause", "|") for name in names) == said


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_number_and_value_is_made_of_pieces_that_there_are(language: str) -> None:
    there = set(files.sound_files(language))
    needed = set(spoken(language, "number", "-1.5"))
    for number in range(10_000):
        needed |= set(spoken(language, "number", str(number)))
    for number in range(1, 10_000, 7):
        needed |= set(spoken(language, "position", str(number)))
    for number in range(1500):
        needed |= set(spoken(language, "minutes", str(number)))
        needed |= set(spoken(language, "time", f"{number // 60 % 24:02}:{number % 60:02}"))
        for currency in ("USD", "EUR", "GBP", "RUB", "XXX"):
            needed |= set(spoken(language, "money", f"{number // 100}.{number % 100:02} {currency}"))
    for day in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        needed |= set(spoken(language, "date", date.fromordinal(day).isoformat()))
    for year in range(1, 2500):
        needed |= set(spoken(language, "date", f"+{year:04}-01-01"))
    assert needed <= there
    pieces = set(files.value_texts(language))
    assert pieces - needed - set(spoken(language, "digits", "1234567")) == set(), "pieces that nothing says"


@given(st.integers(-999_999, 999_999))
def test_a_number_is_said_so_that_it_can_be_read_back(number: int) -> None:
    """What the pieces are worth, added up, is the number again: none is left out, doubled or in the wrong place."""
    for grammar in (en, ru):
        total = part = 0
        for name in grammar.cardinal(number):
            piece = name.removeprefix("value-").removesuffix("-f")
            if piece.startswith("thousand"):
                total, part = part * 1000, 0
            elif piece == "hundred":
                part *= 100
            elif piece != "minus":
                part += int(piece)
        assert (total + part) * (-1 if number < 0 else 1) == number


@given(st.sampled_from(list(KINDS)), st.text(max_size=30))
def test_what_is_no_value_is_refused_and_never_a_name(kind: str, value: str) -> None:
    """A value from outside makes no name of its own: whatever it is, the pieces are known ones or it is refused."""
    known = set(files.texts("en")) | set(files.value_texts("en"))
    if is_value(kind, value):
        assert set(spoken("en", kind, value)) <= known
    else:
        with pytest.raises(ValueError):
            spoken("en", kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("number", "1e5"),
        ("number", "٣"),
        ("number", "NaN"),
        ("number", ""),
        ("number", "9" * 16),
        ("digits", "call me"),
        ("date", "2026-02-30"),
        ("date", "tomorrow"),
        ("time", "25:00"),
        ("minutes", "-1"),
        ("position", "0"),
        ("money", "12"),
        ("money", "12 usd"),
        ("money", "USD 12"),
        ("colour", "red"),
    ],
)
def test_hostile_and_odd_values_are_refused(kind: str, value: str) -> None:
    assert not is_value(kind, value)


def test_money_is_counted_in_hundredths_and_rounded() -> None:
    assert en.money(Decimal("0.999"), "USD") == en.money(Decimal(1), "USD")
    assert ru.money(Decimal("0.001"), "RUB") == ("value-0", "value-rub-many")
