"""How a caller is looked up in the list of calls: what a row keeps of name and number for it, and what is typed.

Pure: text in, text out. `found_by` is stored with each call and is what a typed name or number is looked for in, so a
list of many calls need not fold every name anew.
"""

import re
from collections.abc import Iterable

from ringback.folding import fold
from ringback.numbers import plain, readings

LONGEST = 160
"""Characters of `found_by`."""
MOST_WORDS = 6
"""Words of a typed text that count."""
LEAST_DIGITS = 3
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?[\d ()./-]+", re.ASCII)
_OWN_NUMBER = 7
"""With so many digits a text may be a whole number, of which the country's code may be missing on either side."""


def found_by(name: str, number: str) -> str:
    """The words of a caller's name and the digits of the number, folded, each behind a space.

    Of what is sent in place of a number the words.
    """
    digits = "".join(re.findall(r"\d", plain(number), re.ASCII))[:30]
    words = _WORD.findall(fold(name))[:20] + ([digits] if _NUMBER.fullmatch(plain(number)) else typed_words(number))
    return "".join(f" {word}" for word in words if word)[:LONGEST]


def sorted_by(name: str | None, number: str | None) -> str | None:
    """By what a person is found in a list by names: the folded name, else the number; None: there is neither."""
    return " ".join(_WORD.findall(fold(name or "")))[:LONGEST] or number or None


def typed_words(text: str) -> list[str]:
    """The folded words of a typed text; every one of them must be found somewhere, in any order."""
    return _WORD.findall(fold(text))[:MOST_WORDS]


def typed_numbers(text: str, countries: Iterable[str]) -> list[str]:
    """The digits of which one must be in a number that a typed text is; none: it is no number.

    A whole number is looked for without its country's code, as it is read in any of `countries`: on one side it may be
    missing, or written 8 or 00.
    """
    number = plain(text)
    digits = "".join(re.findall(r"\d", number, re.ASCII))
    if not _NUMBER.fullmatch(number) or len(digits) < LEAST_DIGITS:
        return []
    found = {digits}
    if len(digits) >= _OWN_NUMBER:
        written = ("+" if number.startswith("+") else "") + digits
        found |= {_national(each) for country in countries for each in readings(written, country)}
    # What contains another one finds nothing more.
    return sorted(each for each in found if not any(other != each and other in each for other in found))


def _national(number: str) -> str:
    import phonenumbers

    return str(phonenumbers.national_significant_number(phonenumbers.parse(number)))
