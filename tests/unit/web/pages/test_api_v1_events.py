"""The events of calls for programs: told as they happen, from where one stopped, and no longer than its key is good."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from calls.models import Call, CallEvent, SelfCall
from ringback.store.base import utcnow
from tests.support.api import key_for
from tests.support.calls import EVIL, OPEN, WHOLE, Store
from tests.support.front import RunningFront
from tests.support.stream import Stream
from web.api.v1 import events
from web.api.v1.document import document
from web.models import ApiKey

WHERE = "/api/v1/calls/events"


@pytest.fixture
def front(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningFront]:
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(events, "KEY_SECONDS", 0.02)
    made = RunningFront(app)
    yield made
    made.end()


@pytest.fixture
def key(store: Store) -> str:
    return key_for(store, ["calls:read"])["Authorization"]


def happens(store: Store, kind: str, call_id: str = OPEN, **data: Any) -> int:
    """Something happens to a call; the id of its event."""
    with store.sessions() as session, session.begin():
        seq = (session.scalar(select(func.max(CallEvent.seq)).where(CallEvent.call_id == call_id)) or 0) + 1
        row = CallEvent(call_id=call_id, seq=seq, at=utcnow(), kind=kind, data={"kind": kind, **data})
        session.add(row)
        session.flush()
        return row.id


def told(stream: Stream) -> tuple[int, str, dict[str, Any]]:
    """Id, type and data of the next event."""
    found: dict[str, str] = {}
    while "data" not in found:
        name, _, value = stream.line().partition(": ")
        assert name, "the stream has ended"
        found[name] = value
    return int(found["id"]), found["event"], json.loads(found["data"])


def test_events_come_as_they_happen_and_the_rest_after_an_absence(front: RunningFront, store: Store, key: str) -> None:
    before = happens(store, "Arrived", EVIL)
    with Stream(front.port, WHERE, Authorization=key) as stream:
        assert stream.status == 200 and stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.line() == f"retry: {events.AGAIN_MS}"
        happens(store, "PositionDue")  # how a call is led is nobody's affair
        offered = happens(store, "Offered", number=1, agents=["anna", "boris"])
        id_, kind, data = told(stream)
        assert (id_, kind, data["agents"]) == (offered, "call.offered", ["anna", "boris"])
        assert data["call"]["id"] == OPEN and data["call"]["ticket"] is None
    answered, ended = happens(store, "AgentAnswered", agent="anna"), happens(store, "HungUp", cause="<b>", code=16)
    with Stream(front.port, WHERE, Authorization=key, Last_Event_ID=str(before)) as again:
        assert [told(again)[:2] for _ in range(3)] == [
            (offered, "call.offered"),
            (answered, "call.answered"),
            (ended, "call.ended"),
        ]


def test_what_is_sent_is_what_the_document_says(front: RunningFront, store: Store, key: str) -> None:
    shapes = document()["components"]["schemas"]
    with Stream(front.port, WHERE, Authorization=key) as stream:
        assert stream.line().startswith("retry")
        happens(store, "CalledBack", WHOLE, agent="anna", caller_number="+1")
        data = told(stream)[2]
    assert data.keys() == {*shapes["CallEvent"]["required"]} and data["type"] == "call.reached"
    assert data["call"].keys() == {*shapes["EventCall"]["required"]}
    assert set(events.KINDS.values()) == set(shapes["CallEvent"]["properties"]["type"]["enum"])


@pytest.mark.parametrize("how", ["removed", "over", "without the scope"])
def test_a_stream_ends_with_its_key(front: RunningFront, store: Store, key: str, how: str) -> None:
    with Stream(front.port, WHERE, Authorization=key) as stream:
        assert stream.line().startswith("retry")
        ends = {
            "removed": delete(ApiKey),
            "over": update(ApiKey).values(expires_at=utcnow()),
            "without the scope": update(ApiKey).values(scopes=["queues:read"]),
        }
        with store.sessions() as session, session.begin():
            session.execute(ends[how])
        assert stream.is_ended()


@pytest.mark.parametrize("last", ["x", "-1", "1" * 19, "999999999", "²"])
def test_an_id_that_is_none_of_ours_is_refused(app: Flask, store: Store, key: str, last: str) -> None:
    answer = app.test_client().get(WHERE, headers={"Authorization": key, "Last-Event-ID": last})
    assert (answer.status_code, answer.json["code"]) == (400, "web.event_wrong")


def test_a_key_has_so_many_streams_and_a_person_none(
    front: RunningFront, store: Store, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_OF_KEY", 1)
    with Stream(front.port, WHERE, Authorization=key) as first:
        assert first.line().startswith("retry")
        refused = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
        refused.request("GET", WHERE, headers={"Authorization": key})
        answer = refused.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (429, "web.too_many_streams")
        refused.close()


def test_calls_to_ourselves_are_told_to_nobody(front: RunningFront, store: Store, key: str) -> None:
    with store.sessions() as session, session.begin():
        session.add(SelfCall(token="token-1", line="1000", slot="token-1"))
        session.execute(update(Call).where(Call.call_id == WHOLE).values(caller_number="token-1"))
    with Stream(front.port, WHERE, Authorization=key) as stream:
        assert stream.line().startswith("retry")
        happens(store, "Arrived", WHOLE)
        seen = happens(store, "Arrived", OPEN)
        assert told(stream)[0] == seen
