"""Who is signed in: a session from its beginning to its end. Owns `ended_session`.

The session is in the cookie, signed; what is kept here is which ones are over, so that a copy of a cookie opens nothing
after its person has signed out. A cookie that nobody uses is over by itself after `LIFETIME`, and its row goes then.
"""

import secrets
import uuid
from datetime import timedelta

from flask import current_app
from flask import session as cookie
from flask_login import login_user, logout_user
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.store.alarms import insert_or_leave
from ringback.store.base import utc
from web.context import Person
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


def person_of(session: Session, account: uuid.UUID) -> User | None:
    """The row of the account, unless the session of this request is over or was never begun."""
    name = cookie.get(NAME)
    if not isinstance(name, str):
        return None
    over = select(EndedSession.id).where(EndedSession.id == name).exists()
    return session.scalar(select(User).where(User.id == account, ~over))
