"""Click to call, from a ticket page and by a program: whose phone rings, which number is called, what is refused."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from callback.models import Callback
from tests.support.api import key_for
from tests.support.calls import EVIL_TICKET, TICKET, Store
from tests.support.pages import Client, post
from web.tickets import dialling

NUMBER = "+14155550123"
NOON = 1_764_532_800.0
"""In San Francisco, where the number is."""


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "now", lambda: NOON)


@pytest.fixture
def program(client: FlaskClient, store: Store) -> FlaskClient:
    client.environ_base["HTTP_AUTHORIZATION"] = key_for(store, ["calls:dial", "callbacks:read"])["Authorization"]
    return client


def rows(store: Store) -> list[Callback]:
    with store.sessions() as session:
        return list(session.scalars(select(Callback)))


def test_a_program_has_an_agent_call_the_customer_of_a_ticket(program: FlaskClient, store: Store) -> None:
    made = program.post(f"/api/v1/tickets/{TICKET}/calls", json={"agent": "anna"}, headers={"Idempotency-Key": "c1"})
    assert made.status_code == 202, made.json
    told = made.json
    assert (told["number"], told["for_agent"], told["ticket"], told["source"]) == (NUMBER, "anna", TICKET, "click")
    assert program.get(made.headers["Location"]).json == told
    again = program.post(f"/api/v1/tickets/{TICKET}/calls", json={"agent": "anna"}, headers={"Idempotency-Key": "c1"})
    assert again.json == told
    [row] = rows(store)
    assert (row.once, row.queue, row.created_by, row.line) == (True, "support", "key:program", "1000")


@pytest.mark.parametrize(
    ("ticket", "body", "status", "code"),
    [
        (TICKET, {"agent": "nobody"}, 422, "web.body_wrong"),
        (TICKET, {"agent": "anna", "number": "112"}, 422, "callback.short_number"),
        (TICKET, {"agent": "anna", "number": "500&PJSIP/trunk/1900"}, 422, "callback.no_number"),
        (TICKET, {}, 422, "web.body_wrong"),
        (EVIL_TICKET, {"agent": "anna"}, 422, "callback.no_number"),
        (7, {"agent": "anna"}, 404, "tickets.none"),
    ],
)
def test_what_cannot_be_called_is_refused(
    program: FlaskClient, store: Store, ticket: int, body: dict[str, str], status: int, code: str
) -> None:
    answer = program.post(f"/api/v1/tickets/{ticket}/calls", json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert rows(store) == []


def test_a_customer_who_is_being_called_is_not_called_by_a_second_agent(program: FlaskClient, store: Store) -> None:
    assert program.post(f"/api/v1/tickets/{TICKET}/calls", json={"agent": "anna"}).status_code == 202
    with store.sessions() as session, session.begin():
        session.execute(update(Callback).values(state="dialling_customer"))
    answer = program.post(f"/api/v1/tickets/{TICKET}/calls", json={"agent": "boris"})
    assert (answer.status_code, answer.json["code"]) == (409, "callback.being_called")


def test_an_agent_calls_from_the_page_of_a_ticket(signed: Client, store: Store) -> None:
    anna = signed("anna")
    answer = post(anna, f"/tickets/{TICKET}/call", number="(415) 555-0199")
    assert (answer.status_code, answer.location) == (303, f"/tickets/{TICKET}")
    assert "Your phone rings now; once you answer, +14155550199 is called." in anna.get(answer.location).text
    [row] = rows(store)
    assert (row.for_agent, row.created_by, row.ticket_number) == ("anna", "anna", TICKET)


def test_who_has_no_phone_or_a_number_that_is_none_is_told_so(signed: Client, store: Store) -> None:
    eva = signed("eva")
    assert "Only agents have a phone" in eva.get(post(eva, f"/tickets/{TICKET}/call").location).text
    anna = signed("anna")
    assert "Short and emergency numbers" in anna.get(post(anna, f"/tickets/{TICKET}/call", number="112").location).text
    assert rows(store) == []
