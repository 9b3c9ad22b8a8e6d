"""Which kinds of secrets there are, and which of them are looked for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["card", "code", "expiry", "pin", "one_time_code", "password", "bank_account", "phone", "email", "name"]
SWITCHES: Mapping[str, str] = {
    "card": "cards",
    "expiry": "cards",
    "code": "codes",
    "pin": "pins",
    "one_time_code": "one_time_codes",
    "password": "passwords",
    "bank_account": "bank_accounts",
    "phone": "phones",
    "email": "emails",
    "name": "names",
}
"""The setting (`redaction:`) that says whether a kind is masked."""


@dataclass(frozen=True, slots=True)
class RedactionRules:
    """What is looked for."""

    cards: bool = True
    codes: bool = True
    pins: bool = True
    one_time_codes: bool = True
    passwords: bool = True
    bank_accounts: bool = True
    phones: bool = False
    emails: bool = False
    names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ("US", "RU")
    """Countries in which a phone number without its country code is read."""
    answers: bool = True
    """Whether all that is said after a question for an address or a password is taken for it."""

    def wants(self, kind: str) -> bool:
        """Whether secrets of a kind are looked for; labels have kinds that are none."""
        return kind in SWITCHES and bool(getattr(self, SWITCHES[kind]))
