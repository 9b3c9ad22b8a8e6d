"""An agent as the line sees one, and which of several free agents gets a caller.

Two states, kept apart: the phone's (`Device`, what the switch says) and the agent's own (logged in to
some queues, paused with a code). `PoolAgent.current` says what they mean together.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

Levels = tuple[tuple[str, int], ...]
"""Skills and the level of each that is needed now, by name; those that need nothing are left out."""


class AgentMode(StrEnum):
    """Where an agent is now."""

    LOGGED_OUT = "logged out"
    """Takes no calls until the next login."""
    AWAY = "away"
    """No phone is registered."""
    LOST = "phone lost"
    """The phone was there and is gone without a word: until it registers anew, or the agent logs in."""
    FREE = "free"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    BUSY = "busy"
    """On a call that is not ours."""


AT_WORK = frozenset({AgentMode.FREE, AgentMode.RINGING, AgentMode.TALKING, AgentMode.WRAP_UP, AgentMode.BUSY})
"""Modes of agents who have a call or will take one soon."""


class Device(StrEnum):
    """What the switch says of an agent's phone."""

    UNREACHABLE = "unreachable"
    IDLE = "idle"
    IN_USE = "in use"


@dataclass(frozen=True, slots=True)
class AgentChoice:
    """What an agent had chosen when the controller ended: it outlives the controller."""

    agent: str
    queues: tuple[str, ...] | None = None
    """Named at login; None: those that the settings give."""
    paused: str | None = None
    logged_out: bool = False
    wrapping_up: bool = False
    since: float | None = None
    """When the state began that it was in."""
    lost: bool = False
    """The phone was lost."""


@dataclass(slots=True)
class PoolAgent:
    """An agent as the line sees one."""

    name: str
    queues: frozenset[str]
    """The queues the agent takes calls of, while logged in."""
    chosen: frozenset[str] | None = None
    """The queues named at login; None: those that the settings give."""
    skills: dict[str, int] = field(default_factory=dict)
    device: Device = Device.UNREACHABLE
    logged_in: bool = True
    paused: str | None = None
    """The pause code; None: not paused."""
    paused_at: float | None = None
    call: str | None = None
    """The call that the agent rings for or talks on."""
    talking: bool = False
    wrap_up_until: float | None = None
    wrap_up_least: float | None = None
    """Of a wrap-up that waits for a word on how the call went: when it ends once that word is there. None: it waits for
    nothing."""
    disposed: str | None = None
    """The call of whose talk it was said, while it went on, how it went."""
    lost: bool = False
    """The phone could not be reached, or vanished in a talk, whatever the switch still says of it."""
    engaged_until: float | None = None
    """The phone has just said that it is busy: no call until then."""
    since: float = 0.0
    """When `mode` last changed."""
    mode: AgentMode = AgentMode.AWAY
    idle_since: float = 0.0
    """Since when the agent takes calls without having had one; a phone that rang in vain does not end it."""
    busy_since: float | None = None
    """When the talk began that goes on, or that the wrap-up is for."""
    busy_queue: str | None = None
    """The queue that its call came from, where that is known."""
    talked: float = 0.0
    """Seconds of talk since `counted_from`."""
    counted_from: float | None = None
    """When the shift or the day began, whichever is later."""

    def current(self, now: float) -> AgentMode:
        """The mode that the other fields mean at `now`."""
        if self.call is not None:
            return AgentMode.TALKING if self.talking else AgentMode.RINGING
        if not self.logged_in:
            return AgentMode.LOGGED_OUT
        if self.lost:
            return AgentMode.LOST
        if self.device is Device.UNREACHABLE:
            return AgentMode.AWAY
        if self.paused is not None:
            return AgentMode.PAUSED
        if self.device is Device.IN_USE or (self.engaged_until is not None and now < self.engaged_until):
            return AgentMode.BUSY
        if self.wrap_up_until is not None and now < self.wrap_up_until:
            return AgentMode.WRAP_UP
        return AgentMode.FREE

    @property
    def present(self) -> bool:
        """Logged in with a phone that can be reached, paused or not: somebody is there for the queue."""
        return self.logged_in and self.device is not Device.UNREACHABLE and not self.lost

    def meets(self, levels: Levels) -> bool:
        """Has every skill that is needed."""
        for skill, level in levels:  # noqa: SIM110  asked for each free agent of each caller: all() takes three times as long
            if self.skills.get(skill, 0) < level:
                return False
        return True

    def talk_share(self, now: float) -> float:
        """The part of the shift today, 0..1, that was talk."""
        return self.talked / max(now - (now if self.counted_from is None else self.counted_from), 1.0)


class FreeAgents:
    """The free agents of each queue, longest idle first."""

    def __init__(self) -> None:
        self._queues: dict[str, list[tuple[float, str]]] = {}

    def add(self, agent: PoolAgent) -> None:
        """`idle_since` and `queues` must not change while the agent is here."""
        for queue in agent.queues:
            insort(self._queues.setdefault(queue, []), (agent.idle_since, agent.name))

    def remove(self, agent: PoolAgent) -> None:
        """The agent must be here."""
        for queue in agent.queues:
            row = self._queues[queue]
            del row[bisect_left(row, (agent.idle_since, agent.name))]

    def of(self, queue: str) -> Iterator[str]:
        """Names, longest idle first."""
        return (name for _, name in self._queues.get(queue, ()))
