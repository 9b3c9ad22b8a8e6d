"""Somebody of ours ends a call that goes on."""

import pytest

from controller.requests import do_request
from controller.simulated import World
from queueing.agents import AgentMode
from queueing.router import Device
from tests.unit.controller.test_promised_calls import SETTINGS, waiting

NOON = 1_800_000_000.0 + 9 * 3600


@pytest.mark.parametrize("talks", [False, True])
def test_a_call_is_ended_whatever_it_is_doing_and_by_whom_is_kept(talks: bool) -> None:
    world = waiting(world=World(SETTINGS, start=NOON))
    if talks:
        world.switch.device("anna", Device.IDLE)
        world.run(1)
        world.switch.answer("anna")
        world.run(60)
    assert do_request(world.runner, "call.end", "c-1", {"by": "eva"}, world.now) is None
    world.run(5)
    row = world.rows["c-1"]
    assert (row.state, row.facts.ended_by) == ("ended", "us")
    assert row.facts.result == ("served" if talks else "abandoned")
    assert not world.switch.channels
    if talks:
        assert world.runner.router.agents["anna"].mode is AgentMode.FREE
    over = do_request(world.runner, "call.end", "c-1", {"by": "eva"}, world.now)
    assert over is not None
    assert over.code == "controller.call_over"
