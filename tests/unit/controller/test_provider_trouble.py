"""Promises while the provider is in trouble, on the fake switch: no phone rings in vain, no attempt is counted."""

import uuid
from dataclasses import replace

import pytest

from callback.trunk import Registration, TrunkHealth
from controller.promise_rows import Origin, key_of
from controller.simulated import World
from pbx.reports import OwnChannelGivenUp, OwnChannelRings, TrunkAnswers, TrunkRegistration
from queueing.router import Device
from ringback.messages import message
from tests.unit.controller.test_promised_calls import NOON, NUMBER, SETTINGS, promised, the_promise

OTHER = "+12025550144"


def world_with(*, registers: bool = False, answers: bool = True) -> World:
    """A promise that waits for an agent, and a provider that was heard of."""
    trunk = TrunkHealth({"host": "sip.example.com", "port": 5060, "transport": "UDP"}, registers, asked=True)
    world = World(SETTINGS, start=NOON, trunk=lambda: trunk)
    world.runner.outbound.turns.restart(world.now)
    world.report(TrunkAnswers(answers))
    if registers:
        world.report(TrunkRegistration(Registration.REGISTERED))
    return promised(world)


def second_promise(world: World) -> None:
    """Of another customer, who asked later."""
    [write] = world.promises.values()
    first, row = world.runner.outbound.live(NUMBER), uuid.UUID(int=99)
    assert first is not None and write.origin is not None
    fresh = replace(first, key=key_of(row), number=OTHER, arrived_at=first.arrived_at + 60)
    world.runner.outbound.add(fresh, row, Origin(), world.now)
    world.settle()


def customer_rung(world: World) -> str:
    """An agent signs in and hears whom it is about; the channel of the customer."""
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.switch.answer_leg("anna")
    world.run(3)
    return leg_to(world, NUMBER)


def leg_to(world: World, whom: str) -> str:
    return next(leg for leg, called in world.switch.legs.items() if called == whom)


def run_until_dialled(world: World) -> None:
    for _ in range(700):
        world.run(1)
        if NUMBER in world.switch.legs.values():
            return
    raise AssertionError("nobody tried the trunk out")


@pytest.mark.parametrize("sip", [403, 407, 408, 500, 503])
def test_what_the_provider_refuses_is_no_attempt_and_rings_no_agent_again(sip: int) -> None:
    world = world_with()
    world.switch.end_leg(customer_rung(world), 21, sip)
    world.run(14)
    row = the_promise(world)
    assert (row["state"], row["attempts"], row["last_outcome"]) == ("requested", 0, "provider")
    assert row["waits_for_trunk"] is True
    assert world.runner.router.agents["anna"].mode == "free"
    assert world.switch.dialled == ["anna", NUMBER]
    assert world.trunk is not None and str(sip if sip != 408 else "unanswered") in str(world.trunk.trouble)
    world.run(60)
    assert world.switch.dialled == ["anna", NUMBER, NUMBER], "tried out, and the agent is not rung for that"


def test_a_refusal_that_goes_on_uses_up_nothing_and_no_limit_of_the_day() -> None:
    world = world_with()
    world.switch.end_leg(customer_rung(world), 21, 403)
    for _ in range(9):
        run_until_dialled(world)
        world.switch.end_leg(leg_to(world, NUMBER), 21, 403)
        world.settle()
    assert (the_promise(world)["attempts"], world.switch.dialled.count("anna")) == (0, 1)
    assert world.switch.dialled.count(NUMBER) == 10, "more than five, which is the most for a number in a day"


def test_it_goes_on_by_itself_when_the_provider_carries_calls_again() -> None:
    world = world_with()
    world.switch.end_leg(customer_rung(world), 34, 503)
    world.run(16)
    leg = leg_to(world, NUMBER)
    world.report(OwnChannelRings(leg))
    assert world.trunk is not None and world.trunk.trouble is None
    world.switch.answer_leg(NUMBER)
    world.run(3)
    world.switch.answer("anna")
    world.run(3)
    assert the_promise(world)["state"] == "connected"
    world.switch.agent_hangs_up("anna")
    world.run(60)
    assert (the_promise(world)["state"], the_promise(world)["attempts"]) == ("done", 1)


def test_only_one_tries_it_out_and_then_all_go_on_one_after_the_other() -> None:
    world = world_with()
    second_promise(world)
    leg = customer_rung(world)
    world.switch.device("boris", Device.IDLE)
    world.switch.end_leg(leg, 34, 503)
    world.settle()
    before = list(world.switch.dialled)
    world.run(20)
    tried = world.switch.dialled[len(before) :]
    assert tried == [OTHER], "another number says more than the one that was refused"
    world.report(OwnChannelRings(leg_to(world, OTHER)))
    world.run(1)
    assert len(world.switch.dialled) == len(before) + 2, "the other goes on, and an agent's phone rings for it"
    assert world.switch.dialled[-1] in ("anna", "boris")


def test_a_provider_that_is_silent_keeps_every_phone_quiet() -> None:
    world = world_with()
    world.report(TrunkAnswers(False))
    world.switch.device("anna", Device.IDLE)
    world.run(3600)
    assert world.switch.dialled == []
    assert (the_promise(world)["state"], the_promise(world)["waits_for_trunk"]) == ("requested", True)
    world.report(TrunkAnswers(True))
    world.run(1)
    assert world.switch.dialled == ["anna"]


def test_an_agent_who_is_rung_just_then_is_let_off() -> None:
    world = world_with()
    world.switch.device("anna", Device.IDLE)
    world.settle()
    world.report(TrunkAnswers(False))
    world.run(1)
    assert world.switch.legs == {}
    assert world.runner.router.agents["anna"].mode == "free"


def test_a_refused_registration_keeps_promises_waiting() -> None:
    world = world_with(registers=True)
    world.report(TrunkRegistration(Registration.REFUSED, "403 Forbidden"))
    world.switch.device("anna", Device.IDLE)
    world.run(14)
    assert world.switch.dialled == []
    assert world.trunk is not None and "403 Forbidden" in str(world.trunk.trouble)
    world.report(TrunkRegistration(Registration.REGISTERED))
    world.run(1)
    assert world.switch.dialled == ["anna"]


def test_a_registration_that_nothing_answers_is_told_although_nobody_waits() -> None:
    trunk = TrunkHealth({"host": "sip.example.com", "port": 5060, "transport": "UDP"}, registers=True, asked=False)
    world = World(SETTINGS, start=NOON, trunk=lambda: trunk)
    world.runner.outbound.turns.restart(world.now)
    world.run(15)
    assert world.trunk is not None and "does not answer our registration" in str(world.trunk.trouble)


def test_nothing_answered_in_time_is_the_providers_and_a_phone_that_rings_for_ever_the_customers() -> None:
    world = world_with()
    leg = customer_rung(world)
    world.report(OwnChannelGivenUp(leg))
    world.switch.end_leg(leg, 19, 480)
    world.settle()
    assert (the_promise(world)["last_outcome"], the_promise(world)["attempts"]) == ("provider", 0)

    world = world_with()
    leg = customer_rung(world)
    world.report(OwnChannelRings(leg))
    world.report(OwnChannelGivenUp(leg))
    world.switch.end_leg(leg, 19, 480)
    world.settle()
    assert (the_promise(world)["last_outcome"], the_promise(world)["attempts"]) == ("no_answer", 1)


@pytest.mark.parametrize(("cause", "sip", "outcome"), [(17, 486, "busy"), (19, 480, "no_answer"), (21, 603, "refused")])
def test_what_the_customer_says_costs_an_attempt_as_ever(cause: int, sip: int, outcome: str) -> None:
    world = world_with()
    world.switch.end_leg(customer_rung(world), cause, sip)
    world.settle()
    assert (the_promise(world)["last_outcome"], the_promise(world)["attempts"]) == (outcome, 1)


def test_who_stops_waiting_while_trying_it_out_lets_another_try() -> None:
    world = world_with()
    second_promise(world)
    world.switch.end_leg(customer_rung(world), 34, 503)
    world.run(3)  # the agent hears why, and the phone is put down
    world.switch.device("anna", Device.UNREACHABLE)
    world.run(13)
    world.runner.outbound.cancel(key_of(uuid.UUID(int=99)), message("callback.cancelled"), world.now)
    world.switch.device("anna", Device.IDLE)
    run_until_dialled(world)
    assert world.switch.dialled[2:] == [NUMBER]


def test_a_restart_of_ours_lets_an_agents_phone_ring_on() -> None:
    world = world_with()
    world.switch.device("anna", Device.IDLE)
    world.settle()
    assert world.switch.dialled == ["anna"]
    world.runner.outbound.turns.restart(world.now)
    world.settle()
    world.report(TrunkAnswers(True))
    world.settle()
    assert (world.switch.dialled, [*world.switch.legs.values()]) == (["anna"], ["anna"])
