"""A promised call rings every phone of an agent: the first that answers has it, and the others stop."""

import pytest

from controller.simulated import World
from pbx.reports import OwnChannelUp
from queueing.router import AgentMode, Device
from tests.unit.controller.test_promised_calls import NUMBER, SETTINGS, promised, the_promise

NOON = 1_800_000_000.0 + 9 * 3600


def ringing(phones: int = 3) -> tuple[World, list[str]]:
    """A promise for which all phones of Anna ring, and their channels."""
    world = promised(World(SETTINGS, start=NOON))
    world.switch.phones["anna"] = phones
    world.switch.device("anna", Device.IDLE)
    world.settle()
    legs = [leg for leg, whom in world.switch.legs.items() if whom == "anna"]
    assert len(legs) == phones == len(set(legs))
    return world, legs


def answer(world: World, leg: str) -> None:
    """One of several phones of an agent is picked up."""
    others = {each: whom for each, whom in world.switch.legs.items() if each != leg}
    world.switch.legs = {leg: world.switch.legs[leg]} | others
    world.switch.answer_leg(world.switch.legs[leg])
    world.settle()


@pytest.mark.parametrize("which", [0, 1, 2])
def test_whichever_phone_answers_has_the_call_and_the_others_stop(which: int) -> None:
    world, legs = ringing()
    answer(world, legs[which])
    assert [*world.switch.legs] == [legs[which]]
    world.run(3)
    assert world.switch.dialled[-1] == NUMBER
    world.switch.answer_leg(NUMBER)
    world.run(3)
    assert world.runner.router.agents["anna"].mode is AgentMode.TALKING
    world.switch.end_leg(legs[which])
    world.run(60)
    assert the_promise(world)["state"] == "done"
    assert not world.switch.legs


@pytest.mark.parametrize(
    ("codes", "mode"),
    [
        ((21, 21), AgentMode.PAUSED),
        ((17, 21), AgentMode.PAUSED),
        ((17, 20), AgentMode.PAUSED),
        ((17, 17), AgentMode.BUSY),
        ((18, 20), AgentMode.LOST),
    ],
)
def test_an_agent_has_missed_it_when_the_last_phone_has_refused(codes: tuple[int, int], mode: AgentMode) -> None:
    world, legs = ringing(2)
    world.switch.end_leg(legs[0], codes[0])
    world.settle()
    assert the_promise(world)["state"] == "dialling_agent", "the other one rings on"
    world.switch.end_leg(legs[1], codes[1])
    world.settle()
    row = the_promise(world)
    assert (row["state"], row["attempts"]) == ("due", 0)
    assert world.runner.router.agents["anna"].mode is mode


def test_two_phones_that_are_picked_up_at_once_are_one_call() -> None:
    world, legs = ringing(2)
    world.switch.answer_leg("anna")
    late = legs[1]
    world.settle()
    world.report(OwnChannelUp(late, world.now, False))
    assert [*world.switch.legs] == [legs[0]]
    world.run(3)
    assert world.switch.dialled.count(NUMBER) == 1


def test_who_is_called_no_more_rings_on_no_phone() -> None:
    world, legs = ringing()
    world.switch.dial("c-2", "1000", NUMBER, "Carol")
    world.settle()
    assert not set(legs) & set(world.switch.legs)
    assert the_promise(world)["state"] == "requested"


def test_a_phone_that_is_asked_for_when_nobody_is_to_be_rung_any_more_does_not_ring() -> None:
    world, legs = ringing()
    answer(world, legs[1])
    assert world.runner.outbound.spread(legs[0], 3, world.now) == []
    assert world.runner.outbound.spread("cb-none-10a", 3, world.now) == []


@pytest.mark.parametrize("answered", [False, True])
def test_a_new_controller_finds_all_phones_that_ring(answered: bool) -> None:
    world, legs = ringing()
    world.kill_controller()
    world.switch.end_leg(legs[0], 21)
    if answered:
        answer(world, legs[1])
    world.start_controller()
    if not answered:
        assert set(world.switch.legs) == set(legs[1:])
        answer(world, legs[2])
    assert [*world.switch.legs] == [legs[1] if answered else legs[2]]
    world.run(3)
    assert world.switch.dialled[-1] == NUMBER


def test_no_channel_has_the_name_of_one_before() -> None:
    world, legs = ringing(2)
    for leg in legs:
        world.switch.end_leg(leg, 17)
    world.settle()
    world.run(120)
    again = [leg for leg, whom in world.switch.legs.items() if whom == "anna"]
    assert len(again) == 2 and not set(again) & set(legs)
