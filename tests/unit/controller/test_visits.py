"""How each visit to a queue ends, and who ended the call: scenarios on the fake switch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, QueueVisit
from controller.simulated import World
from controller.store import Journal
from controller.visits import Visit, VisitLog, visits
from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Event
from ivr.flow import flows
from pbx.reports import BridgeChange
from queueing.router import Device
from ringback.config import Settings
from ringback.store.base import utc
from tests.support.captures import captured_events

NUMBER = "+12025550123"
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC).timestamp()
"""A Friday, in Washington, where the number is."""
SETTINGS = Settings.model_validate(
    {
        "hours": {"day": {"week": {"mon-fri": ["09:00-17:10"]}}, "night": {"week": {"mon-fri": ["20:00-22:00"]}}},
        "lines": [{"number": "1000", "name": "Support"}, {"number": "1001", "name": "Hours", "menu": "hours"}],
        "menus": {
            name: {
                "prompt": "menu-main",
                "options": {str(key): {"label": queue, "queue": queue} for key, queue in enumerate(queues, 1)},
                "person": "support",
            }
            for name, queues in {
                "main": ("support", "billing", "sales", "returns"),
                "hours": ("shut", "brief"),
            }.items()
        },
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"], "wrap_up_seconds": 0, "extension": "301"},
            "billing": {"name": "Billing", "agents": ["clara"], "extension": "300", "survey": None},
            "sales": {"name": "Sales", "agents": ["anna"], "longest_wait": {"seconds": 40, "to": "billing"}},
            "returns": {"name": "Returns", "agents": ["clara"], "most_callers": {"callers": 1, "to": "message"}},
            "shut": {"name": "Shut", "agents": ["clara"], "hours": "night"},
            "brief": {"name": "Brief", "agents": ["clara"], "hours": "day"},
        },
        "agents": [
            {"name": "anna", "display": "Anna", "extension": "201"},
            {"name": "boris", "display": "Boris", "extension": "202"},
            {"name": "clara", "display": "Clara", "extension": "203"},
        ],
        "trunk": {"host": "127.0.0.1"},
    }
)


def caller(world: World, key: str = "1", name: str = "c-1", number: str = NUMBER, line: str = "1000") -> World:
    """Chooses in the menu at once: enters the line at the second of the arrival."""
    world.switch.dial(name, line, number, "Carol")
    world.settle()
    world.switch.press(name, key)
    world.settle()
    return world


def quiet(key: str = "1", line: str = "1000") -> World:
    """c-1 has chosen, and nobody is there."""
    return caller(World(SETTINGS, start=NOON), key, line=line)


def talking(agent: str = "anna", key: str = "1") -> World:
    """c-1 has waited 5 s and talks with the agent since 10 s ago."""
    world = World(SETTINGS, start=NOON)
    world.switch.device(agent, Device.IDLE)
    caller(world, key)
    world.run(5)
    world.switch.answer(agent)
    world.run(10)
    return world


def over(world: World, name: str = "c-1") -> World:
    """Until the call has settled."""
    world.run(60)
    assert world.rows[name].snapshot is None
    return world


def answered() -> World:
    world = talking()
    world.switch.agent_hangs_up("anna")
    world.settle()
    world.switch.press("c-1", "1")
    return over(world)


def abandoned() -> World:
    world = quiet()
    world.run(30)
    world.switch.hang_up("c-1")
    return over(world)


def abandoned_while_it_rings() -> World:
    world = World(SETTINGS, start=NOON)
    world.switch.device("anna", Device.IDLE)
    caller(world)
    world.run(7)
    world.switch.hang_up("c-1")
    return over(world)


def missed_and_answered() -> World:
    world = World(SETTINGS, start=NOON)
    world.switch.device("anna", Device.IDLE)
    caller(world)
    world.run(25)
    world.switch.device("anna", Device.UNREACHABLE)
    world.switch.device("boris", Device.IDLE)
    world.run(5)
    world.switch.answer("boris")
    world.run(10)
    world.switch.hang_up("c-1")
    return over(world)


def promised() -> World:
    world = quiet()
    world.run(4)
    world.switch.press("c-1", "1")
    world.run(1)
    world.switch.press("c-1", "1")
    return over(world)


def moved_by_the_limit() -> World:
    world = quiet("3")
    world.run(50)
    world.switch.device("clara", Device.IDLE)
    world.run(5)
    world.switch.answer("clara")
    world.run(10)
    world.switch.agent_hangs_up("clara")
    return over(world)


def one_too_many() -> World:
    world = caller(quiet("4"), "4", "c-0", "+12025550124")
    return over(world, "c-0")


def queue_is_closed() -> World:
    world = quiet("1", "1001")
    world.switch.hang_up("c-1")
    return over(world)


def queue_closes() -> World:
    world = quiet("2", "1001")
    world.run(11 * 60)
    return over(world)


def passed_on_to_a_queue() -> World:
    world = talking()
    world.switch.transfer("anna", "300")
    world.run(20)
    world.switch.hang_up("c-1")
    return over(world)


def passed_on_to_an_agent() -> World:
    world = talking()
    world.switch.device("boris", Device.IDLE)
    world.switch.transfer("anna", "202")
    world.run(5)
    world.switch.answer("boris")
    world.run(10)
    world.switch.agent_hangs_up("boris")
    world.run(1)
    world.switch.hang_up("c-1")
    return over(world)


def passed_on_to_an_agent_who_does_not_answer() -> World:
    world = talking()
    world.switch.device("boris", Device.IDLE)
    world.switch.transfer("anna", "202")
    world.switch.device("anna", Device.UNREACHABLE)
    world.run(30)
    world.switch.hang_up("c-1")
    return over(world)


def taken_from_the_line_by_somebody() -> World:
    world = quiet()
    world.run(8)
    for channel, agent in (("c-1", ""), ("clara's phone", "clara")):
        world.runner.feed([BridgeChange(channel, "b", agent, world.now)], world.now)
    world.settle()
    world.run(8)
    world.switch.hang_up("c-1")
    return over(world)


def switch_dies() -> World:
    world = quiet()
    world.run(12)
    world.kill_controller()
    world.run(3)
    world.switch.die()
    world.start_controller(lost_at=world.now - 3)
    return over(world)


def ended_while_nobody_looked() -> World:
    world = quiet()
    world.run(12)
    world.kill_controller()
    world.switch.hang_up("c-1")
    world.run(3)
    world.start_controller(lost_at=world.now - 3)
    return over(world)


def our_own_fault() -> World:
    world = quiet()
    world.run(6)
    call = world.runner.calls["c-1"]

    def broken(_event: Event, _now: float) -> list[cmd.Command]:
        del call.receive  # type: ignore[method-assign]
        raise RuntimeError("a fault of ours")

    call.receive = broken  # type: ignore[method-assign]
    world.switch.press("c-1", "5")
    world.settle()
    return over(world)


Told = tuple[str, float, str, float | None, str | None, str | None, str | None]
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


def told(world: World, name: str = "c-1") -> list[Told]:
    """The visits of a call, in seconds since it arrived."""
    facts = world.rows[name].facts
    start = facts.arrived_at or 0.0
    return [
        (
            visit.queue,
            round(visit.entered_at - start, 3),
            visit.came_by,
            None if visit.left_at is None else round(visit.left_at - start, 3),
            visit.outcome,
            visit.agent,
            visit.reason,
        )
        for visit in visits(facts)
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


# -- a controller that is killed -------------------------------------------------------------------------------

STORIES = [answered, missed_and_answered, moved_by_the_limit, passed_on_to_a_queue, passed_on_to_an_agent, promised]


class Killing(World):
    """Kills the controller at one of its steps, counted from 1, and starts another at once."""

    step = 0
    sent = True
    """Killed when all was done; not so: rows were written, and no command was sent."""
    steps = 0

    def settle(self) -> None:
        if self.controller_up and self._reported:
            Killing.steps += 1
            if Killing.steps == Killing.step:
                self._settle_and_die()
                return
        super().settle()

    def _settle_and_die(self) -> None:
        do = self.switch.do
        if not self.sent:
            self.switch.do = lambda _call_id, _command: None  # type: ignore[method-assign]
        super().settle()
        self.switch.do = do  # type: ignore[method-assign]
        self.kill_controller()
        self.start_controller()


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    def at(step: int, sent: bool) -> None:
        monkeypatch.setattr(Killing, "step", step)
        monkeypatch.setattr(Killing, "sent", sent)
        monkeypatch.setattr(Killing, "steps", 0)

    monkeypatch.setitem(globals(), "World", Killing)
    return at


@pytest.mark.parametrize("story", STORIES)
def test_a_controller_killed_between_any_two_steps_changes_no_visit(
    story: Callable[[], World], killing: Callable[[int, bool], None]
) -> None:
    killing(0, True)
    whole = told(story())
    for step in range(1, Killing.steps + 1):
        killing(step, True)
        assert told(story()) == whole, f"killed after step {step}"


@pytest.mark.parametrize("story", STORIES)
def test_a_controller_killed_before_its_commands_leave_opens_no_second_visit(
    story: Callable[[], World], killing: Callable[[int, bool], None]
) -> None:
    killing(0, False)
    story()
    for step in range(1, Killing.steps + 1):
        killing(step, False)
        worlds: list[World] = []
        with monitored(worlds), suppress(AssertionError, KeyError, StopIteration):
            story()  # what was never sent did not happen: people may find nothing to answer
        [world] = worlds
        if "c-1" in world.switch.channels:
            world.switch.hang_up("c-1")
        world.run(60)
        found = visits(world.rows["c-1"].facts)
        assert all(visit.left_at is not None for visit in found), f"killed in step {step}"
        assert all(one.left_at == two.entered_at or two.came_by in ("transfer", "back") for one, two in pairwise(found))
        assert len({visit.entered_at for visit in found}) == len(found), f"killed in step {step}"


@contextmanager
def monitored(worlds: list[World]) -> Iterator[None]:
    """Collects the worlds that are made meanwhile."""
    make = Killing.__init__

    def making(self: Killing, *args: Any, **more: Any) -> None:
        worlds.append(self)
        make(self, *args, **more)

    Killing.__init__ = making  # type: ignore[method-assign]
    try:
        yield
    finally:
        Killing.__init__ = make  # type: ignore[method-assign]


def engine_of(store: sessionmaker[Session]) -> Engine:
    bind = store.kw["bind"]
    assert isinstance(bind, Engine)
    return bind


def test_rows_of_visits_are_written_with_the_call_and_gone_on_with(store: sessionmaker[Session]) -> None:
    journal = Journal(engine_of(store), SETTINGS)
    world = World(SETTINGS, start=NOON, write=journal.write)
    caller(world)
    world.run(5)
    with store() as session:
        [row] = session.scalars(select(QueueVisit))
        assert (row.queue, row.outcome, row.left_at, row.position) == ("support", None, None, 1)
    again = Journal(engine_of(store), SETTINGS)
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
    journal = Journal(engine_of(store), SETTINGS)
    world = World(SETTINGS, start=NOON, write=journal.write)
    caller(world)
    world.run(5)
    with store.begin() as session:
        session.execute(update(Call).values(snapshot=None, ended_at=utc(NOON + 90)))
    Journal(engine_of(store), SETTINGS).unfinished()
    with store() as session:
        [row] = session.scalars(select(QueueVisit))
        assert (row.outcome, row.reason, row.left_at) == ("lost", "unknown", utc(NOON + 90))
