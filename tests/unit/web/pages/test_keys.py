"""Programs with keys: made and removed on a page, let in where their key says, and answered when the controller has."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from recording.models import KeepRequest
from ringback.messages import message
from ringback.store.bus import AgentState, Request
from tests.support.api import controller
from tests.support.calls import OPEN, WHOLE, Store
from tests.support.pages import Client, post
from web.api import of_controller
from web.models import ApiKey


def make(admin: FlaskClient, name: str, right: str) -> dict[str, str]:
    """A new key, as the header that a program sends."""
    answer = post(admin, "/keys", page="/keys", name=name, rights=right)
    assert (answer.status_code, answer.location) == (303, "/keys"), answer.text
    found = re.search(r"rb_[\w-]{43}", admin.get("/keys").text)
    assert found is not None
    assert not re.search(r"rb_[\w-]{43}", admin.get("/keys").text), "reloaded, it is gone, and no other one was made"
    return {"Authorization": f"Bearer {found.group()}"}


@pytest.fixture
def payment(signed: Client) -> dict[str, str]:
    return make(signed("admin"), "payment page", "record")


def talks(store: Store, state: str = "talking") -> None:
    with store.sessions() as session, session.begin():
        session.merge(AgentState(agent="anna", display="Anna", extension="201", state=state, call_id=OPEN))


def test_a_key_is_shown_once_and_known_by_its_hash(signed: Client, store: Store) -> None:
    admin = signed("admin")
    header = make(admin, "payment page", "record")
    token = header["Authorization"].split()[1]
    page = admin.get("/keys").text
    assert "payment page" in page and "pause, resume and keep recordings" in page and token not in page
    with store.sessions() as session:
        (row,) = session.scalars(select(ApiKey))
        assert (row.made_by, row.rights, row.last_used_at) == ("admin", ["record"], None)
        assert token not in row.digest


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"name": "", "rights": "record"}, 400, "Enter a name."),
        ({"name": "<b>", "rights": "record"}, 400, "A name may contain only letters"),
        ({"name": "x", "rights": "erase"}, 409, "Choose what the key is for."),
        ({"name": "x"}, 409, "Choose what the key is for."),
        ({"name": "payment page", "rights": "record"}, 409, "There is already a key with this name"),
    ],
)
def test_what_is_no_key_is_not_made(
    signed: Client, store: Store, payment: dict[str, str], form: dict[str, str], status: int, said: str
) -> None:
    answer = post(signed("admin"), "/keys", page="/keys", **form)
    assert answer.status_code == status and said in answer.text
    with store.sessions() as session:
        assert len(list(session.scalars(select(ApiKey)))) == 1


@pytest.mark.parametrize("name", ["eva", "tom", "anna"])
def test_keys_are_the_admins(signed: Client, name: str) -> None:
    assert signed(name).get("/keys").status_code == 403
    assert post(signed(name), "/keys", name="x", rights="record").status_code == 403


def test_a_recording_is_paused_and_goes_on(client: FlaskClient, store: Store, payment: dict[str, str]) -> None:
    talks(store)
    with controller(store):
        answer = client.post("/api/agents/anna/recording/pause", headers=payment, json={"reason": "card <b>"})
        assert (answer.status_code, answer.json) == (200, {"call": OPEN, "recording": "paused"})
        answer = client.post(f"/api/calls/{OPEN}/recording/resume", headers=payment)
        assert (answer.status_code, answer.json) == (200, {"call": OPEN, "recording": "recording"})
    with store.sessions() as session:
        first, second = session.scalars(select(Request).order_by(Request.asked_at))
        assert (first.kind, first.subject, first.asked_by) == ("recording.pause", OPEN, "key:payment page")
        assert first.args == {"by": "key:payment page", "reason": "card <b>"}
        assert (second.kind, second.args) == ("recording.resume", {"by": "key:payment page"})


def test_a_controller_that_refuses_or_is_away_is_told(
    client: FlaskClient, store: Store, payment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_controller, "MOST_SECONDS", 0.1)
    where = f"/api/calls/{OPEN}/recording/pause"
    answer = client.post(where, headers=payment)
    assert answer.status_code == 504 and "take it that nothing has changed" in answer.json["error"]
    with controller(store, error=message("controller.nobody_talks")):
        answer = client.post(where, headers=payment)
    assert (answer.status_code, answer.json["error"]) == (409, "Nobody talks on this call just now.")


def test_a_recording_on_demand_is_kept(client: FlaskClient, store: Store, payment: dict[str, str]) -> None:
    answer = client.post(f"/api/calls/{OPEN}/recording/keep", headers=payment, data={"reason": "complaint"})
    assert (answer.status_code, answer.json) == (200, {"call": OPEN, "recording": "kept"})
    with store.sessions() as session:
        wish = session.scalars(select(KeepRequest).where(KeepRequest.call_id == OPEN)).one()
        assert (wish.by, wish.reason) == ("key:payment page", "complaint")


def test_what_will_be_thrown_away_is_not_called_kept(
    client: FlaskClient, store: Store, payment: dict[str, str]
) -> None:
    queues = {name: queue.model_copy(update={"recording": "never"}) for name, queue in store.settings.queues.items()}
    object.__setattr__(store.settings, "queues", queues)
    answer = client.post(f"/api/calls/{OPEN}/recording/keep", headers=payment)
    assert answer.status_code == 409 and "does not record" in answer.json["error"]
    with store.sessions() as session:
        assert session.scalars(select(KeepRequest)).all() == []


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/api/calls/nothing/recording/pause", 404),
        ("/api/calls/nothing/recording/keep", 404),
        ("/api/agents/nobody/recording/pause", 404),
        ("/api/agents/anna/recording/pause", 409),
        (f"/api/calls/{OPEN}/recording/erase", 404),
    ],
)
def test_what_is_not_there_is_said(
    client: FlaskClient, store: Store, payment: dict[str, str], where: str, status: int
) -> None:
    talks(store, "free")
    answer = client.post(where, headers=payment)
    assert answer.status_code == status and answer.json["error"]


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer rb_nothing"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}]
)
def test_without_a_key_nothing_is_done(client: FlaskClient, store: Store, header: dict[str, str]) -> None:
    assert client.post(f"/api/calls/{OPEN}/recording/pause", headers=header).status_code == 401
    assert client.get("/api/calls", headers=header).status_code == 401
    with store.sessions() as session:
        assert list(session.scalars(select(Request))) == []


def test_a_cookie_alone_does_not_do_what_keys_do(signed: Client, store: Store) -> None:
    """Another site can make a browser send its cookie."""
    assert signed("admin").post(f"/api/calls/{OPEN}/recording/pause").status_code == 401
    with store.sessions() as session:
        assert list(session.scalars(select(Request))) == []


def test_a_key_opens_what_it_is_for_and_no_page(app: Flask, signed: Client, payment: dict[str, str]) -> None:
    report = make(signed("admin"), "report", "all_calls")
    client = app.test_client()
    for address in ("/api/calls", f"/api/calls/{WHOLE}", "/api/now", "/api/promises", "/api/search?q=order",
                    "/api/searches", "/api/waits", f"/api/calls/{WHOLE}/transcript.txt"):  # fmt: skip
        assert client.get(address, headers=report).status_code == 200, address
        assert client.get(address, headers=payment).status_code == 403, address
    assert client.post(f"/api/calls/{OPEN}/recording/pause", headers=report).status_code == 403
    for address in ("/calls", "/keys", "/people", f"/calls/{WHOLE}"):
        assert client.get(address, headers=report).status_code == 302, address


def test_a_removed_key_opens_nothing(app: Flask, signed: Client, store: Store, payment: dict[str, str]) -> None:
    client = app.test_client()
    assert client.post(f"/api/calls/{OPEN}/recording/keep", headers=payment).status_code == 200
    with store.sessions() as session:
        (row,) = session.scalars(select(ApiKey))
        assert row.last_used_at is not None
    admin = signed("admin")
    assert post(admin, f"/keys/{row.id}/remove", page="/keys").status_code == 302
    assert "No program has a key yet." in admin.get("/keys").text
    assert client.post(f"/api/calls/{OPEN}/recording/keep", headers=payment).status_code == 401
    assert post(admin, f"/keys/{row.id}/remove", page="/keys").status_code == 404
