"""What tests of the library need: an agent who had no part in the call that most of them are about, and a good call."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from calls.models import Call
from ringback.store.base import utcnow
from survey.models import SurveyAnswer
from tests.support.calls import TICKET, WHOLE, Store
from tests.support.pages import Client, signed_in
from tickets.models import SOLVED, Ticket
from web.context import Person
from web.models import User
from web.signed_in import NAME

NEWCOMER = "boris"
WEEKS = timedelta(days=14)


def make_good(store: Store) -> None:
    """The whole call is two weeks old, its caller content, its ticket solved: it may be an exemplar."""
    with store.sessions.begin() as session:
        call = session.scalars(select(Call).where(Call.call_id == WHOLE)).one()
        call.arrived_at, call.talk_seconds = utcnow() - WEEKS, 41.0
        session.execute(update(SurveyAnswer).where(SurveyAnswer.call_id == WHOLE).values(means="good"))
        solved = {"status": SOLVED, "solved_at": utcnow() - WEEKS}
        session.execute(update(Ticket).where(Ticket.number == TICKET).values(solved))


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
