"""How often somebody may try a password: counted by the name, by where the try comes from, and by both. Owns
`sign_in_failure`.

Five wrong tries of a name from one place make that place wait, and nobody else. Tries of one name from many places make
all of them wait a little, but for a browser in which this person has signed in before: it shows a signed cookie and is
counted by itself, so that no stranger can keep anybody out (OWASP calls that a device cookie). A try counts as failed
until it has succeeded, so that many tries at the same moment are counted like tries one after another.
"""

import ipaddress
import secrets
from datetime import timedelta
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from ringback.store.base import utc
from web.errors import PeopleError
from web.models import SignInFailure
from web.policy import WINDOW_SECONDS, TryKind, wait_seconds

DEVICE: Final = "device:"
"""Before the mark of a browser, where other sources are networks."""
INSIDE: Final = "inside"
"""The source of tries by somebody who is signed in and is to show the password again."""
SALT = "device"
LONGEST_SOURCE = 64


class Throttled(PeopleError):
    """Too many tries: the next is taken in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("web.throttled", seconds=round(seconds))
        self.seconds = seconds


def network_of(address: str | None) -> str:
    """An address as it is counted: of IPv6, whose users have many, the network."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return (address or "")[:LONGEST_SOURCE]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def new_device(key: str, name: str) -> str:
    """What a browser keeps in which `name` has signed in; `key` signs it."""
    return str(URLSafeSerializer(key, salt=SALT).dumps([name, secrets.token_urlsafe(12)]))


def source_of(key: str, device: str, name: str, address: str | None) -> str:
    """Where a try of `name` comes from: a browser that this person has used, else a network."""
    try:
        whose, mark = URLSafeSerializer(key, salt=SALT).loads(device)
    except (BadSignature, ValueError, TypeError):
        return network_of(address)
    return f"{DEVICE}{mark}"[:LONGEST_SOURCE] if whose == name else network_of(address)


def begin(session: Session, name: str, source: str, now: float) -> SignInFailure:
    """Notes a try as failed. Raises Throttled. Commits: a failure must outlive whatever the page does next."""
    this_name, this_source = SignInFailure.name == name, SignInFailure.address == source
    limits: list[tuple[TryKind, ColumnElement[bool]]] = [("both", this_name & this_source)]
    if source != INSIDE:
        limits.append(("source", this_source))
    if source != INSIDE and not source.startswith(DEVICE):
        strangers = SignInFailure.address.not_like(f"{DEVICE}%") & (SignInFailure.address != INSIDE)
        limits.append(("name", this_name & strangers))
    wait = max(wait_seconds(kind, _failures(session, which, now), now) for kind, which in limits)
    if wait > 0:
        raise Throttled(wait)
    attempt = SignInFailure(name=name, address=source, at=utc(now))
    session.add(attempt)
    session.commit()
    return attempt


def succeeded(session: Session, attempt: SignInFailure, now: float) -> None:
    """The password was right: what failed from the same place is forgotten, and what is old."""
    theirs = (SignInFailure.name == attempt.name) & (SignInFailure.address == attempt.address)
    session.execute(delete(SignInFailure).where(theirs))
    session.execute(delete(SignInFailure).where(SignInFailure.at < utc(now) - timedelta(seconds=WINDOW_SECONDS)))


def _failures(session: Session, which: ColumnElement[bool], now: float) -> list[float]:
    query = select(SignInFailure.at).where(which, SignInFailure.at > utc(now - WINDOW_SECONDS))
    return [at.timestamp() for at in session.scalars(query)]
