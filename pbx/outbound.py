"""Promises to call back as they run on the switch: feeds `callback.promise.Promise`, owns its channels' names.

Part of the runner, and like it without I/O: what a promise wants of the line is done here, what it wants
of the switch goes into the runner's output. The customer's own call is the runner's.
"""

import heapq
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from callback import promise as pr
from callback.policy import outcome_of
from ivr.events import CalledBack, Done, Event, HungUp
from pbx.codec import OUR_CHANNELS, LegCommand, LiveChannel
from queueing.line import Kind, Line, Offer

HELD_SECONDS = 60.0
"""A promise that begins so soon was held because its caller was still on the phone."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a promise comes from: what the customer's call is told of the one that asked."""

    caller_name: str = ""
    menu_path: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseWrite:
    """What is to be written of one promise."""

    id: uuid.UUID
    snapshot: dict[str, Any]
    """`Promise.snapshot()`: all its fields."""
    origin: Origin


@dataclass
class _Entry:
    promise: pr.Promise
    id: uuid.UUID
    origin: Origin
    timer: float | None = None


@dataclass
class Outbound:
    """All live promises of one switch."""

    line: Line
    rules: pr.Rules
    send: Callable[[str, LegCommand], None]
    """Takes a command for a channel of ours."""
    begin: Callable[[str, CalledBack, str, float], None]
    """A customer has answered: the call to begin, and its name in the line."""
    offer: Callable[[list[Offer], float], None]
    """Takes what the line offered meanwhile."""
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _by_number: dict[str, str] = field(default_factory=dict)
    _legs: dict[str, str] = field(default_factory=dict)
    _calls: dict[str, str] = field(default_factory=dict)
    _timers: list[tuple[float, str]] = field(default_factory=list)
    _touched: dict[str, None] = field(default_factory=dict)

    # -- promises come and go ------------------------------------------------------------------------

    def add(self, promise: pr.Promise, row: uuid.UUID, origin: Origin, now: float) -> bool:
        """Takes up a live promise; False for one that is known already, or whose number has another."""
        if promise.key in self._entries or promise.number in self._by_number or promise.over:
            return False
        self._entries[promise.key] = _Entry(promise, row, origin)
        self._by_number[promise.number] = promise.key
        if promise.state is pr.State.DUE:
            self._join(promise, now)
        elif promise.state in (pr.State.DIALLING_AGENT, pr.State.DIALLING_CUSTOMER):
            self._legs[promise.agent_leg] = self._legs[promise.customer_leg] = promise.key
        elif promise.connected_call is not None:
            self._calls[promise.connected_call] = self._legs[promise.agent_leg] = promise.key
        self._touched[promise.key] = None
        self._arm(promise.key, now)
        return True

    def change(self, row: uuid.UUID, fresh: pr.Promise, now: float) -> None:
        """Takes over what was changed in the row of a promise that is known."""
        key = key_of(row)
        if key in self._entries:
            changed = pr.Changed(now, fresh.arrived_at, fresh.not_before, fresh.expires_at, fresh.revision)
            self._receive(key, changed, now)

    def release(self, number: str, now: float) -> None:
        """Who asked for this promise has hung up: it need not wait any longer for that."""
        promise = self.live(number)
        if promise is not None and now < promise.not_before <= now + HELD_SECONDS and promise.attempts == 0:
            changed = pr.Changed(now, promise.arrived_at, now, promise.expires_at, promise.revision)
            self._receive(promise.key, changed, now)

    def live(self, number: str) -> pr.Promise | None:
        """The promise to call this number that is not kept yet."""
        key = self._by_number.get(number)
        return None if key is None else self._entries[key].promise

    def cancel(self, key: str, reason: str, now: float) -> bool:
        """False where there is no such live promise, or its customer is on the phone already."""
        entry = self._entries.get(key)
        if entry is None or entry.promise.state is pr.State.CONNECTED:
            return False
        self._receive(key, pr.Cancelled(now, reason), now)
        return True

    # -- what the switch reports -----------------------------------------------------------------------

    def owns_line_key(self, key: str) -> bool:
        return key in self._entries

    def offered(self, key: str, agent: str, now: float) -> None:
        self._receive(key, pr.Offered(now, agent), now)

    def leg_up(self, leg: str, machine: bool, at: float, now: float) -> None:
        if leg in self._legs:
            self._receive(self._legs[leg], pr.LegUp(at, leg, machine), now)
        elif leg not in self._calls:
            self.send(leg, pr.HangUpLeg(leg))

    def leg_event(self, leg: str, event: Event, now: float) -> bool:
        """An event of a channel; False where it is none of ours."""
        key = self._legs.get(leg)
        if key is None:
            return False
        match event:
            case HungUp(at, _, code):
                self._receive(key, pr.LegGone(at, leg, outcome_of(code, "").value), now)
            case Done(at, command) if command.startswith("brief-"):
                self._receive(key, pr.Briefed(at, leg), now)
        return True

    def call_over(self, linkedid: str, result: str, now: float) -> None:
        """A call that a promise led to has settled."""
        key = self._calls.pop(linkedid, None)
        if key is not None:
            promise = self._entries[key].promise
            if not promise.customer_first:
                self.send(promise.agent_leg, pr.HangUpLeg(promise.agent_leg))
            self._receive(key, pr.CallOver(now, result), now)

    def compare(self, there: dict[str, LiveChannel], now: float) -> None:
        """After a time without events: `there` are our channels that the switch has."""
        for leg, key in list(self._legs.items()):
            promise = self._entries[key].promise
            expected = {
                pr.State.DIALLING_AGENT: (promise.agent_leg,),
                pr.State.DIALLING_CUSTOMER: (promise.agent_leg, promise.customer_leg)[promise.customer_first :],
            }.get(promise.state, ())
            if leg in expected and leg not in there:
                self._receive(key, pr.LegGone(now, leg, outcome_of(0, "").value), now)
            elif leg in expected[-1:] and there[leg].held:
                self._receive(key, pr.LegUp(now, leg, there[leg].line == "machine"), now)
        for leg in there:
            if leg not in self._legs and leg not in self._calls:
                self.send(leg, pr.HangUpLeg(leg))

    # -- time ------------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        while self._timers and not self._is_armed(*self._timers[0]):
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def tick(self, now: float) -> None:
        while (timer := self.next_timer()) is not None and timer <= now:
            _, key = heapq.heappop(self._timers)
            entry = self._entries[key]
            entry.timer = None
            self._apply(key, entry.promise.handle_timer(self.rules, now), now)

    # -- out -------------------------------------------------------------------------------------------

    def take_writes(self) -> list[PromiseWrite]:
        """What has changed since the last time this was asked. Promises that are over are forgotten."""
        writes = []
        for key in self._touched:
            entry = self._entries[key]
            promise = entry.promise
            writes.append(PromiseWrite(entry.id, promise.snapshot(), entry.origin))
            if promise.over:
                del self._entries[key]
                del self._by_number[promise.number]
                self._legs = {leg: of for leg, of in self._legs.items() if of != key}
        self._touched.clear()
        return writes

    # -- between -----------------------------------------------------------------------------------------

    def _receive(self, key: str, event: pr.Event, now: float) -> None:
        self._apply(key, self._entries[key].promise.receive(event, self.rules), now)

    def _apply(self, key: str, commands: list[pr.Command], now: float) -> None:
        promise = self._entries[key].promise
        self._touched[key] = None
        offers: list[Offer] = []
        for command in commands:
            match command:
                case pr.JoinLine():
                    offers += self._join_offers(promise, now)
                case pr.RejoinLine(queue, arrived_at, missed_by):
                    offers += self.line.missed(key, queue, arrived_at, missed_by, now)
                case pr.LeaveLine():
                    offers += self.line.leave(key, now)
                case pr.AgentBusy(agent):
                    offers += self.line.connected(key, agent, now)
                case pr.Connect(customer_leg, agent_leg, agent):
                    self._connect(key, customer_leg, agent_leg, agent, now)
                case pr.DialAgent(leg) | pr.DialCustomer(leg) | pr.BriefAgent(leg) | pr.HangUpLeg(leg):
                    self._legs[leg] = key
                    self.send(leg, command)
        self._arm(key, now)
        self.offer(offers, now)

    def _join(self, promise: pr.Promise, now: float) -> None:
        self.offer(self._join_offers(promise, now), now)

    def _join_offers(self, promise: pr.Promise, now: float) -> list[Offer]:
        return self.line.join(
            promise.key, promise.queue, promise.arrived_at, now, kind=Kind.CALLBACK, number=promise.number
        )

    def _connect(self, key: str, customer_leg: str, agent_leg: str, agent: str, now: float) -> None:
        entry = self._entries[key]
        promise = entry.promise
        del self._legs[customer_leg]
        self._calls[customer_leg] = key
        event = CalledBack(
            now,
            promise.line,
            promise.number,
            entry.origin.caller_name,
            promise.queue,
            entry.origin.menu_path,
            promise.arrived_at,
            agent,
            agent_leg,
        )
        self.begin(customer_leg, event, key, now)

    def _arm(self, key: str, now: float) -> None:
        entry = self._entries[key]
        timer = entry.promise.next_timer(self.rules, now)
        if timer != entry.timer:
            entry.timer = timer
            if timer is not None:
                heapq.heappush(self._timers, (timer, key))

    def _is_armed(self, time: float, key: str) -> bool:
        entry = self._entries.get(key)
        return entry is not None and entry.timer == time


def key_of(row: uuid.UUID) -> str:
    """The name of a promise in the line and in its channels."""
    return f"{OUR_CHANNELS}{row.hex}"
