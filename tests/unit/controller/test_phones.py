"""Phones as they are, on the fake switch: those that refuse, are busy, or are not there any more."""

import pytest

from controller.simulated import World
from queueing.agents import AgentMode
from queueing.router import Device
from tests.unit.controller.test_promised_calls import NUMBER, SETTINGS, promised, the_promise, waiting


def mode(world: World, agent: str) -> AgentMode:
    return world.runner.router.agents[agent].mode


def offered(*agents: str) -> World:
    """A caller whom the first of these agents is rung for."""
    world = waiting()
    for agent in agents:
        world.switch.device(agent, Device.IDLE)
        world.run(0.1)
    world.settle()
    return world


def test_a_phone_that_is_busy_has_missed_nothing_and_is_asked_again_a_little_later() -> None:
    world = offered("anna")
    world.switch.refuse("anna", "busy")
    world.run(1)
    assert mode(world, "anna") is AgentMode.BUSY
    assert world.rows["c-1"].state == "waiting"
    assert world.runner.router.agents["anna"].paused is None
    world.run(10)
    assert mode(world, "anna") is AgentMode.RINGING


def test_while_one_phone_is_busy_another_agent_has_the_caller() -> None:
    world = offered("anna", "boris")
    world.switch.refuse("anna", "busy")
    world.run(1)
    assert (mode(world, "anna"), mode(world, "boris")) == (AgentMode.BUSY, AgentMode.RINGING)


def test_a_phone_that_declines_or_sends_the_caller_on_has_missed_the_call() -> None:
    world = offered("anna")
    world.switch.refuse("anna", "unanswered")
    world.run(1)
    assert (mode(world, "anna"), world.runner.router.agents["anna"].paused) == (AgentMode.PAUSED, "missed")


@pytest.mark.parametrize("back", ["registers", "logs in"])
def test_a_promise_goes_on_when_the_phone_that_was_free_a_moment_ago_is_not_there(back: str) -> None:
    world = promised(World(SETTINGS, start=1_800_000_000.0 + 9 * 3600))
    world.switch.device("anna", Device.IDLE)
    world.switch.devices["anna"] = Device.UNREACHABLE  # its registration ran out, and nobody has said so yet
    world.run(3)
    assert mode(world, "anna") is AgentMode.LOST
    assert the_promise(world)["state"] == "due"
    world.switch.device("boris", Device.IDLE)
    world.run(1)
    assert the_promise(world)["state"] == "dialling_agent"
    assert world.switch.dialled == ["boris"]
    if back == "registers":
        world.switch.device("anna", Device.IDLE)
    else:
        world.switch.devices["anna"] = Device.IDLE
        world.runner.login("anna", world.now)
        world.runner.feed([], world.now)
        world.switch.device("anna", Device.IN_USE)
        world.switch.device("anna", Device.IDLE)
    world.run(1)
    assert mode(world, "anna") is AgentMode.FREE


def test_a_channel_that_neither_rings_nor_fails_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    world = promised(World(SETTINGS, start=1_800_000_000.0 + 9 * 3600))
    monkeypatch.setattr(world.switch, "do_leg", lambda _leg, _command: None)
    world.switch.device("anna", Device.IDLE)
    world.run(1)
    assert the_promise(world)["state"] == "dialling_agent"
    world.run(SETTINGS.callbacks.agent_seconds + 10)
    assert the_promise(world)["state"] == "due"
    assert mode(world, "anna") is AgentMode.LOST


def talking() -> World:
    world = offered("anna")
    world.switch.answer("anna")
    world.run(60)
    assert world.rows["c-1"].state == "talking"
    return world


@pytest.mark.parametrize("order", ["first", "last"])
def test_when_the_agents_phone_vanishes_the_caller_hears_so_and_is_before_everybody(order: str) -> None:
    world = talking()
    waiting("+12025550124", "c-2", world)
    world.switch.vanish("anna", said=order)
    world.run(1)
    assert world.rows["c-1"].state == "waiting"
    assert mode(world, "anna") is AgentMode.LOST
    world.run(5)
    assert "agent-lost" in world.switch.channels["c-1"].heard
    world.switch.device("boris", Device.IDLE)
    world.run(1)
    assert (world.rows["c-1"].state, world.rows["c-2"].state) == ("offered", "waiting")
    world.switch.answer("boris")
    world.run(1)
    world.switch.device("anna", Device.IDLE)
    world.run(1)
    assert mode(world, "anna") is AgentMode.RINGING
    world.switch.agent_hangs_up("boris")
    world.run(1)
    assert (world.rows["c-1"].state, world.rows["c-1"].facts.agent) == ("survey", "boris")


def test_a_phone_that_was_started_again_meanwhile_is_free_at_once() -> None:
    world = talking()
    world.switch.vanish("anna", said="first", then=Device.IDLE)
    world.run(10)
    assert mode(world, "anna") is AgentMode.RINGING
    assert world.rows["c-1"].state == "offered"


def test_the_end_of_a_phone_after_the_talk_is_the_end_of_no_talk() -> None:
    world = talking()
    world.switch.agent_hangs_up("anna")
    world.run(5)
    world.switch.report_lost("anna")
    world.run(1)
    assert world.rows["c-1"].state == "survey"


@pytest.mark.parametrize(("code", "told"), [(17, "busy"), (19, "no_answer"), (1, "wrong_number")])
def test_the_agent_hears_why_the_customer_of_a_promise_was_not_reached(code: int, told: str) -> None:
    world = promised(World(SETTINGS, start=1_800_000_000.0 + 9 * 3600))
    world.switch.device("anna", Device.IDLE)
    world.run(1)
    world.switch.answer_leg("anna")
    world.run(5)
    assert the_promise(world)["state"] == "dialling_customer"
    leg = next(leg for leg, whom in world.switch.legs.items() if whom == NUMBER)
    world.switch.end_leg(leg, code)
    world.run(1)
    assert world.switch.told == [told]
    assert mode(world, "anna") is not AgentMode.FREE  # the sentence is still heard
    world.run(5)
    assert mode(world, "anna") is AgentMode.FREE
    assert not world.switch.legs


def test_a_phone_that_answers_and_hangs_up_at_once_was_no_talk() -> None:
    world = offered("anna")
    waiting("+12025550124", "c-2", world)
    world.switch.answer("anna")
    world.settle()
    world.switch.advance(world.now + 0.01)
    world.switch.agent_hangs_up("anna")
    world.run(1)
    row = world.rows["c-1"]
    assert (row.state, row.facts.connected_at, row.facts.agent) == ("waiting", None, None)
    assert (mode(world, "anna"), world.runner.router.agents["anna"].paused) == (AgentMode.PAUSED, "missed")
    world.switch.device("boris", Device.IDLE)
    world.run(1)
    assert (world.rows["c-1"].state, world.rows["c-2"].state) == ("offered", "waiting")
    world.switch.answer("boris")
    world.run(30)
    world.switch.agent_hangs_up("boris")
    world.run(1)
    assert (world.rows["c-1"].state, world.rows["c-1"].facts.agent) == ("survey", "boris")
