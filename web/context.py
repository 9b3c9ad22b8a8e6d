"""What a request works with: the settings, one session with the store, the person who asks."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from flask import Flask, abort, current_app, g
from flask import session as cookie
from flask_login import current_user
from sqlalchemy.orm import Session, sessionmaker

from publishing.service import Publisher
from ringback.config import Settings
from ringback.config.current import Current
from web import policy
from web.handed import HandedOnce, HandedSecret
from web.models import ApiKey, User

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Parts:
    """What `create_app` was given."""

    current: Current
    """What is in force, which may change between two requests."""
    sessions: sessionmaker[Session]
    publisher: Publisher
    """Puts other settings in force."""
    number_key: str = ""
    """See `ringback.secrets.Secrets`."""
    handed: HandedOnce = field(default_factory=HandedOnce)


def identity_of(account: uuid.UUID, password_hash: str, session_mark: str) -> str:
    """What a session's cookie says of its account."""
    return f"{account}:{password_hash[-16:]}{session_mark}"


@dataclass(frozen=True)
class Person:
    """Somebody signed in, as flask-login and the pages see them."""

    row: User

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """The account, a trace of its password and of its sessions: a new password ends the sessions of the old one."""
        return identity_of(self.row.id, self.row.password_hash, self.row.session_mark)

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def role(self) -> str:
        return self.row.role

    @property
    def queues(self) -> frozenset[str] | None:
        """Whose reports alone are shown; None: of all queues. Supervisors alone can be limited."""
        if self.row.role != "supervisor" or self.row.queues is None:
            return None
        return frozenset(str(queue) for queue in self.row.queues)

    def may(self, right: policy.Right) -> bool:
        return policy.may(self.row.role, right)


@dataclass(frozen=True)
class Program:
    """A program with a key, in the place of a person; under /api alone."""

    row: ApiKey

    is_authenticated = True
    is_active = True
    is_anonymous = False
    role = "program"

    def get_id(self) -> str:
        return f"key:{self.row.id}"

    @property
    def name(self) -> str:
        """As it stands beside what it asked for; no person can be called so."""
        return f"key:{self.row.name}"

    def may(self, right: policy.Right) -> bool:
        return right in self.row.rights


def parts() -> Parts:
    return cast("Parts", current_app.extensions["ringback"])


def settings() -> Settings:
    """Those in force: the same from the beginning of a request to its end."""
    if "settings" not in g:
        current = parts().current
        current.look()
        g.settings = current.settings
    return cast("Settings", g.settings)


def db() -> Session:
    """The request's session with the store, opened when it is first asked for."""
    if "db" not in g:
        g.db = parts().sessions()
    return cast("Session", g.db)


def person() -> Person:
    """Who asks; only where somebody is signed in. Under /api it may be a Program, which answers the same questions."""
    return cast("Person", current_user._get_current_object())


def program() -> Program | None:
    """The program that asks with its key; None: a person does."""
    found = current_user._get_current_object()
    return found if isinstance(found, Program) else None


def hand_over(name: str, secret: str) -> None:
    """Shows the secret of `name` to who asks, once, on the next page."""
    cookie["handed"] = parts().handed.keep(person().row.id, HandedSecret(name, secret))


def handed_over() -> HandedSecret | None:
    """The secret that was made for who asks just now; None from then on."""
    return parts().handed.take(person().row.id, cookie.pop("handed", None))


def now() -> float:
    return time.time()


def needs(right: policy.Right) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A page for those with `right` only."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not person().may(right):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def close_session(app: Flask) -> None:
    """Gives the session back at the end of each request; what was not committed is undone."""

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        session = g.pop("db", None)
        if session is not None:
            session.close()
