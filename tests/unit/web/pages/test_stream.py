"""The stream of what happens now: who may listen and to what, that it is made once for all, and when it ends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from calls import service
from calls.models import Call, CallSegment, QueueVisit
from ringback.messages import message
from ringback.store.alarms import raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import AgentState, Process
from tests.support.calls import EVIL_NAME, OPEN, TICKET, WHOLE, Store
from tests.support.front import RunningFront
from tests.support.pages import PEOPLE, Client, cookie_name, post
from tests.support.stream import Stream
from transcripts.live.models import LivePhrase
from web import access, feeds, policy
from web.models import User
from web.now import pieces
from web.service import deactivate, end_sessions

Listen = Callable[..., Stream]


@dataclass(frozen=True)
class Asked:
    """Somebody whose rights are asked about."""

    name: str
    role: str

    def may(self, right: policy.Right) -> bool:
        return policy.may(self.role, right)


@pytest.fixture
def front(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningFront]:
    monkeypatch.setattr(feeds, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(feeds, "GATHER_SECONDS", 0.0)
    made = RunningFront(app)
    yield made
    made.end()


@pytest.fixture
def listen(front: RunningFront, app: Flask, cookies: dict[str, str]) -> Iterator[Listen]:
    """`listen(name, show="now", **headers)`: the stream of somebody signed in."""
    with ExitStack() as held:

        def begin(name: str = "", show: str = "now", **headers: str) -> Stream:
            cookie = f"{cookie_name(app)}={cookies[name]}" if name else ""
            return held.enter_context(Stream(front.port, f"/stream?show={show}", cookie, **headers))

        yield begin


def talk(store: Store, agent: str, words: str) -> None:
    """The open call is `agent`'s, and somebody says `words` in it."""
    with store.sessions() as session, session.begin():
        values = {"agent": agent, "state": "talking", "connected_at": utcnow() - timedelta(seconds=9)}
        session.execute(update(Call).where(Call.call_id == OPEN).values(**values))
        session.execute(delete(LivePhrase).where(LivePhrase.call_id == OPEN))
        said = {"speaker": "caller", "start": 1.0, "end": 2.0, "text": words, "settled": True, "skipped": 0.0}
        session.add(LivePhrase(call_id=OPEN, seq=0, **said))


def set_agent(store: Store, name: str, **values: Any) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(AgentState).where(AgentState.agent == name).values(**values))


# who may listen


def test_only_people_who_are_signed_in_listen(listen: Listen) -> None:
    assert listen().status == 401
    for name in PEOPLE:
        stream = listen(name)
        assert (stream.status, stream.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
        assert stream.headers["X-Accel-Buffering"] == "no" and "no-store" in stream.headers["Cache-Control"]
        assert "default-src 'none'" in stream.headers["Content-Security-Policy"]
        assert "Max-Age" in stream.headers["Set-Cookie"] or "Expires" in stream.headers["Set-Cookie"], "it stays in use"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_does_not_listen(listen: Listen, site: str) -> None:
    assert listen("eva", Sec_Fetch_Site=site, Origin="https://evil.example").status == 403
    assert listen("eva", Sec_Fetch_Site="same-origin").status == 200


def test_what_is_asked_for_is_one_of_two_things(listen: Listen, signed: Client) -> None:
    assert listen("eva", "everything").status == 400
    assert signed("eva").get("/stream?show=now").status_code == 204, "without our front there is nothing to go on"
    assert signed("eva").head("/stream?show=now").data == b""


# what is told


def test_all_is_told_first_and_then_what_changed(listen: Listen, store: Store) -> None:
    stream = listen("eva")
    first = stream.until("Sam Ortiz")
    assert {"now-tiles", "now-calls", "now-agents", "now-waits", "now-processes", "alarms"} < set(first.parts)
    set_agent(store, "anna", state="ringing")
    told = stream.until("Ringing")
    assert set(told.parts) == {"now-agent-anna", "now-tiles"}
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == OPEN).values(state="ended", ended_at=utcnow()))
    assert "now-calls" in stream.until("Nobody is on the line").parts


def test_words_of_a_call_come_as_they_are_said(listen: Listen, store: Store) -> None:
    talk(store, "boris", "the router")
    stream = listen("eva")
    stream.until("the router")
    talk(store, "boris", "the router is <b>on fire</b>")
    assert set(stream.until("is &lt;b&gt;on fire&lt;/b&gt;").parts) == {f"now-call-{OPEN}"}


def test_an_agent_is_told_of_own_calls_alone(listen: Listen, store: Store) -> None:
    talk(store, "boris", "nobody's business")
    anna, tom = listen("anna"), listen("tom")
    assert "nobody&#39;s business" in tom.until("Sam Ortiz").html
    first = anna.next()
    assert first is not None and "Sam Ortiz" not in first.html and "business" not in first.html
    talk(store, "anna", "my own affair")
    assert f"/calls/{OPEN}" in anna.until("my own affair").html


def test_each_is_given_the_buttons_of_the_role(listen: Listen) -> None:
    agents = {name: listen(name).until("now-agent-boris").parts["now-agents"] for name in ("eva", "tom", "anna")}
    assert "/agents/boris/resume" in agents["eva"] and "/agents/anna/pause" in agents["eva"]
    assert "/agents/" not in agents["tom"]
    assert "/agents/anna/pause" in agents["anna"] and "/agents/boris/resume" not in agents["anna"]


def test_each_is_told_in_the_language_of_the_page(listen: Listen, store: Store) -> None:
    russian, english = listen("eva", Accept_Language="ru"), listen("eva", Accept_Language="en")
    russian.until("Текущие звонки")
    assert "Текущие" not in english.until("Calls in progress").html
    set_agent(store, "anna", state="ringing")
    russian.until("Свободно операторов")
    english.until("Ringing")


def test_nothing_in_it_is_for_one_session_alone(listen: Listen) -> None:
    first, second = listen("eva").next(), listen("admin").next()
    assert first is not None and second is not None
    assert "csrf" not in first.html
    rows = [name for name in first.parts if name.startswith("now-")]
    assert [first.parts[name] for name in rows] == [second.parts[name] for name in rows]


def test_a_form_without_the_pages_token_is_refused_and_with_it_taken(signed: Client) -> None:
    eva = signed("eva")
    assert eva.post("/agents/anna/pause", headers={"HX-Request": "true"}).status_code == 400
    page = eva.get("/now").text
    found = page.partition("X-CSRFToken&#34;: &#34;")[2].partition("&#34;")[0]
    assert eva.post("/agents/anna/pause", headers={"HX-Request": "true", "X-CSRFToken": found}).status_code == 200


def test_a_page_with_the_line_of_alarms_alone_is_told_of_nothing_else(listen: Listen, store: Store) -> None:
    stream = listen("eva", "alarms")
    first = stream.next()
    assert first is not None and set(first.parts) == {"alarms"}
    set_agent(store, "anna", state="ringing")
    with store.sessions() as session, session.begin():
        raise_alarm(session, "trunk.trouble", "trunk", message("alarms.no_backup"), "red", utcnow(), ticket=TICKET)
    told = stream.until("There is no backup")
    assert set(told.parts) == {"alarms"} and f"/tickets/{TICKET}" in told.html and "data-newest-red" in told.html


def test_the_line_of_alarms_has_for_each_what_he_or_she_may_open(listen: Listen, store: Store) -> None:
    with store.sessions() as session, session.begin():
        said = message("transcripts.word_of_agent", word="lawyer")
        raise_alarm(session, "live.word", f"{WHOLE}:lawyer", said, "yellow", utcnow(), call_id=WHOLE, speaker="agent")
        raise_alarm(session, "search.match", "7", said, "yellow", utcnow(), owner="eva")
    lines = {name: listen(name, "alarms").next() for name in PEOPLE}
    shown = {name: told.html for name, told in lines.items() if told is not None}
    assert {name for name in shown if f"/calls/{WHOLE}" in shown[name]} == {"eva", "tom", "admin", "anna"}
    assert {name for name in shown if "What it found" in shown[name]} == {"eva"}
    assert {name for name in shown if "2 alarms" in shown[name]} == {"eva", "admin"}
    assert {name for name in shown if "/seen" in shown[name]} == {"eva", "admin"}


def test_a_row_is_made_once_however_many_look_at_it(
    listen: Listen, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    render = pieces.NowPieces._render

    def counted(self: pieces.NowPieces, piece: str, values: tuple[object, ...]) -> str:
        made.append(piece)
        return render(self, piece, values)

    monkeypatch.setattr(pieces.NowPieces, "_render", counted)
    streams = [listen(name) for name in (*PEOPLE, *PEOPLE)]
    for stream in streams:
        stream.until("Sam Ortiz")
    made.clear()
    set_agent(store, "boris", state="ringing", reason=None)
    for stream in streams:
        stream.until("Ringing")
    assert (made.count("agent_item"), made.count("tiles"), made.count("call_rows")) == (2, 0, 0), made


# when it ends


def test_signing_out_ends_it(listen: Listen, signed: Client) -> None:
    stream, other = listen("eva"), listen("admin")
    stream.until("Sam Ortiz")
    post(signed("eva"), "/sign-out")
    assert stream.is_ended()
    assert listen("eva").status == 401
    other.until("Sam Ortiz")


@pytest.mark.parametrize("what", ["deactivated", "signed out everywhere", "another role", "removed", "renamed"])
def test_what_is_done_to_an_account_ends_it(listen: Listen, store: Store, what: str) -> None:
    stream = listen("anna")
    stream.until("now-agent-anna")
    with store.sessions() as session, session.begin():
        people = {row.name: row for row in session.scalars(select(User))}
        anna, admin = people["anna"], people["admin"]
        if what == "deactivated":
            deactivate(session, anna, admin)
        elif what == "signed out everywhere":
            end_sessions(session, anna, "admin")
        elif what == "another role":
            anna.role = "trainer"
        elif what == "renamed":
            anna.name = "annette"
        else:
            session.delete(anna)
    assert stream.is_ended()
    assert listen("anna").status == (200 if what in ("another role", "renamed") else 401)


def test_another_role_is_told_what_it_may_see(listen: Listen, store: Store) -> None:
    talk(store, "boris", "nobody's business")
    assert "business" not in listen("anna").until("now-agent-anna").html
    with store.sessions() as session, session.begin():
        session.execute(update(User).where(User.name == "anna").values(role="trainer"))
    assert "business" in listen("anna").until("now-agent-anna").html


# the page that is asked and the one that is told


def test_a_page_that_is_asked_for_shows_what_is_told(signed: Client, listen: Listen, store: Store) -> None:
    with store.sessions() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == OPEN).values(caller_name=EVIL_NAME))
        session.execute(update(Process).where(Process.name == "worker").values(beat_at=utcnow() - timedelta(minutes=1)))
    for name in PEOPLE:
        page = signed(name).get("/now").text
        told = listen(name).until("now-agent-anna")
        for key in told.parts:
            assert f'id="{key}"' in page, (name, key)
        assert "&lt;img src=x onerror=alert(1)&gt;" in told.html and "<img" not in told.html
        assert "wait until the worker is back" in told.html


def test_the_calls_of_each_are_those_of_one_asked_alone(app: Flask, store: Store) -> None:
    """The rule for everybody at once is the rule for one."""
    with store.sessions() as session, session.begin():
        for seq, agent in enumerate(("clara", "anna")):
            session.add(CallSegment(call_id=WHOLE, seq=seq, kind="talk", agent=agent, started_at=utcnow()))
        at = utcnow()
        ids = list(session.scalars(select(Call.call_id).order_by(Call.call_id)))
        visits = {"abandoned": 0.0, "message": 0.0, "lost": 1.0, "closed": 5.0, "answered": 3.0}
        for number, (outcome, seconds) in enumerate(visits.items()):
            came = at - timedelta(seconds=seconds)
            came_to = {"queue": ("support", "billing")[number % 2], "came_by": "menu", "entered_at": came}
            session.add(QueueVisit(call_id=ids[number], seq=0, left_at=at, outcome=outcome, **came_to))
        session.execute(update(Call).where(Call.call_id == ids[3]).values(result="closed"))
        session.execute(update(Call).where(Call.call_id == ids[0]).values(result="message", queue=None))
        set_chosen = update(AgentState).where(AgentState.agent == "boris")
        session.execute(set_chosen.values(queues=["billing"]))
    asked = [*(Asked(name, "agent") for name in ("anna", "boris", "clara", "nobody")), Asked("tom", "trainer")]
    with app.test_request_context("/now"), store.sessions() as session:
        found = access.seen_calls_of_each(session, asked, ids)
        for who in asked:
            assert found[who] == access.seen_calls(session, who, ids), who
        assert (
            found[asked[0]] != found[asked[1]] and found[asked[3]] == frozenset() and len(found[asked[4]]) == len(ids)
        )
        assert access.seen_calls_of_each(session, asked[:2], []) == dict.fromkeys(asked[:2], frozenset())
        left = service.left_to_each(session, ids)
        rows = session.scalars(select(Call).where(Call.call_id.in_(ids)))
        assert {row.call_id: service.left_to(session, row) for row in rows} == left
