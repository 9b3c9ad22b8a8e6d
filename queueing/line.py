"""The waiting line: who waits, who is free, who gets whom next. Plain data and `now`, no I/O.

A caller waits in one queue at the place of the call's arrival. An agent serves the queues that the
settings give. Whenever either side changes, the longest waiting caller who has a free agent gets the
agent who has been idle longest; both are then set aside until the offer is answered or missed. An agent
who misses an offer is paused (`missed`), so that the next caller does not ring an empty chair. After a
talk the agent has the queue's wrap-up time.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from ringback.config import Settings


class AgentMode(StrEnum):
    """Where an agent is now."""

    AWAY = "away"
    """No phone is registered."""
    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    BUSY = "busy"
    """On a call that is not ours."""


class Device(StrEnum):
    """What the switch says of an agent's phone."""

    UNREACHABLE = "unreachable"
    IDLE = "idle"
    IN_USE = "in use"


@dataclass(frozen=True, slots=True)
class Offer:
    """This caller gets this agent: ring the phone."""

    call: str
    agent: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """Tell this caller the position in line (1 is next)."""

    call: str
    position: int


@dataclass(slots=True)
class Waiting:
    """A caller in the line."""

    call: str
    queue: str
    arrived_at: float
    announce_at: float


@dataclass(slots=True)
class Agent:
    """An agent as the line sees one."""

    name: str
    queues: frozenset[str]
    device: Device = Device.UNREACHABLE
    paused: str | None = None
    """Why; None: not paused."""
    call: str | None = None
    """The call that the agent rings for or talks on."""
    talking: bool = False
    wrap_up_until: float | None = None
    since: float = 0.0
    """When `mode` last changed: the longest idle is the smallest."""
    mode: AgentMode = AgentMode.AWAY

    def current(self, now: float) -> AgentMode:
        """The mode that the other fields mean at `now`."""
        if self.call is not None:
            return AgentMode.TALKING if self.talking else AgentMode.RINGING
        if self.device is Device.UNREACHABLE:
            return AgentMode.AWAY
        if self.paused is not None:
            return AgentMode.PAUSED
        if self.device is Device.IN_USE:
            return AgentMode.BUSY
        if self.wrap_up_until is not None and now < self.wrap_up_until:
            return AgentMode.WRAP_UP
        return AgentMode.FREE


@dataclass
class Line:
    """All queues and agents of one switch."""

    settings: Settings
    waiting: dict[str, Waiting] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for agent in self.settings.agents:
            queues = frozenset(name for name, queue in self.settings.queues.items() if agent.name in queue.agents)
            self.agents[agent.name] = Agent(agent.name, queues)
            self._changed.add(agent.name)

    # -- callers -----------------------------------------------------------------------------------

    def join(self, call: str, queue: str, arrived_at: float, now: float) -> list[Offer]:
        """A caller begins to wait, or waits again after an agent did not answer. Twice is once."""
        if call not in self.waiting:
            first = self.settings.queues[queue].announce_first_seconds
            self.waiting[call] = Waiting(call, queue, arrived_at, now + first)
        return self._match(now)

    def leave(self, call: str, now: float) -> list[Offer]:
        """A caller neither waits nor talks any more; the agent is released, after a talk into wrap-up."""
        left = self.waiting.pop(call, None)
        for agent in self.agents.values():
            if agent.call == call:
                if agent.talking:
                    queue = self.settings.queues[left.queue] if left else None
                    seconds = queue.wrap_up_seconds if queue else self._longest_wrap_up(agent)
                    agent.wrap_up_until = now + seconds
                agent.call, agent.talking = None, False
        return self._match(now)

    def missed(self, call: str, queue: str, arrived_at: float, agent: str, now: float) -> list[Offer]:
        """The agent did not answer: paused as missed; the caller waits on at the old place."""
        missing = self.agents.get(agent)
        if missing is not None and missing.call == call:
            missing.call, missing.talking = None, False
            self._set_pause(missing, "missed")
        return self.join(call, queue, arrived_at, now)

    def connected(self, call: str, agent: str, now: float) -> None:
        """The two talk. Also said of a call that was found talking after the controller was away."""
        known = self.agents.get(agent)
        if known is not None:
            known.call, known.talking, known.wrap_up_until = call, True, None
        self._note_modes(now)

    # -- agents ------------------------------------------------------------------------------------

    def device(self, agent: str, device: Device, now: float) -> list[Offer]:
        """The switch says how an agent's phone is."""
        known = self.agents.get(agent)
        if known is None:
            return []
        known.device = device
        return self._match(now)

    def pause(self, agent: str, reason: str, now: float) -> list[Offer]:
        """No offers for this agent until `resume`. Raises KeyError for an agent who does not exist."""
        self._set_pause(self.agents[agent], reason)
        return self._match(now)

    def resume(self, agent: str, now: float) -> list[Offer]:
        """The agent takes calls again, wrap-up or not. Raises KeyError for one who does not exist."""
        self._set_pause(self.agents[agent], None)
        self.agents[agent].wrap_up_until = None
        return self._match(now)

    # -- time --------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """When `tick` has something to do; None: not before something else happens."""
        taken = self._taken()
        times = [waiting.announce_at for waiting in self.waiting.values() if waiting.call not in taken]
        times += [agent.wrap_up_until for agent in self.agents.values() if agent.wrap_up_until is not None]
        return min(times, default=None)

    def tick(self, now: float) -> list[Offer | Announcement]:
        """Ends wrap-up times and says whose position is to be announced."""
        for agent in self.agents.values():
            if agent.wrap_up_until is not None and now >= agent.wrap_up_until:
                agent.wrap_up_until = None
        out: list[Offer | Announcement] = list(self._match(now))
        taken = self._taken()
        position: dict[str, int] = {}
        for caller in sorted(self.waiting.values(), key=lambda w: w.arrived_at):
            if caller.call in taken:
                continue
            position[caller.queue] = position.get(caller.queue, 0) + 1
            if now >= caller.announce_at:
                caller.announce_at = now + self.settings.queues[caller.queue].announce_every_seconds
                out.append(Announcement(caller.call, position[caller.queue]))
        return out

    def take_changes(self) -> list[Agent]:
        """Agents whose mode or pause has changed since the last time this was asked."""
        changed, self._changed = self._changed, set()
        return [self.agents[name] for name in sorted(changed)]

    # -- matching ----------------------------------------------------------------------------------

    def _match(self, now: float) -> list[Offer]:
        self._note_modes(now)
        offers = []
        free = [agent for agent in self.agents.values() if agent.mode is AgentMode.FREE]
        if free:
            free.sort(key=lambda agent: agent.since)
            taken = self._taken()
            for caller in sorted(self.waiting.values(), key=lambda w: w.arrived_at):
                agent = next((agent for agent in free if caller.queue in agent.queues), None)
                if caller.call in taken:
                    continue
                if agent is not None:
                    free.remove(agent)
                    agent.call, agent.talking = caller.call, False
                    offers.append(Offer(caller.call, agent.name))
            self._note_modes(now)
        return offers

    def _set_pause(self, agent: Agent, reason: str | None) -> None:
        agent.paused = reason
        self._changed.add(agent.name)

    def _taken(self) -> set[str | None]:
        """Callers who have an agent, ringing or talking: they do not wait."""
        return {agent.call for agent in self.agents.values()}

    def _longest_wrap_up(self, agent: Agent) -> float:
        return max((self.settings.queues[queue].wrap_up_seconds for queue in agent.queues), default=0.0)

    def _note_modes(self, now: float) -> None:
        for agent in self.agents.values():
            mode = agent.current(now)
            if mode is not agent.mode or agent.since == 0.0:
                agent.mode, agent.since = mode, now
                self._changed.add(agent.name)
