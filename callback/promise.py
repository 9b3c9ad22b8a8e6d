"""The life of one promise to call back. Everything that affects its state is in this file; no I/O.

The rules:

- A promise waits in the line at the place of the call that asked (`due`), inside the hours in which the
  number may be called and somebody is here to call; outside them, and between attempts, it sleeps (`requested`).
  It does not expire while we are closed.
- The line offers it an agent as it offers one to a caller, so never more calls go out than agents are free.
  Where the queue says `customer_first`, that agent is kept free and rings when the customer has answered.
  The agent's phones ring first (`dialling_agent`), and on the one that is answered the agent hears who is called and
  why; only then the customer is dialled (`dialling_customer`). An agent who does not answer, or who leaves before the
  customer does, costs the promise no try; after the second the customer's phone is left alone for a minute.
- A customer who answers is `connected`: from there a call of `ivr/call.py` carries on, on the customer's
  own channel, as if the customer had waited; the promise is `done` when that call is over and somebody talked.
- Busy, silence, an answering machine, a call in which nobody talked: the attempt is counted and the promise
  sleeps until the next one, or has `failed` with the last.
- While the provider is in trouble (`callback/trunk.py`) a promise waits for that and rings nobody. A call that the
  provider did not carry is no attempt. A promise that tries out whether it does rings the customer first.
- A call that an agent asks for (`for_agent`) goes to that agent as soon as the customer may be called: be the agent
  free, paused or logged out, and whatever our own hours are. It is tried so once. Then it is what it was before, a
  promise; or, where nothing was promised (`once`), it is given up, which is nobody's broken promise.
- A promise that `tells` needs no agent: the customer is dialled when it is due, and told something.
- A customer who calls in is not dialled meanwhile. Once served there, the promise is `cancelled`; else it stands.
- A promise that is older than its expiry when nothing is under way has `expired`: an alarm and a person's
  task, never silence. Each promise ends in exactly one of the four end states.
- Events may come twice or late: one about a leg that is no longer ours changes nothing.
"""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from callback import commands as cmd
from callback import events as ev
from callback.rules import Rules
from callback.trunk import PROVIDER
from ringback.messages import Message, message


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
    TELL = "comes due, to be told something"
    AGENT_READY = "agent was briefed"
    AGENT_MISSED = "agent did not answer"
    CUSTOMER_UP = "customer answered"
    AGENT_LEFT = "agent left before the customer answered"
    CALLED_IN = "customer calls in"
    NO_WAY = "provider in trouble"
    NOT_REACHED = "not reached"
    LAST_TRY = "not reached, last try"
    TALK_OVER = "talk over"
    CANCEL = "cancel"
    GIVE_UP = "given up by who asked for it"
    EXPIRE = "expire"


S, G = State, Signal
_STOP = {G.CANCEL: S.CANCELLED, G.GIVE_UP: S.CANCELLED, G.EXPIRE: S.EXPIRED}
TRANSITIONS: dict[State, dict[Signal, State]] = {
    S.REQUESTED: {G.COMES_DUE: S.DUE, G.TELL: S.DIALLING_CUSTOMER, **_STOP},
    S.DUE: {
        G.OFFER: S.DIALLING_AGENT,
        G.OFFER_CUSTOMER_FIRST: S.DIALLING_CUSTOMER,
        G.NOT_NOW: S.REQUESTED,
        G.CALLED_IN: S.REQUESTED,
        G.NO_WAY: S.REQUESTED,
        **_STOP,
    },
    S.DIALLING_AGENT: {
        G.AGENT_READY: S.DIALLING_CUSTOMER,
        G.AGENT_MISSED: S.DUE,
        G.CALLED_IN: S.REQUESTED,
        G.NO_WAY: S.REQUESTED,
        G.CANCEL: S.CANCELLED,
        G.GIVE_UP: S.CANCELLED,
    },
    S.DIALLING_CUSTOMER: {
        G.CUSTOMER_UP: S.CONNECTED,
        G.AGENT_LEFT: S.REQUESTED,
        G.CALLED_IN: S.REQUESTED,
        G.NO_WAY: S.REQUESTED,
        G.NOT_REACHED: S.REQUESTED,
        G.LAST_TRY: S.FAILED,
        G.CANCEL: S.CANCELLED,
        G.GIVE_UP: S.CANCELLED,
    },
    S.CONNECTED: {G.TALK_OVER: S.DONE, G.NOT_REACHED: S.REQUESTED, G.LAST_TRY: S.FAILED, G.GIVE_UP: S.CANCELLED},
    S.DONE: {},
    S.FAILED: {},
    S.CANCELLED: {},
    S.EXPIRED: {},
}
WRONG_NUMBER = "wrong_number"
"""The one outcome after which another attempt makes no sense: `callback.policy.Outcome`."""
KEPT = frozenset({"served", "promised", "message", "told"})
"""Results of the call by which a promise is kept: somebody talked, or the customer chose to be called once more, or to
leave a message, or heard what was to be told. See `calls.models.Call.result`."""
SERVED_BEFORE, TOLD_BEFORE = message("callback.called_in"), message("callback.told_on_the_line")
"""`end_reason` of a promise whose customer was quicker: was served, or heard what was to be told."""
FORBIDDEN_PAUSE_SECONDS = 1800.0
AGENT_LEFT_PAUSE_SECONDS = 60.0
LATER_SECONDS = 60.0
"""What may not be called for so long yet was promised for a time to come."""
OPEN_AGAIN_SECONDS = 4 * 3600.0
"""A promise that waits for us to open lives for at least so long from then."""
PHONES = 10
"""Names for phones of one agent in an attempt; Asterisk lets each agent register three."""
LOOKS = 8
"""Days looked at for a moment that suits our hours and the customer's."""
END_STATES = frozenset(state for state, signals in TRANSITIONS.items() if not signals)


@dataclass
class CallbackMachine:
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
    tells: bool = False
    """No agent is needed: the customer is told something."""
    customer_first: bool = False
    """The customer's phone rings first; the agent is kept free for the call, and rings when it is answered."""
    for_agent: str | None = None
    """Who asked for it to be made at once, and whose phone alone rings; None: whom the line chooses."""
    once: bool = False
    """Nothing was promised: it is tried once."""
    asked_at: float | None = None
    """When the customer asked on the phone; None: by other ways."""
    state: State = State.REQUESTED
    attempts: int = 0
    """Calls made to the customer."""
    spared: int = 0
    """Those of them that were ended by us and count for nothing."""
    kept_over: bool = False
    """It would have expired while we were closed, and was given time once."""
    legs: int = 0
    """Numbers the channels: the attempt in tens, the agent's phone in ones."""
    agent: str | None = None
    agent_up: bool = False
    last_outcome: str | None = None
    """Of the last attempt; None: it goes on, or there was none."""
    end_reason: dict[str, Any] | None = None
    ended_at: float | None = None
    connected_call: str | None = None
    revision: int = 1
    """Of the row, as it was last read."""
    dialled_at: float | None = None
    """When the customer was dialled last."""
    answered_at: float | None = None
    """When the customer last answered, and was no machine."""
    waits_for_trunk: bool = False
    """The provider is in trouble: nobody is rung."""
    turn: float = 0.0
    """Not before this, so that after a trouble not all go on at once."""
    proving: bool = False
    """This attempt tries out whether the provider carries calls."""

    @property
    def agent_leg(self) -> str:
        """The agent's channel of the attempt under way: of the phone that answered, until then of the first."""
        return f"{self.key}-{self.legs}a"

    @property
    def phone_legs(self) -> list[str]:
        """Names for channels of all phones of the agent that ring in the attempt under way."""
        first = self.legs - self.legs % PHONES
        return [f"{self.key}-{number}a" for number in range(first, first + PHONES)]

    @property
    def customer_leg(self) -> str:
        """The customer's channel of the attempt under way."""
        return f"{self.key}-{self.legs}c"

    @property
    def rings_customer_first(self) -> bool:
        """In the attempt under way."""
        return (self.customer_first and self.for_agent is None) or self.proving or self.tells

    def is_for_later(self, now: float) -> bool:
        """For a time to come that was chosen, or when we open: what happens today does not settle it."""
        return self.attempts == self.spared and self.not_before > now + LATER_SECONDS

    @property
    def over(self) -> bool:
        return self.state in END_STATES

    def snapshot(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON-ready data."""
        return asdict(self)

    @classmethod
    def restore(cls, data: dict[str, Any]) -> "CallbackMachine":
        """The promise as it was when `snapshot` was taken."""
        return cls(**{**data, "state": State(data["state"])})

    # -- time --------------------------------------------------------------------------------------

    def next_timer(self, rules: Rules, now: float) -> float | None:
        """When `handle_timer` wants to be called; None: something else happens first."""
        match self.state:
            case State.REQUESTED:
                return min(self.expires_at, self._callable_from(rules, now))
            case State.DUE:
                return min(self.expires_at, rules.closes_at(self.line, self.queue, now))
        return None

    def _callable_from(self, rules: Rules, now: float) -> float:
        """The earliest moment from `now` that suits the customer's hours and ours."""
        if self.waits_for_trunk:
            return math.inf
        return self.suits_from(rules, max(now, self.turn))

    def suits_from(self, rules: Rules, now: float) -> float:
        """As if the provider were in order."""
        moment = max(now, self.not_before)
        for _ in range(LOOKS):
            allowed = rules.allowed_from(self.number, moment, self.asked_at)
            ours = math.isinf(allowed) or self.for_agent is not None
            later = allowed if ours else rules.opens_from(self.line, self.queue, allowed)
            if later <= moment or math.isinf(later):
                return later
            moment = later
        return moment

    def wait_for_opening(self, rules: Rules, now: float) -> bool:
        """Whether we are closed: then it sleeps until we open, and (once) does not expire before."""
        if self.for_agent is not None:
            return False
        opens = rules.opens_from(self.line, self.queue, now)
        if now < opens < math.inf:
            self.not_before = max(self.not_before, opens)
            if not self.kept_over and self.expires_at < opens + OPEN_AGAIN_SECONDS:
                self.kept_over, self.expires_at = True, opens + OPEN_AGAIN_SECONDS
        return opens > now

    def handle_timer(self, rules: Rules, now: float) -> list[cmd.Command]:
        """Does what is due at `now`."""
        if self.state not in (State.REQUESTED, State.DUE):
            return []
        closed = self.wait_for_opening(rules, now)
        if now >= self.expires_at:
            too_late = self._given_up(now, "callback.not_in_time")
            return too_late or self._signal(Signal.EXPIRE, now, message("callback.expired"))
        if closed:
            return self._signal(Signal.NOT_NOW, now)
        if self.state is State.REQUESTED and self._callable_from(rules, now) <= now:
            return self._tell(rules, now) if self.tells else self._signal(Signal.COMES_DUE, now)
        return []

    def _tell(self, rules: Rules, now: float) -> list[cmd.Command]:
        if rules.refusal(self.number, now) is not None:
            self.not_before = now + FORBIDDEN_PAUSE_SECONDS
            return []
        self.legs = (self.legs // PHONES + 1) * PHONES
        return self._dial_customer(now, rules)

    # -- events ------------------------------------------------------------------------------------

    def receive(self, event: ev.Event, rules: Rules) -> list[cmd.Command]:
        """Takes an event in; returns the commands that follow from it, in order."""
        match event:
            case ev.AgentOffered(at, agent):
                return self._offered(at, agent, rules)
            case ev.LegAnswered(at, leg, machine):
                return self._leg_up(at, leg, machine, rules)
            case ev.WhisperHeard(at, leg) if leg == self.agent_leg and self.state is State.DIALLING_AGENT:
                return self._dial_customer(at, rules)
            case ev.LegGone(at, leg, cause):
                return self._leg_gone(at, leg, cause, rules)
            case ev.CallOver(at, result) if self.state is State.CONNECTED:
                kept = result in KEPT
                return (
                    self._signal(Signal.TALK_OVER, at, message(f"callback.kept.{result}"))
                    if kept
                    else self._not_reached(at, result, rules)
                )
            case ev.AgentAway(at) | ev.CalledIn(at) | ev.TrunkAway(at):
                return _HINDRANCES[type(event)](self, at)
            case ev.TrunkBack(_, not_before, proving):
                self.waits_for_trunk, self.turn = False, not_before
                if self.state in (State.REQUESTED, State.DUE):
                    self.proving = proving
            case ev.Cancelled(at, reason, call):
                self.connected_call = call or self.connected_call
                return self._cancelled(at, reason)
            case ev.Changed():
                return self._changed(event, rules)
        return []

    def _offered(self, at: float, agent: str, rules: Rules) -> list[cmd.Command]:
        if self.state is not State.DUE:
            return [cmd.LeaveLine()]
        closed = self.wait_for_opening(rules, at)
        if closed or self.waits_for_trunk or rules.allowed_from(self.number, at, self.asked_at) > at:
            return self._given_up(at, "callback.not_allowed_now") or self._signal(Signal.NOT_NOW, at)
        if rules.refusal(self.number, at) is not None:
            # A limit of the day: no agent is rung for a call that cannot be made.
            self.not_before = at + FORBIDDEN_PAUSE_SECONDS
            return self._given_up(at, "callback.not_allowed_now") or self._signal(Signal.NOT_NOW, at)
        self.agent, self.agent_up = agent, False
        self.legs = (self.legs // PHONES + 1) * PHONES
        if self.rings_customer_first:
            return self._dial_customer(at, rules)
        return self._signal(Signal.OFFER, at)

    def _leg_up(self, at: float, leg: str, machine: bool, rules: Rules) -> list[cmd.Command]:
        if self.state is State.DIALLING_AGENT and self.agent is not None and self._is_agents(leg):
            self.legs += self.phone_legs.index(leg) - self.legs % PHONES
            self.agent_up = True
            return [cmd.AgentBusy(self.agent), cmd.WhisperToAgent(leg, f"brief-{self.legs}", self.number)]
        if leg == self.customer_leg and self.state is State.DIALLING_CUSTOMER:
            if machine:
                return [cmd.HangUpLeg(leg), *self._agent_told("machine"), *self._not_reached(at, "machine", rules)]
            self.connected_call = leg
            self.last_outcome = "answered"
            self.answered_at = at
            return self._signal(Signal.CUSTOMER_UP, at)
        return [cmd.HangUpLeg(leg)] if leg not in (self.connected_call, self.agent_leg) else []

    def _is_agents(self, leg: str) -> bool:
        """Whichever phone answers first has the call."""
        return leg == self.agent_leg if self.agent_up else leg in self.phone_legs

    def _dial_customer(self, at: float, rules: Rules) -> list[cmd.Command]:
        self.attempts += 1
        self.dialled_at, self.last_outcome = at, None
        rules.record(self.number, at)
        first = Signal.TELL if self.tells else Signal.OFFER_CUSTOMER_FIRST
        return self._signal(first if self.rings_customer_first else Signal.AGENT_READY, at)

    def _leg_gone(self, at: float, leg: str, cause: str, rules: Rules) -> list[cmd.Command]:
        if leg == self.agent_leg and self.state is State.DIALLING_AGENT:
            return self._given_up(at, "callback.agent_missed") or self._signal(Signal.AGENT_MISSED, at)
        if leg == self.agent_leg and self.state is State.DIALLING_CUSTOMER:
            # The agent left while the customer's phone rang: better no call than one without an agent. The
            # customer saw a call that nobody was on: not at once again.
            self.last_outcome, self.not_before = "agent left", at + AGENT_LEFT_PAUSE_SECONDS
            self.spared += 1
            ended = self._given_up(at, "callback.outcome.agent left") or self._signal(Signal.AGENT_LEFT, at)
            return [cmd.HangUpLeg(self.customer_leg), *ended]
        if leg == self.customer_leg and self.state is State.DIALLING_CUSTOMER:
            agent = self._agent_told(cause)
            return agent + (self._not_carried(at, rules) if cause == PROVIDER else self._not_reached(at, cause, rules))
        return []

    def _not_reached(self, at: float, outcome: str, rules: Rules) -> list[cmd.Command]:
        self.last_outcome = outcome
        if given_up := self._given_up(at, f"callback.outcome.{outcome}"):
            return given_up
        following = None if outcome == WRONG_NUMBER else rules.next_attempt(self.attempts - self.spared, at)
        if following is None or following >= self.expires_at:
            why = message("callback.last_attempt", outcome=message(f"callback.outcome.{outcome}"))
            return self._signal(Signal.LAST_TRY, at, why)
        self.not_before = following
        return self._signal(Signal.NOT_REACHED, at)

    def _not_carried(self, at: float, rules: Rules) -> list[cmd.Command]:
        """The provider's trouble: the customer was not called, so this was no attempt."""
        if self.dialled_at is not None:
            rules.forget(self.number, self.dialled_at)
        self.attempts -= 1
        self.last_outcome, self.waits_for_trunk = PROVIDER, True
        return self._given_up(at, f"callback.outcome.{PROVIDER}") or self._signal(Signal.NO_WAY, at)

    def _trunk_away(self, at: float) -> list[cmd.Command]:
        """A customer who is being dialled is left to it: how that ends says more."""
        self.waits_for_trunk = True
        if self.state is State.DIALLING_CUSTOMER:
            return []
        legs = self._legs_hung_up()
        return legs + (self._given_up(at, f"callback.outcome.{PROVIDER}") or self._signal(Signal.NO_WAY, at))

    def _given_up(self, at: float, why: str) -> list[cmd.Command]:
        """The one try that an agent asked for has come to nothing. []: something was promised, and is from now on kept
        by whom the line chooses."""
        self.for_agent = None
        return self._signal(Signal.GIVE_UP, at, message(why)) if self.once else []

    def _agent_told(self, outcome: str) -> list[cmd.Command]:
        """The agent who heard music hears what happened, before the phone is free again."""
        return [] if self.rings_customer_first else [cmd.TellAgent(self.agent_leg, outcome)]

    def _agent_hung_up(self) -> list[cmd.Command]:
        return [] if self.rings_customer_first else [cmd.HangUpLeg(self.agent_leg)]

    def _changed(self, event: ev.Changed, rules: Rules) -> list[cmd.Command]:
        self.arrived_at, self.expires_at, self.revision = event.arrived_at, event.expires_at, event.revision
        self.tells, self.once = self.tells and event.tells, self.once and event.once
        if self.state not in (State.REQUESTED, State.DUE):
            return []
        self.for_agent = event.for_agent
        self.not_before, self.kept_over = event.not_before, False
        self.wait_for_opening(rules, event.at)
        # Out of the line and, when it is due, in again at the new place.
        return self._signal(Signal.NOT_NOW, event.at)

    def _cancelled(self, at: float, reason: Message) -> list[cmd.Command]:
        return self._legs_hung_up() + self._signal(Signal.CANCEL, at, reason)

    def _called_in(self, at: float) -> list[cmd.Command]:
        legs = self._legs_hung_up()
        if self.state is State.DIALLING_CUSTOMER:
            self.last_outcome = "called in"
            self.spared += 1
        return legs + (self._given_up(at, "callback.outcome.called in") or self._signal(Signal.CALLED_IN, at))

    def _legs_hung_up(self) -> list[cmd.Command]:
        """Ends the channels of the attempt under way."""
        match self.state:
            case State.DIALLING_AGENT:
                return [cmd.HangUpLeg(self.agent_leg)]
            case State.DIALLING_CUSTOMER:
                return [cmd.HangUpLeg(self.customer_leg), *self._agent_hung_up()]
        return []

    def _signal(self, signal: Signal, at: float, reason: Message | None = None) -> list[cmd.Command]:
        """Makes the transition that the table has for this signal; nothing where it has none."""
        target = TRANSITIONS[self.state].get(signal)
        if target is None:
            return []
        self.state = target
        if target is State.REQUESTED:
            self.proving = False  # the next attempt may be one as ever
        if self.over:
            self.ended_at, self.end_reason = at, reason.as_json() if reason else None
        return _ACTIONS[signal](self)

    def _on_offer(self) -> list[cmd.Command]:
        assert self.agent is not None
        return [cmd.DialAgent(self.agent_leg, self.agent, self.number, self.language)]

    def _on_ready(self) -> list[cmd.Command]:
        return [cmd.DialCustomer(self.customer_leg, self.number, self.language, self.queue)]

    def _on_missed(self) -> list[cmd.Command]:
        assert self.agent is not None
        agent, was_up = self.agent, self.agent_up
        self.agent, self.agent_up = None, False
        if was_up:
            return [cmd.LeaveLine(), cmd.JoinLine(self.queue, self.arrived_at)]
        return [cmd.RejoinLine(self.queue, self.arrived_at, agent)]

    def _on_customer_up(self) -> list[cmd.Command]:
        assert self.answered_at is not None
        agent_leg = "" if self.rings_customer_first else self.agent_leg
        return [cmd.Connect(self.customer_leg, agent_leg, self.agent or "", self.answered_at)]


_HINDRANCES: dict[type[ev.Event], Callable[[CallbackMachine, float], list[cmd.Command]]] = {
    ev.AgentAway: lambda self, at: self._given_up(at, "callback.agent_away") or self._signal(Signal.NOT_NOW, at),
    ev.CalledIn: CallbackMachine._called_in,
    ev.TrunkAway: CallbackMachine._trunk_away,
}
_LEAVE = (G.NOT_NOW, G.AGENT_LEFT, G.CALLED_IN, G.NO_WAY, G.NOT_REACHED, G.LAST_TRY, G.CANCEL, G.GIVE_UP, G.EXPIRE)
_ACTIONS: dict[Signal, Callable[[CallbackMachine], list[cmd.Command]]] = {
    **dict.fromkeys(_LEAVE, lambda _: [cmd.LeaveLine()]),
    Signal.COMES_DUE: lambda promise: [cmd.JoinLine(promise.queue, promise.arrived_at)],
    Signal.OFFER: CallbackMachine._on_offer,
    Signal.OFFER_CUSTOMER_FIRST: CallbackMachine._on_ready,
    Signal.TELL: CallbackMachine._on_ready,
    Signal.AGENT_READY: CallbackMachine._on_ready,
    Signal.AGENT_MISSED: CallbackMachine._on_missed,
    Signal.CUSTOMER_UP: CallbackMachine._on_customer_up,
    Signal.TALK_OVER: lambda _: [],
}
