"""Days of invented calls in a store, as the controller leaves them: what a replay is tried and measured on.

Callers, agents and what they do are drawn by lot; everything else is the controller's own work on the fake switch, and
its store writes the rows. `copies` makes many days of one, because rows are quicker to copy than to earn.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from random import Random
from typing import Any

from sqlalchemy import Engine, insert, select

from callback import commands
from calls.models import AgentStateChange, Call, CallEvent, QueueVisit
from controller.output import Output
from controller.simulated import World
from controller.store import ControllerStore
from ivr import commands as cmd
from pbx.fake_switch import Channel, FakeSwitch
from pbx.legs import LegCommand
from queueing.agents import AgentMode
from queueing.router import Device
from ringback.config import Settings
from ringback.store.base import uuid7

NINE = 1_800_003_600.0
"""When the day begins: nine o'clock in UTC, on a Friday."""
DAY = 8 * 3600.0
TOGETHER = 100
"""Steps that are written in one transaction."""


def settings(agents: int = 12, **changes: Any) -> Settings:
    """A line with a menu below its menu, and three queues."""
    names = [f"a{number:02}" for number in range(agents)]
    menus = {
        "main": {
            "prompt": "menu-main",
            "operator_queue": "support",
            "options": {
                "1": {"label": "Something does not work", "queue": "support"},
                "2": {"label": "Orders and bills", "menu": "orders"},
                "3": {"label": "Opening hours", "end": "goodbye"},
            },
        },
        "orders": {
            "prompt": "menu-main",
            "operator_queue": "orders",
            "options": {"1": {"label": "An order", "queue": "orders"}, "2": {"label": "A bill", "queue": "billing"}},
        },
    }
    queues = {
        "support": {"name": "Support", "agents": names[: agents // 2], "extension": "7001"},
        "orders": {"name": "Orders", "agents": names[agents // 3 :], "extension": "7002"},
        "billing": {"name": "Billing", "agents": names[agents // 2 :], "extension": "7003"},
    }
    given = {
        "agents": [{"name": name, "display": name, "extension": str(3000 + at)} for at, name in enumerate(names)],
        "lines": [{"number": "1000", "name": "Main", "default_country": "US"}],
        "menus": menus,
        "queues": queues,
    }
    return Settings.model_validate(given | changes)


WAYS = (("1",), ("1",), ("1",), ("2", "1"), ("2", "1"), ("2", "2"), ("3",), ())
"""Keys of callers, each as often as the others; none: a person comes after three silent tries."""


class _Floor(FakeSwitch):
    """People at the phones of one day."""

    def __init__(self, report: Callable[..., None]) -> None:
        super().__init__(report)
        self.lot = Random(1)
        self.world: World

    def _ring(self, channel: Channel, command: cmd.Ring, agents: tuple[str, ...], seconds: float) -> None:
        super()._ring(channel, command, agents, seconds)
        for agent in channel.ringing:
            if self.lot.random() < 0.98:
                self.at(self.now + self.lot.uniform(2, 8), lambda who=agent: self._pick_up(channel, who))  # type: ignore[misc]
            else:
                self.at(self.now + 180, lambda who=agent: self._comes_back(who))  # type: ignore[misc]

    def _comes_back(self, agent: str) -> None:
        if self.world.runner.router.agents[agent].paused == "missed":
            self.world.runner.resume(agent, self.now)

    def _pick_up(self, channel: Channel, agent: str) -> None:
        if agent in channel.ringing:
            self.answer(agent)
            self.at(self.now + self.lot.lognormvariate(5.0, 0.6), lambda: self._end_talk(channel, agent))

    def _end_talk(self, channel: Channel, agent: str) -> None:
        if channel.talking_to != agent or channel.call_id not in self.channels:
            return
        if channel.call_id not in self.legs and self.lot.random() < 0.04:
            self.transfer(agent, self.lot.choice(("7001", "7002", "7003")))
        elif self.lot.random() < 0.5 or channel.call_id in self.legs:
            self.hang_up(channel.call_id)
        else:
            self.agent_hangs_up(agent)
            self.at(self.now + 6, lambda: self._hang_up(channel.call_id))
        if self.lot.random() < 0.3:
            self.at(self.now + self.lot.uniform(2, 12), lambda: self._end_wrap_up(agent))

    def _end_wrap_up(self, agent: str) -> None:
        if self.world.runner.router.agents[agent].mode is AgentMode.WRAP_UP:
            self.world.runner.resume(agent, self.now)

    def _hang_up(self, call_id: str) -> None:
        if call_id in self.channels:
            self.hang_up(call_id)

    def do_leg(self, leg: str, command: LegCommand) -> None:
        super().do_leg(leg, command)
        whom = self.legs.get(leg)
        if isinstance(command, commands.DialAgent | commands.DialCustomer) and whom is not None:
            self.at(self.now + 6, lambda: self._answer_leg(leg, whom))

    def _answer_leg(self, leg: str, whom: str) -> None:
        if leg not in self.legs or leg in self.answered:
            return
        self.answer_leg(whom)
        if leg in self.channels:
            self.at(self.now + self.lot.lognormvariate(5.0, 0.6), lambda: self._hang_up(leg))


class _Day(World):
    """A day on that floor."""

    switch: _Floor

    def _new_switch(self) -> _Floor:
        floor = _Floor(self._reported.append)
        floor.world = self
        return floor

    def call(self, call_id: str, lot: Random) -> None:
        """A caller who knows what is wanted, more or less patiently."""
        number = f"+1202555{lot.randrange(10_000):04}"
        self.switch.dial(call_id, "1000", number)
        at = self.now
        for key in lot.choice(WAYS):
            at += lot.uniform(3, 10)
            self.switch.at(at, lambda key=key: self._press(call_id, key))  # type: ignore[misc]
        patience = lot.expovariate(1 / 240)
        if lot.random() < 0.03:
            self.switch.at(at + 60, lambda: self._press(call_id, "1"))
            self.switch.at(at + 63, lambda: self._press(call_id, "1"))
        self.switch.at(at + patience, lambda: self._give_up(call_id))

    def _press(self, call_id: str, key: str) -> None:
        channel = self.switch.channels.get(call_id)
        if channel is not None and channel.talking_to is None:
            self.switch.press(call_id, key)

    def _give_up(self, call_id: str) -> None:
        channel = self.switch.channels.get(call_id)
        if channel is not None and channel.talking_to is None:
            self.switch.hang_up(call_id)

    def work(self, agent: str, begins: float, lot: Random) -> None:
        """A shift with a pause in it."""
        ends = begins + DAY - 1800
        self.switch.device(agent, Device.IDLE)
        self.runner.logout(agent, self.now)
        pause = lot.uniform(begins + 2 * 3600, ends - 2 * 3600)
        steps = (
            (begins, lambda: self.runner.login(agent, self.now)),
            (pause, lambda: self.runner.pause(agent, "lunch", self.now)),
            (pause + 1800, lambda: self.runner.resume(agent, self.now)),
            (ends, lambda: self.runner.logout(agent, self.now)),
        )
        for at, step in steps:
            self.switch.at(at, step)


def day(engine: Engine, given: Settings, calls: int, seed: int = 1) -> None:
    """Calls of one day into an empty store."""
    lot = Random(seed)
    store = ControllerStore(engine, given)
    waiting: list[Output] = []

    def flush() -> None:
        if waiting:
            store.write(reduce(Output.followed_by, waiting))
            waiting.clear()

    def write(out: Output) -> None:
        if out.has_rows:
            waiting.append(out)
        if len(waiting) >= TOGETHER:
            flush()

    world = _Day(given, NINE - 600, write)
    for agent in given.agents:
        world.work(agent.name, NINE - lot.uniform(0, 500), lot)
    for number in range(calls):
        at = NINE + lot.uniform(0, DAY - 3600)
        world.switch.at(at, lambda number=number: world.call(f"{seed}.{number}", lot))  # type: ignore[misc]
    world.run(DAY + 3 * 3600)
    flush()


def copies(engine: Engine, count: int) -> None:
    """The day of the store again on each of the next `count` days."""
    tables = (Call, QueueVisit, CallEvent, AgentStateChange)
    with engine.begin() as connection:
        for model in tables:
            table = model.__table__
            rows = [dict(row) for row in connection.execute(select(table)).mappings()]
            for number in range(1, count + 1):
                shift = timedelta(days=number)
                moved = [_moved(row, number, shift) for row in rows]
                for begin in range(0, len(moved), 2000):
                    connection.execute(insert(table), moved[begin : begin + 2000])


def _moved(row: dict[str, Any], number: int, shift: timedelta) -> dict[str, Any]:
    made = {name: value + shift if hasattr(value, "tzinfo") else value for name, value in row.items()}
    if "call_id" in made:
        made["call_id"] = f"{row['call_id']}.{number}"
    if isinstance(row["id"], int):
        del made["id"]
    else:
        made["id"] = uuid7()
    return made
