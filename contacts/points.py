"""How a number or an address is written down, so that the same one is the same text. Pure.

Numbers are `calls/numbers.py`'s. Of an email address the domain is folded as DNS does it (IDNA) and so is the case of
the rest, because no post office in use keeps two persons apart by it; dots and what stands behind a plus stay, because
many do. A Telegram id is the number of the chat, which a program gave, or the @name that a person tells.
"""

import re
import unicodedata

from calls.numbers import typed_contact
from ringback.numbers import PUNCTUATION

NONE_OF_KIND = {
    "phone": "contacts.no_phone",
    "email": "contacts.no_email",
    "telegram": "contacts.no_telegram",
}
"""Kind -> the code of what is said of a text that is none of it."""
EMAIL_MOST = 254
"""RFC 5321: an address that a mail server must take."""
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]{1,64}")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_TELEGRAM = re.compile(r"[1-9][0-9]{2,19}|@[a-z][a-z0-9_]{3,31}", re.ASCII)


def value_of(kind: str, typed: str, country: str) -> str | None:
    """A typed or pasted point as it is stored; None: it is none of this kind. `country`: where a number is read."""
    if kind == "phone":
        return typed_contact(typed.removeprefix("tel:"), country)
    if kind == "email":
        return email_of(typed)
    return telegram_of(typed) if kind == "telegram" else None


def email_of(typed: str) -> str | None:
    """An address without its case and without the marks around it that nobody sees; None: it is no address."""
    text = "".join(c for c in typed if unicodedata.category(c) != "Cf").strip().removeprefix("mailto:").strip()
    local, at, domain = text.rpartition("@")
    if not at or len(text) > EMAIL_MOST or not _LOCAL.fullmatch(local):
        return None
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return None
    try:
        ascii_domain = domain.strip(".").encode("idna").decode().lower()
    except UnicodeError:
        return None
    return f"{unicodedata.normalize('NFC', local).lower()}@{ascii_domain}" if _DOMAIN.fullmatch(ascii_domain) else None


def telegram_of(typed: str) -> str | None:
    """The id of a chat, or a @name; addresses of t.me are read too."""
    text = typed.strip().casefold()
    for begin in ("https://t.me/", "http://t.me/", "t.me/", "telegram:"):
        if text.startswith(begin):
            rest = text.removeprefix(begin).rstrip("/")
            text = rest if rest.isdecimal() else f"@{rest.removeprefix('@')}"
    return text if _TELEGRAM.fullmatch(text) else None


def kind_of(typed: str) -> str:
    """What a typed point most likely is."""
    if "@" in typed.strip()[1:]:
        return "email"
    digits = typed.translate(PUNCTUATION).strip()
    return "phone" if digits.removeprefix("+").isdecimal() else "telegram"
