"""Settings change while callers are inside: each goes on as the call began, whoever comes is served by the new ones."""

import pytest

from controller.simulated import World
from ivr.table import CallState
from queueing.router import Device
from ringback.config import Settings

OLD = {
    "menus": {
        "main": {
            "prompt": "menu-main",
            "operator_queue": "support",
            "options": {"1": {"label": "Sales", "queue": "sales"}, "2": {"label": "Bill", "queue": "billing"}},
        }
    },
    "agents": [
        {"name": "anna", "display": "Anna", "extension": "201"},
        {"name": "boris", "display": "Boris", "extension": "202"},
    ],
    "queues": {
        "support": {"name": "Support", "agents": ["anna"]},
        "sales": {"name": "Sales", "agents": ["boris"]},
        "billing": {"name": "Billing", "agents": ["boris"]},
    },
}
NEW = {
    "menus": {
        "main": {
            "prompt": "menu-other",
            "operator_queue": "help",
            "options": {"1": {"label": "Billing", "queue": "billing"}},
        }
    },
    "agents": [
        {"name": "anna", "display": "Anna", "extension": "201"},
        {"name": "carol", "display": "Carol", "extension": "203"},
    ],
    "queues": {
        "help": {"name": "Help", "agents": ["anna", "carol"], "extension": "300"},
        "billing": {"name": "Billing", "agents": ["carol"]},
    },
    "lines": [
        {"number": "1000", "name": "Support"},
        {"number": "2000", "name": "New"},
    ],
}


@pytest.fixture
def world() -> World:
    return World(Settings.model_validate(OLD))


def publish(world: World) -> None:
    world.publish(Settings.model_validate(NEW))


def call(world: World, name: str, *keys: str, line: str = "1000") -> None:
    world.switch.dial(name, line)
    world.settle()
    for key in keys:
        world.switch.press(name, key)
        world.run(1)


def state(world: World, name: str) -> tuple[CallState, str | None]:
    row = world.rows[name]
    return row.state, row.facts.queue


def test_a_caller_in_the_menu_is_served_by_the_menu_that_was_heard(world: World) -> None:
    call(world, "inside")
    publish(world)
    world.switch.press("inside", "2")
    call(world, "outside", "2")
    world.run(1)
    assert state(world, "inside") == ("waiting", "billing")
    assert state(world, "outside")[0] == "menu", "2 is no choice any more"


def test_a_choice_of_before_whose_queue_is_gone_leads_to_a_person(world: World) -> None:
    call(world, "inside")
    publish(world)
    world.switch.press("inside", "1")
    world.run(1)
    assert state(world, "inside") == ("waiting", "help")
    visits = [(visit[0], visit[4], visit[8]) for visit in world.rows["inside"].facts.visits]
    assert visits == [("sales", "overflow", "queue_gone"), ("help", None, None)]
    world.switch.device("carol", Device.IDLE)
    world.settle()
    assert state(world, "inside")[0] == "offered"


def test_who_waits_in_a_queue_that_goes_is_moved_and_answered(world: World) -> None:
    call(world, "first", "1")
    call(world, "second", "1")
    assert state(world, "first") == ("waiting", "sales")
    publish(world)
    assert [state(world, name) for name in ("first", "second")] == [("waiting", "help")] * 2
    world.switch.device("carol", Device.IDLE)
    world.settle()
    assert [state(world, name)[0] for name in ("first", "second")] == ["offered", "waiting"]


def test_who_is_rung_for_in_a_queue_that_goes_loses_no_place(world: World) -> None:
    world.switch.device("boris", Device.IDLE)
    call(world, "first", "1")
    assert state(world, "first") == ("offered", "sales")
    publish(world)
    world.run(30)
    assert state(world, "first") == ("waiting", "help"), "boris did not answer, and is no agent any more"
    assert "boris" not in world.runner.router.agents
    assert world.agents.keys() == {"anna", "carol"}


def test_a_talk_with_an_agent_who_goes_goes_on(world: World) -> None:
    world.switch.device("boris", Device.IDLE)
    call(world, "first", "1")
    world.switch.answer("boris")
    world.run(5)
    publish(world)
    world.run(60)
    assert state(world, "first") == ("talking", "sales")
    assert world.agents.keys() >= {"boris"}
    world.switch.hang_up("first")
    world.run(3)
    assert world.rows["first"].facts.result == "served"
    assert world.agents.keys() == {"anna", "carol"}


def test_a_line_that_goes_serves_who_has_dialled_it_already(world: World) -> None:
    call(world, "russian", line="1001")
    publish(world)
    call(world, "late", line="1001")
    assert [world.rows[name].facts.language for name in ("russian", "late")] == ["ru", "ru"]
    call(world, "new", line="2000")
    assert state(world, "new")[0] != "ended"


@pytest.mark.parametrize("times", [1, 3])
def test_a_controller_that_is_killed_goes_on_with_what_each_call_began_with(world: World, times: int) -> None:
    call(world, "inside")
    publish(world)
    call(world, "later")
    for _ in range(times):
        world.kill_controller()
        world.run(2)
        world.start_controller()
    prompts = {name: world.runner.calls[name].flow.menu.prompt for name in ("inside", "later")}
    assert prompts == {"inside": "menu-main", "later": "menu-other"}
    world.switch.press("inside", "1")
    world.run(1)
    assert state(world, "inside") == ("waiting", "help")


def test_a_caller_of_before_is_passed_on_to_a_queue_that_is_new(world: World) -> None:
    world.switch.device("anna", Device.IDLE)
    call(world, "first", "0")
    world.switch.answer("anna")
    world.run(2)
    publish(world)
    world.switch.transfer("anna", "300")
    world.run(2)
    assert state(world, "first")[1] == "help"
    assert world.runner.calls["first"].flow.menu.prompt == "menu-main"


def test_fifty_versions_under_callers_who_wait(world: World) -> None:
    for number in range(50):
        call(world, f"call-{number}", "1")
        world.publish(Settings.model_validate(NEW if number % 2 == 0 else OLD))
    waiting = [state(world, f"call-{number}") for number in range(50)]
    assert {found for found, _ in waiting} == {"waiting"}
    assert len(world.runner.router.waiting) == 50
    assert {queue for _, queue in waiting} <= {"support", "billing", "sales"}
