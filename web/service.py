"""The people who sign in: made, checked, changed, removed. Owns `user_account` and `sign_in_failure`.

Passwords are kept as Argon2id hashes. A try counts as failed until it has succeeded, so that many tries at
the same moment are counted like tries one after another.
"""

import secrets
import uuid
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ringback.store.base import utc, utcnow
from transcripts.search.saved import drop_all
from web.errors import PeopleError
from web.models import SignInFailure, User
from web.policy import ROLES, WINDOW_SECONDS, wait_seconds

NAME_MAX = 40
HASHER = PasswordHasher()
_NOBODY: list[str] = []


class Throttled(PeopleError):
    """Too many tries: the next is taken in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("web.throttled", seconds=round(seconds))
        self.seconds = seconds


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


def authenticate(session: Session, name: str, password: str, address: str, now: float) -> User | None:
    """The person, or None when name or password are wrong; takes as long for a name that is unknown.

    Raises Throttled. Commits: a failure must outlive whatever the page does next.
    """
    name = normal_name(name)
    waits = [
        wait_seconds("name", _failures(session, SignInFailure.name == name, now), now),
        wait_seconds("address", _failures(session, SignInFailure.address == address, now), now),
    ]
    if max(waits) > 0:
        raise Throttled(max(waits))
    attempt = SignInFailure(name=name, address=address, at=utc(now))
    session.add(attempt)
    session.commit()
    user = session.scalar(select(User).where(User.name == name))
    if not verify(user, password) or user is None:
        return None
    if HASHER.check_needs_rehash(user.password_hash):
        user.password_hash = HASHER.hash(password)
    session.delete(attempt)
    session.execute(delete(SignInFailure).where(SignInFailure.name == name))
    session.execute(delete(SignInFailure).where(SignInFailure.at < utc(now) - timedelta(seconds=WINDOW_SECONDS)))
    session.commit()
    return user


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


def _failures(session: Session, whose: object, now: float) -> list[float]:
    since = utc(now - WINDOW_SECONDS)
    query = select(SignInFailure.at).where(whose, SignInFailure.at > since)  # type: ignore[arg-type]
    return [at.timestamp() for at in session.scalars(query)]
