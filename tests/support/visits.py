"""Stories of callers who visit queues, on the fake switch: each plays one until its call has settled."""

from datetime import UTC, datetime

from controller.simulated import World
from controller.visits import visits
from ivr import commands as cmd
from ivr.events import Event
from pbx.reports import BridgeChange
from queueing.router import Device
from ringback.config import Settings

NUMBER = "+12025550123"
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC).timestamp()
"""A Friday, in Washington, where the number is."""
SETTINGS = Settings.model_validate(
    {
        "hours": {"day": {"week": {"mon-fri": ["09:00-17:10"]}}, "night": {"week": {"mon-fri": ["20:00-22:00"]}}},
        "lines": [{"number": "1000", "name": "Support"}, {"number": "1001", "name": "Hours", "menu": "hours"}],
        "menus": {
            name: {
                "prompt": "menu-main",
                "options": {str(key): {"label": queue, "queue": queue} for key, queue in enumerate(queues, 1)},
                "person": "support",
            }
            for name, queues in {
                "main": ("support", "billing", "sales", "returns"),
                "hours": ("shut", "brief"),
            }.items()
        },
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"], "wrap_up_seconds": 0, "extension": "301"},
            "billing": {"name": "Billing", "agents": ["clara"], "extension": "300", "survey": None},
            "sales": {"name": "Sales", "agents": ["anna"], "longest_wait": {"seconds": 40, "to": "billing"}},
            "returns": {"name": "Returns", "agents": ["clara"], "most_callers": {"callers": 1, "to": "message"}},
            "shut": {"name": "Shut", "agents": ["clara"], "hours": "night"},
            "brief": {"name": "Brief", "agents": ["clara"], "hours": "day"},
        },
        "agents": [
            {"name": "anna", "display": "Anna", "extension": "201"},
            {"name": "boris", "display": "Boris", "extension": "202"},
            {"name": "clara", "display": "Clara", "extension": "203"},
        ],
        "trunk": {"host": "127.0.0.1"},
    }
)


def caller(world: World, key: str = "1", name: str = "c-1", number: str = NUMBER, line: str = "1000") -> World:
    """Chooses in the menu at once: enters the line at the second of the arrival."""
    world.switch.dial(name, line, number, "Carol")
    world.settle()
    world.switch.press(name, key)
    world.settle()
    return world


def quiet(key: str = "1", line: str = "1000") -> World:
    """c-1 has chosen, and nobody is there."""
    return caller(World(SETTINGS, start=NOON), key, line=line)


def talking(agent: str = "anna", key: str = "1") -> World:
    """c-1 has waited 5 s and talks with the agent since 10 s ago."""
    world = World(SETTINGS, start=NOON)
    world.switch.device(agent, Device.IDLE)
    caller(world, key)
    world.run(5)
    world.switch.answer(agent)
    world.run(10)
    return world


def over(world: World, name: str = "c-1") -> World:
    """Until the call has settled."""
    world.run(60)
    assert world.rows[name].snapshot is None
    return world


def answered() -> World:
    world = talking()
    world.switch.agent_hangs_up("anna")
    world.settle()
    world.switch.press("c-1", "1")
    return over(world)


def abandoned() -> World:
    world = quiet()
    world.run(30)
    world.switch.hang_up("c-1")
    return over(world)


def abandoned_while_it_rings() -> World:
    world = World(SETTINGS, start=NOON)
    world.switch.device("anna", Device.IDLE)
    caller(world)
    world.run(7)
    world.switch.hang_up("c-1")
    return over(world)


def missed_and_answered() -> World:
    world = World(SETTINGS, start=NOON)
    world.switch.device("anna", Device.IDLE)
    caller(world)
    world.run(25)
    world.switch.device("anna", Device.UNREACHABLE)
    world.switch.device("boris", Device.IDLE)
    world.run(5)
    world.switch.answer("boris")
    world.run(10)
    world.switch.hang_up("c-1")
    return over(world)


def promised() -> World:
    world = quiet()
    world.run(4)
    world.switch.press("c-1", "1")
    world.run(1)
    world.switch.press("c-1", "1")
    return over(world)


def moved_by_the_limit() -> World:
    world = quiet("3")
    world.run(50)
    world.switch.device("clara", Device.IDLE)
    world.run(5)
    world.switch.answer("clara")
    world.run(10)
    world.switch.agent_hangs_up("clara")
    return over(world)


def one_too_many() -> World:
    world = caller(quiet("4"), "4", "c-0", "+12025550124")
    return over(world, "c-0")


def queue_is_closed() -> World:
    world = quiet("1", "1001")
    world.switch.hang_up("c-1")
    return over(world)


def queue_closes() -> World:
    world = quiet("2", "1001")
    world.run(11 * 60)
    return over(world)


def passed_on_to_a_queue() -> World:
    world = talking()
    world.switch.transfer("anna", "300")
    world.run(20)
    world.switch.hang_up("c-1")
    return over(world)


def passed_on_to_an_agent() -> World:
    world = talking()
    world.switch.device("boris", Device.IDLE)
    world.switch.transfer("anna", "202")
    world.run(5)
    world.switch.answer("boris")
    world.run(10)
    world.switch.agent_hangs_up("boris")
    world.run(1)
    world.switch.hang_up("c-1")
    return over(world)


def passed_on_to_an_agent_who_does_not_answer() -> World:
    world = talking()
    world.switch.device("boris", Device.IDLE)
    world.switch.transfer("anna", "202")
    world.switch.device("anna", Device.UNREACHABLE)
    world.run(30)
    world.switch.hang_up("c-1")
    return over(world)


def taken_from_the_line_by_somebody() -> World:
    world = quiet()
    world.run(8)
    for channel, agent in (("c-1", ""), ("clara's phone", "clara")):
        world.runner.feed([BridgeChange(channel, "b", agent, world.now)], world.now)
    world.settle()
    world.run(8)
    world.switch.hang_up("c-1")
    return over(world)


def switch_dies() -> World:
    world = quiet()
    world.run(12)
    world.kill_controller()
    world.run(3)
    world.switch.die()
    world.start_controller(lost_at=world.now - 3)
    return over(world)


def ended_while_nobody_looked() -> World:
    world = quiet()
    world.run(12)
    world.kill_controller()
    world.switch.hang_up("c-1")
    world.run(3)
    world.start_controller(lost_at=world.now - 3)
    return over(world)


def our_own_fault() -> World:
    world = quiet()
    world.run(6)
    call = world.runner.calls["c-1"]

    def broken(_event: Event, _now: float) -> list[cmd.Command]:
        del call.receive  # type: ignore[method-assign]
        raise RuntimeError("a fault of ours")

    call.receive = broken  # type: ignore[method-assign]
    world.switch.press("c-1", "5")
    world.settle()
    return over(world)


Told = tuple[str, float, str, float | None, str | None, str | None, str | None]


def told(world: World, name: str = "c-1") -> list[Told]:
    """The visits of a call, in seconds since it arrived."""
    facts = world.rows[name].facts
    start = facts.arrived_at or 0.0
    return [
        (
            visit.queue,
            round(visit.entered_at - start, 3),
            visit.came_by,
            None if visit.left_at is None else round(visit.left_at - start, 3),
            visit.outcome,
            visit.agent,
            visit.reason,
        )
        for visit in visits(facts)
    ]
