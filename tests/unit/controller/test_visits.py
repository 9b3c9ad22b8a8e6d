"""How each visit to a queue ends, and who ended the call: scenarios on the fake switch."""

from collections.abc import Callable
from dataclasses import astuple, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, QueueVisit
from controller.simulated import World
from controller.store import ControllerStore
from controller.visits import Visit, VisitLog, visits
from ivr.call import CallDriver
from ivr.events import AgentJoined, Event, Transferred
from ivr.flow import flows
from pbx.reports import ChannelEvent
from queueing.router import Device
from ringback.config import Settings
from ringback.store.base import utc
from tests.support.captures import captured_events
from tests.support.visits import (
    NOON,
    NUMBER,
    SETTINGS,
    Told,
    abandoned,
    abandoned_while_it_rings,
    answered,
    caller,
    ended_while_nobody_looked,
    missed_and_answered,
    moved_by_the_limit,
    one_too_many,
    our_own_fault,
    over,
    passed_on_to_a_queue,
    passed_on_to_an_agent,
    passed_on_to_an_agent_who_does_not_answer,
    promised,
    queue_closes,
    queue_is_closed,
    quiet,
    switch_dies,
    taken_from_the_line_by_somebody,
    talking,
    told,
)

CASES: list[tuple[Callable[[], World], list[Told], str | None]] = [
    (answered, [("support", 0, "menu", 5, "answered", "anna", None)], "us"),
    (abandoned, [("support", 0, "menu", 30, "abandoned", None, "waiting")], "caller"),
    (abandoned_while_it_rings, [("support", 0, "menu", 7, "abandoned", None, "ringing")], "caller"),
    (missed_and_answered, [("support", 0, "menu", 30, "answered", "boris", None)], "caller"),
    (promised, [("support", 0, "menu", 5, "callback", None, "key")], "us"),
    (
        moved_by_the_limit,
        [
            ("sales", 0, "menu", 40, "overflow", None, "longest_wait"),
            ("billing", 40, "overflow", 55, "answered", "clara", None),
        ],
        "agent",
    ),
    (queue_is_closed, [("shut", 0, "menu", 0, "closed", None, None)], "caller"),
    (queue_closes, [("brief", 0, "menu", 600, "closed", None, None)], "us"),
    (
        passed_on_to_a_queue,
        [
            ("support", 0, "menu", 5, "answered", "anna", None),
            ("billing", 15, "transfer", 35, "abandoned", None, "waiting"),
        ],
        "caller",
    ),
    (passed_on_to_an_agent, [("support", 0, "menu", 5, "answered", "anna", None)], "caller"),
    (
        passed_on_to_an_agent_who_does_not_answer,
        [
            ("support", 0, "menu", 5, "answered", "anna", None),
            ("support", 35, "back", 45, "abandoned", None, "waiting"),
        ],
        "caller",
    ),
    (taken_from_the_line_by_somebody, [("support", 0, "menu", 8, "transferred", "clara", None)], "caller"),
    (switch_dies, [("support", 0, "menu", 12, "lost", None, "switch")], None),
    (ended_while_nobody_looked, [("support", 0, "menu", 12, "lost", None, "away")], None),
    (our_own_fault, [("support", 0, "menu", 6, "lost", None, "fault")], "us"),
]


@pytest.mark.parametrize(("story", "expected", "by"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_way_out_of_a_queue(story: Callable[[], World], expected: list[Told], by: str | None) -> None:
    world = story()
    assert told(world) == expected
    assert world.rows["c-1"].facts.ended_by == by


def test_who_is_one_too_many_leaves_a_message_at_once() -> None:
    assert told(one_too_many(), "c-0") == [("returns", 0, "menu", 0, "message", None, "most_callers")]


def test_the_place_and_the_wait_that_was_told_first_belong_to_the_visit() -> None:
    world = caller(quiet("3"), "3", "c-2", "+12025550124")
    world.run(50)
    moved, second = visits(world.rows["c-1"].facts), visits(world.rows["c-2"].facts)
    assert [visit.position for visit in moved] == [1, 1]
    assert [visit.position for visit in second] == [2, 2]
    told_at_entry = Visit("sales", 0.0, "menu", position=3)
    assert told_at_entry.told_minutes is None


def test_where_the_line_takes_a_call_up_again_is_no_position_at_entry() -> None:
    world = quiet()
    world.run(5)
    row = world.rows["c-1"]
    assert row.snapshot is not None
    facts = row.snapshot["facts"]
    unknown = [replace(visit, position=None) for visit in visits(row.facts)]
    world.rows["c-1"] = replace(row, snapshot=row.snapshot | {"facts": facts | {"visits": list(map(astuple, unknown))}})
    world.kill_controller()
    world.start_controller()
    world.run(5)
    assert visits(world.rows["c-1"].facts) == unknown


def test_whoever_passes_a_call_on_is_not_who_it_goes_to() -> None:
    """Also where the talk is heard of once more in the moment of passing on."""
    world = talking()
    again = [ChannelEvent("c-1", AgentJoined(world.now, "anna")), ChannelEvent("c-1", Transferred(world.now, "300"))]
    world.runner.feed(again, world.now)
    world.run(20)
    world.switch.hang_up("c-1")
    assert told(over(world)) == told(passed_on_to_a_queue())


def test_a_call_that_keeps_a_promise_is_a_visit_of_its_own_kind() -> None:
    world = promised()
    world.switch.device("anna", Device.IDLE)
    world.run(60)
    world.switch.answer_leg("anna")
    world.run(10)
    world.switch.answer_leg(NUMBER)
    world.run(10)
    [name] = [call for call in world.rows if call.startswith("cb-")]
    world.switch.hang_up(name)
    over(world, name)
    assert told(world, name) == [("support", 0, "callback", 2, "answered", "anna", None)]
    assert world.rows[name].facts.ended_by == "caller"


def test_no_queue_is_visited_in_the_menu() -> None:
    world = World(SETTINGS, start=NOON)
    world.switch.dial("c-1", "1000", NUMBER, "Carol")
    world.run(3)
    world.switch.hang_up("c-1")
    assert told(over(world)) == []
    assert world.rows["c-1"].facts.ended_by == "caller"


WHOLE = captured_events("whole_call.ami")


@given(st.permutations(WHOLE))
@settings(max_examples=400, deadline=None)
def test_any_order_of_events_makes_the_same_visits(events: list[Event]) -> None:
    assert lived(events) == lived(WHOLE)


def lived(events: list[Event]) -> tuple[list[Visit], str | None]:
    call = CallDriver("1795306066.0", flows(Settings())["1000"])
    log = VisitLog(call)
    for event in events:
        log.follow(event, call.receive(event, NOON))
    while (timer := call.next_timer()) is not None:
        call.handle_timer(timer)
    log.settle()
    return [replace(visit, position=None) for visit in visits(call.facts)], call.facts.ended_by


def engine_of(store: sessionmaker[Session]) -> Engine:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def test_rows_of_visits_are_written_with_the_call_and_gone_on_with(store: sessionmaker[Session]) -> None:
    controller_store = ControllerStore(engine_of(store), SETTINGS)
    world = World(SETTINGS, start=NOON, write=controller_store.write)
    caller(world)
    world.run(5)
    with store() as session:
        [row] = session.scalars(select(QueueVisit))
        assert (row.queue, row.outcome, row.left_at, row.position) == ("support", None, None, 1)
    again = ControllerStore(engine_of(store), SETTINGS)
    world.kill_controller()
    again.unfinished()
    world._write = again.write
    world.start_controller()
    world.run(5)
    world.switch.hang_up("c-1")
    over(world)
    with store() as session:
        [row] = session.scalars(select(QueueVisit))
        assert (row.outcome, row.reason) == ("abandoned", "waiting")
        assert session.scalars(select(Call.ended_by)).all() == ["caller"]


def test_a_visit_left_open_by_a_call_that_is_over_is_closed_as_lost(store: sessionmaker[Session]) -> None:
    controller_store = ControllerStore(engine_of(store), SETTINGS)
    world = World(SETTINGS, start=NOON, write=controller_store.write)
    caller(world)
    world.run(5)
    with store.begin() as session:
        session.execute(update(Call).values(snapshot=None, ended_at=utc(NOON + 90)))
    ControllerStore(engine_of(store), SETTINGS).unfinished()
    with store() as session:
        [row] = session.scalars(select(QueueVisit))
        assert (row.outcome, row.reason, row.left_at) == ("lost", "unknown", utc(NOON + 90))
