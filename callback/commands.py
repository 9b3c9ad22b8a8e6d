"""What a promise to call back may ask for: of the waiting line, and of the switch. Plain data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoinLine:
    """Wait for an agent of this queue at the place of `arrived_at`."""

    queue: str
    arrived_at: float


@dataclass(frozen=True, slots=True)
class RejoinLine:
    """The agent did not answer: wait again at the old place."""

    queue: str
    arrived_at: float
    missed_by: str


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """Neither wait nor keep an agent any more."""


@dataclass(frozen=True, slots=True)
class AgentBusy:
    """The agent has answered and is ours until the promise leaves the line."""

    agent: str


@dataclass(frozen=True, slots=True)
class DialAgent:
    """Ring the agent's phones; `leg` is the name of the channel to be made, or of the first of several."""

    leg: str
    agent: str
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class WhisperToAgent:
    """Tell the agent on `leg` who is called and why; its end comes back as `WhisperHeard`."""

    leg: str
    id: str
    number: str
    """E.164"""


@dataclass(frozen=True, slots=True)
class TellAgent:
    """Tell the agent on `leg` why there is no customer, then end the channel."""

    leg: str
    outcome: str
    """`callback.policy.Outcome`"""


@dataclass(frozen=True, slots=True)
class DialCustomer:
    """Call the customer; `leg` is the name of the channel to be made."""

    leg: str
    number: str
    language: str
    queue: str


@dataclass(frozen=True, slots=True)
class Connect:
    """The customer on `customer_leg` gets the agent on `agent_leg`: a call begins, with the customer's answer."""

    customer_leg: str
    agent_leg: str
    """Empty: the agent's phone has yet to ring."""
    agent: str
    """Empty: nobody; the customer is told something."""
    answered_at: float


@dataclass(frozen=True, slots=True)
class HangUpLeg:
    """End a channel that we made."""

    leg: str
    elsewhere: bool = False
    """Another phone of the agent was quicker: this one has missed nothing."""


Command = (
    JoinLine
    | RejoinLine
    | LeaveLine
    | AgentBusy
    | DialAgent
    | WhisperToAgent
    | TellAgent
    | DialCustomer
    | Connect
    | HangUpLeg
)
