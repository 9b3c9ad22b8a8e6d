"""A caller's number as it arrived -> the number a contact is known by. Pure: text in, text or None out.

What arrives is hostile: `=cmd`, `<img ...>`, `500&PJSIP/...`. Only text that is nothing but a number is
read as one; everything else gives None, and the raw text stays on the call. What digits mean is
`ringback/numbers.py`'s.
"""

import re

from ringback.config import Settings
from ringback.numbers import PUNCTUATION, is_nobody, plain, possible, readings

_NUMBER = re.compile(r"\+?[0-9(][0-9 ()./-]{0,30}", re.ASCII)
_COUNTED = frozenset("01234567890123"[first:last] for first in (0, 1) for last in range(first + 8, 14))
"""1234567890 and the like: what systems send that know no number, and in use nowhere where it is no valid number."""
_SHORT = re.compile(r"[0-9]{2,7}", re.ASCII)


def contact_number(raw: str, country: str) -> str | None:
    """E.164 with its plus; a short internal number as it is; None: nobody's number, or none that could be called.

    `country` (ISO 3166 alpha-2) is where a number without prefix is read.
    """
    text = raw.strip()
    if not _NUMBER.fullmatch(text) or is_nobody(text):
        return None
    digits = text.translate(PUNCTUATION)
    if read := readings(digits, country):
        return read[0]
    # "Possible" and not only "valid": numbering plans change faster than libraries, and a wrong refusal
    # would tear one person's calls apart.
    found = possible(digits, country) or (text if _SHORT.fullmatch(text) else "")
    return None if is_nobody(found) or digits.removeprefix("+") in _COUNTED else found


def typed_contact(text: str, country: str) -> str | None:
    """As `contact_number`, of a number that a person typed or pasted."""
    return contact_number(plain(text), country)


def country_of(settings: Settings, line: str) -> str:
    """The country in which the line's callers' numbers are read."""
    return next((each.default_country for each in settings.lines if each.number == line), "US")


def clean_name(raw: str) -> str | None:
    """A caller's name without control characters (PostgreSQL stores no NUL) and of sane length; None: none given."""
    name = "".join(c for c in raw if c.isprintable()).strip()[:200]
    return name or None
