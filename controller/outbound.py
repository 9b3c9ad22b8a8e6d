"""Promises to call back as they run on the switch: feeds `callback.promise.CallbackMachine`, owns its channels' names.

Part of the runner, and like it without I/O: what a promise wants of the line is done here, what it wants
of the switch goes into the runner's output. The customer's own call is the runner's.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from callback import commands, events
from callback import promise as pr
from callback.policy import outcome_of
from callback.rules import Rules
from callback.trunk import TrunkHealth
from controller.own_channels import NO_PHONE, AgentPhones, patience
from controller.promise_line import join
from controller.promise_rows import Origin, PromiseChange, change_to, key_of
from controller.trunk_turns import LivePromise, TrunkTurns
from ivr.events import CalledBack, Done, Event, HungUp
from pbx.codec import answered_at
from pbx.legs import LegCommand
from pbx.reports import (
    LiveChannel,
    OwnChannelFailed,
    OwnChannelGivenUp,
    OwnChannelRings,
    TrunkAnswers,
    TrunkRegistration,
)
from queueing.router import Offer, Router
from ringback.messages import Message
from ringback.times import Times

LegReport = OwnChannelFailed | OwnChannelRings | OwnChannelGivenUp
TELL_SECONDS = 3.0
"""From one customer who is told something to the next, so that hundreds do not fill the trunk, or the line with who
presses 1."""
LAST_WORD_SECONDS = 1.0
"""A channel that could not be made, or was not answered, says why within so long where there was one."""


@dataclass
class _Entry(LivePromise):
    id: uuid.UUID
    origin: Origin


@dataclass
class Outbound:
    """All live promises of one switch."""

    router: Router
    rules: Rules
    send: Callable[[str, LegCommand], None]
    """Takes a command for a channel of ours."""
    begin: Callable[[str, CalledBack, str, float], None]
    """A customer has answered: the call to begin, and its name in the line."""
    offer: Callable[[list[Offer], float], None]
    """Takes what the line offered meanwhile."""
    operator_queue: Callable[[str], str]
    """The operator queue of a line, for a promise whose own queue is not in the settings any more."""
    trunk: TrunkHealth | None = None
    """How it is with the provider; None: nobody asks."""
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _by_number: dict[str, str] = field(default_factory=dict)
    _legs: dict[str, str] = field(default_factory=dict)
    _phones: AgentPhones = field(default_factory=AgentPhones)
    _calls: dict[str, str] = field(default_factory=dict)
    _no_call: set[str] = field(default_factory=set)
    """Channels of customers that are dialled, were seen until now, and have led to no call yet."""
    _unused: list[str] = field(default_factory=list)
    _callers: dict[str, dict[str, None]] = field(default_factory=dict)
    """By number, the calls of this customer that go on."""
    _numbers: dict[str, set[str]] = field(default_factory=dict)
    """By call, the numbers of its customer: the one it came from, and one to be called back."""
    _times: Times[str] = field(default_factory=Times)
    _watched: Times[str] = field(default_factory=Times)
    """By channel, when it is given up: whatever keeps it from ringing or failing, a promise must go on."""
    _touched: dict[str, None] = field(default_factory=dict)
    _next_tell: float = 0.0
    """When the last of those is dialled who are to be told something."""
    all_ends: bool = False
    """Whether no promise is taken up any more, because all is about to end: the next start does that."""
    turns: TrunkTurns = field(init=False)

    def __post_init__(self) -> None:
        self.turns = TrunkTurns(self.trunk, self.rules, self._entries, self._receive)

    # -- promises come and go ------------------------------------------------------------------------

    def add(self, promise: pr.CallbackMachine, row: uuid.UUID, origin: Origin, now: float) -> bool:
        """Takes up a live promise; False for one that is known already, or whose number has another."""
        if promise.key in self._entries or promise.number in self._by_number or promise.over:
            return False
        if promise.queue not in self.router.settings.queues:
            promise.queue = self.operator_queue(promise.line)
        self._entries[promise.key] = _Entry(promise, id=row, origin=origin)
        self._by_number[promise.number] = promise.key
        if promise.number in self._callers:
            self._suspend(promise.key, now)
        self._hold(promise.key, now)
        if promise.tells and promise.state is pr.State.REQUESTED:
            promise.turn = self._next_tell = max(now, promise.turn, self._next_tell + TELL_SECONDS)
        match promise.state:
            case pr.State.REQUESTED:
                promise.wait_for_opening(self.rules, now)
            case pr.State.DUE:
                self._join(promise, now)
            case pr.State.DIALLING_AGENT | pr.State.DIALLING_CUSTOMER:
                self._legs[promise.agent_leg] = self._legs[promise.customer_leg] = promise.key
                agent = promise.state is pr.State.DIALLING_AGENT
                if agent and not promise.agent_up:
                    self._phones.ring(promise.key, [promise.agent_leg])
                self._watch(promise.agent_leg if agent else promise.customer_leg, promise.agent_up and agent, now)
                self._join(promise, now)
            case pr.State.CONNECTED if promise.connected_call is not None:
                self._calls[promise.connected_call] = self._legs[promise.agent_leg] = promise.key
        self._touched[promise.key] = None
        self._arm(promise.key, now)
        return True

    def change(self, row: uuid.UUID, fresh: pr.CallbackMachine, now: float) -> None:
        """Takes over what was changed in the row of a promise that is known."""
        key = key_of(row)
        if key in self._entries:
            self._receive(key, change_to(fresh, now), now)

    # -- customers who are on the phone ----------------------------------------------------------------

    def caller_came(self, number: str, call_id: str, now: float) -> pr.CallbackMachine | None:
        """Who has this number is on the phone with us: nobody calls there meanwhile. The promise that stands."""
        self._callers.setdefault(number, {})[call_id] = None
        self._numbers.setdefault(call_id, set()).add(number)
        promise = self.live(number)
        if promise is not None:
            self._suspend(promise.key, now)
        return promise

    def caller_served(self, call_id: str, connected_at: float, now: float) -> None:
        """Somebody of ours talks with this caller: what was promised before is done with, unless for a time to come."""
        for number in self._numbers.get(call_id, ()):
            key = self._by_number.get(number)
            entry = None if key is None else self._entries[key]
            if entry is None or entry.suspended_since is None or entry.suspended_since > connected_at:
                continue
            if entry.promise.state is not pr.State.CONNECTED and not entry.promise.is_for_later(now):
                self._receive(entry.promise.key, events.Cancelled(now, pr.SERVED_BEFORE, call_id), now)

    def caller_gone(self, call_id: str, now: float, fixed_told: bool = False) -> None:
        """That call is over: a promise to its customer that still stands goes on. `fixed_told`: what was to be told has
        been heard in it."""
        for number in self._numbers.pop(call_id, ()):
            promise = self.live(number)
            if fixed_told and promise is not None and promise.tells and promise.state is not pr.State.CONNECTED:
                self._receive(promise.key, events.Cancelled(now, pr.TOLD_BEFORE, call_id), now)
            calls = self._callers[number]
            del calls[call_id]
            if calls:
                continue
            del self._callers[number]
            key = self._by_number.get(number)
            if key is not None and not self.all_ends:
                self._entries[key].suspended_since = None
                self._arm(key, now)

    def _suspend(self, key: str, now: float) -> None:
        entry = self._entries[key]
        if entry.suspended_since is None:
            entry.suspended_since = now
            self._receive(key, events.CalledIn(now), now)

    # -- the end of all ----------------------------------------------------------------------------------

    def all_end(self, ending: bool, now: float) -> None:
        """All is about to end, or is not after all: nobody is dialled meanwhile. Attempts under way go on."""
        self.all_ends = ending
        for key, entry in list(self._entries.items()):
            if ending:
                self._hold(key, now)
            elif entry.promise.number not in self._callers:
                entry.suspended_since = None
                self._arm(key, now)

    def _hold(self, key: str, now: float) -> None:
        """Leaves a promise for which nobody is being dialled for after the end, at its place."""
        entry = self._entries[key]
        if (
            self.all_ends
            and entry.suspended_since is None
            and entry.promise.state in (pr.State.REQUESTED, pr.State.DUE)
        ):
            self._suspend(key, now)

    # -- for people --------------------------------------------------------------------------------------

    def live(self, number: str) -> pr.CallbackMachine | None:
        """The promise to call this number that is not kept yet."""
        key = self._by_number.get(number)
        return None if key is None else self._entries[key].promise

    def cancel(self, key: str, reason: Message, now: float) -> bool:
        """False where there is no such live promise, or its customer is on the phone already."""
        entry = self._entries.get(key)
        if entry is None or entry.promise.state is pr.State.CONNECTED:
            return False
        self._receive(key, events.Cancelled(now, reason), now)
        return True

    # -- what the switch reports -----------------------------------------------------------------------

    @property
    def answered_legs(self) -> set[str]:
        """Agents' channels that wait for the customer's answer."""
        return {entry.promise.agent_leg for entry in self._entries.values() if entry.promise.agent_up}

    @property
    def is_calling(self) -> bool:
        """Whether a channel of ours is being rung, or the agent on it hears something."""
        return self._watched.next() is not None

    def owns_line_key(self, key: str) -> bool:
        return key in self._entries

    def line_of(self, key: str) -> str:
        """The number of the line that a promise is for; empty: there is no such promise."""
        entry = self._entries.get(key)
        return "" if entry is None else entry.promise.line

    def take_settings(self, trunk: TrunkHealth | None, now: float) -> None:
        """Other queues, dialling rules and perhaps another trunk hold from now on."""
        self.trunk = self.turns.trunk = trunk
        for key, entry in self._entries.items():
            promise = entry.promise
            if promise.queue not in self.router.settings.queues:
                promise.queue = self.operator_queue(promise.line)
                self._touched[key] = None
            self._arm(key, now)
        self.turns.follow(now)

    def offered(self, key: str, agent: str, now: float) -> None:
        self._receive(key, events.AgentOffered(now, agent), now)

    def leg_up(self, leg: str, machine: bool, at: float, now: float) -> None:
        if leg in self._legs:
            self._watched.set(leg, None)
            promise = self._entries[self._legs[leg]].promise
            self._others_stop(promise.key, leg)
            self._receive(promise.key, events.LegAnswered(at, leg, machine), now)
            if leg == promise.customer_leg:
                self.turns.went_through(promise.number, now)
        elif leg not in self._calls:
            self.send(leg, commands.HangUpLeg(leg))

    def spread(self, leg: str, count: int, now: float) -> list[str]:
        """Names for channels of `count` phones of the agent for whom `leg` was to be made: they ring in its place. []:
        no phone is to ring any more."""
        key = self._legs.get(leg)
        if key is None or leg not in self._phones.ringing(key):
            return []
        legs = self._entries[key].promise.phone_legs[:count]
        self._rung(key, legs)
        for each in legs:
            self._watch(each, False, now)
        return legs

    def _rung(self, key: str, legs: list[str]) -> None:
        for leg in self._phones.end(key):
            del self._legs[leg]
        self._phones.ring(key, legs)
        self._legs |= dict.fromkeys(legs, key)

    def _others_stop(self, key: str, leg: str) -> None:
        """One of the agent's phones was answered."""
        for other in self._phones.end(key):
            if other != leg:
                del self._legs[other]
                self._watched.set(other, None)
                self.send(other, commands.HangUpLeg(other, elsewhere=True))

    def told(self, report: LegReport | TrunkAnswers | TrunkRegistration, now: float) -> None:
        """What is heard of the trunk, and of channels before they end."""
        match report:
            case OwnChannelFailed(leg, at, sent):
                self.leg_failed(leg, at, sent, now)
            case OwnChannelRings(leg) if leg in self._legs:
                self.turns.rings(self._legs[leg], leg, now)
            case OwnChannelGivenUp(leg) if leg in self._legs:
                self.turns.given_up(self._legs[leg], leg)
            case TrunkAnswers() | TrunkRegistration():
                self.turns.told(report, now)

    def leg_event(self, leg: str, event: Event, now: float, sip: int = 0) -> bool:
        """An event of a channel; False where it is none of ours. `sip` is the answer by which it ended, where known."""
        if isinstance(event, HungUp):
            self._came_to_nothing(leg)
        key = self._legs.get(leg)
        if key is None:
            return False
        match event:
            case HungUp(at, _, code):
                self._watched.set(leg, None)
                if leg in self._phones.ringing(key):
                    if not self._phones.refused(key, leg, code):
                        del self._legs[leg]
                        return True  # another phone of the agent rings on
                    leg = self._entries[key].promise.agent_leg
                outcome = self.turns.outcome(key, leg, code, sip, now) or outcome_of(code, "").value
                self._receive(key, events.LegGone(at, leg, outcome), now)
                self.turns.follow(now)
            case Done(at, command) if command.startswith("brief-"):
                self._watched.set(leg, None)
                self._receive(key, events.WhisperHeard(at, leg), now)
        return True

    def leg_failed(self, leg: str, at: float, sent: bool, now: float) -> None:
        """A channel could not be made, or was not answered: if there was one, its own end says more."""
        if leg not in self._legs:
            return
        if sent:
            self._watched.set(leg, now + LAST_WORD_SECONDS)
        else:
            self.leg_event(leg, HungUp(at, "could not be dialled"), now)

    def _watch(self, leg: str, whispering: bool, now: float) -> None:
        self._watched.set(leg, now + patience(leg, whispering, self.router.settings))

    def call_over(self, call_id: str, result: str, now: float) -> None:
        """A call that a promise led to has settled."""
        key = self._calls.pop(call_id, None)
        if key is not None:
            promise = self._entries[key].promise
            if not promise.rings_customer_first:
                self.send(promise.agent_leg, commands.HangUpLeg(promise.agent_leg))
            self._receive(key, events.CallOver(now, result), now)

    def compare(self, there: dict[str, LiveChannel], now: float) -> None:
        """After a time without events: `there` are our channels that the switch has."""
        for key, entry in self._entries.items():
            if found := [leg for leg in entry.promise.phone_legs if leg in there and self._phones.ringing(key)]:
                self._rung(key, found)
        for leg, key in list(self._legs.items()):
            promise = self._entries[key].promise
            expected = {
                pr.State.DIALLING_AGENT: self._phones.ringing(key) or (promise.agent_leg,),
                pr.State.DIALLING_CUSTOMER: (promise.agent_leg, promise.customer_leg)[promise.rings_customer_first :],
            }.get(promise.state, ())
            if leg in expected and leg not in there:
                self._no_call.discard(leg)  # nobody knows whether a talk was recorded there: it is kept
                self._receive(key, events.LegGone(now, leg, outcome_of(0, "").value), now)
            elif leg in expected[-1:] or leg in self._phones.ringing(key):
                if leg == promise.customer_leg:
                    self._no_call.add(leg)
                if there[leg].answered:
                    line = there[leg].line
                    self._others_stop(key, leg)
                    self._receive(key, events.LegAnswered(answered_at(line, now), leg, line == "machine"), now)
        for leg in there:
            if leg not in self._legs and leg not in self._calls:
                self.send(leg, commands.HangUpLeg(leg))

    # -- time ------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        times = (self._times.next(), self._watched.next(), self.turns.next_timer())
        return min((time for time in times if time is not None), default=None)

    def tick(self, now: float) -> None:
        for leg in self._watched.due(now):
            if leg in self._legs:
                self.send(leg, commands.HangUpLeg(leg))
                self.leg_event(leg, HungUp(now, "neither rang nor failed", NO_PHONE[0]), now)
        self.turns.tick(now)
        for key in self._times.due(now):
            self._apply(key, self._entries[key].promise.handle_timer(self.rules, now), now)

    # -- out -------------------------------------------------------------------------------------------

    def take_writes(self) -> list[PromiseChange]:
        """What has changed since the last time this was asked. Promises that are over are forgotten."""
        writes = []
        for key in self._touched:
            entry = self._entries[key]
            promise = entry.promise
            writes.append(PromiseChange(entry.id, promise.snapshot(), entry.origin))
            if promise.over:
                del self._entries[key]
                self._times.set(key, None)
                del self._by_number[promise.number]
                self._forget_legs(key)
        self._touched.clear()
        return writes

    def _forget_legs(self, key: str) -> None:
        for leg in [leg for leg, of in self._legs.items() if of == key]:
            del self._legs[leg]
            self._watched.set(leg, None)
        self._phones.end(key)

    def take_unused(self) -> list[str]:
        """Channels of customers that ended without a call since this was last asked: a machine answered, or somebody
        hung up before that was known. What was recorded of them belongs to nobody."""
        unused, self._unused = self._unused, []
        return unused

    # -- between -----------------------------------------------------------------------------------------

    def _came_to_nothing(self, leg: str) -> None:
        if leg in self._no_call:
            self._no_call.remove(leg)
            self._unused.append(leg)

    def _receive(self, key: str, event: events.Event, now: float) -> None:
        self._apply(key, self._entries[key].promise.receive(event, self.rules), now)

    def _apply(self, key: str, asked: list[commands.Command], now: float) -> None:
        promise = self._entries[key].promise
        self._touched[key] = None
        offers: list[Offer] = []
        for command in asked:
            match command:
                case commands.JoinLine():
                    offers += join(self.router, promise, now)
                case commands.RejoinLine(queue, arrived_at, agent):
                    offers += self._agent_missed(key, queue, arrived_at, agent, now)
                case commands.LeaveLine():
                    offers += self.router.leave(key, now)
                case commands.AgentBusy(agent):
                    offers += self.router.connected(key, agent, now)
                case commands.Connect():
                    self._connect(key, command, now)
                case commands.HangUpLeg() if self._phones.ringing(key):
                    for each in self._phones.end(key):
                        self.send(each, commands.HangUpLeg(each))
                case _:
                    self._legs[command.leg] = key
                    if isinstance(command, commands.DialCustomer):
                        self._no_call.add(command.leg)
                    if isinstance(command, commands.DialAgent):
                        self._phones.ring(key, [command.leg])
                    if not isinstance(command, commands.HangUpLeg | commands.TellAgent):
                        self._watch(command.leg, isinstance(command, commands.WhisperToAgent), now)
                    self.send(command.leg, command)
        self._settle(key, offers, now)

    def _settle(self, key: str, offers: list[Offer], now: float) -> None:
        promise = self._entries[key].promise
        self.turns.hold(key, now)
        self._hold(key, now)
        self._arm(key, now)
        self.offer(offers, now)
        if promise.for_agent is not None and promise.state is pr.State.DUE:
            self._receive(key, events.AgentAway(now), now)

    def _agent_missed(self, key: str, queue: str, arrived_at: float, agent: str, now: float) -> list[Offer]:
        refused = self._phones.why(key)
        busy = (agent,) if refused == "busy" else ()
        lost = (agent,) if refused == "lost" else ()
        return self.router.missed(key, queue, arrived_at, agent, now, busy=busy, lost=lost)

    def _join(self, promise: pr.CallbackMachine, now: float) -> None:
        self._settle(promise.key, join(self.router, promise, now), now)

    def _connect(self, key: str, asked: commands.Connect, now: float) -> None:
        entry = self._entries[key]
        promise = entry.promise
        del self._legs[asked.customer_leg]
        self._no_call.discard(asked.customer_leg)
        self._calls[asked.customer_leg] = key
        event = CalledBack(
            asked.answered_at,
            promise.line,
            promise.number,
            entry.origin.caller_name,
            promise.queue,
            entry.origin.menu_path,
            promise.arrived_at,
            asked.agent,
            asked.agent_leg,
            tells=promise.tells,
        )
        self.begin(asked.customer_leg, event, key, now)
        self.router.picked_up(key, now)

    def _arm(self, key: str, now: float) -> None:
        entry = self._entries[key]
        self._times.set(key, None if entry.suspended_since is not None else entry.promise.next_timer(self.rules, now))
