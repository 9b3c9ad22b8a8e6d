"""What the line decides. Whoever drives it carries these out; the line never asks whether they did."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whom a place in line is for."""

    CALLER = "caller"
    """Somebody on the phone, who hears music and announcements."""
    CALLBACK = "callback"
    """A promise to call back, at the place that its caller had."""


class Reason(StrEnum):
    """Why a queue does not serve a caller: which limit was reached, or that it is no more."""

    LONGEST_WAIT = "longest wait"
    MOST_CALLERS = "most callers"
    NO_AGENTS = "no agents"
    QUEUE_GONE = "queue gone"
    """New settings have no such queue."""


OVER_AN_HOUR = 61
"""`Announcement.minutes` that is spoken as "more than an hour"."""


@dataclass(frozen=True, slots=True)
class Offer:
    """This caller gets this agent: ring the phone, or several at once; who answers first has the call."""

    call: str
    agent: str
    """The first of `agents`."""
    others: tuple[str, ...] = ()
    """Who rings together with the first; empty unless the queue says `ring_together`."""
    kind: Kind = Kind.CALLER

    @property
    def agents(self) -> tuple[str, ...]:
        """Everyone whose phone rings."""
        return (self.agent, *self.others)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Tell this caller the position in line, and how long it takes at most."""

    call: str
    position: int
    """1 is next."""
    minutes: int | None = None
    """One of `expected_wait.STEPS`, or OVER_AN_HOUR; None: tell the position alone."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """A limit of the queue is reached for this caller. Said once a caller and queue.

    To another queue the line has already moved the caller, who keeps the place. For a callback or a
    message the caller stays in line until `leave`: one who does not want it waits on.
    """

    call: str
    to: str
    """`callback`, `message`, or the name of a queue."""
    reason: Reason
    queue: str
    """The queue whose limit it is."""


@dataclass(frozen=True, slots=True)
class Overstay:
    """An agent has been paused for longer than its code allows. Said once a pause."""

    agent: str
    pause_code: str
    since: float
    """When the pause began, epoch seconds."""


Decision = Offer | Announcement | Overflow | Overstay
