"""How tests come into the pages: four people and their password, signing in, the token of a form, posting."""

import re
from collections import defaultdict
from collections.abc import Callable
from copy import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ringback import secrets
from tests.support.calls import Store, open_copy, open_empty, seed
from web.app import assemble, wire
from web.models import User
from web.service import HASHER

PASSWORD = "correct horse battery"
PEOPLE = {"admin": "admin", "eva": "supervisor", "tom": "trainer", "anna": "agent"}
"""Name and role of everybody who may see the pages."""
Client = Callable[[str], FlaskClient]
"""A client signed in by name."""


def make_evening(folder: Path, *more: Callable[[Store], object]) -> Path:
    """A data folder with the calls of an evening and the four people, to be copied; `more` adds to it."""
    return make_people(folder, seed, *more)


def make_people(folder: Path, *more: Callable[[Store], object]) -> Path:
    """A data folder with the four people and nothing else, to be copied; `more` adds to it."""
    made = open_empty(folder)
    with made.sessions() as session, session.begin():
        session.add_all(User(name=name, password_hash=_hashed(), role=role) for name, role in PEOPLE.items())
    for add in more:
        add(made)
    secrets.load_or_create(made.settings)
    made.sessions.kw["bind"].dispose()
    return made.settings.data


@lru_cache(maxsize=1)
def _hashed() -> str:
    """Once a run: Argon2 is slow on purpose."""
    return HASHER.hash(PASSWORD)


def app_of(store: Store, *, assembled: Flask | None = None, **changes: Any) -> Flask:
    """The pages of a store; `changes` are other settings. `assembled`: one's own, to which a test may add pages."""
    secret, _ = secrets.load_or_create(store.settings)
    settings = store.settings.model_copy(update=changes) if changes else store.settings
    app = copy(assembled or _assembled())
    app.config, app.extensions = copy(app.config), dict(app.extensions)
    _with_its_own_tokens(app)
    wire(app, settings, secret, store.sessions)
    return app


def _with_its_own_tokens(app: Flask) -> None:
    """Flask-WTF looks at the settings of the application that it was given: that is this one, too."""
    before = [*app.before_request_funcs[None]]
    place = next(at for at, function in enumerate(before) if function.__name__ == "csrf_protect")
    app.before_request_funcs = defaultdict(list, app.before_request_funcs) | {None: before}
    app.extensions["csrf"].init_app(app)
    before[place] = before.pop()


@lru_cache(maxsize=1)
def _assembled() -> Flask:
    """Once a run: half of a page's time in a test is the compiling of its addresses and templates."""
    return assemble()


def sessions_of(evening: Path, folder: Path) -> dict[str, str]:
    """The cookie of each person's session, signed in once; it is good on every copy of `evening`."""
    store = open_copy(evening, folder)
    app, found = app_of(store), {}
    for name in PEOPLE:
        client = app.test_client()
        assert come_in(client, name).status_code == 302
        cookie = client.get_cookie(cookie_name(app))
        assert cookie is not None
        found[name] = cookie.value
    store.sessions.kw["bind"].dispose()
    return found


def cookie_name(app: Flask) -> str:
    return str(app.config["SESSION_COOKIE_NAME"])


def signed_in(app: Flask, cookies: dict[str, str], name: str) -> FlaskClient:
    """A client with the session of that person."""
    client = app.test_client()
    client.set_cookie(cookie_name(app), cookies[name])
    return client


def token(client: FlaskClient, page: str = "/sign-in") -> str:
    """The token that a form on `page` carries."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found is not None
    return found.group(1)


def come_in(
    client: FlaskClient, name: str, password: str = PASSWORD, address: str = "127.0.0.1", to: str = "/sign-in"
) -> TestResponse:
    """Signs in through the form at `to`, from `address`."""
    data = {"name": name, "password": password, "csrf_token": token(client)}
    return client.post(to, data=data, environ_base={"REMOTE_ADDR": address})


def post(client: FlaskClient, path: str, page: str = "/now", **data: str) -> TestResponse:
    """Posts to `path` with the token that `page` gave."""
    return client.post(path, data={**data, "csrf_token": token(client, page)})


def listen(client: FlaskClient, call_id: str, **data: str) -> str:
    """Gives a reason on the page of a call; the address of the sound that the page has then."""
    answer = post(client, f"/calls/{call_id}/listen", **{"reason": "quality", **data})
    assert answer.status_code == 303, answer.text
    if data.get("what") == "download":
        return answer.location
    found = re.search(r'<audio id="sound"[^>]* src="([^"]+)"', client.get(answer.location.partition("#")[0]).text)
    assert found is not None
    return found.group(1)
