"""Brings callers and free agents together: the one place that pairs them.

Owns who waits, who talks, and which agents each has; looks only at those for whom something has changed.
Leaves to `queueing/router.py` what is said to callers, limits and time, to `queueing/agent_pool.py` the agents.
"""

from typing import Any

from queueing.agent_pool import AgentPool
from queueing.agents import AgentMode, PoolAgent
from queueing.decisions import Kind, Offer
from queueing.timers import TimerKind, Timers
from queueing.waiting import Order, Waiting, levels_after, next_widening
from ringback.config import Need, Queue, Settings

_SLACK = 0.001
"""Seconds by which a time may be missed through rounding and still count as reached."""


class Matcher:
    """Everyone who waits, and who gets whom."""

    def __init__(self, settings: Settings, timers: Timers, pool: AgentPool) -> None:
        self.waiting: dict[str, Waiting] = {}
        """Callers who wait, or hear a phone ring."""
        self.talking: dict[str, Waiting] = {}
        """Who talks, with what was known of the wait."""
        self.assigned: dict[str, tuple[str, ...]] = {}
        """Agents who ring for a call or talk on it."""
        self.order = Order()
        self._settings = settings
        self._timers = timers
        self._pool = pool
        self._fresh: dict[str, None] = {}
        """Calls for which no agent has been looked for since something about them changed."""

    def take_settings(self, settings: Settings) -> None:
        """Nobody may be in the order meanwhile."""
        self._settings = settings

    def agent(self, name: str | None) -> PoolAgent | None:
        """None: there is no such agent any more."""
        return None if name is None else self._pool.agents.get(name)

    def put_again(self, entry: Waiting, now: float) -> None:
        """Who waited goes on waiting, with the needs of now."""
        entry.levels = levels_after(self._needs(entry), now - entry.arrived_at + _SLACK)
        self._add(entry, now)

    def enter(self, entry: Waiting, now: float, last_agent: str | None = None) -> None:
        """Puts one who waits into the order, for a while for the last agent alone where that one is there."""
        queue = self.queue(entry)
        entry.levels, entry.reserved_for = levels_after(self._needs(entry), now - entry.arrived_at + _SLACK), None
        if last_agent in self._pool.agents and queue.last_agent_seconds > 0:
            agent = self._pool.agents[last_agent]
            if agent.name in self._pool.at_work[entry.queue] and agent.meets(entry.levels):
                entry.reserved_for = agent.name
                self._timers.set(TimerKind.HOLD, entry.call, now + queue.last_agent_seconds)
        self._add(entry, now)

    def reconsider(self, entry: Waiting, now: float, still_reserved: bool) -> None:
        """The needs may have fallen, or the time of waiting for one agent alone is over."""
        self.order.remove(entry)
        entry.levels = levels_after(self._needs(entry), now - entry.arrived_at + _SLACK)
        if not still_reserved:
            entry.reserved_for = None
            self._timers.set(TimerKind.HOLD, entry.call, None)
        self._add(entry, now)

    def lose(self, agent: PoolAgent, now: float) -> Waiting | None:
        """The agent turns out to be on another call: whom it rang for alone has nobody now and is returned."""
        call = agent.call
        self._pool.release(agent, now)
        if call is None:
            return None
        left = tuple(name for name in self.assigned.pop(call, ()) if name != agent.name)
        if left:
            self.assigned[call] = left
            return None
        return self.waiting.get(call)

    def match(self, now: float) -> list[Offer]:
        """Makes pairs until neither side can gain."""
        self._pool.forget_gone(now)
        while self._pool.gone:
            gone = self._pool.gone.pop()
            for call in self.order.reserved_for(gone):
                if gone not in self._pool.at_work[self.waiting[call].queue]:
                    self.reconsider(self.waiting[call], now, still_reserved=False)
        if not (self._fresh or self._pool.fresh):
            return []
        pairs: list[tuple[Waiting, list[str]]] = []
        while (pair := self._next_pair(now)) is not None:
            entry, agent = pair
            self.order.remove(entry)
            self._timers.clear_call(entry.call)
            self._pool.ring(agent, entry.call, now)
            pairs.append((entry, [agent.name]))
        self._fresh.clear()
        self._pool.fresh.clear()
        for entry, names in pairs:
            self._ring_more(entry, names, now)
            self.assigned[entry.call] = tuple(names)
        return [Offer(entry.call, names[0], tuple(names[1:]), entry.kind) for entry, names in pairs]

    def _ring_more(self, entry: Waiting, names: list[str], now: float) -> None:
        queue = self.queue(entry)
        if entry.kind is Kind.CALLBACK:
            return  # one agent is rung for a promise; the others are free for who waits
        while len(names) < queue.ring_together and entry.reserved_for is None:
            more = self._pool.choose(queue, entry.queue, entry.levels, now)
            if more is None:
                return
            self._pool.ring(more, entry.call, now)
            names.append(more.name)

    def _next_pair(self, now: float) -> tuple[Waiting, PoolAgent] | None:
        """The first in line who can have an agent now, among those for whom something has changed."""
        best: Waiting | None = None
        for name in list(self._pool.fresh):
            agent = self._pool.agents[name]
            key = self.order.first_for(agent) if agent.mode is AgentMode.FREE else None
            if key is None:
                del self._pool.fresh[name]
            elif best is None or key < best.key:
                best = self.waiting[key[-1]]
        chosen = None if best is None else self._agent_for(best, now)
        for call in list(self._fresh):
            entry = self.waiting.get(call)
            able = None if entry is None else self._agent_for(entry, now)
            if entry is None or able is None:
                del self._fresh[call]
            elif best is None or entry.key < best.key:
                best, chosen = entry, able
        if best is None or chosen is None:
            return None
        self._fresh.pop(best.call, None)
        return best, chosen

    def _agent_for(self, entry: Waiting, now: float) -> PoolAgent | None:
        if entry.reserved_for is None:
            return self._pool.choose(self.queue(entry), entry.queue, entry.levels, now)
        agent = self._pool.agents[entry.reserved_for]
        fits = agent.mode is AgentMode.FREE and entry.queue in agent.queues and agent.meets(entry.levels)
        return agent if fits else None

    def _add(self, entry: Waiting, now: float) -> None:
        self.order.add(entry)
        self._fresh[entry.call] = None
        widening = next_widening(self._needs(entry), now - entry.arrived_at + _SLACK)
        self._timers.set(TimerKind.WIDEN, entry.call, None if widening is None else entry.arrived_at + widening)

    def _needs(self, entry: Waiting) -> list[Need]:
        return [*self.queue(entry).needs, *entry.needs]

    def queue(self, entry: Waiting) -> Queue:
        """The settings of the queue in which the entry waits."""
        return self._settings.queues[entry.queue]

    # -- to survive --------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "waiting": [entry.snapshot() for entry in self.waiting.values()],
            "talking": [entry.snapshot() for entry in self.talking.values()],
            "assigned": {call: list(agents) for call, agents in self.assigned.items()},
        }

    def restore(self, data: dict[str, Any]) -> None:
        """All as they were, but without queues and agents that the settings have no more."""
        for name, rows in (("waiting", self.waiting), ("talking", self.talking)):
            for entry in map(Waiting.restore, data[name]):
                if entry.queue in self._settings.queues:
                    rows[entry.call] = entry
        for call, names in data["assigned"].items():
            agents = tuple(name for name in names if name in self._pool.agents)
            if agents or not names:  # nobody: an agent rings whom the line does not count on
                self.assigned[call] = agents
        for entry in self.waiting.values():
            if entry.call not in self.assigned:
                if entry.reserved_for not in self._pool.agents:
                    entry.reserved_for = None
                self.order.add(entry)
