"""The people who sign in: made, checked, changed, removed. Owns `user_account`.

Passwords are kept as Argon2id hashes. How often one may be tried is `tries.py`'s.
"""

import secrets
import uuid

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from transcripts.search.saved import drop_all
from web import tries
from web.errors import PeopleError
from web.models import User
from web.policy import ROLES

NAME_MAX = 40
HASHER = PasswordHasher()
_NOBODY: list[str] = []


def normal_name(name: str) -> str:
    """How a sign-in name is kept and compared."""
    return name.strip().casefold()[:NAME_MAX]


def ensure_admin(session: Session, password: str) -> bool:
    """Makes the first account, named admin, when nobody can sign in yet. True: it was made."""
    if session.scalar(select(func.count()).select_from(User)):
        return False
    session.add(User(name="admin", password_hash=HASHER.hash(password), role="admin", language=""))
    session.flush()
    return True


def authenticate(session: Session, name: str, password: str, source: str, now: float) -> User | None:
    """The person, or None when name or password are wrong; takes as long for a name that is unknown. `source` is where
    the try comes from, as `tries.source_of` says. Raises Throttled. Commits.
    """
    name = normal_name(name)
    attempt = tries.begin(session, name, source, now)
    user = session.scalar(select(User).where(User.name == name))
    if not verify(user, password) or user is None:
        return None
    if HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)
    tries.succeeded(session, attempt, now)
    session.commit()
    return user


def confirm(session: Session, user: User, password: str, now: float) -> bool:
    """Whether somebody who is signed in knows the account's password. Raises Throttled. Commits."""
    attempt = tries.begin(session, user.name, tries.INSIDE, now)
    if not verify(user, password):
        return False
    tries.succeeded(session, attempt, now)
    session.commit()
    return True


def verify(user: User | None, password: str) -> bool:
    """Whether the password is this person's. Nobody's password is checked too, for the time it takes."""
    if not _NOBODY:
        _NOBODY.append(HASHER.hash(secrets.token_hex(16)))
    try:
        HASHER.verify(user.password_hash if user else _NOBODY[0], password)
    except (VerificationError, InvalidHashError):
        return False
    return user is not None


def set_password(session: Session, user: User, password: str) -> None:
    """A new password; every session signed in with the old one ends."""
    user.password_hash = HASHER.hash(password)
    session.flush()


def people(session: Session) -> list[User]:
    """Everybody who can sign in, by name."""
    return list(session.scalars(select(User).order_by(User.name)))


def add_user(session: Session, name: str, role: str, language: str) -> tuple[User, str]:
    """A new person and the password to hand over, which is kept nowhere. Raises PeopleError."""
    name = normal_name(name)
    if role not in ROLES:
        raise PeopleError("web.no_role")
    if session.scalar(select(User.id).where(User.name == name)) is not None:
        raise PeopleError("web.name_taken")
    password = secrets.token_urlsafe(12)
    user = User(name=name, password_hash=HASHER.hash(password), role=role, language=language)
    session.add(user)
    session.flush()
    return user, password


def reset_password(session: Session, user: User) -> str:
    """A new password to hand over, which is kept nowhere."""
    password = secrets.token_urlsafe(12)
    set_password(session, user, password)
    return password


def remove_user(session: Session, user: User, by: uuid.UUID) -> None:
    """Takes somebody's account and saved searches away at once. Nobody removes themselves: an admin always remains."""
    if user.id == by:
        raise PeopleError("web.not_yourself")
    drop_all(session, user.name, utcnow())
    session.delete(user)
    session.flush()
