"""The life of one promise to call back. Everything that affects its state is in this file; no I/O.

The rules:

- A promise waits in the line at the place of the call that asked (`due`), inside the hours in which the
  number may be called; outside them, and between attempts, it sleeps (`requested`).
- The line offers it an agent as it offers one to a caller, so never more calls go out than agents are free.
  Where the queue says `customer_first`, that agent is kept free and rings when the customer has answered.
  The agent's phone rings first (`dialling_agent`) and the agent hears who is called and why; only then the
  customer is dialled (`dialling_customer`). An agent who does not answer costs the promise nothing.
- A customer who answers is `connected`: from there a call of `ivr/call.py` carries on, on the customer's
  own channel, as if the customer had waited; the promise is `done` when that call is over.
- Busy, silence, an answering machine: the attempt is counted and the promise sleeps until the next one, or
  has `failed` with the last. A customer who calls in meanwhile is served there: `cancelled`.
- A promise that is older than its expiry when nothing is under way has `expired`: an alarm and a person's
  task, never silence. Each promise ends in exactly one of the four end states.
- Events may come twice or late: one about a leg that is no longer ours changes nothing.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol


class State(StrEnum):
    """Where a promise is."""

    REQUESTED = "requested"
    DUE = "due"
    DIALLING_AGENT = "dialling_agent"
    DIALLING_CUSTOMER = "dialling_customer"
    CONNECTED = "connected"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Signal(StrEnum):
    """What an event means."""

    COMES_DUE = "comes due"
    NOT_NOW = "not now"
    OFFER = "offer"
    OFFER_CUSTOMER_FIRST = "offer, customer first"
    AGENT_READY = "agent was briefed"
    AGENT_MISSED = "agent did not answer"
    CUSTOMER_UP = "customer answered"
    NOT_REACHED = "not reached"
    LAST_TRY = "not reached, last try"
    TALK_OVER = "talk over"
    CANCEL = "cancel"
    EXPIRE = "expire"


S, G = State, Signal
_STOP = {G.CANCEL: S.CANCELLED, G.EXPIRE: S.EXPIRED}
TRANSITIONS: dict[State, dict[Signal, State]] = {
    S.REQUESTED: {G.COMES_DUE: S.DUE, **_STOP},
    S.DUE: {
        G.OFFER: S.DIALLING_AGENT,
        G.OFFER_CUSTOMER_FIRST: S.DIALLING_CUSTOMER,
        G.NOT_NOW: S.REQUESTED,
        **_STOP,
    },
    S.DIALLING_AGENT: {
        G.AGENT_READY: S.DIALLING_CUSTOMER,
        G.AGENT_MISSED: S.DUE,
        G.CANCEL: S.CANCELLED,
    },
    S.DIALLING_CUSTOMER: {
        G.CUSTOMER_UP: S.CONNECTED,
        G.AGENT_MISSED: S.DUE,
        G.NOT_REACHED: S.REQUESTED,
        G.LAST_TRY: S.FAILED,
        G.CANCEL: S.CANCELLED,
    },
    S.CONNECTED: {G.TALK_OVER: S.DONE},
    S.DONE: {},
    S.FAILED: {},
    S.CANCELLED: {},
    S.EXPIRED: {},
}
WRONG_NUMBER = "wrong_number"
"""The one outcome after which another attempt makes no sense: `callback.policy.Outcome`."""
FORBIDDEN_PAUSE_SECONDS = 1800.0
END_STATES = frozenset(state for state, signals in TRANSITIONS.items() if not signals)


class Rules(Protocol):
    """The dialling policy, asked with a number and the time: see `callback.policy`."""

    def allowed_from(self, number: str, now: float, asked_at: float | None) -> float:
        """The earliest moment from `now` at which the number may be called; `asked_at`: by phone, then."""

    def next_attempt(self, attempts: int, now: float) -> float | None:
        """When to try again after so many attempts; None: not again."""

    def why_not(self, number: str, now: float) -> str | None:
        """Why the number must not be dialled now, in one sentence; None: it may."""

    def record(self, number: str, at: float) -> None:
        """The number is dialled now: counts for the limits of the day."""


# -- commands ------------------------------------------------------------------------------------------


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
    """Ring the agent's phone; `leg` is the name of the channel to be made."""

    leg: str
    agent: str
    number: str
    language: str


@dataclass(frozen=True, slots=True)
class BriefAgent:
    """Tell the agent on `leg` who is called; its end comes back as `Briefed`."""

    leg: str
    id: str


@dataclass(frozen=True, slots=True)
class DialCustomer:
    """Call the customer; `leg` is the name of the channel to be made."""

    leg: str
    number: str
    language: str
    queue: str


@dataclass(frozen=True, slots=True)
class Connect:
    """The customer on `customer_leg` gets the agent on `agent_leg`: a call begins."""

    customer_leg: str
    agent_leg: str
    """Empty: the agent's phone has yet to ring."""
    agent: str


@dataclass(frozen=True, slots=True)
class HangUpLeg:
    """End a channel that we made."""

    leg: str


Command = JoinLine | RejoinLine | LeaveLine | AgentBusy | DialAgent | BriefAgent | DialCustomer | Connect | HangUpLeg


# -- events --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """The line has an agent for this promise."""

    at: float
    agent: str


@dataclass(frozen=True, slots=True)
class LegUp:
    """A channel that we made was answered."""

    at: float
    leg: str
    machine: bool = False
    """An answering machine answered."""


@dataclass(frozen=True, slots=True)
class Briefed:
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
class Cancelled:
    """It is no longer wanted: the customer called in, or a person said so."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A later wish for the same number, or a person of ours, has changed it."""

    at: float
    arrived_at: float
    not_before: float
    expires_at: float
    revision: int


Event = Offered | LegUp | Briefed | LegGone | CallOver | Cancelled | Changed


@dataclass
class Promise:
    """One promise. All of it is data: `snapshot` is the row, `restore` reads it back.

    Times are seconds since the epoch (UTC).
    """

    key: str
    """Names the promise in the line and its channels: letters, digits and dashes."""
    number: str
    """E.164"""
    queue: str
    language: str
    line: str
    arrived_at: float
    """Of the call that asked: the place in line."""
    expires_at: float
    not_before: float = 0.0
    customer_first: bool = False
    """The customer's phone rings first; the agent is kept free for the call, and rings when it is answered."""
    asked_at: float | None = None
    """When the customer asked on the phone; None: by other ways."""
    state: State = State.REQUESTED
    attempts: int = 0
    legs: int = 0
    agent: str | None = None
    agent_up: bool = False
    last_outcome: str | None = None
    """Of the last attempt; None: it goes on, or there was none."""
    end_reason: str | None = None
    ended_at: float | None = None
    connected_call: str | None = None
    revision: int = 1
    """Of the row, as it was last read."""
    dialled_at: float | None = None
    """When the customer was dialled last."""

    @property
    def agent_leg(self) -> str:
        """The agent's channel of the attempt under way."""
        return f"{self.key}-{self.legs}a"

    @property
    def customer_leg(self) -> str:
        """The customer's channel of the attempt under way."""
        return f"{self.key}-{self.legs}c"

    @property
    def over(self) -> bool:
        return self.state in END_STATES

    def snapshot(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON-ready data."""
        return asdict(self)

    @classmethod
    def restore(cls, data: dict[str, Any]) -> "Promise":
        """The promise as it was when `snapshot` was taken."""
        return cls(**{**data, "state": State(data["state"])})

    # -- time --------------------------------------------------------------------------------------

    def next_timer(self, rules: Rules, now: float) -> float | None:
        """When `handle_timer` wants to be called; None: something else happens first."""
        match self.state:
            case State.REQUESTED:
                return min(self.expires_at, max(self.not_before, rules.allowed_from(self.number, now, self.asked_at)))
            case State.DUE:
                return self.expires_at
        return None

    def handle_timer(self, rules: Rules, now: float) -> list[Command]:
        """Does what is due at `now`."""
        if self.state not in (State.REQUESTED, State.DUE):
            return []
        if now >= self.expires_at:
            return self._signal(Signal.EXPIRE, now, "nobody could be found in time")
        if (
            self.state is State.REQUESTED
            and now >= self.not_before
            and rules.allowed_from(self.number, now, self.asked_at) <= now
        ):
            return self._signal(Signal.COMES_DUE, now)
        return []

    # -- events ------------------------------------------------------------------------------------

    def receive(self, event: Event, rules: Rules) -> list[Command]:
        """Takes an event in; returns the commands that follow from it, in order."""
        match event:
            case Offered(at, agent):
                return self._offered(at, agent, rules)
            case LegUp(at, leg, machine):
                return self._leg_up(at, leg, machine, rules)
            case Briefed(at, leg) if leg == self.agent_leg and self.state is State.DIALLING_AGENT:
                return self._dial_customer(at, rules)
            case LegGone(at, leg, cause):
                return self._leg_gone(at, leg, cause, rules)
            case CallOver(at, result):
                return self._signal(Signal.TALK_OVER, at, result)
            case Cancelled(at, reason):
                return self._cancelled(at, reason)
            case Changed():
                return self._changed(event)
        return []

    def _offered(self, at: float, agent: str, rules: Rules) -> list[Command]:
        if self.state is not State.DUE:
            return [LeaveLine()]
        if rules.allowed_from(self.number, at, self.asked_at) > at:
            return self._signal(Signal.NOT_NOW, at)
        if rules.why_not(self.number, at) is not None:
            # A limit of the day: no agent is rung for a call that cannot be made.
            self.not_before = at + FORBIDDEN_PAUSE_SECONDS
            return self._signal(Signal.NOT_NOW, at)
        self.agent, self.agent_up = agent, False
        self.legs += 1
        if self.customer_first:
            return self._dial_customer(at, rules)
        return self._signal(Signal.OFFER, at)

    def _leg_up(self, at: float, leg: str, machine: bool, rules: Rules) -> list[Command]:
        if leg == self.agent_leg and self.state is State.DIALLING_AGENT and self.agent is not None:
            self.agent_up = True
            return [AgentBusy(self.agent), BriefAgent(leg, f"brief-{self.legs}")]
        if leg == self.customer_leg and self.state is State.DIALLING_CUSTOMER:
            if machine:
                return [HangUpLeg(leg), *self._agent_hung_up(), *self._not_reached(at, "machine", rules)]
            self.connected_call = leg
            self.last_outcome = "answered"
            return self._signal(Signal.CUSTOMER_UP, at)
        return [HangUpLeg(leg)] if leg not in (self.connected_call, self.agent_leg) else []

    def _dial_customer(self, at: float, rules: Rules) -> list[Command]:
        self.attempts += 1
        self.dialled_at, self.last_outcome = at, None
        rules.record(self.number, at)
        return self._signal(Signal.OFFER_CUSTOMER_FIRST if self.customer_first else Signal.AGENT_READY, at)

    def _leg_gone(self, at: float, leg: str, cause: str, rules: Rules) -> list[Command]:
        if leg == self.agent_leg and self.state is State.DIALLING_AGENT:
            return self._signal(Signal.AGENT_MISSED, at)
        if leg == self.agent_leg and self.state is State.DIALLING_CUSTOMER:
            # The agent left while the customer's phone rang: better no call than one without an agent.
            self.last_outcome = "agent left"
            return [HangUpLeg(self.customer_leg), *self._signal(Signal.AGENT_MISSED, at)]
        if leg == self.customer_leg and self.state is State.DIALLING_CUSTOMER:
            return [*self._agent_hung_up(), *self._not_reached(at, cause, rules)]
        return []

    def _not_reached(self, at: float, outcome: str, rules: Rules) -> list[Command]:
        self.last_outcome = outcome
        following = None if outcome == WRONG_NUMBER else rules.next_attempt(self.attempts, at)
        if following is None or following >= self.expires_at:
            return self._signal(Signal.LAST_TRY, at, outcome)
        self.not_before = following
        return self._signal(Signal.NOT_REACHED, at)

    def _agent_hung_up(self) -> list[Command]:
        return [] if self.customer_first else [HangUpLeg(self.agent_leg)]

    def _changed(self, event: Changed) -> list[Command]:
        self.arrived_at, self.expires_at, self.revision = event.arrived_at, event.expires_at, event.revision
        if self.state not in (State.REQUESTED, State.DUE):
            return []
        self.not_before = event.not_before
        # Out of the line and, when it is due, in again at the new place.
        return self._signal(Signal.NOT_NOW, event.at)

    def _cancelled(self, at: float, reason: str) -> list[Command]:
        legs: list[Command] = []
        if self.state is State.DIALLING_AGENT:
            legs = [HangUpLeg(self.agent_leg)]
        elif self.state is State.DIALLING_CUSTOMER:
            legs = [HangUpLeg(self.customer_leg), *self._agent_hung_up()]
        return legs + self._signal(Signal.CANCEL, at, reason)

    def _signal(self, signal: Signal, at: float, reason: str | None = None) -> list[Command]:
        """Makes the transition that the table has for this signal; nothing where it has none."""
        target = TRANSITIONS[self.state].get(signal)
        if target is None:
            return []
        self.state = target
        if self.over:
            self.ended_at, self.end_reason = at, reason
        return _ACTIONS[signal](self)

    def _on_offer(self) -> list[Command]:
        assert self.agent is not None
        return [DialAgent(self.agent_leg, self.agent, self.number, self.language)]

    def _on_ready(self) -> list[Command]:
        return [DialCustomer(self.customer_leg, self.number, self.language, self.queue)]

    def _on_missed(self) -> list[Command]:
        assert self.agent is not None
        agent, was_up = self.agent, self.agent_up
        self.agent, self.agent_up = None, False
        if was_up:
            return [LeaveLine(), JoinLine(self.queue, self.arrived_at)]
        return [RejoinLine(self.queue, self.arrived_at, agent)]

    def _on_customer_up(self) -> list[Command]:
        assert self.agent is not None
        return [Connect(self.customer_leg, "" if self.customer_first else self.agent_leg, self.agent)]


_ACTIONS: dict[Signal, Callable[[Promise], list[Command]]] = {
    Signal.COMES_DUE: lambda promise: [JoinLine(promise.queue, promise.arrived_at)],
    Signal.NOT_NOW: lambda _: [LeaveLine()],
    Signal.OFFER: Promise._on_offer,
    Signal.OFFER_CUSTOMER_FIRST: Promise._on_ready,
    Signal.AGENT_READY: Promise._on_ready,
    Signal.AGENT_MISSED: Promise._on_missed,
    Signal.CUSTOMER_UP: Promise._on_customer_up,
    Signal.NOT_REACHED: lambda _: [LeaveLine()],
    Signal.LAST_TRY: lambda _: [LeaveLine()],
    Signal.TALK_OVER: lambda _: [],
    Signal.CANCEL: lambda _: [LeaveLine()],
    Signal.EXPIRE: lambda _: [LeaveLine()],
}
