"""The keys of programs that use the API: made, found by what a program sends, removed. Owns `api_key`.

A key is 256 random bits, so that its SHA-256 is enough to know it by; the key itself is kept nowhere.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from web.errors import KeyRefused
from web.models import ApiKey
from web.policy import KEY_RIGHTS

NAME_MAX = 40
BEGINS = "rb_"
"""So that people, and programs that look for leaked secrets, see what it is."""
TOUCH = timedelta(minutes=1)
"""How exact `last_used_at` is."""


def keys(session: Session) -> list[ApiKey]:
    """All of them, by name."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def make(session: Session, name: str, rights: Sequence[str], by: str) -> tuple[ApiKey, str]:
    """A new key and what its program is to send, which is kept nowhere. Raises KeyRefused."""
    name = " ".join(name.split())[:NAME_MAX]
    chosen = [right for right in KEY_RIGHTS if right in rights]
    if not chosen:
        raise KeyRefused("web.key_for_nothing")
    if session.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None:
        raise KeyRefused("web.key_taken")
    token = BEGINS + secrets.token_urlsafe(32)
    row = ApiKey(name=name, rights=list(chosen), digest=_digest(token), made_by=by)
    session.add(row)
    session.flush()
    return row, token


def find(session: Session, token: str) -> ApiKey | None:
    """Whose key was sent. Commits when it was used."""
    row = session.scalar(select(ApiKey).where(ApiKey.digest == _digest(token)))
    if row is not None and (row.last_used_at is None or utcnow() - row.last_used_at > TOUCH):
        row.last_used_at = utcnow()
        session.commit()
    return row


def remove(session: Session, key: uuid.UUID) -> str | None:
    """Its name, and it opens nothing any more; None: there is no such key."""
    row = session.get(ApiKey, key)
    if row is None:
        return None
    session.delete(row)
    return row.name


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
