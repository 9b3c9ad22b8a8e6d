"""What tests of the library need: an agent who had no part in the call that most of them are about."""

from flask import Flask
from flask.testing import FlaskClient

from tests.support.calls import Store
from tests.support.pages import Client, signed_in
from web.context import Person
from web.models import User
from web.signed_in import NAME

NEWCOMER = "boris"


def with_newcomer(app: Flask, cookies: dict[str, str], store: Store) -> Client:
    """A client signed in by name; the newcomer, too."""
    with store.sessions.begin() as session:
        row = User(name=NEWCOMER, password_hash="x" * 32, role="agent")
        session.add(row)
    identity = Person(row).get_id()

    def sign_in(name: str) -> FlaskClient:
        if name != NEWCOMER:
            return signed_in(app, cookies, name)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"], cookie[NAME] = identity, True, "x" * 32
        return client

    return sign_in
