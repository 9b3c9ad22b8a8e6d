"""Promises and the provider: who waits for it, who tries it out, whose trouble it was that a customer was not reached.

Part of `Outbound`, and like it without I/O. What is known of the trunk and what follows from an answer is
`callback/trunk.py`'s; what a promise does while it waits `callback/promise.py`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callback import events
from callback import promise as pr
from callback.rules import Rules
from callback.trunk import PROVIDER, TrunkHealth, TrunkReport, in_turn
from pbx.reports import TrunkAnswers, TrunkRegistration

SIP_OF = {1: 404, 17: 486, 18: 408, 19: 480, 21: 603, 22: 410, 27: 502, 28: 484, 34: 503, 38: 500, 58: 488, 102: 504}
"""What the provider answered, by the Q.850 cause that Asterisk made of it: for one that does not tell (before 22.7)."""


@dataclass
class LivePromise:
    """A live promise."""

    promise: pr.CallbackMachine
    suspended_since: float | None = field(default=None, kw_only=True)
    """Since when the customer is on the phone with us, in a call that is not the promise's; None: is not."""
    rang: str = field(default="", kw_only=True)
    """The last channel on which the customer's phone rang."""
    mute: str = field(default="", kw_only=True)
    """The last one that was given up because nobody answered in time."""


@dataclass
class TrunkTurns:
    """The trunk as the promises of one switch see it; without a trunk nothing here does anything."""

    trunk: TrunkHealth | None
    rules: Rules
    entries: Mapping[str, LivePromise]
    receive: Callable[[str, events.Event, float], None]
    """Gives a promise an event."""
    _reported: TrunkReport | None = None

    def rings(self, key: str, leg: str, now: float) -> None:
        """A phone rings: the customer's proves that the provider carries calls."""
        promise = self.entries[key].promise
        if leg == promise.customer_leg and promise.state is pr.State.DIALLING_CUSTOMER:
            self.entries[key].rang = leg
            self.went_through(promise.number, now)

    def went_through(self, number: str, now: float) -> None:
        """The provider has carried a call to this number."""
        if self.trunk is not None:
            self.trunk.went_through(number, now)
            self.follow(now)

    def given_up(self, key: str, leg: str) -> None:
        """Nobody answered in the time that a phone rings."""
        self.entries[key].mute = leg

    def outcome(self, key: str, leg: str, cause: int, sip: int, now: float) -> str | None:
        """`PROVIDER` where the end of this channel is the provider's trouble, else None. `cause` is of Q.850, `sip` the
        provider's answer, 0 where it is not known."""
        entry = self.entries[key]
        promise, rang, mute = entry.promise, leg == entry.rang, leg == entry.mute
        dialled = promise.state is pr.State.DIALLING_CUSTOMER and leg == promise.customer_leg
        nothing_known = cause == 0 and sip == 0 and not mute  # it did not get as far as the provider
        if not dialled or self.trunk is None or nothing_known:
            return None
        # Whom we give up is told 487, which says nothing of who was silent.
        code = 0 if mute and not rang else sip or SIP_OF.get(cause, 0)
        return PROVIDER if self.trunk.call_failed(promise.number, code, rang, now) else None

    def follow(self, now: float) -> None:
        """After something was heard of the trunk: promises wait for it, or go on in their turn."""
        if self.trunk is None:
            return
        if not self.trunk.is_open():
            for key in list(self.entries):
                self.hold(key, now)
            return
        waiting = [entry.promise for entry in self.entries.values() if entry.promise.waits_for_trunk]
        waiting.sort(key=lambda promise: (promise.arrived_at, promise.key))
        for key, turn in in_turn((promise.key for promise in waiting), now):
            self.receive(key, events.TrunkBack(now, turn), now)

    def hold(self, key: str, now: float) -> None:
        """Lets a promise wait for the trunk, if that is in trouble."""
        if self.trunk is None or self.trunk.is_open() or key == self.trunk.probing:
            return
        promise = self.entries[key].promise
        # An agent's phone that rings goes on while nobody knows yet, as after a restart of ours.
        waits = promise.state in (pr.State.REQUESTED, pr.State.DUE) or (
            promise.state is pr.State.DIALLING_AGENT and not self.trunk.settling
        )
        if waits and not promise.waits_for_trunk:
            self.receive(key, events.TrunkAway(now), now)

    def next_timer(self) -> float | None:
        # What was not answered in time is told even where nobody waits to be called.
        waits = self.trunk is not None and (bool(self.entries) or self.trunk.settling)
        return self.trunk.next_timer() if waits and self.trunk is not None else None

    def tick(self, now: float) -> None:
        """Lets one promise try out whether the trunk carries calls, when it is time."""
        trunk = self.trunk
        if trunk is None:
            return
        was = trunk.is_open(), trunk.settling
        trunk.settle(now)
        if trunk.probing is not None and self._gave_up(trunk.probing):
            trunk.probe_ended(now)
        if trunk.probe_at() <= now:
            self._try(trunk, now)
        if (trunk.is_open(), trunk.settling) != was:
            self.follow(now)

    def _try(self, trunk: TrunkHealth, now: float) -> None:
        ready = [entry.promise for entry in self.entries.values() if self._may_try(entry, now)]
        if not ready:
            trunk.nobody_tries(now)
            return
        first = min(ready, key=lambda promise: (trunk.was_refused(promise.number), promise.arrived_at, promise.key))
        trunk.probing = first.key
        self.receive(first.key, events.TrunkBack(now, now, proving=True), now)

    def _may_try(self, entry: LivePromise, now: float) -> bool:
        waits = entry.promise.state is pr.State.REQUESTED and entry.suspended_since is None
        return waits and entry.promise.suits_from(self.rules, now) <= now

    def _gave_up(self, key: str) -> bool:
        """The promise that was to try it out has ended, or waits for something else now."""
        entry = self.entries.get(key)
        if entry is None or entry.suspended_since is not None:
            return True
        return entry.promise.state is pr.State.REQUESTED and entry.promise.not_before > entry.promise.turn

    def told(self, report: TrunkAnswers | TrunkRegistration, now: float) -> None:
        """The switch has heard of the trunk."""
        if self.trunk is None:
            return
        match report:
            case TrunkAnswers(answered):
                self.trunk.options(answered, now)
            case TrunkRegistration(state, words):
                self.trunk.registration(state, words, now)
        self.follow(now)

    def restart(self, now: float) -> None:
        """The switch, or the way to it, is new: nothing is known of the trunk until it says so."""
        if self.trunk is not None:
            self.trunk.restart(now)
            self.follow(now)

    def remember(self, written: Mapping[str, Any], now: float) -> None:
        """What the controller before wrote of the trunk: see `callback/trunk_state.py`."""
        if self.trunk is not None and written.get("refused") is not None:
            self.trunk.remember(int(written["refused"]), float(written["since"]), now)

    def take_report(self) -> list[TrunkReport]:
        """How it is with the trunk, if that has changed since this was last asked."""
        report = None if self.trunk is None or self.trunk.settling else self.trunk.report()
        if report is None or report == self._reported:
            return []
        self._reported = report
        return [report]
