"""An evening of calls with four people who may see its pages, each signed in once."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.calls import Store, open_copy
from tests.support.pages import Client, app_of, make_evening, sessions_of, signed_in


@pytest.fixture(scope="session")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the calls of an evening, made once and copied for each test."""
    return make_evening(tmp_path_factory.mktemp("evening"))


@pytest.fixture(scope="session")
def cookies(evening: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A session of each person."""
    return sessions_of(evening, tmp_path_factory.mktemp("cookies") / "data")


@pytest.fixture
def store(evening: Path, tmp_path: Path) -> Iterator[Store]:
    made = open_copy(evening, tmp_path / "data")
    yield made
    made.sessions.kw["bind"].dispose()


@pytest.fixture
def app(store: Store) -> Flask:
    return app_of(store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody's."""
    return app.test_client()


@pytest.fixture
def signed(app: Flask, cookies: dict[str, str]) -> Client:
    """A client signed in by name."""
    return partial(signed_in, app, cookies)
