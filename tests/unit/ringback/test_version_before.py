"""A data folder that the version before left opens, with everything in place; calls that went on are taken up."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.models import LIVE_STATES, Callback
from calls.models import Call, CallSegment, QueueVisit
from controller.simulated import World
from controller.store import ControllerStore
from recording.models import Recording
from retention.models import AccessReceipt, Erasure, LegalHold
from ringback import secrets
from ringback.config import Settings
from ringback.messages import message
from ringback.store.bus import AgentState, Alarm, Process
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
from survey.service import run_of
from tests.support.pages import come_in
from tests.support.version_before.folder import FACTS, keys_before, opened
from tickets.models import Ticket
from transcripts.models import Transcript
from transcripts.search.models import SavedSearch
from web.app import create_app
from web.models import User

CALLS = {fact["linkedid"]: fact for fact in FACTS["calls"]}
GOING_ON = {name: fact["state"] for name, fact in CALLS.items() if fact["goes_on"]}
KILLED_AT = datetime.fromisoformat(FACTS["killed_at"]).timestamp()
ENDED = {
    None: None,
    "served": message("callback.kept.served"),
    "wrong_number": message("callback.last_attempt", outcome=message("callback.outcome.wrong_number")),
    "cancelled by a person": message("callback.cancelled"),
    "nobody could be found in time": message("callback.expired"),
    "the customer called in": message("callback.called_in"),
}
"""Why promises ended: what the version before wrote, and what it says now."""
HOLDS = [("call", "1795170063.10", True), ("number", "+12025550140", False), ("ticket", "1014", False)]
RECEIPTS = [
    ("admin", "1795173300.16", "download", True),
    ("eva", "1795168800.5", "listen", False),
    ("irina", "1795176000.20", "listen", False),
]


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The folder as the newest version has opened it, with its rows in either store."""
    target = tmp_path_factory.mktemp("before") / "data"
    if request.param == "sqlite":
        return opened(target)
    make: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return opened(target, make())


@pytest.fixture
def session(folder: Settings) -> Iterator[Session]:
    engine = open_store(folder.store_url)
    with Session(engine) as made:
        yield made
    engine.dispose()


@pytest.fixture
def app(session: Session, folder: Settings) -> Flask:
    secret, _ = secrets.load_or_create(folder)
    return create_app(folder, secret, sessions(session.get_bind()))  # type: ignore[arg-type]


def test_every_row_is_there(session: Session) -> None:
    tables = metadata().tables
    for name, keys in keys_before().items():
        columns = tables[name].primary_key.columns
        found = {tuple(_as_text(value) for value in row) for row in session.execute(select(*columns))}
        assert found >= keys, name


def test_past_visits_to_queues_are_derived(session: Session) -> None:
    for name, fact in CALLS.items():
        rows = session.scalars(select(QueueVisit).where(QueueVisit.call_id == name).order_by(QueueVisit.seq)).all()
        found = [[row.queue, row.entered_at, row.left_at, row.outcome or "still waiting", row.agent] for row in rows]
        expected = [[queue, _time(came), _time(went), how, agent] for queue, came, went, how, agent in fact["visits"]]
        assert found == expected, fact["what"]
        call = session.scalars(select(Call).where(Call.call_id == name)).one()
        if call.snapshot is not None:
            assert [visit[3:5] for visit in call.snapshot["facts"]["visits"]] == [
                [row.left_at and row.left_at.timestamp(), row.outcome] for row in rows
            ]


def _as_text(value: Any) -> str:
    return value.hex if hasattr(value, "hex") else str(value)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def test_calls_are_as_they_were(session: Session) -> None:
    rows = {row.call_id: row for row in session.scalars(select(Call))}
    assert rows.keys() == CALLS.keys()
    same = ("line", "language", "state", "result", "queue", "agent", "survey_outcome")
    for name, fact in CALLS.items():
        row = rows[name]
        assert {key: getattr(row, key) for key in same} == {key: fact[key] for key in same}
        assert (row.arrived_at, row.ended_at) == (_time(fact["arrived_at"]), _time(fact["ended_at"]))
        assert row.caller_number in (fact["number"], "erased") and row.ticket_number == fact["ticket"]
        assert (len(row.events), row.snapshot is not None) == (fact["events"], fact["goes_on"])
        run = run_of(session, name)
        told = None if run is None else (run.outcome, run.survey, run.agent, run.queue)
        asked = fact["survey_outcome"] is not None
        assert told == ((fact["survey_outcome"], "solved", fact["agent"], fact["queue"]) if asked else None)
        segments = session.scalars(select(CallSegment).where(CallSegment.call_id == name)).all()
        assert len(segments) == fact["spans"]


def test_recordings_and_their_files_are_as_they_were(session: Session, folder: Settings) -> None:
    rows = {row.call_id: row for row in session.scalars(select(Recording))}
    facts = {name: fact["recording"] for name, fact in CALLS.items() if fact["recording"] is not None}
    assert {name: {"state": row.state, "path": row.path, "sha256": row.sha256} for name, row in rows.items()} == facts
    for name, digest in FACTS["files"].items():
        if not name.endswith("rules.json"):  # every start writes it
            assert hashlib.sha256((folder.data / name).read_bytes()).hexdigest() == digest, name


def test_transcripts_say_what_they_said(session: Session) -> None:
    rows = {row.call_id: row for row in session.scalars(select(Transcript))}
    facts = {name: fact["transcript"] for name, fact in CALLS.items() if fact["transcript"] is not None}
    assert rows.keys() == facts.keys()
    for name, fact in facts.items():
        said = "\n".join(f"{turn.speaker}: {turn.text}" for turn in rows[name].segments)
        digest = hashlib.sha256(said.encode()).hexdigest() if said else None
        assert (rows[name].state, rows[name].revision, digest) == tuple(fact.values())


def test_promises_are_as_they_were(session: Session) -> None:
    same = ("number", "source", "state", "queue", "attempts")
    rows = {str(row.id): row for row in session.scalars(select(Callback))}
    assert rows.keys() == {fact["id"] for fact in FACTS["promises"]}
    for fact in FACTS["promises"]:
        row = rows[fact["id"]]
        assert {key: getattr(row, key) for key in same} == {key: fact[key] for key in same}
        assert row.end_reason == ENDED[fact["end_reason"]]
        calls = (fact["asked_linkedid"], fact["connected_linkedid"], fact["ticket"])
        assert (row.asked_call_id, row.connected_call_id, row.ticket_number) == calls
        assert (row.snapshot is not None, row.reason_to is not None) == (fact["has_snapshot"], fact["has_reason"])


def test_alarms_are_as_they_were(session: Session) -> None:
    rows = session.scalars(select(Alarm).order_by(Alarm.raised_at, Alarm.id))
    assert [(row.kind, row.subject, row.level, row.cleared_at is None) for row in rows] == [
        (fact["kind"], fact["subject"], fact["level"], fact["stands"]) for fact in FACTS["alarms"]
    ]


def test_tickets_are_as_they_were(session: Session) -> None:
    rows = session.scalars(select(Ticket).order_by(Ticket.number))
    assert [
        {
            "number": row.number,
            "subject": row.subject,
            "status": row.status,
            "priority": row.priority,
            "entries": [entry.kind for entry in row.entries],
            "calls": [call.call_id for call in row.calls],
            "contact": row.contact.number if row.contact else None,
        }
        for row in rows
    ] == FACTS["tickets"]


def test_people_agents_and_processes_are_as_they_were(session: Session) -> None:
    users = session.scalars(select(User).order_by(User.name))
    assert [{"name": row.name, "role": row.role, "language": row.language} for row in users] == FACTS["users"]
    agents = session.scalars(select(AgentState).order_by(AgentState.agent))
    assert [(row.agent, row.state, row.reason, row.call_id) for row in agents] == [
        tuple(fact.values()) for fact in FACTS["agents"]
    ]
    processes = session.scalars(select(Process).order_by(Process.name))
    assert [(row.name, str(row.trouble) if row.trouble else None) for row in processes] == [
        tuple(fact.values()) for fact in FACTS["processes"]
    ]


def test_holds_receipts_and_certificates_are_as_they_were(session: Session) -> None:
    erasures = session.scalars(select(Erasure).order_by(Erasure.asked_at, Erasure.id))
    assert [(str(row.id), row.cause, row.state, row.sha256) for row in erasures] == [
        tuple(fact.values()) for fact in FACTS["erasures"]
    ]
    holds = session.scalars(select(LegalHold)).all()
    assert sorted((row.kind, row.subject, row.released_at is not None) for row in holds) == HOLDS
    receipts = session.scalars(select(AccessReceipt)).all()
    assert sorted((row.person, row.call_id, row.what, row.original) for row in receipts) == RECEIPTS


def test_every_page_and_document_opens(session: Session, app: Flask) -> None:
    client = app.test_client()
    assert come_in(client, "admin", FACTS["password_of_everybody"]).status_code == 302
    agents = [fact["agent"] for fact in FACTS["agents"]]
    other = app.test_client()
    assert come_in(other, FACTS["saved_search"]["owner"], FACTS["password_of_everybody"]).status_code == 302
    owned = select(SavedSearch.id).where(SavedSearch.owner == FACTS["saved_search"]["owner"])
    assert other.get(f"/searches/{session.scalars(owned).one()}", follow_redirects=True).status_code == 200
    pages = ["now", "calls", "promises", "alarms", "search", "waits", "keeping", "people", "keys", "vocabulary"]
    pages += ["set-aside", "heard", "calls?page=2", "search?q=router"]
    pages += [f"agents/{name}" for name in agents]
    pages += [f"tickets/{fact['number']}" for fact in FACTS["tickets"]]
    pages += [f"promises/{fact['id']}" for fact in FACTS["promises"]]
    pages += [f"erasures/{fact['id']}" for fact in FACTS["erasures"]]
    pages += [f"erasures/{FACTS['erasure']['id']}/certificate", f"erasures/{FACTS['erasure']['id']}/certificate.json"]
    pages += [f"calls/{name}" for name in CALLS]
    pages += [f"api/{page}" for page in ("calls", "now", "waits", "promises", "search?q=router", "searches")]
    pages += [f"api/calls/{name}" for name in CALLS]
    pages += [f"api/promises/{fact['id']}" for fact in FACTS["promises"]]
    transcribed = [name for name, fact in CALLS.items() if (fact["transcript"] or {}).get("text_sha256")]
    pages += [f"{where}calls/{name}/transcript.txt" for name in transcribed for where in ("", "api/")]
    for page in pages:
        assert client.get(f"/{page}", follow_redirects=True).status_code == 200, page


def test_keys_of_programs_still_open_the_api(app: Flask) -> None:
    answers = {}
    for name, key in FACTS["api_keys"].items():
        answer = app.test_client().get("/api/now", headers={"Authorization": f"Bearer {key}"})
        answers[name] = answer.status_code
    assert answers == {"Payment page": 403, "Wallboard": 200}


def test_calls_that_went_on_and_live_promises_are_taken_up(folder: Settings, session: Session) -> None:
    store = ControllerStore(session.get_bind(), folder)  # type: ignore[arg-type]
    world = World(folder, KILLED_AT + 20, store.write)
    world.runner.restore(store.unfinished())
    assert {name: call.memory.state for name, call in world.runner.calls.items()} == GOING_ON
    promises = store.promises(new=False)
    for row, promise, origin in promises:
        world.runner.outbound.add(promise, row, origin, world.now)
    live = {fact["id"]: fact["state"] for fact in FACTS["promises"] if fact["state"] in LIVE_STATES}
    assert {str(row): promise.state for row, promise, _ in promises} == live
    # Their callers have hung up meanwhile: the switch has none of their channels.
    world.runner.compare([], set(), [], world.switch.started_at, KILLED_AT, world.now)
    world.run(60)
    assert store.unfinished() == []
    session.expire_all()
    ended = session.scalars(select(Call).where(Call.call_id.in_(GOING_ON))).all()
    assert {row.state for row in ended} == {"ended"}
