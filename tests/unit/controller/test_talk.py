"""What agents do while they talk: hold, colleagues, passing on, pauses of the recording; on the fake switch."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulated import World
from ivr.facts import CallRecord
from ivr.segments import PlainSegment, segments
from pbx.reports import BridgeChange
from queueing.router import AgentMode, Device
from ringback.config import Settings

SETTINGS = Settings.model_validate(
    {
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"], "wrap_up_seconds": 15},
            "billing": {"name": "Billing", "agents": ["clara"], "extension": "300"},
        },
        "agents": [
            {"name": "anna", "display": "Anna", "extension": "201"},
            {"name": "boris", "display": "Boris", "extension": "202"},
            {"name": "clara", "display": "Clara", "extension": "203"},
        ],
    }
)


def talking(**devices: Device) -> World:
    """c-1 talks with anna."""
    world = World(SETTINGS)
    world.switch.device("anna", Device.IDLE)
    world.switch.dial("c-1", "1000", "+12025550123", "Carol")
    world.settle()
    world.switch.press("c-1", "1")
    world.settle()
    world.switch.answer("anna")
    world.settle()
    for agent, device in devices.items():
        world.switch.device(agent, device)
    world.run(10)
    assert world.rows["c-1"].state == "talking"
    return world


def told(world: World) -> list[tuple[str, str | None, str | None]]:
    """The stretches of c-1: kind, agent, why."""
    return [(segment.kind, segment.agent, segment.why) for segment in segments(world.rows["c-1"].facts)]


def lengths(world: World) -> list[float | None]:
    return [
        None if segment.ended_at is None else round(segment.ended_at - segment.started_at, 3)
        for segment in segments(world.rows["c-1"].facts)
    ]


def goodbye(world: World, agent: str) -> None:
    world.switch.agent_hangs_up(agent)
    world.run(60)
    assert world.rows["c-1"].state == "ended"


def test_one_talk_is_one_stretch() -> None:
    world = talking()
    assert lengths(world) == [None]
    goodbye(world, "anna")
    assert told(world) == [("talk", "anna", "queue")]
    assert lengths(world) == [10]


def test_hold_is_a_stretch_and_ends_with_the_talk_at_the_latest() -> None:
    world = talking()
    world.switch.hold("anna")
    world.run(4)
    world.switch.hold("anna", held=False)
    world.run(2)
    world.switch.hold("anna")
    world.run(3)
    goodbye(world, "anna")
    assert told(world) == [("talk", "anna", "queue"), ("hold", "anna", None), ("hold", "anna", None)]
    assert lengths(world) == [19, 4, 3]


def test_a_caller_passed_on_to_an_agent_rings_there_and_is_asked_once_at_the_end() -> None:
    world = talking(boris=Device.IDLE)
    world.switch.transfer("anna", "202")
    world.settle()
    row = world.rows["c-1"]
    assert (row.state, row.facts.queue) == ("offered", "support")
    assert world.runner.router.agents["anna"].mode is AgentMode.WRAP_UP
    assert world.runner.router.agents["boris"].mode is AgentMode.RINGING
    world.run(5)
    world.switch.answer("boris")
    world.run(20)
    assert world.rows["c-1"].facts.agent == "boris"
    assert world.runner.router.agents["boris"].call == "c-1"
    goodbye(world, "boris")
    facts = world.rows["c-1"].facts
    assert (facts.result, facts.survey_outcome) == ("served", "silent")
    assert told(world) == [("talk", "anna", "queue"), ("talk", "boris", "blind")]
    assert lengths(world) == [10, 20]


def test_a_caller_whom_the_other_agent_does_not_take_waits_at_the_old_place() -> None:
    world = talking(boris=Device.IDLE)
    world.switch.transfer("anna", "202")
    world.run(21)
    row = world.rows["c-1"]
    assert row.state == "offered", "anna's wrap-up is over: the caller's turn"
    assert world.runner.router.agents["boris"].paused == "missed"
    assert world.switch.channels["c-1"].ringing == ("anna",)
    world.switch.answer("anna")
    world.run(5)
    goodbye(world, "anna")
    assert world.rows["c-1"].facts.result == "served"


def test_an_agent_who_is_not_there_costs_the_caller_nothing() -> None:
    world = talking()
    world.switch.transfer("anna", "202")
    world.settle()
    assert world.rows["c-1"].state == "waiting"
    assert world.runner.router.agents["boris"].paused is None, "who is not there has missed nothing"
    world.run(16)
    assert world.rows["c-1"].state == "offered"


def test_a_caller_passed_on_to_a_queue_has_the_place_of_the_arrival() -> None:
    world = talking()
    world.switch.transfer("anna", "300")
    world.settle()
    row = world.rows["c-1"]
    assert (row.state, row.facts.queue) == ("waiting", "billing")
    assert world.runner.router.waiting["c-1"].arrived_at == row.facts.arrived_at
    world.run(5)
    world.switch.device("clara", Device.IDLE)
    world.settle()
    world.switch.answer("clara")
    world.run(7)
    goodbye(world, "clara")
    assert told(world) == [("talk", "anna", "queue"), ("talk", "clara", "queue")]


def test_a_colleague_who_was_asked_first_gets_the_caller() -> None:
    world = talking(boris=Device.IDLE)
    world.switch.hold("anna")
    world.settle()
    world.switch.consult("anna", "boris")
    world.run(6)
    assert world.rows["c-1"].facts.agent == "anna"
    world.switch.transfer_to_colleague("anna", "boris")
    world.run(9)
    assert world.rows["c-1"].state == "talking"
    assert world.rows["c-1"].facts.agent == "boris"
    assert world.runner.router.agents["anna"].mode is AgentMode.WRAP_UP
    assert world.runner.router.agents["boris"].call == "c-1"
    goodbye(world, "boris")
    assert told(world) == [
        ("talk", "anna", "queue"),
        ("consult", "anna", None),
        ("hold", "anna", None),
        ("talk", "boris", "attended"),
    ]
    assert lengths(world) == [16, 6, 6, 9]


def test_a_caller_may_give_up_while_the_agent_asks_a_colleague() -> None:
    world = talking(boris=Device.IDLE)
    world.switch.hold("anna")
    world.switch.consult("anna", "boris")
    world.settle()
    world.switch.hang_up("c-1")
    world.run(10)
    assert world.rows["c-1"].snapshot is None
    for phone, agent in (("boris's phone", "boris"), ("anna asks", "anna")):
        world.runner.feed([BridgeChange(phone, "anna asks", agent, world.now, entered=False)], world.now)
    world.run(10)
    assert [kind for kind, *_ in told(world)] == ["talk", "consult", "hold"]
    assert None not in lengths(world)


def test_keys_stop_and_start_the_recording() -> None:
    world = talking()
    world.switch.press_as_agent("anna", "*9")
    world.run(3)
    assert world.switch.channels["c-1"].unrecorded
    world.switch.press_as_agent("anna", "*9")
    world.run(2)
    world.switch.press_as_agent("anna", "*8")
    world.run(1)
    assert not world.switch.channels["c-1"].unrecorded
    goodbye(world, "anna")
    assert told(world) == [("talk", "anna", "queue"), ("unrecorded", "anna", "key")]
    assert lengths(world) == [16, 5]


def test_a_pause_ends_with_the_talk() -> None:
    world = talking(boris=Device.IDLE)
    assert world.runner.pause_recording("c-1", "supervisor", "card", world.now)
    world.run(3)
    assert world.switch.channels["c-1"].unrecorded
    world.switch.transfer("anna", "202")
    world.settle()
    assert not world.switch.channels["c-1"].unrecorded
    assert not world.runner.pause_recording("c-1", "supervisor", "card", world.now), "nobody talks"
    assert not world.runner.pause_recording("gone", "supervisor", "card", world.now)
    assert told(world)[1] == ("unrecorded", "supervisor", "card")


def test_a_controller_killed_in_a_pause_pauses_again() -> None:
    world = talking()
    world.runner.pause_recording("c-1", "anna", "card", world.now)
    world.settle()
    world.kill_controller()
    world.switch.channels["c-1"].unrecorded = False
    world.run(3)
    world.start_controller()
    assert world.switch.channels["c-1"].unrecorded
    assert world.runner.resume_recording("c-1", "anna", world.now)
    world.settle()
    assert not world.switch.channels["c-1"].unrecorded


@pytest.mark.parametrize("to", ["202", "colleague"])
def test_a_caller_passed_on_while_nobody_listened_is_found_there(to: str) -> None:
    world = talking(boris=Device.IDLE)
    world.kill_controller()
    if to == "202":
        world.switch.transfer("anna", to)
    else:
        world.switch.consult("anna", "boris")
        world.switch.transfer_to_colleague("anna", "boris")
    world.run(2)
    world.start_controller()
    world.run(1)
    if to == "202":
        assert world.rows["c-1"].state == "offered"
        world.switch.answer("boris")
        world.run(1)
    assert (world.rows["c-1"].state, world.rows["c-1"].facts.agent) == ("talking", "boris")
    goodbye(world, "boris")
    assert world.rows["c-1"].facts.result == "served"


MOVES: list[list[Any]] = [
    [10.0, "joined", "anna", None],
    [12.0, "held", "anna", None],
    [13.0, "consults", "anna", None],
    [15.0, "consulted", "anna", None],
    [16.0, "left", "anna", None],
    [16.1, "joined", "boris", None],
    [17.0, "unrecorded", "boris", "card"],
    [19.0, "recorded", "boris", None],
    [20.0, "to agent", "boris", None],
    [20.1, "left", "boris", None],
    [25.0, "joined", "clara", None],
    [30.0, "left", "clara", None],
]


@given(st.permutations(MOVES))
@settings(max_examples=100, deadline=None)
def test_the_order_in_which_it_was_heard_of_decides_nothing(moves: list[list[Any]]) -> None:
    facts = CallRecord("1", agent="clara", connected_at=10.0, released_at=30.0, ended_at=40.0, moves=moves)
    assert segments(facts) == [
        PlainSegment("talk", "anna", 10.0, 16.0, "queue"),
        PlainSegment("hold", "anna", 12.0, 16.0),
        PlainSegment("consult", "anna", 13.0, 15.0),
        PlainSegment("talk", "boris", 16.1, 20.1, "attended"),
        PlainSegment("unrecorded", "boris", 17.0, 19.0, "card"),
        PlainSegment("talk", "clara", 25.0, 30.0, "blind"),
    ]
