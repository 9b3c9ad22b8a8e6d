"""A busy floor on the real Asterisk: callers who come, wait, give up or want a call; agents; a controller killed -9.

Owns the people and what they do, by a seed; afterwards `bench/floor_facts.py` asks the store what became of
everyone. The second part, one agent who gets free while hundreds wait, is `bench/handover.py`.
"""

import asyncio
import os
import random
import signal
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from app.trial.ports import free_port
from app.trial.trial import Trial
from bench import floor_facts, handover, sip
from bench.phones import Call, Phone, any_of
from callback.models import LIVE_STATES, Callback
from ringback.store.bus import Process, Request

SEED = 20
LINE = "1000"
TALK_SECONDS = (5.0, 15.0)
ANSWER_SECONDS = (1.0, 3.0)
PATIENCE_SECONDS = 240.0
PAUSE_SECONDS = (10.0, 60.0)
"""Between two calls of the same person."""
MISSES, RESTS, BUSY = 0.05, 0.08, 0.1
"""How often an agent lets the phone ring, pauses after a talk; how often a customer's phone is busy."""
PLANS = {"menu": 0.08, "impatient": 0.15, "callback": 0.22, "patient": 0.55}
CLOSING_SECONDS = 300.0
"""After the last call has come: for so long at most the agents serve who waits and keep the promises."""
RTP_FIRST, RTP_LAST = 32000, 32759
"""Below the ports that Linux gives away by itself; Asterisk passes over those that are taken."""


@dataclass(frozen=True)
class Size:
    """How much goes on."""

    callers: int
    agents: int
    seconds: float


@dataclass(eq=False)
class Person:
    """Somebody with a phone: a caller, and the customer whom we call back."""

    number: str
    call: Call | None = None
    """The one that goes on."""
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    """An agent has answered this call."""
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """The agent has hung up."""
    called_back: asyncio.Event = field(default_factory=asyncio.Event)
    busy_once: bool = False
    answers: int = 0
    """Promised calls that this phone has answered."""

    @property
    def on_the_phone(self) -> bool:
        return self.call is not None and not self.call.ended.is_set()

    def begin(self, call: Call) -> None:
        self.call = call
        self.connected.clear()
        self.released.clear()


@dataclass
class Attempt:
    """A call of a person to the line, as its phone saw it."""

    name: str
    """The display name, which no other call has."""
    plan: str
    began: float
    ended: float = 0.0
    by_us: bool = False
    """The caller hung up."""
    trouble: str = ""


@dataclass
class Outage:
    """The time without a controller."""

    killed: float = 0.0
    back: float = 0.0


def settings(size: Size, customers: int) -> dict[str, Any]:
    """The floor's own settings: short times, a trunk whose far end is the port `customers`."""
    names = [f"agent{number}" for number in range(1, size.agents + 1)]
    return {
        "sip": {"rtp_first": RTP_FIRST, "rtp_last": RTP_LAST},
        "trunk": {"host": sip.LOOPBACK, "port": customers},
        "callbacks": {"hours": "00:00-24:00", "retry_minutes": [0.05], "attempts": 5, "agent_seconds": 8},
        "lines": [{"number": LINE, "name": "Floor", "notice": None}],
        "queues": {
            name: {
                "name": name.title(),
                "agents": names,
                "ring_seconds": 6,
                "wrap_up_seconds": 1,
                "announce_first_seconds": 5,
            }
            for name in ("support", "billing")
        },
        "agents": [
            {"name": name, "display": name.title(), "extension": str(200 + number)}
            for number, name in enumerate(names, 1)
        ],
    }


class Floor:
    """The people of one run."""

    def __init__(self, trial: Trial, size: Size, customers_port: int) -> None:
        self.trial, self.size = trial, size
        self.customers_port = customers_port
        self.chance = random.Random(SEED)
        self.people = {f"+1202555{1000 + n}": Person(f"+1202555{1000 + n}") for n in range(size.callers)}
        self.attempts: list[Attempt] = []
        self.outage = Outage()
        self.misses = self.rests = 0
        self.emptied = False
        """Nobody waited and no promise was open in the end."""
        self.troubles: list[str] = []

    async def run(self) -> None:
        """All of it, until nobody waits any more. Raises what any of the people's tasks raised."""
        port = self.trial.settings.sip.port
        self.callers = await Phone(port).open()
        customers = await Phone(port, self._customer).open(self.customers_port)
        agents = [await self._sign_in(agent.name) for agent in self.trial.settings.agents]
        try:
            self.closes = time.monotonic() + self.size.seconds
            await asyncio.gather(self._kill(), *(self._live(person) for person in self.people.values()))
            await self._wait_until_empty()
            await asyncio.gather(*(self._wish("agent.resume", agent.name) for agent in self.trial.settings.agents))
            await asyncio.sleep(3)
        finally:
            for phone in (self.callers, customers, *agents):
                await phone.close()
                self.troubles += phone.troubles

    async def _kill(self) -> None:
        """Kills the controller half-way and notes how long there was none."""
        await asyncio.sleep(self.size.seconds / 2)
        pid = await asyncio.to_thread(self.trial.pid, "controller")
        if pid is None:
            raise RuntimeError("There is no controller to kill: it has died by itself.")
        self.outage.killed = time.time()
        os.kill(pid, signal.SIGKILL)
        while not self.outage.back:
            await asyncio.sleep(0.1)
            row = await asyncio.to_thread(self._controller)
            if row is not None and row.pid != pid and not row.trouble:
                self.outage.back = time.time()

    def _controller(self) -> Process | None:
        with self.trial.sessions()() as session:
            return session.get(Process, "controller")

    async def _wait_until_empty(self) -> None:
        deadline = time.monotonic() + CLOSING_SECONDS
        while time.monotonic() < deadline:
            if not await asyncio.to_thread(self._open_promises) and not any(
                person.on_the_phone for person in self.people.values()
            ):
                self.emptied = True
                return
            await asyncio.sleep(0.5)

    def _open_promises(self) -> int:
        with self.trial.sessions()() as session:
            live = select(func.count()).where(Callback.state.in_(LIVE_STATES))
            return session.execute(live).scalar_one()

    # -- callers -----------------------------------------------------------------------------------

    async def _live(self, person: Person) -> None:
        """Calls, and calls again, until the floor closes."""
        await asyncio.sleep(self.chance.uniform(0, min(60.0, self.size.seconds / 3)))
        while time.monotonic() < self.closes:
            if person.on_the_phone:
                await asyncio.sleep(1)
                continue
            plan = self.chance.choices(list(PLANS), list(PLANS.values()))[0]
            attempt = Attempt(f"Caller {len(self.attempts)}", plan, time.time())
            self.attempts.append(attempt)
            await self._call(person, attempt)
            await asyncio.sleep(min(self.chance.uniform(*PAUSE_SECONDS), max(0.0, self.closes - time.monotonic())))

    async def _call(self, person: Person, attempt: Attempt) -> None:
        call = self.callers.dial(LINE, person.number, attempt.name)
        person.begin(call)
        await any_of(20, call.answered, call.ended)
        if not call.live:
            attempt.trouble = f"not answered ({call.code})"
        elif attempt.plan == "menu":
            await any_of(self.chance.uniform(0.2, 2), call.ended)
        else:
            await self._choose_and_wait(person, call, attempt.plan)
        if person.connected.is_set():
            await self._talk(person, call)
        call.hang_up()
        attempt.ended, attempt.by_us = time.time(), call.ended_by_us

    async def _choose_and_wait(self, person: Person, call: Call, plan: str) -> None:
        """Returns when an agent is there, the call is over, or the caller has enough of it."""
        if await any_of(self.chance.uniform(0.5, 3), call.ended):
            return
        call.press("1")
        patience = {"impatient": (3.0, 20.0), "callback": (2.0, 8.0)}.get(plan, (PATIENCE_SECONDS, PATIENCE_SECONDS))
        if await any_of(self.chance.uniform(*patience), person.connected, call.ended) or plan != "callback":
            return
        for _ in range(3):
            for seconds in (2.0, 12.0):  # the wish, then the number that is read back: yes
                call.press("1")
                if await any_of(seconds, person.connected, call.ended):
                    return
        await any_of(PATIENCE_SECONDS, person.connected, call.ended)

    async def _talk(self, person: Person, call: Call) -> None:
        """The talk, and what the caller says to the question after it."""
        if self.chance.random() < 0.1:
            await any_of(self.chance.uniform(2, 8), call.ended, person.released)
            return
        await any_of(60, call.ended, person.released)
        if self.chance.random() < 0.6 and not await any_of(self.chance.uniform(0.5, 4), call.ended):
            call.press(self.chance.choice("123"))
        await any_of(self.chance.uniform(2, 20), call.ended)

    # -- customers who are called back ---------------------------------------------------------------

    async def _customer(self, call: Call) -> None:
        """The far end of the trunk: whoever's number is dialled."""
        person = self.people.get("+" + sip.user_of(call.incoming.split(" ", 2)[1]))
        if person is None:
            self.troubles.append(f"a number was dialled that is nobody's: {call.incoming.splitlines()[0]}")
            call.refuse("404 Not Found")
            return
        first_time, person.busy_once = not person.busy_once, True
        if person.on_the_phone or (first_time and self.chance.random() < BUSY):
            call.refuse()
            return
        person.begin(call)
        if await any_of(self.chance.uniform(*ANSWER_SECONDS), call.ended):
            return
        call.answer()
        person.answers += 1
        person.called_back.set()
        await self._talk(person, call)
        call.hang_up()

    # -- agents --------------------------------------------------------------------------------------

    async def _sign_in(self, agent: str) -> Phone:
        phone = await Phone(self.trial.settings.sip.port, lambda call: self._serve(agent, call)).open()
        await phone.register(agent, self.trial.secrets().agent_passwords[agent])
        return phone

    async def _serve(self, agent: str, call: Call) -> None:
        """One ring of an agent's phone, and what follows."""
        if self.chance.random() < MISSES:
            self.misses += 1
            await any_of(60, call.ended)
            await asyncio.sleep(self.chance.uniform(2, 5))
            await self._wish("agent.resume", agent)
            return
        if await any_of(self.chance.uniform(*ANSWER_SECONDS), call.ended):
            return
        call.answer()
        await self._speak_with(self.people.get(call.number), call)
        call.hang_up()
        if self.chance.random() < RESTS:
            self.rests += 1
            await self._wish("agent.pause", agent, reason="coffee")
            await asyncio.sleep(self.chance.uniform(5, 15))
            await self._wish("agent.resume", agent)

    async def _speak_with(self, person: Person | None, call: Call) -> None:
        if person is None:
            self.troubles.append(f"an agent's phone was rung for nobody: {call.number!r}")
            return
        if not person.on_the_phone or (person.call is not None and person.call.incoming):
            # A promise: the agent is told who is called, and stays until the customer answers.
            await any_of(60, person.called_back, call.ended)
            person.called_back.clear()
        person.connected.set()
        await any_of(self.chance.uniform(*TALK_SECONDS), call.ended)
        person.released.set()

    async def _wish(self, kind: str, agent: str, **arguments: str) -> None:
        """As a button on a page does it."""

        def write() -> None:
            with self.trial.sessions().begin() as session:
                session.add(Request(kind=kind, subject=agent, args=arguments))

        await asyncio.to_thread(write)


def run(quick: bool) -> dict[str, Any]:
    """`figures` of both parts; everything that was not as it must be is in `details`, by name."""
    size = Size(15, 3, 60) if quick else Size(60, 8, 300)
    customers = free_port(socket.SOCK_DGRAM)
    with Trial(settings(size, customers)) as trial:
        floor = Floor(trial, size, customers)
        asyncio.run(floor.run())
        facts = floor_facts.collect(
            trial,
            floor_facts.Seen(
                attempts={attempt.name: attempt for attempt in floor.attempts},
                answers={person.number: person.answers for person in floor.people.values() if person.answers},
                outage=(floor.outage.killed, floor.outage.back),
                emptied=floor.emptied,
                troubles=floor.troubles,
            ),
        )
    facts |= {
        "size": vars(size),
        "seed": SEED,
        "missed_by_agents": floor.misses,
        "rests": floor.rests,
        "without_controller_seconds": round(floor.outage.back - floor.outage.killed, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }
    many = handover.run(quick)
    shown = floor_facts.figures(facts) + many.pop("figures")
    return {"figures": shown, "details": {"floor": facts, "handover": many}}
