"""Which numbers may be promised a call: pure decisions on text.

Used where a caller's number is first heard (asterisk-conf/agi-bin/fallback.py, which must start fast: nothing
but the standard library is imported at the top) and again where the promise is taken in (`service.py`).
"""

import re

PUNCTUATION = str.maketrans("", "", " -.()\u00a0")
DIALLED = re.compile(r"\+?[0-9]{5,18}")


def number_to_call(text: str, country: str) -> str | None:
    """`text`, a caller's number or keys pressed, in E.164 ("+12025550123"); None: we do not call that.

    Read as somebody in `country` (ISO 3166 alpha-2) would dial it. Refused are texts that are more than a number,
    short codes (an emergency line must never be called back), numbers that cannot exist, and those that cost
    the one who calls: a made-up caller id must not make us dial a premium line.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType

    digits = text.translate(PUNCTUATION)
    if not DIALLED.fullmatch(digits):
        return None
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    costly = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.PERSONAL_NUMBER}
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) in costly:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_digits(number: str, country: str) -> str:
    """The digits of an E.164 `number` as one says them in `country`: without the code of the own country."""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    if parsed.country_code == phonenumbers.country_code_for_region(country):
        return phonenumbers.national_significant_number(parsed)
    return number.removeprefix("+")
