"""The promise that a call belongs to, and through it the ticket: as the worker's stages put the rooms together."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.bootstrap import worker_stages
from callback.conversations import continued_by
from callback.models import Callback, JoinedRequest
from calls.models import Call
from ringback.config import Settings
from tickets.models import TicketEntry

Sessions = sessionmaker[Session]
ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NUMBER = "+12025550123"


def promise(store: Sessions, **values: object) -> None:
    row: dict[str, object] = {
        "source": "queue", "source_key": "call:1.1", "number": NUMBER, "language": "en", "line": "1000",
        "queue": "support", "state": "done", "arrived_at": ARRIVED, "due_at": ARRIVED, "asked_call_id": "1.1",
        "expires_at": ARRIVED + timedelta(days=1), "ended_at": ARRIVED,
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Callback(**{**row, **values}))  # type: ignore[arg-type]


def call(store: Sessions, call_id: str, **values: object) -> None:
    row: dict[str, object] = {
        "line": "1000", "language": "en", "caller_number": NUMBER, "caller_name": "", "state": "ended",
        "result": "served", "arrived_at": ARRIVED, "ended_at": ARRIVED + timedelta(seconds=30),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(call_id=call_id, **{**row, **values}))  # type: ignore[arg-type]


def found(store: Sessions, call_id: str, number: str | None = NUMBER) -> bool:
    with store() as session:
        return continued_by(session, call_id, number, ARRIVED) is not None


@pytest.mark.parametrize("number", [NUMBER, None])
def test_the_call_that_kept_a_promise(store: Sessions, number: str | None) -> None:
    promise(store, connected_call_id="1.9")
    assert found(store, "1.9", number) and not found(store, "1.8", number)


@pytest.mark.parametrize("number", [NUMBER, None])
def test_the_call_in_which_the_fallback_gave_a_promise(store: Sessions, number: str | None) -> None:
    promise(store, source="fallback", source_key="1.9.json", asked_call_id=None, requested_at=ARRIVED)
    assert found(store, "1.9", number) and not found(store, "1.8", number)


@pytest.mark.parametrize("joined", [False, True])
def test_the_fallbacks_call_is_on_the_ticket_of_its_promise(
    sqlite_store: Sessions, settings: Settings, joined: bool
) -> None:
    call(sqlite_store, "1.1", result="promised")
    call(sqlite_store, "1.9", result="fallback", caller_number="anonymous")
    if joined:
        promise(sqlite_store)
        with sqlite_store() as session, session.begin():
            row = session.scalars(select(Callback)).one()
            session.add(
                JoinedRequest(source_key="1.9.json", callback_id=row.id, source="fallback", requested_at=ARRIVED)
            )
    else:
        promise(sqlite_store, source="fallback", source_key="1.9.json", asked_call_id="1.1")
    stage = next(stage for stage in worker_stages(settings, sqlite_store) if stage.name == "tickets")
    assert {stage.work(call_id) for call_id in ("1.1", "1.9")} == {1001}
    with sqlite_store() as session:
        texts = set(session.scalars(select(TicketEntry.text)))
    assert "an unknown number called line 1000 while the program was away, and was promised a call back." in texts


@pytest.mark.parametrize(
    ("values", "theirs"),
    [
        ({}, True),
        ({"state": "due", "ended_at": None}, True),
        ({"due_at": ARRIVED + timedelta(hours=20), "attempts": 1}, True),
        ({"due_at": ARRIVED + timedelta(hours=20)}, False),
        ({"ended_at": ARRIVED - timedelta(hours=1)}, False),
        ({"requested_at": ARRIVED + timedelta(seconds=1)}, False),
        ({"number": "+12025550199"}, False),
        ({"asked_call_id": "1.9"}, False),
    ],
)
def test_the_call_of_who_was_quicker(store: Sessions, values: dict[str, object], theirs: bool) -> None:
    """A promise that stands as its customer calls in, unless it was made for another time."""
    before = ARRIVED - timedelta(minutes=10)
    row = {"state": "cancelled", "requested_at": before, "ended_at": ARRIVED + timedelta(minutes=5)}
    promise(store, **{**row, **values})
    assert found(store, "1.9") == theirs
    assert not found(store, "1.9", None)


def test_the_workers_put_the_promised_call_on_the_ticket_of_the_one_that_asked(
    sqlite_store: Sessions, settings: Settings
) -> None:
    call(sqlite_store, "1.1", result="promised")
    call(sqlite_store, "1.2", arrived_at=ARRIVED + timedelta(minutes=20), state="talking", ended_at=None)
    promise(sqlite_store, connected_call_id="1.2")
    stage = next(stage for stage in worker_stages(settings, sqlite_store) if stage.name == "tickets")
    assert {stage.work(call_id) for call_id in ("1.2", "1.1")} == {1001}
    with sqlite_store() as session:
        assert set(session.scalars(select(Call.ticket_number))) == {1001}
        texts = session.scalars(select(TicketEntry.text).order_by(TicketEntry.at)).all()
    assert texts == [f"Opened by a call from {NUMBER} to line 1000.", f"The promised call: {NUMBER} was called back."]
