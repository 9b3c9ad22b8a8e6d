"""Calls that an agent asks for, on the fake switch: that agent's phone rings, and it is tried once."""

import uuid
from typing import Any

import pytest

from callback.promise import CallbackMachine
from controller.promise_rows import Origin, key_of
from controller.simulated import World
from queueing.router import Device
from tests.unit.controller.test_callback_cases import world_with
from tests.unit.controller.test_promised_calls import NOON, NUMBER, SETTINGS, promised, the_promise

ROW = uuid.UUID(int=7)
NIGHT = NOON + 11 * 3600


def asked(world: World, agent: str = "anna", **changes: Any) -> CallbackMachine:
    """The agent clicks."""
    made = CallbackMachine(
        key=key_of(ROW),
        number=NUMBER,
        queue="support",
        language="en",
        line="1000",
        arrived_at=world.now,
        expires_at=world.now + 120,
        not_before=world.now,
        for_agent=agent,
        once=True,
        **changes,
    )
    world.runner.outbound.add(made, ROW, Origin("Carol"), world.now)
    world.run(0.5)
    return made


def ready(world: World | None = None, **phones: Device) -> World:
    world = world or World(SETTINGS, start=NOON)
    for agent, device in (phones or {"anna": Device.IDLE, "boris": Device.IDLE}).items():
        world.switch.device(agent, device)
    world.settle()
    return world


def end_of(world: World) -> tuple[str, str | None]:
    row = the_promise(world)
    return row["state"], (row["end_reason"] or {}).get("code")


def test_the_agent_who_asks_talks_with_the_customer() -> None:
    world = ready()
    asked(world, "boris")
    assert list(world.switch.legs.values()) == ["boris"], "whose turn it is in the line does not matter"
    world.switch.answer_leg("boris")
    world.run(3)
    assert the_promise(world)["state"] == "dialling_customer" and world.switch.dialled[-1] == NUMBER
    world.switch.answer_leg(NUMBER)
    world.run(5)
    assert the_promise(world)["state"] == "connected"
    [call] = world.rows.values()
    assert call.facts.agent == "boris"


@pytest.mark.parametrize("how", ["paused", "logged out"])
def test_an_agent_who_takes_no_calls_of_the_line_may_call(how: str) -> None:
    world = ready()
    if how == "paused":
        world.runner.pause("anna", "lunch", world.now)
    else:
        world.runner.logout("anna", world.now)
    asked(world)
    assert list(world.switch.legs.values()) == ["anna"]
    [leg] = world.switch.legs
    world.switch.end_leg(leg)
    world.run(2)
    assert end_of(world) == ("cancelled", "callback.agent_missed")
    assert world.runner.router.agents["anna"].mode == how
    assert world.runner.router.agents["anna"].paused == ("lunch" if how == "paused" else None), "and missed no caller"


@pytest.mark.parametrize("device", [Device.UNREACHABLE, Device.IN_USE])
def test_without_a_phone_that_can_ring_nothing_is_dialled(device: Device) -> None:
    world = ready(anna=device, boris=Device.IDLE)
    asked(world)
    assert end_of(world) == ("cancelled", "callback.agent_away") and not world.switch.legs
    asked(world := ready(), "nobody")
    assert end_of(world) == ("cancelled", "callback.agent_away")


def test_a_customer_who_does_not_answer_is_not_called_again() -> None:
    world = ready()
    asked(world)
    world.switch.answer_leg("anna")
    world.run(3)
    [leg] = [leg for leg, whom in world.switch.legs.items() if whom == NUMBER]
    world.switch.end_leg(leg, 17)
    world.run(3)
    assert end_of(world) == ("cancelled", "callback.outcome.busy")
    world.run(4000)
    assert world.switch.dialled.count(NUMBER) == 1


def test_it_is_called_at_an_hour_at_which_we_are_closed_and_never_at_one_of_the_customers() -> None:
    office = {"office": {"timezone": "America/New_York", "week": {"mon-fri": ["09:00-10:00"]}}}
    world = ready(world_with(start=NOON, hours=office, queues__support__hours="office"))
    asked(world)
    assert list(world.switch.legs.values()) == ["anna"]
    world = ready(World(SETTINGS, start=NIGHT))
    asked(world)
    world.run(200)
    assert end_of(world) == ("cancelled", "callback.not_in_time") and not world.switch.dialled


def test_a_customer_who_is_on_the_phone_with_us_is_not_dialled() -> None:
    world = ready()
    world.switch.dial("c-1", "1000", NUMBER, "Carol")
    world.settle()
    asked(world)
    assert end_of(world) == ("cancelled", "callback.outcome.called in") and not world.switch.dialled


def test_a_promise_that_stands_is_tried_by_who_asks_and_stays_a_promise() -> None:
    world = promised()
    [write] = world.promises.values()
    world.switch.device("boris", Device.IN_USE)
    world.switch.device("anna", Device.IN_USE)
    world.settle()
    fresh = CallbackMachine.restore({**write.snapshot, "for_agent": "boris", "revision": 2})
    world.switch.device("boris", Device.IDLE)
    world.runner.outbound.change(write.id, fresh, world.now)
    world.run(0.5)
    assert list(world.switch.legs.values()) == ["boris"]
    [leg] = world.switch.legs
    world.switch.end_leg(leg)
    world.run(2)
    row = the_promise(world)
    assert (row["state"], row["for_agent"], row["ended_at"]) == ("due", None, None)


def test_a_controller_that_died_on_it_goes_on_with_it() -> None:
    world = ready()
    made = asked(world)
    again = CallbackMachine.restore(made.snapshot())
    assert (again.for_agent, again.once, again.agent) == ("anna", True, "anna")
    assert (
        CallbackMachine.restore({**made.snapshot(), "state": "requested"}).next_timer(
            world.runner.outbound.rules, world.now
        )
        == world.now
    )
