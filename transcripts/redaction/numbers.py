"""Words that say digits, in English and Russian, spelled or in figures: what digits they are.

Pure: one word in, what it is as a part of a number out; then a row of them as one string of digits, with "double
four", "oh", "forty two" and "сто двадцать три". What such a string means is decided in `detect.py`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Part = Literal["digits", "unit", "teen", "tens", "hundred", "times", "plural", "thousand"]

_UNITS = {
    "zero": 0, "oh": 0, "nought": 0, "naught": 0, "nil": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "niner": 9,
    "ноль": 0, "нуль": 0, "один": 1, "одна": 1, "одно": 1, "раз": 1, "единица": 1, "два": 2,
    "две": 2, "двойка": 2, "три": 3, "тройка": 3, "четыре": 4, "четверка": 4, "пять": 5, "пятерка": 5, "шесть": 6,
    "шестерка": 6, "семь": 7, "семерка": 7, "восемь": 8, "восьмерка": 8, "девять": 9, "девятка": 9,
    "одного": 1, "одному": 1, "двух": 2, "двум": 2, "трех": 3, "трем": 3, "четырех": 4, "пяти": 5, "шести": 6,
    "семи": 7, "восьми": 8, "девяти": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19, "десяти": 10,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70,
    "восемьдесят": 80, "девяносто": 90,
}  # fmt: skip
_HUNDREDS = {
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_TIMES = {
    "double": 2,
    "triple": 3,
    "treble": 3,
    "quadruple": 4,
    "quintuple": 5,
    "дважды": 2,
    "трижды": 3,
    "четырежды": 4,
    "двойная": 2,
    "тройная": 3,
}
_MOST_TIMES = 8
"""Nobody says a digit more often in a row with such words: double double four is four of them."""
_PLURALS = {
    "нуля": 0, "нулей": 0, "ноля": 0, "нолей": 0, "единицы": 1, "единиц": 1, "двойки": 2, "двоек": 2, "тройки": 3,
    "троек": 3, "четверки": 4, "четверок": 4, "пятерки": 5, "пятерок": 5, "шестерки": 6, "шестерок": 6, "семерки": 7,
    "семерок": 7, "восьмерки": 8, "восьмерок": 8, "девятки": 9, "девяток": 9, "zeros": 0, "zeroes": 0, "ones": 1,
    "twos": 2, "threes": 3, "fours": 4, "fives": 5, "sixes": 6, "sevens": 7, "eights": 8, "nines": 9,
}  # fmt: skip
_THOUSANDS = {"thousand", "тысяча", "тысячи", "тысяч", "million", "миллион", "миллиона", "миллионов"}
SOUND_LIKE = {
    "o": 0, "won": 1, "want": 1, "to": 2, "too": 2, "tu": 2, "tree": 3, "free": 3, "for": 4, "fore": 4, "fife": 5,
    "sex": 6, "sicks": 6, "ate": 8, "eat": 8, "nein": 9, "nigh": 9, "дин": 1, "адин": 1, "тва": 2, "читыре": 4,
    "пят": 5, "шест": 6, "сем": 7, "восем": 8, "девят": 9, "нол": 0,
}  # fmt: skip
"""Words that a recogniser writes for a digit: taken for one between digits only."""

_ONE = re.compile("|".join(sorted((word for word in _UNITS if len(word) > 2), key=len, reverse=True)))
_RUN_TOGETHER = re.compile(rf"(?:{_ONE.pattern}){{2,}}")
"""fourfivethreenine: digits that a recogniser wrote as one word."""
_SIGNS = re.compile(r"[$€£¥¢₽₴₸₹%‰°]")
_FIGURES = re.compile(r"\+?\(?\d[\d\-‐‑–—.,/:()]*")
_ORDINAL = re.compile(r"\d+-?(?:st|nd|rd|th|s|го|ому|й|я|е|х|м|ой|ый|ая)")


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A word as a part of a number."""

    part: Part
    value: str
    """Of `digits`: the digits; of the others the number as figures."""
    amount: bool = False
    """It carries a sign of money or share, or is a first, second ..., so that it hardly belongs to a secret."""


def plain(text: str) -> str:
    """A word without the punctuation around it, in small letters, without the dots of the Russian yo."""
    return text.lower().replace("ё", "е").strip(" .,;:!?\"'«»„“”…()[]–—-")


def number_in(text: str) -> SpokenNumber | None:
    """What `text`, one word, says; None: no part of a number."""
    word = plain(text)
    for table, part in (
        (_PLURALS, "plural"), (_UNITS, "unit"), (_TEENS, "teen"), (_TENS, "tens"), (_HUNDREDS, "hundred"),
        (_TIMES, "times"),
    ):  # fmt: skip
        if word in table:
            return SpokenNumber(part, str(table[word]))  # type: ignore[arg-type]
    if word in ("hundred", "hundreds"):
        return SpokenNumber("hundred", "")
    if word in _THOUSANDS:
        return SpokenNumber("thousand", "")
    if _RUN_TOGETHER.fullmatch(word):
        return SpokenNumber("digits", "".join(str(_UNITS[each]) for each in _ONE.findall(word)))
    if "-" in word and not any(c.isdigit() for c in word):
        return _hyphenated(word)
    return _figures(text.strip(), word)


def _hyphenated(word: str) -> SpokenNumber | None:
    """forty-two, double-two, два-два-семь: all of it numbers, or it is none."""
    parts = [number_in(part) for part in word.split("-") if part]
    if not parts or any(part is None or part.part == "thousand" for part in parts) or word in _TIMES:
        return None
    return SpokenNumber("digits", digits_of([part for part in parts if part is not None]))


def _figures(text: str, word: str) -> SpokenNumber | None:
    bare = word.lstrip("#№+")
    if not any(c.isdecimal() for c in bare) or "@" in bare:
        return None
    digits = "".join(str(unicodedata.decimal(c)) for c in bare if c.isdecimal())
    if _SIGNS.search(text):
        return SpokenNumber("digits", digits, amount=True)
    if _FIGURES.fullmatch(bare):
        return SpokenNumber("digits", digits)
    if _ORDINAL.fullmatch(bare):
        return SpokenNumber("digits", digits, amount=True)
    letters = sum(c.isalpha() for c in bare)
    return SpokenNumber("digits", digits) if letters <= min(len(digits), max(2, len(digits) // 3)) else None


def digits_of(parts: Sequence[SpokenNumber]) -> str:
    """What a row of number words says, written as digits: forty two seven -> 427, сто пять -> 105."""
    return "".join(numbers_of(parts))


def numbers_of(parts: Sequence[SpokenNumber]) -> list[str]:
    """The same, number by number: forty two seven -> 42, 7. Every part is looked at once, or a few times."""
    found: list[str] = []
    place = 0
    while place < len(parts):
        text, place = _compound(parts, place)
        found.append(text)
    return found


def _compound(parts: Sequence[SpokenNumber], at: int) -> tuple[str, int]:
    """The digits of the number that begins at a place, and where the next one does: тысяча двести -> 1200."""
    first = parts[at]
    text, after = ("1", at) if first.part == "thousand" else _below_thousand(parts, at)
    small = 0 < len(text) <= 3 and first.part not in ("times", "digits", "plural")
    if small and _is(parts, after, "thousand"):
        if _is(parts, after + 1, "hundred", "tens", "teen") and parts[after + 1].value:
            more, end = _below_thousand(parts, after + 1)
            return text + more.zfill(3), end
        return text + "000", after + 1
    return text, max(after, at + 1)


def _is(parts: Sequence[SpokenNumber], at: int, *wanted: Part) -> bool:
    return at < len(parts) and parts[at].part in wanted


def _below_thousand(parts: Sequence[SpokenNumber], at: int) -> tuple[str, int]:
    first = parts[at]
    if first.part == "times":
        times, last = 1, at
        while _is(parts, last, "times"):
            times, last = min(_MOST_TIMES, times * int(parts[last].value)), last + 1
        return (parts[last].value * times, last + 1) if _is(parts, last, "unit", "digits") else ("", last)
    if first.part == "unit" and _is(parts, at + 1, "plural"):
        return parts[at + 1].value * int(first.value), at + 2
    if first.part == "unit" and _is(parts, at + 1, "hundred") and not parts[at + 1].value:
        text, after = _below_hundred(parts, at + 2)
        return first.value + text, after
    if first.part == "hundred":
        text, after = _below_hundred(parts, at + 1)
        return (first.value[:1] or "1") + text, after
    if first.part == "tens":
        if _is(parts, at + 1, "unit") and parts[at + 1].value != "0":
            return first.value[0] + parts[at + 1].value, at + 2
        return first.value, at + 1
    return ("000" if first.part == "thousand" else first.value), at + 1


def _below_hundred(parts: Sequence[SpokenNumber], at: int) -> tuple[str, int]:
    """Two digits after a hundred, and where they end: 00 where nothing follows that fits."""
    if not _is(parts, at, "tens", "teen", "unit") or (parts[at].part == "unit" and parts[at].value == "0"):
        return "00", at
    if parts[at].part == "unit":
        return f"0{parts[at].value}", at + 1
    return _below_thousand(parts, at)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0
