"""An evening of calls with four people who may see its pages, each signed in once."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ringback import secrets
from tests.support.calls import Store, open_copy, open_empty, seed
from tests.support.pages import PASSWORD, Client, come_in
from web.app import create_app
from web.models import User
from web.service import HASHER


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the calls of an evening, made once and copied for each test."""
    made = open_empty(tmp_path_factory.mktemp("evening"))
    seed(made)
    hashed = HASHER.hash(PASSWORD)
    with made.sessions() as session, session.begin():
        for name, role in (("admin", "admin"), ("eva", "supervisor"), ("tom", "trainer"), ("anna", "agent")):
            session.add(User(name=name, password_hash=hashed, role=role))
    secrets.load_or_create(made.settings)
    made.sessions.kw["bind"].dispose()
    return made.settings.data


@pytest.fixture
def store(evening: Path, tmp_path: Path) -> Store:
    return open_copy(evening, tmp_path / "data")


@pytest.fixture
def app(store: Store) -> Flask:
    secret, _ = secrets.load_or_create(store.settings)
    return create_app(store.settings, secret, store.sessions)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def cookies(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session of each person, signed in once: Argon2 is slow on purpose."""
    store = open_copy(evening, tmp_path_factory.mktemp("cookies") / "data")
    secret, _ = secrets.load_or_create(store.settings)
    app, found = create_app(store.settings, secret, store.sessions), {}
    for name in ("admin", "eva", "tom", "anna"):
        client = app.test_client()
        assert come_in(client, name).status_code == 302
        cookie = client.get_cookie(str(app.config["SESSION_COOKIE_NAME"]))
        assert cookie is not None
        found[name] = cookie.value
    return found


@pytest.fixture
def signed(app: Flask, cookies: dict[str, str]) -> Client:
    """A client signed in by name."""

    def sign_in(name: str) -> FlaskClient:
        opened = app.test_client()
        opened.set_cookie(str(app.config["SESSION_COOKIE_NAME"]), cookies[name])
        assert opened.get("/now").status_code == 200
        return opened

    return sign_in
