"""Who is signed in: a session from its beginning to its end. Owns `ended_session`.

The session is in the cookie, signed; what is kept here is which ones are over, so that a copy of a cookie opens nothing
after its person has signed out. A cookie that nobody uses is over by itself after `LIFETIME`, and its row goes then.
"""

import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.store.alarms import insert_or_leave
from ringback.store.base import utc
from web.context import Person, identity_of
from web.models import EndedSession, User

LIFETIME = timedelta(hours=12)
"""How long a session lasts that nobody uses."""
NAME = "session"
"""Of the field in the cookie that names the session."""


def begin(user: User) -> None:
    """A new session of `user`, with nothing of what the browser had before."""
    cookie.clear()
    cookie.permanent = True
    cookie[NAME] = secrets.token_urlsafe(18)
    login_user(Person(user))


def end(session: Session, now: float) -> None:
    """The session of this request is over, in every copy of its cookie. Commits."""
    if name := cookie.get(NAME):
        session.execute(insert_or_leave(EndedSession).values(id=str(name), at=utc(now)))
    lifetime = current_app.permanent_session_lifetime
    session.execute(delete(EndedSession).where(EndedSession.at < utc(now) - 2 * lifetime))
    session.commit()
    logout_user()
    cookie.clear()


@dataclass(frozen=True)
class SignedIn:
    """A session, for what goes on after the request that it came with."""

    account: uuid.UUID
    session: str
    identity: str
    """`Person.get_id`: another one, and the session is over."""


def of_request(person: Person) -> SignedIn:
    """The session of this request, which is that of `person`."""
    return SignedIn(person.row.id, str(cookie.get(NAME, "")), person.get_id())


def still_signed_in(session: Session, before: Collection[SignedIn]) -> dict[SignedIn, tuple[str, str]]:
    """Those of the sessions that are not over, with name and role of their account as they are now. However many: two
    queries."""
    ended = set(session.scalars(select(EndedSession.id).where(EndedSession.id.in_({each.session for each in before}))))
    query = select(User.id, User.password_hash, User.session_mark, User.name, User.role)
    rows = session.execute(query.where(User.id.in_({each.account for each in before}), User.deactivated_at.is_(None)))
    known = {identity_of(account, password, mark): (name, role) for account, password, mark, name, role in rows}
    return {each: known[each.identity] for each in before if each.session not in ended and each.identity in known}


def person_of(session: Session, account: uuid.UUID) -> User | None:
    """The row of the account, unless the session of this request is over or was never begun."""
    name = cookie.get(NAME)
    if not isinstance(name, str):
        return None
    over = select(EndedSession.id).where(EndedSession.id == name).exists()
    return session.scalar(select(User).where(User.id == account, ~over))
