"""Agents at the pages: which queues they take, breaks with a reason, by themselves and by a supervisor."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ringback.config import Queue
from ringback.messages import message, text
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Request
from tests.support.calls import Store
from tests.support.pages import Client, post, token


@pytest.fixture
def store(store: Store) -> Store:
    """Of three queues anna serves the first two."""
    queues = {**store.settings.queues, "night": Queue(name="Night", agents=["boris"])}
    changes: dict[str, Any] = {"queues": queues, "pause_limits": {"lunch": 1800.0}}
    return Store(store.settings.model_copy(update=changes), store.sessions)


def set_state(store: Store, **values: Any) -> None:
    with store.sessions() as session, session.begin():
        row = session.get_one(AgentState, "anna")
        for name, value in values.items():
            setattr(row, name, value)


def asked(store: Store) -> list[tuple[str, dict[str, Any], str | None]]:
    with store.sessions() as session:
        rows = session.scalars(select(Request).order_by(Request.asked_at))
        return [(row.kind, row.args, row.asked_by) for row in rows]


def choose(client: FlaskClient, *queues: str) -> TestResponse:
    data = {"queue": list(queues), "from": "agent", "csrf_token": token(client, "/agents/anna")}
    return client.post("/agents/anna/queues", data=data)


def test_an_agent_chooses_queues_of_the_own_at_login(signed: Client, store: Store) -> None:
    set_state(store, state="logged out")
    anna = signed("anna")
    page = anna.get("/agents/anna").text
    assert "Log in with these queues" in page and 'value="night"' not in page
    answer = choose(anna, "billing")
    assert (answer.status_code, answer.location) == (302, "/agents/anna")
    assert asked(store) == [("agent.login", {"queues": ["billing"]}, "anna")]
    assert "Queues requested" in anna.get("/agents/anna").text


def test_all_that_the_settings_give_is_a_plain_login(signed: Client, store: Store) -> None:
    choose(signed("anna"), "billing", "support")
    assert asked(store) == [("agent.login", {}, "anna")]


def test_a_supervisor_gives_any_queue(signed: Client, store: Store) -> None:
    eva = signed("eva")
    assert choose(eva, "night", "support").status_code == 302
    assert asked(store) == [("agent.login", {"queues": ["night", "support"]}, "eva")]
    set_state(store, queues=["night", "support", "gone"])
    now = eva.get("/now").text
    assert "Support, Night (chosen)" in now and "gone" not in now
    assert 'value="night" checked' in signed("anna").get("/agents/anna").text, "what was given may be kept"


@pytest.mark.parametrize("queues", [(), ("moon",), ("night", "support")])
def test_a_choice_that_is_none_is_refused(signed: Client, store: Store, queues: tuple[str, ...]) -> None:
    answer = choose(signed("anna"), *queues)
    assert answer.status_code == 400 and "Tick at least one of these queues." in answer.text
    assert asked(store) == []


def test_a_break_has_a_reason_in_ones_own_words(signed: Client, store: Store) -> None:
    eva = signed("eva")
    assert '<option value="lunch">' in eva.get("/agents/anna").text
    post(eva, "/agents/anna/pause", "/agents/anna", reason=" the\u202e dentist ", **{"from": "agent"})
    post(eva, "/agents/anna/pause", "/agents/anna")
    assert [args for _, args, _ in asked(store)] == [{"reason": "the dentist"}, {}]
    long = post(eva, "/agents/anna/pause", "/agents/anna", reason="x" * 61)
    assert long.status_code == 400 and "Use at most 60 characters." in long.text


def test_the_page_offers_what_fits_the_state(signed: Client, store: Store) -> None:
    eva = signed("eva")
    set_state(store, state="paused", reason="lunch", since=utcnow())
    page = eva.get("/agents/anna").text
    assert 'id="resume"' in page and "Change the reason" in page and "lunch" in page
    set_state(store, state="logged out", reason=None)
    page = eva.get("/agents/anna").text
    assert 'id="resume"' not in page and 'id="logout"' not in page and 'id="pause"' not in page


@pytest.mark.parametrize(("name", "agent", "status"), [
    ("anna", "anna", 200), ("anna", "boris", 403), ("tom", "anna", 403), ("eva", "boris", 200), ("eva", "nobody", 404),
])  # fmt: skip
def test_who_sees_whose_page(signed: Client, name: str, agent: str, status: int) -> None:
    assert signed(name).get(f"/agents/{agent}").status_code == status


def test_the_api_tells_which_queues_were_chosen(signed: Client, store: Store) -> None:
    set_state(store, queues=["billing"])
    document = signed("eva").get("/api/now").json
    assert document is not None
    assert {agent["agent"]: agent["queues"] for agent in document["agents"]}["anna"] == ["billing"]


@pytest.mark.parametrize("wish", ["login", "logout"])
def test_agents_are_logged_in_and_out_by_a_wish(signed: Client, store: Store, wish: str) -> None:
    set_state(store, state="logged out" if wish == "login" else "free")
    anna = signed("anna")
    page = anna.get("/now").text
    assert f"/agents/anna/{wish}" in page and "/agents/boris" not in page
    assert ("Logged out" in page) == (wish == "login") and ("/agents/anna/pause" in page) == (wish == "logout")
    assert post(anna, f"/agents/anna/{wish}").location == "/now"
    assert post(anna, f"/agents/boris/{wish}").status_code == 403
    assert {"login": "Login requested", "logout": "Logout requested"}[wish] in anna.get("/now").text
    assert asked(store) == [(f"agent.{wish}", {}, "anna")]
    with store.sessions() as session, session.begin():
        session.scalars(select(Request)).one().done_at = utcnow()
    assert {"login": "Logged in by anna", "logout": "Logged out by anna"}[wish] in anna.get("/now").text


def test_why_a_wish_was_not_done_is_told_in_the_readers_language(signed: Client, store: Store) -> None:
    with store.sessions() as session, session.begin():
        refused = message("queueing.no_queue", queue="night")
        session.add(Request(kind="agent.login", subject="anna", done_at=utcnow(), error=refused))
        session.add(Request(kind="agent.login", subject="boris", done_at=utcnow(), error=text("<b>Words</b>.")))
    page = signed("eva").get("/now", headers={"Accept-Language": "ru"}).text
    assert "В настройках нет очереди night." in page
    assert '<span lang="en">&lt;b&gt;Words&lt;/b&gt;.</span>' in page
