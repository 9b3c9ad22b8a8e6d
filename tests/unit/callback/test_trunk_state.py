"""How it is with the trunk, as rows: one that says it, one alarm while something is wrong, and attempts taken back."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from callback import service, trunk_state
from callback.board import waits_for
from callback.models import Callback, CallbackAttempt
from callback.requests import CallbackRequest
from callback.trunk import PROVIDER, Registration, TrunkReport
from ringback.config import Settings
from ringback.messages import Message, message
from ringback.store.alarms import standing_alarms
from ringback.store.base import utc
from ringback.store.bus import Alarm

NOW = 1_800_000_000.0
WHERE = {"host": "sip.example.com", "port": 5060}
SETTINGS = Settings.model_validate({"trunk": {"host": "sip.example.com"}})


def report(trouble: Message | None = None, *, waits: bool = False) -> TrunkReport:
    return TrunkReport(trouble, NOW, Registration.REGISTERED, True, waits, 403 if trouble else None)


def refused(answer: str = "403 Forbidden") -> Message:
    return message("callback.trunk_refuses", **WHERE, answer=answer)


def test_what_is_written_is_read_and_one_red_alarm_stands_for_it(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        assert trunk_state.read(session) is None
        for _ in range(2):
            trunk_state.write(session, report(refused(), waits=True))
    with store() as session:
        found = trunk_state.read(session)
        assert found is not None
        assert (found.trouble, found.registration, found.waits) == (refused(), "registered", True)
        assert found.as_document()["trouble_code"] == "callback.trunk_refuses"
        [alarm] = standing_alarms(session)
        assert (alarm.level, alarm.kind, "403 Forbidden" in alarm.text) == ("red", "trunk.trouble", True)


def test_another_answer_is_another_sentence_and_the_end_clears_it(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        trunk_state.write(session, report(refused()))
        trunk_state.write(session, report(refused("503 Service Unavailable")))
    with store.begin() as session:
        [alarm] = standing_alarms(session)
        assert "503" in alarm.text
        trunk_state.write(session, report())
    with store() as session:
        assert standing_alarms(session) == []
        assert {alarm.cleared_by for alarm in session.scalars(select(Alarm))} == {None}, "by itself"


def test_a_trunk_that_is_gone_from_the_settings_leaves_nothing(store: sessionmaker[Session]) -> None:
    with store.begin() as session:
        trunk_state.write(session, report(refused()))
        trunk_state.forget(session)
    with store() as session:
        assert (trunk_state.read(session), standing_alarms(session)) == (None, [])


def update(key: uuid.UUID, **values: Any) -> service.CallbackUpdate:
    facts: dict[str, Any] = {
        "id": key, "state": "requested", "attempts": 0, "agent": "anna", "last_outcome": None, "last_attempt_at": NOW,
        "next_attempt_at": None, "connected_call_id": None, "ended_at": None, "end_reason": None, "snapshot": None,
    }  # fmt: skip
    return service.CallbackUpdate(**{**facts, **values})


def test_an_attempt_that_the_provider_did_not_carry_is_taken_back(store: sessionmaker[Session]) -> None:
    request = CallbackRequest(number="+12025550123", line="1000", source="agent", queue="support")
    with store.begin() as session:
        key = service.promise(session, SETTINGS, request, NOW).id
        service.apply(session, [update(key, attempts=1, state="dialling_customer")])
        service.apply(session, [update(key, attempts=1, last_outcome="busy")])
        service.apply(session, [update(key, attempts=2, state="dialling_customer")])
    with store.begin() as session:
        assert service.calls_made(session, "+12025550123", NOW, SETTINGS) == (2, 2)
        snapshot = {"waits_for_trunk": True}
        service.apply(session, [update(key, attempts=1, last_outcome=PROVIDER, snapshot=snapshot)])
    with store() as session:
        assert [each.outcome for each in session.scalars(select(CallbackAttempt))] == ["busy"]
        assert service.calls_made(session, "+12025550123", NOW, SETTINGS) == (1, 1)
        row = session.get_one(Callback, key)
        row.due_at = utc(NOW)
        assert waits_for(row, NOW + 1) == "provider"
