"""How telephone numbers are written, by people and by providers, and what each way of writing means. Pure.

Owns the reading: text -> digits and an extension -> the numbers (E.164) that the digits can be in a country, the
likeliest first; and which texts stand for nobody. Whether a number may be called is `callback/policy.py`'s, by which
number a contact is known `calls/numbers.py`'s. Used where a script must start fast (asterisk-conf/agi-bin/fallback.py):
nothing but the standard library is imported at the top.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

PUNCTUATION = str.maketrans("", "", " -.()/'\u2019\u00b7")
DIALLED = re.compile(r"\+?[0-9]{2,20}")
ABROAD = ("00", "011", "810")
"""What people dial before a country's code, at home or, by habit, anywhere else."""
LONGEST = 120
"""Characters of a text in which a number is looked for."""
SCHEME = re.compile(r"(?:tel|callto):(?://)?", re.IGNORECASE)
EXTENSION = re.compile(
    r"""[\s,;(]*
    (?: (?:ext|extension|extn|xtn|x|доб|добавочный|вн|внутр|внутренний|dw|durchwahl|app|int|poste|кл) \s* [.:=]? \s*
      | \# \s* | [,;wp]+ \s* )
    (?P<digits>[0-9]{1,7}) [\s)]* $""",
    re.IGNORECASE | re.VERBOSE,
)
"""An extension behind a number: in words, as a phone's own pauses (`,,12`), behind a hash."""
WIDE = range(0xFF01, 0xFF5F)
"""Full-width forms of ASCII."""


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it stood in a text."""

    digits: str
    """Digits, with a plus before them at most."""
    extension: str = ""
    """Digits that are dialled once the other side has answered; empty: none was given."""


def plain(text: str) -> str:
    """`text` with the digits, dashes, spaces and signs of ASCII, and without marks that nobody sees.

    Numbers are pasted with marks of direction around them, non-breaking hyphens, dashes, narrow and full-width forms.
    Control characters stay: a line break is no part of a number.
    """
    return "".join(_plain(character) for character in text[:LONGEST]).strip(" ")


def _plain(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Zs":
            return " "
    if character == "\u2212":  # the minus of mathematics
        return "-"
    return chr(ord(character) - 0xFEE0) if ord(character) in WIDE else character


def written(text: str) -> Written | None:
    """The one number that stands in `text`, typed, pasted or a `tel:` address; None: it is more or less than that."""
    if len(text) > LONGEST:
        return None
    number = plain(text)
    scheme = SCHEME.match(number)
    number, told, context = _address(number[scheme.end() :]) if scheme else (number, "", "")
    if found := EXTENSION.search(number):
        number, told = number[: found.start()], told or found["digits"]
    digits = number.translate(PUNCTUATION)
    if context and not digits.startswith("+"):
        digits = context + digits
    return Written(digits, told) if DIALLED.fullmatch(digits) else None


def _address(rest: str) -> tuple[str, str, str]:
    """Number, extension and context of what stands behind `tel:` (RFC 3966)."""
    number, *parameters = rest.split(";")
    told = {name.strip().lower(): value for name, _, value in (each.partition("=") for each in parameters)}
    extension = unquote(told.get("ext", "")).translate(PUNCTUATION)
    context = told.get("phone-context", "").translate(PUNCTUATION)
    return (
        plain(unquote(number)),
        extension if re.fullmatch(r"[0-9]{1,7}", extension) else "",
        context if re.fullmatch(r"\+[0-9]{1,7}", context) else "",
    )


# -- what digits mean ------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def readings(digits: str, country: str) -> tuple[str, ...]:
    """The valid numbers (E.164) that `digits` can be, typed in `country` (ISO 3166 alpha-2), the likeliest first.

    A plus decides. Without one a number is national, or begins with the code of a country: in an open numbering plan
    4915112345678 is valid as both. Nobody dials the own country's code for anything but itself, so that reading goes
    first; any other code comes after the national reading, and counts only where a national number would begin with a
    trunk prefix, which is missing.
    """
    if digits.startswith("+"):
        found = _valid(digits, country)
        # People put a plus before the trunk prefix, too: +8 916 ... in Russia.
        return (
            (found,) if found else _one(_valid(digits[1:], country) if _has_trunk_prefix(digits[1:], country) else "")
        )
    national = _valid(digits, country)
    abroad = "" if digits.startswith("0") else _valid(f"+{digits}", country)
    own, prefix = _plan(country)
    if not national:
        return _one(abroad or _valid_abroad(digits))
    if not abroad or abroad == national or _has_trunk_prefix(digits, country):
        return (national,)
    if own and digits.startswith(own):
        return abroad, national
    return (national, abroad) if prefix and prefix != own and national == f"+{own}{digits}" else (national,)


def _one(number: str) -> tuple[str, ...]:
    return (number,) if number else ()


def _valid_abroad(digits: str) -> str:
    """What is left of `digits` behind a prefix for calls abroad, as E.164; empty: that is no number."""
    rests = (digits[len(prefix) :] for prefix in ABROAD if digits.startswith(prefix))
    return next((found for rest in rests if (found := _valid(f"+{rest}", "ZZ"))), "")


def _valid(text: str, country: str) -> str:
    """`text` in E.164 if it is a valid number; empty: it is none."""
    import phonenumbers

    number = _parsed(text, country)
    if number is None or not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _parsed(text: str, country: str) -> Any:
    """A number of the library; None: `text` is none in any way."""
    import phonenumbers

    try:
        return phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None


def possible(digits: str, country: str) -> str | None:
    """`digits` as a number (E.164) of the right length, in use or not; None: they are none."""
    import phonenumbers

    number = _parsed(digits, country)
    wanted = phonenumbers.ValidationResult.IS_POSSIBLE
    if number is None or phonenumbers.is_possible_number_with_reason(number) != wanted:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=512)
def _plan(country: str) -> tuple[str, str]:
    """A country's code and its trunk prefix; empty: it has none, or there is no such country."""
    import phonenumbers

    code = phonenumbers.country_code_for_region(country)
    if not code:
        return "", ""
    return str(code), str(phonenumbers.ndd_prefix_for_region(country, strip_non_digits=True) or "")


def calling_code(country: str) -> str:
    """What numbers of a country (ISO 3166 alpha-2) begin with behind the plus; empty: there is no such country."""
    return _plan(country)[0]


def _has_trunk_prefix(digits: str, country: str) -> bool:
    own, prefix = _plan(country)
    return bool(prefix) and prefix != own and digits.startswith(prefix)


def at_home(number: str) -> tuple[str, str]:
    """`number` (E.164) as it is dialled in its own country: without and with the trunk prefix, if there is one."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    national = str(phonenumbers.national_significant_number(parsed))
    region = phonenumbers.region_code_for_number(parsed)
    prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) if region else None
    return national, f"{prefix or ''}{national}"


# -- nobody ----------------------------------------------------------------------------------------------

NOBODY_WORDS = frozenset(
    """
    anonymous anonymousinvalid unavailable unknown restricted private withheld blocked asterisk none null nobody
    undefined unassigned nonumber noname nocallerid nocli callerunknown callerid unknowncaller unknownnumber
    numberunavailable numberwithheld privatenumber privatecaller privatename idwithheld idunavailable idblocked
    anonymouscaller notavailable outofarea payphone coinphone interactionnotallowed unbekannt anonym privat
    masque inconnu anonimo desconocido privado sconosciuto номерскрыт номернеопределен скрыт скрытыйномер
    неизвестный неизвестно неизвестныйномер аноним анонимный неопределен freeswitch opensips kamailio sipp guest
    """.split()
)
"""What providers and telephone systems write where a caller withholds the number, in small letters alone."""
NOBODY_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
"""Anonymous, restricted, blocked, unknown, unavailable, spelled with the keys of a telephone: some providers do."""
LONG_ENOUGH = 7
"""So many equal digits are nobody's number; fewer may be a colleague's, as 222."""


def is_nobody(text: str) -> bool:
    """Whether `text`, as it arrived for a caller's number, stands for nobody: a word for withheld, or 0000000000."""
    number = plain(text).partition("@")[0]
    letters = "".join(character for character in number.lower().replace("ё", "е") if character.isalpha())
    digits = "".join(character for character in number if character.isdecimal())
    if not digits:
        return (not letters and not number.strip("+-. ")) or letters in NOBODY_WORDS
    if letters or number.translate(PUNCTUATION).removeprefix("+") != digits:
        return False
    return not digits.strip("0") or digits in NOBODY_DIGITS or _is_repeated(number, digits)


def _is_repeated(number: str, digits: str) -> bool:
    """9999999999, and +19999999999 where no such number is in use."""
    if len(digits) < LONG_ENOUGH or len(set(digits[-LONG_ENOUGH:])) > 1:
        return False
    if not number.startswith("+"):
        return len(set(digits)) == 1
    parsed = _parsed(number, "ZZ")
    return parsed is not None and len(set(str(parsed.national_number))) == 1 and not _valid(number, "ZZ")
