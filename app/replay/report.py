"""What a replay tells: figures by line and queue, and who would have fared otherwise. Pure.

Waits are counted by whole seconds and calls are named up to a limit, so that a month needs no more room than a day.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from app.replay.plans import ABANDONED, CallerPlan, CallOutcome

NAMED = 1000
"""Calls that are named of each kind at most; all are counted."""
KINDS = ("real", "before", "after")
"""What happened, what the replay makes of it under the settings of then, and under the new ones."""


@dataclass
class QueueFigures:
    """Callers of one queue, the first that each came into."""

    calls: int = 0
    answered: int = 0
    abandoned: int = 0
    seconds: float = 0.0
    waits: Counter[int] = field(default_factory=Counter)

    def add(self, outcome: CallOutcome) -> None:
        """One of them."""
        self.calls += 1
        self.answered += outcome.answered
        self.abandoned += outcome.end == ABANDONED
        self.seconds += outcome.wait
        self.waits[int(outcome.wait)] += 1

    @property
    def mean(self) -> float:
        return self.seconds / self.calls if self.calls else 0.0

    def quantile(self, part: float) -> float:
        """The wait, in whole seconds, that this part of the callers did not exceed."""
        sought, seen = part * self.calls, 0
        for wait in sorted(self.waits):
            seen += self.waits[wait]
            if seen >= sought:
                return float(wait)
        return 0.0

    def as_dict(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "answered": self.answered,
            "abandoned": self.abandoned,
            "wait_mean": round(self.mean, 1),
            "wait_median": self.quantile(0.5),
            "wait_p90": self.quantile(0.9),
        }


@dataclass(frozen=True, slots=True)
class ChangedCall:
    """A call that would have fared otherwise."""

    call_id: str
    before: CallOutcome
    after: CallOutcome


@dataclass
class ReplayReport:
    """All of it. `longer`: seconds from which a longer wait counts as one."""

    longer: float
    line: str | None = None
    """Only calls of this line are counted; all are replayed."""
    calls: int = 0
    queues: dict[tuple[str, str], dict[str, QueueFigures]] = field(default_factory=dict)
    """By line and queue, then by one of KINDS."""
    elsewhere: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Calls by where they came before and after."""
    elsewhere_calls: list[ChangedCall] = field(default_factory=list)
    waited_longer: int = 0
    waited_shorter: int = 0
    hung_up: int = 0
    hung_up_calls: list[ChangedCall] = field(default_factory=list)
    stayed: int = 0
    """Who hung up in the line before, and would not have."""
    ends: dict[str, Counter[str]] = field(default_factory=lambda: {kind: Counter() for kind in KINDS})
    same_place: int = 0
    """Calls that the replay under the settings of then brought into the queue, or to the end, that they really had."""
    _longest: list[tuple[float, str, ChangedCall]] = field(default_factory=list)

    def add(self, plan: CallerPlan, before: CallOutcome, after: CallOutcome) -> None:
        """One call, once it is over in both worlds."""
        if self.line is not None and plan.line != self.line:
            return
        self.calls += 1
        really = plan.was
        self.same_place += really.queue == before.queue and (really.queue is not None or really.end == before.end)
        for kind, outcome in zip(KINDS, (plan.was, before, after), strict=True):
            self.ends[kind][outcome.end] += 1
            if outcome.queue is not None:
                figures = self.queues.setdefault((plan.line, outcome.queue), {each: QueueFigures() for each in KINDS})
                figures[kind].add(outcome)
        self._compare(ChangedCall(plan.call_id, before, after))

    def _compare(self, call: ChangedCall) -> None:
        before, after = call.before, call.after
        if before.place != after.place:
            self.elsewhere[before.place, after.place] += 1
            self._name(self.elsewhere_calls, call)
        if after.end == ABANDONED != before.end:
            self.hung_up += 1
            self._name(self.hung_up_calls, call)
        self.stayed += before.end == ABANDONED != after.end
        more = after.wait - before.wait
        self.waited_shorter += more < -self.longer
        if more > self.longer:
            self.waited_longer += 1
            keep = heapq.heappush if len(self._longest) < NAMED else heapq.heappushpop
            keep(self._longest, (more, call.call_id, call))

    @staticmethod
    def _name(calls: list[ChangedCall], call: ChangedCall) -> None:
        if len(calls) < NAMED:
            calls.append(call)

    @property
    def longer_calls(self) -> list[ChangedCall]:
        """Those that would have waited most beyond before, the worst first."""
        return [call for _, _, call in sorted(self._longest, reverse=True)]
