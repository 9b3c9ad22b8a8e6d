"""By what a call's number is known again in surveys."""

from calls.numbers import contact_number, country_of
from ringback.fingerprints import fingerprint
from web.context import parts, settings
from web.documents.facts import Document


def caller_of(document: Document) -> str | None:
    """The fingerprint of a call's number; None: it has none by which it could be known again."""
    call = document["call"]
    number = contact_number(call["caller_number"], country_of(settings(), call["line"]))
    return fingerprint(number, parts().number_key) if number is not None and number.startswith("+") else None
