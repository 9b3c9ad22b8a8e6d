"""A caller's number as it arrived -> the number a contact is known by. Pure: text in, text or None out.

What arrives is hostile: `=cmd`, `<img ...>`, `500&PJSIP/...`. Only text that is nothing but a number is
read as one; everything else gives None, and the raw text stays on the call.
"""

import re

import phonenumbers

from ringback.config import Settings

_NUMBER = re.compile(r"\+?[0-9(][0-9 ()./-]{0,30}", re.ASCII)
_SHORT = re.compile(r"[0-9]{2,7}", re.ASCII)


def contact_number(raw: str, country: str) -> str | None:
    """E.164 with its plus; a short internal number as it is; None: no number that could be called.

    `country` (ISO 3166 alpha-2) is where a number without prefix is read.
    """
    text = raw.strip()
    if not _NUMBER.fullmatch(text):
        return None
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return text if _SHORT.fullmatch(text) else None
    # "Possible" and not "valid": numbering plans change faster than libraries, and a wrong refusal
    # would tear one person's calls apart.
    if phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return text if _SHORT.fullmatch(text) else None


def country_of(settings: Settings, line: str) -> str:
    """The country in which the line's callers' numbers are read."""
    return next((each.default_country for each in settings.lines if each.number == line), "US")


def clean_name(raw: str) -> str | None:
    """A caller's name without control characters (PostgreSQL stores no NUL) and of sane length; None: none given."""
    name = "".join(c for c in raw if c.isprintable()).strip()[:200]
    return name or None
