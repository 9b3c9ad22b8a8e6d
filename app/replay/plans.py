"""What a caller of the past wanted and did, and what became of a call: plain data, with nothing of where it is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from queueing.agents import AgentMode

PROMISED, ABANDONED, ANSWERED = "promised", "abandoned", "answered"


@dataclass(frozen=True, slots=True)
class PathStep:
    """One choice, as the call's row has it."""

    menu: str
    key: str
    label: str
    """In the language of the call."""


@dataclass(frozen=True, slots=True)
class CallerWants:
    """What a caller was after: the choices that were made, and where they led."""

    steps: tuple[PathStep, ...] = ()
    queue: str | None = None
    """The queue that the menu led to; None: to none."""


@dataclass(frozen=True, slots=True)
class PlannedTalk:
    """A talk with one agent."""

    seconds: float
    then_to: str | None = None
    """The queue to which the agent passed the caller on; None: the talk was the last."""


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What became of a call, in the past or in a replay of it."""

    queue: str | None
    """The first one; None: none."""
    end: str
    """As `Call.result`; who talked with an agent has `answered` here, whatever came after."""
    wait: float = 0.0
    """Seconds in all queues, until an agent or the end."""
    came_to: str | None = None
    """The queue that answered, or in which the wait ended: another than the first where a limit moved the caller."""

    @property
    def answered(self) -> bool:
        return self.end == ANSWERED

    @property
    def place(self) -> str:
        """Where the caller came: a queue, or in brackets what happened instead of an answer or a wait to its end."""
        there = self.came_to or self.queue
        return there if there is not None and self.end in (ANSWERED, ABANDONED) else f"({self.end})"


class VisitLike(Protocol):
    """A visit to a queue, as a row or as the controller has it."""

    @property
    def queue(self) -> str: ...

    @property
    def outcome(self) -> str | None: ...


def came_to(visits: Sequence[VisitLike]) -> str | None:
    """Of a call with these visits, in their order: see `CallOutcome.came_to`."""
    answered = (visit.queue for visit in visits if visit.outcome == ANSWERED)
    return next(answered, visits[-1].queue if visits else None)


@dataclass(frozen=True, slots=True)
class CallerPlan:
    """One call of the past, as far as it was the caller's and the agent's own doing."""

    call_id: str
    line: str
    number: str
    at: float
    """When it came, seconds since the epoch."""
    wants: CallerWants
    keys: tuple[float, ...]
    """When keys were pressed, seconds after it came: one for each step."""
    chosen_after: float
    """Seconds until the caller was in a queue, or out of the menu in another way."""
    ends_after: float
    """Seconds until the call ended."""
    patience: float
    """Seconds after which the caller gives up waiting; infinite: not at all."""
    asks_callback: float | None
    """Seconds into the wait at which the caller asked to be called back; None: did not."""
    leaves_message: bool
    talks: tuple[PlannedTalk, ...]
    """At least one, borrowed from another call where there was none."""
    ring: float
    """Seconds until the agent picks up."""
    wrap_up: float | None
    """Seconds after the talk at which the agent ends the wrap-up; None: it runs its time."""
    was: CallOutcome
    """What really happened."""
    last_agent: str | None = None
    """Who talked with the caller before."""
    left_in_menu: bool = False
    """Hung up before anything was chosen."""


@dataclass(frozen=True, slots=True)
class AgentWas:
    """An agent's state from `at` on, as `calls.models.AgentStateChange` has it."""

    agent: str
    at: float
    state: str
    pause: str | None
    queues: frozenset[str]
    reachable: bool

    @property
    def is_out(self) -> bool:
        return self.state == AgentMode.LOGGED_OUT

    @property
    def is_away(self) -> bool:
        """No phone of the agent's could be reached."""
        return not self.reachable or self.state in (AgentMode.AWAY, AgentMode.LOST)

    @property
    def choice(self) -> tuple[object, ...]:
        """What of it was no call's doing."""
        return self.is_out, self.is_away, self.state == AgentMode.BUSY, self.pause, self.queues


@dataclass(frozen=True, slots=True)
class AgentElsewhere:
    """An agent talks with a customer who was called back: such calls are made when they were."""

    agent: str
    at: float
    """When the customer answered."""
    begins: float
    until: float
