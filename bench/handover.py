"""Hundreds wait on the real Asterisk and an agent gets free: how long until the phone rings for the next.

From the agent's hanging up (BYE) to the next INVITE at the same phone: Asterisk, the controller's decision, its
rows and its commands are all in between. Who was served calls again, so that the line stays as long as it is.
"""

import asyncio
import os
import random
import time
from typing import Any

from sqlalchemy import func, select

from app.trial.trial import Trial
from bench.peak import cpu_seconds
from bench.phones import Call, Phone, any_of
from bench.report import Figure, percentile
from calls.models import Call as Row

WANTED_MS = 150.0
LINE = "1000"
AGENTS = 4
CALLS_A_SECOND = 6.0
TALK_SECONDS = (2.0, 6.0)
FILL_SECONDS = 120.0
SETTINGS: dict[str, Any] = {
    "sip": {"rtp_first": 32000, "rtp_last": 32759},
    "lines": [{"number": LINE, "name": "Many", "notice": None, "menu": "short"}],
    "menus": {
        "short": {
            "prompt": "digit-5",
            "options": {"1": {"label": "Support", "queue": "support"}},
            "operator_queue": "support",
        }
    },
    "queues": {
        "support": {
            "name": "Support",
            "agents": [f"agent{number}" for number in range(1, AGENTS + 1)],
            "wrap_up_seconds": 0,
            "survey": None,
        }
    },
    "agents": [
        {"name": f"agent{number}", "display": f"Agent {number}", "extension": str(200 + number)}
        for number in range(1, AGENTS + 1)
    ],
}


class Crowd:
    """The callers who wait, and the agents who take one after another."""

    def __init__(self, trial: Trial, callers: int, wanted: int) -> None:
        self.trial, self.callers, self.wanted = trial, callers, wanted
        self.delays: list[float] = []
        """Seconds from BYE to INVITE."""
        self.waiting: list[int] = []
        """How many waited, seen once a second during the measurement."""
        self.refused = 0
        self.busy: dict[str, float] = {}
        """By process: the share of one core it used while the agents worked."""
        self._freed: dict[str, float] = {}
        self._done = asyncio.Event()

    async def run(self) -> None:
        """Fills the line, signs the agents in, and ends with the last hand-over wanted."""
        port = self.trial.settings.sip.port
        street = await Phone(port, voice=False).open()
        tasks = [asyncio.create_task(self._call(street, number)) for number in range(self.callers)]
        agents: list[Phone] = []
        try:
            await self._fill()
            agents += [await self._sign_in(agent.name) for agent in self.trial.settings.agents]
            before, began = self._cpu(), time.monotonic()
            while not await any_of(1, self._done):
                self.waiting.append(await asyncio.to_thread(self._count))
            seconds = time.monotonic() - began
            self.busy = {name: round((now - before[name]) / seconds, 2) for name, now in self._cpu().items()}
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            for phone in (*agents, street):
                await phone.close()
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def _fill(self) -> None:
        """Until all wait; those that do not fit in time are missed in `waiting`."""
        deadline = time.monotonic() + FILL_SECONDS
        while await asyncio.to_thread(self._count) < self.callers and time.monotonic() < deadline:
            await asyncio.sleep(0.5)

    def _count(self) -> int:
        with self.trial.sessions()() as session:
            return session.execute(select(func.count()).where(Row.state == "waiting")).scalar_one()

    def _cpu(self) -> dict[str, float]:
        pids = {"asterisk": self.trial.asterisk_pid(), "these phones": os.getpid()}
        pids |= {part: self.trial.pid(part) for part in ("controller", "worker")}
        return {name: cpu_seconds(pid) for name, pid in pids.items() if pid is not None}

    async def _call(self, street: Phone, number: int) -> None:
        """Waits until served, and calls again."""
        await asyncio.sleep(number / CALLS_A_SECOND)
        while True:
            call = street.dial(LINE, f"+1202556{1000 + number}", f"Waiting {number}")
            await any_of(20, call.answered, call.ended)
            if not call.live:
                self.refused += 1
                call.hang_up()
                await asyncio.sleep(2)
                continue
            await any_of(random.uniform(0.5, 1.0), call.ended)
            call.press("1")
            await call.ended.wait()

    async def _sign_in(self, agent: str) -> Phone:
        phone = await Phone(self.trial.settings.sip.port, lambda call: self._serve(agent, call)).open()
        await phone.register(agent, self.trial.secrets().agent_passwords[agent])
        return phone

    async def _serve(self, agent: str, call: Call) -> None:
        if agent in self._freed and len(self.delays) < self.wanted:
            self.delays.append(call.came_at - self._freed[agent])
        if len(self.delays) >= self.wanted:
            self._done.set()
        call.answer()
        await any_of(random.uniform(*TALK_SECONDS), call.ended)
        self._freed[agent] = time.monotonic()
        call.hang_up()


def run(quick: bool) -> dict[str, Any]:
    """`figures` and what stood behind them."""
    callers, wanted = (40, 10) if quick else (300, 40)
    with Trial(SETTINGS) as trial:
        crowd = Crowd(trial, callers, wanted)
        asyncio.run(crowd.run())
    fewest = min(crowd.waiting, default=0)
    middle, late = (percentile(crowd.delays, share) * 1000 for share in (0.5, 0.95))
    what = f"agent free to phone rings, {fewest}+ waiting"
    return {
        "figures": [
            Figure(f"{what}, median", middle, "ms"),
            Figure(f"{what}, p95", late, "ms", "", None, None, "", f"at most {WANTED_MS:g} ms", late <= WANTED_MS),
        ],
        "callers": callers,
        "waiting": [fewest, max(crowd.waiting, default=0)],
        "delays_ms": [round(delay * 1000, 1) for delay in crowd.delays],
        "refused": crowd.refused,
        "cores_used": crowd.busy,
        "load_after": round(os.getloadavg()[0], 2),
    }
