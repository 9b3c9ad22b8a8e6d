"""What systems beside are told of: each kind once, in the transaction of the change, facts and no word of a caller.

Calls go through the controller's own store, promises, messages, recordings and transcripts through their rooms.
"""

import ast
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from callback import broken
from callback import service as promises
from callback.requests import CallbackRequest
from calls.models import Call, SelfCall
from controller.store import ControllerStore
from outbox import service
from outbox.models import OutboxEvent
from ringback.config import Callbacks, Settings
from ringback.event_kinds import EVENT_KINDS
from ringback.store.base import utcnow
from tests.unit.controller.test_store_survey import NUMBER, SETTINGS, press, store_of, talk_over
from tests.unit.test_house import ROOMS, sources, tree
from voicemail.service import note_left

OF_TICKETS = {kind for kind in EVENT_KINDS if kind.startswith("ticket.")}


@pytest.fixture
def engine(store: sessionmaker[Session]) -> Engine:
    """A store in which there is somebody to be told."""
    with store() as session, session.begin():
        service.register(session, ["webhook:crm"], utcnow())
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def told(engine: Engine) -> list[tuple[str, dict[str, Any]]]:
    with Session(engine) as session:
        rows = session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))
        return [(row.kind, row.body) for row in rows]


def test_the_list_of_kinds_is_what_rooms_publish() -> None:
    texts = {
        node.value
        for path in sources(*(room for room in ROOMS if room != "ringback"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [kind for kind in EVENT_KINDS if kind not in texts and kind not in OF_TICKETS] == []


def test_a_call_is_told_as_it_arrives_is_answered_and_ends_with_its_survey(engine: Engine) -> None:
    world = talk_over(store_of(engine))
    press(world, "1", "2")
    world.run(60)
    found = told(engine)
    assert [kind for kind, _ in found] == ["call.arrived", "call.answered", "survey.answered", "call.ended"]
    arrived, answered, survey, ended = (body for _, body in found)
    assert (arrived["number"], arrived["line"], arrived["agent"]) == (NUMBER, "1000", None)
    assert (answered["queue"], answered["agent"], answered["ended_at"]) == ("support", "anna", None)
    assert answered["menu_path"][0]["key"] == "1"
    assert [(each["name"], each["key"], each["means"]) for each in survey["answers"]] == [
        ("solved", "1", "good"),
        ("friendly", "2", "poor"),
    ]
    assert (ended["result"], ended["talk_seconds"] > 0) == ("served", True)


def test_a_controller_that_takes_a_call_over_tells_nothing_twice(engine: Engine) -> None:
    world = talk_over(store_of(engine))
    again = store_of(engine)
    again.unfinished()
    world._write = again.write
    press(world, "1", "2")
    world.run(60)
    assert [kind for kind, _ in told(engine)] == ["call.arrived", "call.answered", "survey.answered", "call.ended"]


def test_a_call_of_our_own_is_nobodys(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(SelfCall(token=NUMBER, line="1000", slot="now"))
    talk_over(store_of(engine))
    assert told(engine) == []


def test_a_step_that_the_store_refuses_tells_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the row is rolled back, so is what would have been told."""

    def refuse(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ControllerStore, "_write_beside", refuse)
    with pytest.raises(ZeroDivisionError):
        talk_over(store_of(engine))
    assert told(engine) == []


def request(number: str = NUMBER, **more: Any) -> CallbackRequest:
    return CallbackRequest(number=number, line="1000", source="queue", caller_number=number, queue="support", **more)


def test_a_promise_is_told_when_it_is_made_and_when_it_is_broken(engine: Engine) -> None:
    now = utcnow()
    with Session(engine) as session, session.begin():
        made = promises.promise(
            session, SETTINGS, request(source_key="call:1", notes="my card is 4111"), now.timestamp()
        )
        promises.promise(session, SETTINGS, request(source_key="call:2"), now.timestamp())  # joins
    late = (now + timedelta(days=30)).timestamp()
    for _ in range(2):
        with Session(engine) as session, session.begin():
            broken.settle(session, made.id, late, lambda *_: None)  # type: ignore[arg-type, return-value]
    found = told(engine)
    assert [kind for kind, _ in found] == ["callback.promised", "callback.broken"]
    assert found[0][1]["id"] == found[1][1]["id"] == str(made.id)
    assert (found[1][1]["state"], found[1][1]["number"]) == ("expired", NUMBER)
    assert "4111" not in json.dumps(found), "words of customers stay inside"


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_a_promise_is_kept_by_a_call_or_by_being_served_before(engine: Engine, state: str) -> None:
    now = utcnow().timestamp()
    with Session(engine) as session, session.begin():
        made = promises.promise(session, SETTINGS, request(), now)
        kept = promises.CallbackUpdate(made.id, state, 1, "anna", None, None, None, "c-9", now, None, None)
        promises.apply(session, [kept, kept])
    found = told(engine)
    assert [kind for kind, _ in found] == ["callback.promised", "callback.kept"]
    assert (found[1][1]["connected_call_id"], found[1][1]["agent"]) == ("c-9", "anna")


def test_a_call_that_an_agent_asked_for_is_no_promise(engine: Engine) -> None:
    now = utcnow().timestamp()
    anytime = SETTINGS.model_copy(update={"callbacks": Callbacks(hours="00:00-24:00")})
    with Session(engine) as session, session.begin():
        made = promises.promise(session, anytime, request(for_agent="anna"), now)
        promises.apply(
            session, [promises.CallbackUpdate(made.id, "done", 1, "anna", None, None, None, "c-9", now, None, None)]
        )
    assert told(engine) == []


def test_a_promise_that_is_taken_back_is_neither(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        made = promises.promise(session, SETTINGS, request(), utcnow().timestamp())
        promises.cancel(session, made.id, promises.message("callback.newer"), utcnow().timestamp())
    assert [kind for kind, _ in told(engine)] == ["callback.promised"]


def test_a_message_is_told_once(engine: Engine) -> None:
    talk_over(store_of(engine))
    with Session(engine) as session, session.begin():
        call_id = session.scalars(select(Call.call_id)).one()
        for _ in range(2):
            note_left(session, call_id, 1000.0, 1012.0, 1030.5)
    ((kind, body),) = told(engine)[2:]
    assert (kind, body["call_id"], body["seconds"], body["silent"]) == ("message.left", call_id, 18.5, False)


def test_without_a_receiver_a_call_writes_nothing_more(store: sessionmaker[Session], settings: Settings) -> None:
    bind = store.kw["bind"]
    talk_over(store_of(bind))
    assert told(bind) == []
