"""What can happen to a promise to call back. Plain data; times are seconds since the epoch."""

from dataclasses import dataclass

from ringback.messages import Message


@dataclass(frozen=True, slots=True)
class AgentOffered:
    """The line has an agent for this promise."""

    at: float
    agent: str


@dataclass(frozen=True, slots=True)
class AgentAway:
    """The agent who asked for the call has no phone that could ring now."""

    at: float


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """A channel that we made was answered."""

    at: float
    leg: str
    machine: bool = False
    """An answering machine answered."""


@dataclass(frozen=True, slots=True)
class WhisperHeard:
    """The agent has heard who is called."""

    at: float
    leg: str


@dataclass(frozen=True, slots=True)
class LegGone:
    """A channel that we made has ended, or could not be made."""

    at: float
    leg: str
    cause: str


@dataclass(frozen=True, slots=True)
class CallOver:
    """The call that the customer's channel carried is over."""

    at: float
    result: str


@dataclass(frozen=True, slots=True)
class CalledIn:
    """The customer is on the phone with us: nobody must call meanwhile."""

    at: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It is no longer wanted: the customer was served in another call, or a person said so."""

    at: float
    reason: Message
    call: str | None = None
    """The call in which the customer was served."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A later request for the same number, or a person of ours, has changed it."""

    at: float
    arrived_at: float
    not_before: float
    expires_at: float
    revision: int
    tells: bool = False
    """Whether the customer is still only to be told something."""
    for_agent: str | None = None
    """The agent who wants to make the call now."""
    once: bool = False
    """Whether still nothing was promised."""


@dataclass(frozen=True, slots=True)
class TrunkAway:
    """The provider carries no calls: nobody is rung until it does."""

    at: float


@dataclass(frozen=True, slots=True)
class TrunkBack:
    """Calls may go out again."""

    at: float
    not_before: float
    """The turn of this promise."""
    proving: bool = False
    """It is not certain yet: this promise tries it out, and its agent is rung when the customer has answered."""


Event = (
    AgentOffered
    | AgentAway
    | LegAnswered
    | WhisperHeard
    | LegGone
    | CallOver
    | CalledIn
    | Cancelled
    | Changed
    | TrunkAway
    | TrunkBack
)
