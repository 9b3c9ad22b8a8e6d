"""Known problems on the fake switch: heard first, asked about, and told by calls without an agent, one by one."""

import uuid

import pytest

from callback.promise import CallbackMachine
from controller.outbound import TELL_SECONDS
from controller.promise_rows import Origin, key_of
from controller.simulated import World
from queueing.router import Device
from ringback.config import Settings

NUMBER = "+12025550123"
NOON = 1_800_000_000.0 + 9 * 3600
"""In Washington, where the number is."""
SETTINGS = Settings.model_validate({"trunk": {"host": "127.0.0.1"}, "callbacks": {"per_number_per_day": 3}})
PROBLEM = ("p-1", "said-outage", ["1000"])


def told(world: World, number: str = NUMBER, row: int = 1) -> uuid.UUID:
    """A promise to tell whoever has this number that the problem is fixed."""
    key = uuid.UUID(int=row)
    promise = CallbackMachine(
        key=key_of(key),
        number=number,
        queue="support",
        language="en",
        line="1000",
        arrived_at=world.now,
        expires_at=world.now + 86400,
        tells=True,
    )
    assert world.runner.outbound.add(promise, key, Origin(), world.now)
    world.run(0.1)
    return key


def state(world: World, row: int = 1) -> str:
    return str(world.promises[uuid.UUID(int=row)].snapshot["state"])


def call_of(world: World) -> str:
    [name] = [call_id for call_id in world.rows if call_id.startswith("cb-")]
    return name


@pytest.fixture
def world() -> World:
    return World(SETTINGS, start=NOON)


def test_callers_hear_it_first_and_are_spared_by_a_key(world: World) -> None:
    world.runner.problems.take([PROBLEM])
    world.switch.dial("c-1", "1000", NUMBER, "Carol")
    world.settle()
    assert world.rows["c-1"].state == "problem"
    assert world.switch.channels["c-1"].heard == ["notice", "said-outage", "problem-offer"]
    world.run(1.5)
    world.switch.press("c-1", "1")
    world.run(1)
    world.switch.press("c-1", "1")
    world.run(10)
    facts = world.rows["c-1"].facts
    assert (facts.result, facts.problem, facts.problem_number) == ("spared", "p-1", NUMBER)
    assert world.promises == {}, "nobody is called before it is fixed"
    world.runner.problems.take([])
    world.switch.dial("c-2", "1000", NUMBER, "Carol")
    world.settle()
    assert world.switch.channels["c-2"].heard[:2] == ["notice", "welcome"]


def test_whoever_asked_is_called_without_an_agent_and_told(world: World) -> None:
    told(world)
    assert world.switch.dialled == [NUMBER], "no agent is rung, and nobody need be there"
    world.switch.answer_leg(NUMBER)
    world.run(20)
    name = call_of(world)
    assert (world.rows[name].facts.result, world.rows[name].facts.called_back) == ("told", True)
    assert state(world) == "done"
    assert not world.switch.channels


def test_who_presses_1_waits_for_a_person_and_is_served(world: World) -> None:
    told(world)
    world.switch.answer_leg(NUMBER)
    world.run(0.1)
    name = call_of(world)
    world.switch.press(name, "1")
    world.run(1)
    assert world.rows[name].state == "waiting"
    world.switch.device("anna", Device.IDLE)
    world.run(1)
    world.switch.answer("anna")
    world.run(5)
    assert world.rows[name].state == "talking"
    world.switch.agent_hangs_up("anna")
    world.run(30)
    assert (world.rows[name].facts.result, state(world)) == ("served", "done")


@pytest.mark.parametrize("how", ["nobody", "machine"])
def test_who_does_not_hear_it_is_tried_again_and_not_for_ever(world: World, how: str) -> None:
    told(world)
    for attempt in range(1, SETTINGS.callbacks.attempts + 1):
        while world.switch.dialled.count(NUMBER) < attempt:
            world.run(10)
            assert world.now < NOON + 7200
        if how == "machine":
            world.switch.answer_leg(NUMBER, machine=True)
    world.run(300)
    assert state(world) == "failed"


def test_hundreds_are_told_one_after_the_other(world: World) -> None:
    for row in range(1, 6):
        told(world, f"+1202555012{row}", row)
    assert len(world.switch.dialled) == 1
    world.run(TELL_SECONDS * 2)
    assert len(world.switch.dialled) == 3
    world.run(TELL_SECONDS * 2)
    assert len(world.switch.dialled) == 5


def test_who_calls_in_before_hears_it_on_the_line_and_is_not_called() -> None:
    world = World(SETTINGS, start=NOON - 12 * 3600)
    told(world)
    assert world.switch.dialled == [], "at night nobody is called"
    world.switch.dial("c-1", "1000", NUMBER, "Carol")
    world.settle()
    world.run(3)
    assert "problem-fixed" in world.switch.channels["c-1"].heard
    world.switch.hang_up("c-1")
    world.run(12 * 3600 + 60)
    assert (state(world), world.switch.dialled) == ("cancelled", [])
    assert world.promises[uuid.UUID(int=1)].snapshot["end_reason"]["code"] == "callback.told_on_the_line"


def test_a_controller_that_was_killed_goes_on_with_them(world: World) -> None:
    told(world)
    world.kill_controller()
    world.start_controller()
    world.switch.answer_leg(NUMBER)
    world.run(1)
    world.kill_controller()
    world.start_controller()
    world.run(20)
    assert world.switch.dialled == [NUMBER]
    assert state(world) == "done"
