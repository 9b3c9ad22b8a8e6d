"""The keys of programs that use the API: made, found by what a program sends, removed. Owns `api_key`.

A key is 256 random bits, so that its SHA-256 is enough to know it by; the key itself is kept nowhere. What it may do
under /api/v1 are its scopes; its rights are for the older addresses. A key whose time is over opens nothing and is
still listed, so that people see why a program is refused.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from web.errors import KeyRefused
from web.models import ApiKey
from web.policy import KEY_RIGHTS, SCOPES, SCOPES_OF_RIGHT, Scope

NAME_MAX = 40
BEGINS = "rb_"
"""So that people, and programs that look for leaked secrets, see what it is."""
TOUCH = timedelta(minutes=1)
"""How exact `last_used_at` is."""


def keys(session: Session) -> list[ApiKey]:
    """All of them, by name."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def make(
    session: Session,
    name: str,
    rights: Sequence[str],
    by: str,
    *,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and what its program is to send, which is kept nowhere. Raises KeyRefused."""
    name = " ".join(name.split())[:NAME_MAX]
    chosen = [right for right in KEY_RIGHTS if right in rights]
    allowed = [scope for scope in SCOPES if scope in scopes]
    if not chosen and not allowed:
        raise KeyRefused("web.key_for_nothing")
    if expires_at is not None and expires_at <= utcnow():
        raise KeyRefused("web.key_over_at_once")
    if session.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None:
        raise KeyRefused("web.key_taken")
    token = BEGINS + secrets.token_urlsafe(32)
    row = ApiKey(name=name, rights=list(chosen), digest=_digest(token), made_by=by)
    row.scopes, row.expires_at = list(allowed), expires_at
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str) -> ApiKey | None:
    """Whose key was sent, also of one whose time is over (`is_over`). Commits when it was used."""
    row = session.scalar(select(ApiKey).where(ApiKey.digest == _digest(token)))
    if row is not None and not is_over(row) and (row.last_used_at is None or utcnow() - row.last_used_at > TOUCH):
        row.last_used_at = utcnow()
        session.commit()
    return row


def is_over(key: ApiKey) -> bool:
    """Whether it opens nothing any more, because its time is over."""
    return key.expires_at is not None and key.expires_at <= utcnow()


def scopes_of(key: ApiKey) -> frozenset[Scope]:
    """What the key may do under /api/v1: its scopes, and what the rights of older keys mean there."""
    old = (scope for right in KEY_RIGHTS if right in key.rights for scope in SCOPES_OF_RIGHT.get(right, ()))
    return frozenset(scope for scope in SCOPES if scope in key.scopes) | frozenset(old)


def remove(session: Session, key: uuid.UUID) -> str | None:
    """Its name, and it opens nothing any more; None: there is no such key."""
    row = session.get(ApiKey, key)
    if row is None:
        return None
    session.delete(row)
    return row.name


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
