"""Closed hours on the fake switch: what callers are told and can do, and those who wait as the line closes."""

from datetime import UTC, datetime

from controller.simulated import World
from queueing.router import Device
from ringback.config import Settings

NUMBER = "+12025550123"
FRIDAY = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
SETTINGS = Settings.model_validate(
    {
        "hours": {"office": {"week": {"mon-fri": ["09:00-18:00"]}}, "late": {"week": {"mon-fri": ["09:00-22:00"]}}},
        "lines": [
            {"number": "1000", "name": "Support", "hours": "office"},
            {"number": "1001", "name": "Always"},
        ],
        "queues": {
            "support": {"name": "Support", "agents": ["anna"], "wrap_up_seconds": 0},
            "billing": {"name": "Billing", "agents": ["boris"], "hours": "late", "callback": "off"},
        },
        "trunk": {"host": "127.0.0.1"},
        "callbacks": {"hours": "00:00-24:00"},
    }
)


def world_at(clock: str) -> World:
    hour, _, minute = clock.partition(":")
    return World(SETTINGS, start=FRIDAY + int(hour) * 3600 + int(minute) * 60)


def dial(world: World, line: str = "1000", name: str = "c-1") -> None:
    world.switch.dial(name, line, NUMBER, "Carol")
    world.settle()


def test_a_closed_line_says_why_and_until_when() -> None:
    world = world_at("19:00")
    dial(world)
    assert world.rows["c-1"].state == "closed"
    heard = world.switch.channels["c-1"].heard
    assert heard == ["notice", "closed", "opens-mon", "at-9-00", "callback-later", "message-offer"]


def test_a_callback_at_closed_hours_comes_when_we_open() -> None:
    world = world_at("19:00")
    dial(world)
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "callback"
    world.switch.press("c-1", "1")
    world.settle()
    assert world.rows["c-1"].state == "reason"
    world.run(20)
    row = world.rows["c-1"]
    assert (row.facts.result, row.facts.closed, row.facts.queue) == ("promised", True, None)
    assert row.facts.opens_at == FRIDAY + (3 * 24 + 9) * 3600
    assert world.switch.channels == {}
    [promise] = world.promises.values()
    assert promise.snapshot["queue"] == "support"
    world.switch.device("anna", Device.IDLE)
    world.run(600)
    assert world.switch.dialled == [], "nobody is rung before we open"
    world.run(row.facts.opens_at - world.now + 1)
    assert world.switch.dialled == ["anna"]


def test_who_does_not_confirm_the_number_is_asked_again_what_to_do() -> None:
    world = world_at("19:00")
    dial(world)
    world.switch.press("c-1", "1")
    world.run(20)
    assert world.rows["c-1"].state == "closed"
    assert world.switch.channels["c-1"].heard[-2:] == ["callback-later", "message-offer"]


def test_a_message_at_closed_hours() -> None:
    world = world_at("19:00")
    dial(world)
    world.switch.press("c-1", "2")
    world.settle()
    assert world.rows["c-1"].state == "message"
    world.run(20)
    row = world.rows["c-1"]
    assert (row.facts.result, row.state) == ("message", "ended")


def test_who_chooses_nothing_hears_goodbye_and_is_counted_as_closed() -> None:
    world = world_at("19:00")
    dial(world)
    world.switch.press("c-1", "7")
    world.run(120)
    row = world.rows["c-1"]
    assert (row.facts.result, row.facts.queue) == ("closed", None)


def test_who_hangs_up_at_closed_hours_is_counted_as_closed() -> None:
    world = world_at("08:00")
    dial(world)
    world.switch.hang_up("c-1")
    world.run(5)
    assert world.rows["c-1"].facts.result == "closed"


def test_a_choice_can_be_closed_by_itself() -> None:
    world = world_at("23:00")
    dial(world, "1001")
    assert world.rows["c-1"].state == "greeting"
    world.switch.press("c-1", "2")
    world.settle()
    row = world.rows["c-1"]
    assert (row.state, row.facts.queue, row.facts.menu_path[-1]["key"]) == ("closed", "billing", "2")
    assert world.switch.channels["c-1"].heard[-4:] == ["closed", "opens-mon", "at-9-00", "message-offer"], (
        "no callbacks"
    )
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "closed", "key 1 was not offered"


def test_everybody_who_waits_is_offered_a_callback_before_the_end_once() -> None:
    world = world_at("17:30")
    dial(world)
    world.switch.press("c-1", "1")
    world.run(14 * 60)
    channel = world.switch.channels["c-1"]
    assert "closing-soon" not in channel.heard
    world.run(10 * 60)
    assert channel.heard.count("closing-soon") == 1
    assert channel.heard[channel.heard.index("closing-soon") + 1] == "callback-offer"
    world.switch.press("c-1", "1")
    world.run(1)
    assert world.rows["c-1"].state == "callback"


def test_who_waits_at_the_end_is_served_while_somebody_is_there() -> None:
    world = world_at("17:50")
    world.switch.device("anna", Device.IN_USE)
    dial(world)
    world.switch.press("c-1", "1")
    world.run(20 * 60)
    assert world.rows["c-1"].state == "waiting"
    world.switch.device("anna", Device.IDLE)
    world.run(1)
    world.switch.answer("anna")
    world.run(1)
    assert world.rows["c-1"].state == "talking"


def test_who_waits_when_the_last_agent_goes_is_told() -> None:
    world = world_at("17:50")
    world.switch.device("anna", Device.IN_USE)
    dial(world)
    world.switch.press("c-1", "1")
    world.run(15 * 60)
    world.switch.device("anna", Device.UNREACHABLE)
    world.run(6)
    assert world.rows["c-1"].state == "closed"
    assert "closed" in world.switch.channels["c-1"].heard
    assert "c-1" not in world.runner.router.waiting
    world.switch.press("c-1", "1")
    world.run(1)
    world.switch.press("c-1", "1")
    world.run(30)
    assert world.rows["c-1"].facts.result == "promised"
    [promise] = world.promises.values()
    assert promise.snapshot["arrived_at"] == world.rows["c-1"].facts.arrived_at, "the place is kept"


def test_a_controller_killed_at_closed_hours_asks_again() -> None:
    world = world_at("19:00")
    dial(world)
    world.kill_controller()
    world.run(25)
    world.start_controller()
    world.run(1)
    heard = world.switch.channels["c-1"].heard
    assert heard.count("message-offer") == 2
    world.switch.press("c-1", "2")
    world.settle()
    assert world.rows["c-1"].state == "message"
