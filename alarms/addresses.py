"""Addresses of the settings as rows name them: nothing of a service's URL that would let anybody use it.

Owns the names `mail:ops@example.com` and `ntfys:1f2e3d4c5b6a`, and the way back to what the settings have now.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from ringback.config import Recipient, Settings

MAIL = "mail"


@dataclass(frozen=True)
class AlarmAddress:
    """One place to which one recipient's messages go."""

    recipient: str
    name: str
    """As rows have it."""
    target: str
    """The mail address, or the URL as the settings have it, without its secret."""

    @property
    def is_mail(self) -> bool:
        return self.name.startswith(f"{MAIL}:")

    @property
    def shown(self) -> str:
        """For people: the mail address, or the service by its scheme and trace."""
        return shown(self.name)


def shown(name: str) -> str:
    """A row's address as people read it."""
    return name.removeprefix(f"{MAIL}:")


def addresses_of(name: str, recipient: Recipient) -> Iterator[AlarmAddress]:
    """Every address of a recipient, each once."""
    for mail in dict.fromkeys(recipient.email):
        yield AlarmAddress(name, f"{MAIL}:{mail}", mail)
    for url in dict.fromkeys(recipient.urls):
        trace = hashlib.sha256(url.encode()).hexdigest()[:12]
        yield AlarmAddress(name, f"{url.partition(':')[0]}:{trace}", url)


def all_addresses(settings: Settings) -> dict[tuple[str, str], AlarmAddress]:
    """By recipient and the name in rows."""
    found = {}
    for name, recipient in settings.alarms.recipients.items():
        for address in addresses_of(name, recipient):
            found[name, address.name] = address
    return found
