"""Promises while all is about to end: nobody is dialled, and nobody is forgotten."""

from queueing.router import Device
from tests.unit.controller.test_promised_calls import NUMBER, customer_rings, promised, the_promise, waiting


def test_while_all_is_to_end_nobody_is_dialled_and_afterwards_each_at_the_place_of_the_call() -> None:
    world = promised()
    place = the_promise(world)["arrived_at"]
    world.runner.outbound.all_end(True, world.now)
    world.switch.device("anna", Device.IDLE)
    world.run(120)
    assert world.switch.dialled == []
    assert (the_promise(world)["state"], the_promise(world)["arrived_at"]) == ("requested", place)
    world.runner.outbound.all_end(False, world.now)
    world.run(5)
    assert world.switch.dialled == ["anna"]


def test_a_promise_made_while_all_is_to_end_waits_for_the_next_start() -> None:
    world = waiting()
    world.runner.outbound.all_end(True, world.now)
    world.switch.press("c-1", "1")
    world.run(1)
    world.switch.press("c-1", "1")
    world.run(10)
    world.switch.device("anna", Device.IDLE)
    world.run(120)
    assert (the_promise(world)["state"], world.switch.dialled) == ("requested", [])


def test_an_attempt_under_way_goes_on_while_all_is_to_end_and_none_follows_it() -> None:
    world, customer = customer_rings()
    world.runner.outbound.all_end(True, world.now)
    world.run(5)
    assert customer in world.switch.legs
    world.switch.end_leg(customer)
    world.run(3600)
    assert (the_promise(world)["state"], world.switch.dialled) == ("requested", ["anna", NUMBER])
