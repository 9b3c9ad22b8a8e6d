"""What agents dial and what pages ask for: logged in and out, on a break and back."""

import pytest

from controller.requests import do_request
from controller.simulated import World
from ivr.events import HungUp
from pbx.reports import ChannelEvent, CodeDialled
from queueing.router import Device
from ringback.config import Settings


@pytest.fixture
def world() -> World:
    there = World(Settings())
    there.switch.device("anna", Device.IDLE)
    there.settle()
    return there


def dialled(world: World, code: str, agent: str = "anna") -> list[str]:
    """The prompts that answer a code, while the phone is heard; `hang_up` ends it."""
    world.runner.feed([CodeDialled("code-1", agent, code)], world.now)
    return [prompt for _, command in world.runner.take_output().commands for prompt in getattr(command, "prompts", ())]


def hang_up(world: World) -> None:
    world.runner.feed([ChannelEvent("code-1", HungUp(world.now, "Normal Clearing"))], world.now)


@pytest.mark.parametrize(
    ("code", "prompt", "mode"),
    [("*12", "agent-logged-out", "logged out"), ("*13", "agent-paused", "paused"), ("*14", "agent-resumed", "free")],
)
def test_a_code_does_what_it_says(world: World, code: str, prompt: str, mode: str) -> None:
    assert dialled(world, code) == [prompt]
    hang_up(world)
    assert world.runner.router.agents["anna"].mode == mode


def somebody_waits(world: World) -> None:
    world.switch.dial("c-1", "1000")
    world.settle()
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "waiting"


def test_who_logs_in_again_gets_the_next_call(world: World) -> None:
    dialled(world, "*12")
    hang_up(world)
    somebody_waits(world)
    assert dialled(world, "*11") == ["agent-logged-in"]
    hang_up(world)
    assert world.runner.calls["c-1"].state == "offered"


def test_nobody_is_offered_to_a_phone_that_hears_what_its_code_did(world: World) -> None:
    anna = world.runner.router.agents["anna"]
    dialled(world, "*12")
    hang_up(world)
    somebody_waits(world)
    dialled(world, "*11")
    assert (anna.mode, world.runner.calls["c-1"].state) == ("busy", "waiting"), "the switch still says idle"
    world.switch.device("anna", Device.IN_USE)  # late: the switch says it apart from the call
    world.settle()
    hang_up(world)
    assert (anna.mode, world.runner.calls["c-1"].state) == ("busy", "waiting"), "as the switch says"
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.runner.calls["c-1"].state == "offered"


def test_a_phone_that_is_gone_while_its_code_is_answered_gets_nobody(world: World) -> None:
    dialled(world, "*12")
    hang_up(world)
    somebody_waits(world)
    dialled(world, "*11")
    world.switch.device("anna", Device.UNREACHABLE)
    world.settle()
    hang_up(world)
    assert world.runner.router.agents["anna"].mode == "away"
    assert world.runner.calls["c-1"].state == "waiting"


def test_an_unknown_code_or_agent_is_told_so(world: World) -> None:
    assert dialled(world, "*99") == ["agent-unknown-code"]
    assert dialled(world, "*12", "nobody") == ["agent-unknown-code"]
    assert world.runner.router.agents["anna"].mode == "free"


def test_a_page_asks_for_queues_and_gets_the_reason_where_there_is_none(world: World) -> None:
    agent = world.runner.router.agents["anna"]
    assert do_request(world.runner, "agent.login", "anna", {"queues": ["billing"]}, world.now) is None
    assert agent.queues == {"billing"}
    refused = do_request(world.runner, "agent.login", "anna", {"queues": ["support", "moon"]}, world.now)
    assert str(refused) == "There is no queue named moon in the settings."
    assert agent.queues == {"billing"}, "nothing half done"
    assert do_request(world.runner, "agent.login", "nobody", {}, world.now) is not None
    world.switch.dial("c-1", "1000")
    world.settle()
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "waiting", "she takes no support calls now"
    assert do_request(world.runner, "agent.login", "anna", {}, world.now) is None
    world.run(1)
    assert (agent.queues, world.rows["c-1"].state) == ({"support", "billing"}, "offered")


def test_limits_send_callers_on() -> None:
    raw = Settings().model_dump()
    raw["queues"]["support"]["longest_wait"] = {"seconds": 30, "to": "billing"}
    raw["queues"]["billing"]["longest_wait"] = {"seconds": 30, "to": "message"}
    world = World(Settings.model_validate(raw))
    world.switch.dial("c-1", "1000")
    world.settle()
    world.switch.press("c-1", "1")
    world.run(31)
    assert world.rows["c-1"].facts.queue == "billing"
    world.run(31)
    assert world.rows["c-1"].state == "message"
    assert "leave-message" in world.switch.channels["c-1"].heard
    world.switch.press("c-1", "#")
    world.run(10)
    assert world.rows["c-1"].facts.result == "message"
    assert not world.switch.channels
