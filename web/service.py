"""The people who sign in: made, checked, changed, removed. Owns `user_account` and `account_change`.

Passwords are kept as Argon2id hashes. How often one may be tried is `tries.py`'s.
"""

import secrets
import uuid
from collections.abc import Collection

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from letters import service as letters
from library.drill.service import forget_voices
from ringback.store.alarms import clear_alarm
from ringback.store.base import utcnow
from transcripts.search.saved import drop_all, pass_on, rights
from web import tries
from web.errors import PeopleError
from web.models import AccountChange, User
from web.policy import ROLES, may

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


COMMAND_LINE = "ringback"
"""Who did it, where nobody at a page did."""


def set_password(session: Session, user: User, password: str, by: str = COMMAND_LINE) -> None:
    """A new password; every session signed in with the old one ends."""
    user.password_hash = HASHER.hash(password)
    note(session, user, "own_password" if by == user.name else "password", by)
    session.flush()


def people(session: Session) -> list[User]:
    """Everybody who can sign in, by name."""
    return list(session.scalars(select(User).order_by(User.name)))


def add_user(session: Session, name: str, role: str, language: str, by: str = COMMAND_LINE) -> tuple[User, str]:
    """A new person and the password to hand over, which is kept nowhere. Raises PeopleError."""
    name = normal_name(name)
    _checked(session, name, role)
    password = secrets.token_urlsafe(12)
    user = User(name=name, password_hash=HASHER.hash(password), role=role, language=language)
    session.add(user)
    session.flush()
    note(session, user, "made", by, after=role)
    return user, password


def change_user(session: Session, user: User, name: str, role: str, language: str, by: User) -> bool:
    """Another name, role or language, each noted; saved searches go with the name. False: all is as it was.

    Raises PeopleError. Nobody changes the own role: an admin always remains.
    """
    name = normal_name(name)
    if name != user.name or role != user.role:
        _checked(session, name, role, user)
    if role != user.role and user.id == by.id:
        raise PeopleError("web.not_own_role")
    changes = [
        (kind, before, after)
        for kind, before, after in (
            ("role", user.role, role),
            ("language", user.language, language),
            ("name", user.name, name),
        )
        if before != after
    ]
    for kind, before, after in changes:
        note(session, user, kind, by.name, before, after)
    if name != user.name:
        pass_on(session, user.name, name)
        letters.forget(session, user.name, utcnow())
    if role != user.role:
        rights(session, name, only_agent=None if may(role, "all_calls") else name, alarms=may(role, "alarms"))
    user.name, user.role, user.language = name, role, language
    session.flush()
    return bool(changes)


def change_mail(session: Session, user: User, address: str, by: str) -> None:
    """Where reports and letters to the person go. `address`: as `web.documents.report_people.address_fault` lets it."""
    if address != user.email:
        note(session, user, "email", by)
        clear_alarm(session, letters.UNSENT, user.name, utcnow())
        user.email = address
        session.flush()


def limit_reports(session: Session, user: User, queues: Collection[str], by: str) -> bool:
    """Shows the person reports of these queues alone; none: of all. False: it was so."""
    chosen = sorted(queues) or None
    if chosen == user.queues:
        return False
    note(session, user, "queues", by, ", ".join(user.queues or ()), ", ".join(chosen or ()))
    user.queues = chosen
    session.flush()
    return True


def reset_password(session: Session, user: User, by: str = COMMAND_LINE) -> str:
    """A new password to hand over, which is kept nowhere."""
    password = secrets.token_urlsafe(12)
    set_password(session, user, password, by)
    return password


def end_sessions(session: Session, user: User, by: str) -> None:
    """Whoever is signed in with the account has to sign in again."""
    user.session_mark = secrets.token_hex(8)
    note(session, user, "signed_out", by)
    session.flush()


def deactivate(session: Session, user: User, by: User) -> None:
    """Ends the sessions of the account, and lets nobody sign in with it; what it has stays. Raises PeopleError."""
    if user.id == by.id:
        raise PeopleError("web.not_yourself")
    if user.deactivated_at is None:
        user.deactivated_at, user.session_mark = utcnow(), secrets.token_hex(8)
        note(session, user, "deactivated", by.name)
        session.flush()


def activate(session: Session, user: User, by: str) -> None:
    """The account is in use again, with the password it had."""
    if user.deactivated_at is not None:
        user.deactivated_at = None
        note(session, user, "activated", by)
        session.flush()


def remove_user(session: Session, user: User, by: User) -> None:
    """Takes somebody's account, saved searches, kept voice and letters away at once. Nobody removes themselves: an
    admin always remains."""
    if user.id == by.id:
        raise PeopleError("web.not_yourself")
    drop_all(session, user.name, utcnow())
    forget_voices(session, user.name)
    letters.forget(session, user.name, utcnow())
    note(session, user, "removed", by.name, before=user.role)
    session.delete(user)
    session.flush()


def note(session: Session, user: User, kind: str, by: str, before: str = "", after: str = "") -> None:
    """One line of an account's history."""
    session.add(AccountChange(account_id=user.id, name=user.name, kind=kind, by=by, before=before, after=after))


def changes_of(session: Session, account: uuid.UUID | None = None, limit: int = 100) -> list[AccountChange]:
    """The history of one account, or of all, newest first."""
    query = select(AccountChange).order_by(AccountChange.at.desc(), AccountChange.id.desc()).limit(limit)
    return list(session.scalars(query if account is None else query.where(AccountChange.account_id == account)))


def _checked(session: Session, name: str, role: str, user: User | None = None) -> None:
    if role not in ROLES:
        raise PeopleError("web.no_role")
    there = session.scalar(select(User.id).where(User.name == name))
    if there is not None and (user is None or there != user.id):
        raise PeopleError("web.name_taken")
