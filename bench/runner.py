"""The controller's own work without Asterisk: whole calls on the fake switch, and their rows on SQLite.

The clock is invented, so this is pure Python speed: what one core could decide, and what one store could
write. The limit beside each is what 20 new calls a second ask for.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from app import bootstrap
from bench.report import Figure, median
from controller.output import Output
from controller.runner import Runner
from controller.simulated import World
from controller.store import ControllerStore
from queueing.router import Device
from ringback.config import Agent, Queue, Settings
from ringback.store.engine import open_store

CALLS_A_SECOND = 20.0
AT_ONCE = 20
"""Calls inside at the same time, and agents who serve them."""


class _Noting(Runner):
    """A runner that keeps what it put out."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.outputs: list[Output] = []

    def take_output(self) -> Output:
        out = super().take_output()
        self.outputs.append(out)
        return out


def run(quick: bool) -> dict[str, Any]:
    """`figures`, and every run in `details`."""
    waves = 5 if quick else 25
    rounds = 2 if quick else 5
    deciding = [decide(waves) for _ in range(rounds)]
    writing = [_write(waves) for _ in range(rounds)]
    calls = median([calls / seconds for calls, seconds in deciding])
    commits = median([commits / seconds for _, commits, seconds in writing])
    a_call = writing[0][1] / writing[0][0]
    figures = [
        Figure("whole calls decided", calls, "/s", "asked for", CALLS_A_SECOND, calls / CALLS_A_SECOND),
        Figure(
            "steps committed to SQLite",
            commits,
            "/s",
            "asked for",
            CALLS_A_SECOND * a_call,
            commits / (CALLS_A_SECOND * a_call),
        ),
    ]
    details = {
        "calls_per_second": [round(calls / seconds, 1) for calls, seconds in deciding],
        "commits_per_second": [round(commits / seconds, 1) for _, commits, seconds in writing],
        "commits_per_call": round(a_call, 2),
    }
    return {"figures": figures, "details": details}


def _settings(folder: Path) -> Settings:
    agents = [Agent(name=f"agent{n}", display=f"Agent {n}", extension=f"3{n:02}") for n in range(AT_ONCE)]
    queue = Queue(name="Support", agents=[agent.name for agent in agents], wrap_up_seconds=0)
    return Settings(data=folder, agents=agents, queues={"support": queue, "billing": queue})


def decide(waves: int) -> tuple[int, float]:
    """So many waves of calls through the runner: how many calls, in how many seconds."""
    settings = _settings(Path("unused"))
    world = World(settings)
    for agent in settings.agents:
        world.switch.device(agent.name, Device.IDLE)
    began = time.perf_counter()
    for wave in range(waves):
        _wave(world, [f"{wave}.{n}" for n in range(AT_ONCE)])
    seconds = time.perf_counter() - began
    _all_served(world, waves * AT_ONCE)
    return waves * AT_ONCE, seconds


def _wave(world: World, names: list[str]) -> None:
    """Calls from the first prompt to the goodbye; each step is the controller's to answer on its own."""
    for name in names:
        world.switch.dial(name, "1000", "+12025550100", "Caller")
        world.settle()
    for name in names:
        world.switch.press(name, "1")
        world.settle()
    for ringing in [channel.ringing for channel in world.switch.channels.values()]:
        for agent in ringing:
            world.switch.answer(agent)
            world.settle()
    for agent in [channel.talking_to for channel in world.switch.channels.values()]:
        if agent is not None:
            world.switch.agent_hangs_up(agent)
            world.settle()
    for name in names:
        world.switch.press(name, "2")
        world.settle()
    world.run(15)


def _all_served(world: World, count: int) -> None:
    served = sum(row.facts.result == "served" and row.snapshot is None for row in world.rows.values())
    if served != count:
        raise AssertionError(f"{served} of {count} calls were served to the end: this measured something else")


def _write(waves: int) -> tuple[int, int, float]:
    """What the runner put out, into a store: calls, commits, seconds."""
    with tempfile.TemporaryDirectory(prefix="rb-") as folder:
        settings = _settings(Path(folder))
        world = World(settings)
        noting = world.runner = _Noting(settings)
        for agent in settings.agents:
            world.switch.device(agent.name, Device.IDLE)
        for wave in range(waves):
            _wave(world, [f"{wave}.{n}" for n in range(AT_ONCE)])
        _all_served(world, waves * AT_ONCE)
        bootstrap.prepare(settings)
        engine = open_store(settings.store_url)
        controller_store = ControllerStore(engine, settings)
        outputs = [out for out in noting.outputs if out.writes or out.agents]
        began = time.perf_counter()
        for out in outputs:
            controller_store.write(out)
        seconds = time.perf_counter() - began
        engine.dispose()
    return waves * AT_ONCE, len(outputs), seconds
