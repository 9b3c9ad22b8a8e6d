"""The words by which persons are found, and what a typed text asks of them. Pure.

A number is found by how it begins and by how it ends: it is stored as its digits and as the same digits from the end on
behind `<`. A name is found by the beginnings of its words, an address by those of its parts. So each thing that may be
typed is the beginning of a stored word: one range of one index, on every store.
"""

import re
from collections.abc import Iterable

from calls.lookup import LEAST_DIGITS, MOST_WORDS
from ringback.folding import fold
from ringback.numbers import calling_code, plain, readings

LONGEST = 60
"""Characters of a stored word."""
MOST_OF_NAME = 12
BACKWARDS = "<"
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?[\d ()./-]+", re.ASCII)
_TRUNK = 7
"""With so many digits a text may be a whole number, whose first digits are dialled at home alone."""
BEYOND = "\U0010ffff"


def words_of(name: str | None, points: Iterable[tuple[str, str]]) -> set[str]:
    """All words by which a person with this name and these points (kind, value) is found."""
    found = set(_WORD.findall(fold(name or ""))[:MOST_OF_NAME])
    for kind, value in points:
        if kind == "phone":
            digits = value.removeprefix("+")
            found |= {digits, BACKWARDS + digits[::-1]}
        else:
            folded = fold(value)
            found |= {folded, *_WORD.findall(folded)}
    return {word[:LONGEST] for word in found}


def asked(text: str, countries: Iterable[str]) -> list[list[str]]:
    """What a typed text asks: of each group one beginning must be that of a word of the person. None: nothing usable.

    A whole number is asked as it is read in any of `countries` too, because people type it as they dial it.
    """
    number = plain(text.strip())
    digits = "".join(re.findall(r"\d", number, re.ASCII))
    if _NUMBER.fullmatch(number) and len(digits) >= LEAST_DIGITS:
        found = {digits, BACKWARDS + digits[::-1]}
        if len(digits) >= _TRUNK:
            written = ("+" if number.startswith("+") else "") + digits
            found |= {each.removeprefix("+") for country in countries for each in readings(written, country)}
        if not number.startswith(("+", "0")):  # the beginning of a number at home
            found |= {f"{code}{digits}" for country in countries if (code := calling_code(country))}
        return [sorted(found)]
    folded = fold(text.strip())
    if "@" in folded:
        return [[folded[:LONGEST]]]
    return [[word[:LONGEST]] for word in _WORD.findall(folded)[:MOST_WORDS]]
