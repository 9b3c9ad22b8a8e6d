"""The documents that the command line, the API and the pages read."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, SelfCall
from ringback.config import Settings
from ringback.messages import text
from ringback.store.base import utcnow, uuid7
from ringback.store.bus import Process, Request
from survey.models import SurveyAnswer
from tests.support.calls import (
    EVIL,
    EVIL_NAME,
    EVIL_NUMBER,
    MISSING,
    OPEN,
    TICKET,
    TURNS,
    WHOLE,
    Store,
    open_copy,
    open_empty,
    seed,
)
from tests.support.promises import seed_promises
from web.documents.call_list import CallFilter, call_list
from web.documents.calls import call_document
from web.documents.now import live_document
from web.documents.promises import alarms_document, promise_counts, promise_document, promises_document
from web.documents.tickets import ticket_document
from web.errors import BadCursor
from web.public.service import count_in


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the calls of an evening, made once and copied for each test."""
    made = open_empty(tmp_path_factory.mktemp("evening"))
    seed(made)
    made.sessions.kw["bind"].dispose()
    return made.settings.data


@pytest.fixture
def calls(evening: Path, tmp_path: Path) -> Store:
    return open_copy(evening, tmp_path / "copy")


@pytest.fixture
def both(store: sessionmaker[Session], settings: Settings) -> Store:
    """The same calls once on SQLite and once on PostgreSQL, with the schema that the migrations make."""
    made = Store(settings, store)
    seed(made)
    return made


def test_a_whole_call_has_every_part(both: Store) -> None:
    with both.sessions() as session:
        document = call_document(session, WHOLE)
    assert document is not None
    json.dumps(document)
    assert list(document) == [
        "call", "menu_path", "segments", "agents", "unrecorded", "unrecorded_since", "on_hold_since", "waits",
        "recording", "transcript", "ticket", "survey", "timings", "promises", "live_words", "alerts", "ended_by",
        "visits", "quality",
    ]  # fmt: skip
    assert document["menu_path"] == [{"menu": "main", "key": "1", "label": "Something does not work"}]
    assert [(wait["queue"], wait["seconds"], wait["outcome"]) for wait in document["waits"]] == [
        ("support", 7.6, "connected")
    ]
    assert document["recording"]["complete"] and document["recording"]["state"] == "complete"
    assert (both.settings.recordings / document["recording"]["path"]).is_file()
    assert [turn["text"] for turn in document["transcript"]["turns"]] == [text for _, _, text in TURNS]
    assert document["transcript"]["turns"][0]["words"][0] == {
        "start": 19.4, "end": 19.73, "confidence": 0.94, "word": "Good",
    }  # fmt: skip
    assert document["ticket"]["number"] == TICKET
    assert document["survey"]["answers"][0]["label"] == "Yes"
    assert document["timings"]["talk_seconds"] == 41.7
    assert document["timings"]["total_seconds"] == 71.0
    assert document["timings"]["transcript_after_seconds"] == 9.0


def test_a_call_that_goes_on_is_honest_about_it(calls: Store) -> None:
    with calls.sessions() as session:
        document = call_document(session, OPEN)
    assert document is not None
    assert document["recording"]["state"] == "recording"
    assert document["waits"][0]["outcome"] == "waiting"
    assert document["transcript"] is None and document["ticket"] is None
    assert document["timings"]["total_seconds"] is None


def test_a_missing_recording_says_why(calls: Store) -> None:
    with calls.sessions() as session:
        document = call_document(session, MISSING)
    assert document is not None
    assert not document["recording"]["complete"]
    assert document["recording"]["reason"] == "The disk was full when it began."


def test_nobody_is_none(calls: Store) -> None:
    with calls.sessions() as session:
        assert call_document(session, "1.1") is None
        assert ticket_document(session, 1) is None


def test_the_list_is_newest_first_and_pages_without_gap_or_double(both: Store) -> None:
    with both.sessions() as session:
        everything = call_list(session)
        assert [call["call_id"] for call in everything][:3] == [OPEN, EVIL, WHOLE]
        paged, before = [], None
        while page := call_list(session, 2, before):
            paged += page
            before = page[-1]["cursor"]
    assert paged == everything


def test_calls_to_our_own_lines_are_in_a_list_of_their_own(calls: Store) -> None:
    with calls.sessions() as session, session.begin():
        token = "self-call-0123456789abcdef"
        mine = {"line": "1000", "language": "en", "caller_number": token, "caller_name": "Ringback"}
        session.add(Call(call_id="1700000999.1", state="menu", arrived_at=utcnow(), **mine))
        session.add(SelfCall(token=token, line="1000", slot=token))
    with calls.sessions() as session:
        assert [call["call_id"] for call in call_list(session, wanted=CallFilter(result="self_call"))] == [
            "1700000999.1"
        ]
        for result in ("", "open"):
            assert "1700000999.1" not in [
                call["call_id"] for call in call_list(session, wanted=CallFilter(result=result))
            ]
        assert "1700000999.1" not in [call["call_id"] for call in live_document(session, time.time())["calls"]]
        ours, whole = call_document(session, "1700000999.1"), call_document(session, WHOLE)
        assert ours is not None and whole is not None
        assert (ours["call"]["self_call"], whole["call"]["self_call"]) == (True, False)


def test_a_call_with_two_answers_is_one_call(calls: Store) -> None:
    with calls.sessions() as session, session.begin():
        session.add(SurveyAnswer(call_id=WHOLE, survey="more", question="Fast?", key="2", label="Later", at=utcnow()))
    with calls.sessions() as session:
        assert [call["answer"] for call in call_list(session) if call["call_id"] == WHOLE] == ["Later"]


def test_calls_of_the_same_moment_page_too(tmp_path: Path) -> None:
    made, at = open_empty(tmp_path), utcnow()
    with made.sessions() as session, session.begin():
        for number in range(7):
            session.add(
                Call(call_id=f"1.{number}", line="1000", language="en", caller_number="1", caller_name="",
                     state="ended", arrived_at=at, ended_at=at)
            )  # fmt: skip
    with made.sessions() as session:
        first = call_list(session, 4)
        rest = call_list(session, 4, first[-1]["cursor"])
    assert sorted(call["call_id"] for call in first + rest) == [f"1.{number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["", "x", "2025-01-01~1", "2025-01-01T00:00:00+00:00", "~"])
def test_a_cursor_that_is_none_is_refused(calls: Store, cursor: str) -> None:
    with calls.sessions() as session, pytest.raises(BadCursor):
        call_list(session, before=cursor)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"result": "open"}, [OPEN]),
        ({"result": "left"}, [MISSING]),
        ({"agent": "anna"}, [WHOLE]),
        ({"text": "whitfield"}, [WHOLE]),
        ({"text": "#1042"}, [WHOLE]),
        ({"text": "=CMD"}, [EVIL]),
        ({"text": "_"}, []),
        ({"text": "%"}, []),
        ({"text": "павел", "result": "left"}, [MISSING]),
        ({"text": "' UNION SELECT 1 --"}, []),
    ],
)
def test_filters(both: Store, filters: dict[str, str], found: list[str]) -> None:
    with both.sessions() as session:
        assert [call["call_id"] for call in call_list(session, wanted=CallFilter(**filters))] == found


def test_hostile_text_is_passed_on_as_data(calls: Store) -> None:
    with calls.sessions() as session:
        document = call_document(session, EVIL)
    assert document is not None
    assert (document["call"]["caller_name"], document["call"]["caller_number"]) == (EVIL_NAME, EVIL_NUMBER)


def test_now_shows_calls_agents_and_who_is_away(both: Store) -> None:
    moment = utcnow()
    with both.sessions() as session, session.begin():
        worker = session.get(Process, "worker")
        controller = session.get(Process, "controller")
        assert worker is not None and controller is not None
        worker.beat_at = moment - timedelta(seconds=5.5)
        controller.beat_at = moment
        controller.trouble = text("Asterisk does not answer.")
        session.delete(session.get(Process, "web"))
    with both.sessions() as session:
        live = live_document(session, moment.timestamp())
    json.dumps(live)
    assert [call["call_id"] for call in live["calls"]] == [OPEN]
    assert [(agent["agent"], agent["state"]) for agent in live["agents"]] == [("anna", "free"), ("boris", "paused")]
    states = {process["name"]: (process["state"], process["means"] is not None) for process in live["processes"]}
    assert states == {"controller": ("troubled", False), "worker": ("away", True), "web": ("away", True)}


def test_now_shows_how_a_request_went(both: Store) -> None:
    moment = utcnow()
    with both.sessions() as session, session.begin():
        session.add(Request(kind="agent.pause", subject="anna", asked_by="eva", asked_at=moment))
    with both.sessions() as session:
        asked = live_document(session, moment.timestamp() + 1)["agents"][0]["request"]
        late = live_document(session, moment.timestamp() + 6)["agents"][0]["request"]
    assert (asked["state"], late["state"]) == ("asked", "late")
    with both.sessions() as session, session.begin():
        row = session.query(Request).one()
        row.done_at, row.error = moment + timedelta(seconds=7), text("Anna talks just now.")
    with both.sessions() as session:
        refused = live_document(session, moment.timestamp() + 8)["agents"][0]["request"]
        later = live_document(session, moment.timestamp() + 60)["agents"][0]["request"]
    assert (refused["state"], refused["error"]) == ("refused", "Anna talks just now.")
    assert later is None


def test_a_ticket_has_its_contact_calls_and_history(both: Store) -> None:
    with both.sessions() as session:
        ticket = ticket_document(session, TICKET)
    assert ticket is not None
    json.dumps(ticket)
    assert ticket["contact"]["number"] == "+14155550123"
    assert [call["call_id"] for call in ticket["calls"]] == [WHOLE]
    assert [entry["kind"] for entry in ticket["entries"]] == ["opened", "answer", "transcript"]


def test_promises_with_all_that_people_look_for(both: Store) -> None:
    now = utcnow()
    found = seed_promises(both, now)
    with both.sessions() as session:
        board = promises_document(session, now.timestamp(), both.settings)
        json.dumps(board)
        assert [promise["id"] for promise in board["late"]] == [str(found["late"])]
        kept = promise_document(session, found["kept"], now.timestamp())
        assert kept is not None and kept["place"] is None and not kept["is_open"]
        assert (kept["kept"]["call_id"], kept["kept"]["agent"], kept["ticket"]) == (WHOLE, "anna", TICKET)
        assert promise_document(session, uuid7(), now.timestamp()) is None
        assert promise_counts(session, now.timestamp()) == {"due": 2, "late": 1, "later": 1}
        assert [alarm["level"] for alarm in alarms_document(session)] == ["red", "yellow"]
        of_ticket = ticket_document(session, TICKET)
        assert of_ticket is not None
        assert {promise["id"] for promise in of_ticket["promises"]} == {
            str(found[name]) for name in ("due", "kept", "broken")
        }


def test_what_is_sent_to_the_public_form_is_counted(both: Store) -> None:
    now = utcnow().timestamp()
    with both.sessions() as session:
        waits = [count_in(session, "192.0.2.7", "+14155550123", now + at) for at in range(5)]
    assert waits[:3] == [0.0, 0.0, 0.0] and all(wait > 3500 for wait in waits[3:])
