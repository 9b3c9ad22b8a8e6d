"""Whether one more caller can be served: how many are inside, how fast they come, how late everything is. Pure.

The dialplan holds callers to the same limits by itself (asterisk-conf/extensions.conf.j2): it refuses the first caller
too many, also while no controller runs. This says when the door is shut before the dialplan, where refusing costs a
tenth (`controller/gate.py`), and how many new calls a second there may be: fewer where Asterisk's events or answers are
late, more again when they are not.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from pbx.capacity import LEAST_NEW_CALLS, Limits, burst

LATE_SECONDS = 0.06
"""Events or answers that come later than this: more is asked of the machine than it can do."""
LATE_TIMES, LATE_SHARE = 3, 0.05
"""So many in a second are late before it counts, and so much of all: any program stops for a moment now and then."""
PROMPT_SECONDS = 0.025
"""Sooner than this: it can do more."""
SLOWER, FASTER = 0.75, 1.05
"""What the rate is multiplied with, each second."""
AT_MOST_SLOWER = 0.5
"""No second alone takes more than this off: in the first of many callers only a few came."""
CEILING, CREEP = 0.9, 1.003
"""Of the rate that was too much: from there on it rises by so little that it is seldom too much again ..."""
CEILING_SECONDS = 60
"""... until nothing was late for so long."""
NEARLY = 0.8
"""Of the rate that the machine was measured for: more calls than this, and work that can wait shall wait."""
HIGHEST = 2.0
"""Times the measured rate: what was measured is one program's guess of a whole machine."""


@dataclass
class Admission:
    """The state of the door."""

    limits: Limits
    fixed: bool = False
    """The rate is the owner's: lateness does not change it."""
    rate: float = field(init=False)
    """New calls a second that are taken just now."""
    inside: set[str] = field(default_factory=set)
    """Callers who are there, by call_id."""
    _unanswered: set[str] = field(default_factory=set)
    """Those inside of whom it is not known yet whether they were let in."""
    _next_at: float = 0.0
    """When the next caller would come if all came at the rate: ahead of the clock by what came at once."""
    _lags: list[float] = field(default_factory=list)
    """Of this second."""
    _came: int = 0
    """Calls of this second."""
    _ceiling: float = inf
    """What was too much not long ago, and a little less."""
    _since_late: int = 0
    """Seconds."""
    _shut: bool = False
    _too_fast: bool = False
    """Callers came faster than the rate in this second."""

    def __post_init__(self) -> None:
        self.rate = self.limits.new_calls

    def take_limits(self, limits: Limits, *, fixed: bool) -> None:
        """Others hold from now on; the rate stays where nothing was said of it."""
        if (limits.new_calls, fixed) != (self.limits.new_calls, self.fixed):
            self.rate, self._ceiling = limits.new_calls, inf
        self.limits, self.fixed = limits, fixed

    @property
    def space(self) -> float:
        """Seconds between two callers at the rate."""
        return 1 / self.rate

    @property
    def burst(self) -> float:
        """Seconds by which callers may be ahead of the rate."""
        return burst(self.rate)

    @property
    def is_slowed(self) -> bool:
        """Fewer calls are taken than the machine was measured for."""
        return self.rate < 0.99 * self.limits.new_calls

    def entered(self, call_id: str, now: float) -> None:
        """A caller's channel came to a line; the dialplan may yet refuse it."""
        if call_id not in self.inside:
            self.inside.add(call_id)
            self._unanswered.add(call_id)
            self._next_at = max(self._next_at, now) + self.space

    def arrived(self, call_id: str, now: float) -> None:
        """A caller was answered."""
        self.entered(call_id, now)
        if call_id in self._unanswered:
            self._unanswered.discard(call_id)
            self._came += 1

    def left(self, call_id: str) -> None:
        """The caller's channel is gone; others than callers change nothing."""
        self.inside.discard(call_id)
        if call_id in self._unanswered:
            # Refused, or gave up: the next one may come in its place.
            self._unanswered.discard(call_id)
            self._next_at -= self.space

    def found(self, call_ids: Iterable[str]) -> None:
        """All who are inside, after a time without events."""
        self.inside = set(call_ids)
        self._unanswered = set()

    def late(self, seconds: float) -> None:
        """Something of Asterisk's took so long."""
        self._lags.append(seconds)

    def second_over(self, refused: int) -> bool:
        """Once a second: the rate follows how late things were and whether anybody was `refused`. True: work that can
        wait shall wait."""
        lag, came, too_fast = self._lag(), self._came, self._too_fast
        self._lags, self._came, self._too_fast = [], 0, False
        few = came + refused <= LEAST_NEW_CALLS  # which cannot be why everything is late
        too_much = lag > LATE_SECONDS and not few
        if self.fixed:
            return too_much or came > NEARLY * self.rate
        self._since_late = 0 if too_much else self._since_late + 1
        if too_much:
            # Whatever the rate said.
            carried = min(self.rate, float(came))
            self._ceiling = max(LEAST_NEW_CALLS, carried * CEILING, self.rate * AT_MOST_SLOWER)
            self.rate = max(LEAST_NEW_CALLS, carried * SLOWER, self.rate * AT_MOST_SLOWER)
        elif (few or lag < PROMPT_SECONDS) and (too_fast or self.is_slowed):
            self._rise()
        # A rate that has fallen in a flood rises again slowly; what waits need not wait for it where nothing is late.
        return too_much or came > NEARLY * max(self.rate, self.limits.new_calls)

    def _rise(self) -> None:
        """Quickly to what was too much, and slowly from there."""
        if self._since_late > CEILING_SECONDS:
            self._ceiling = inf
        quickly = min(self.rate * FASTER, self._ceiling)
        self.rate = min(max(quickly, self.rate * CREEP), HIGHEST * self.limits.new_calls)

    def _lag(self) -> float:
        """How late things were in this second: what LATE_TIMES and LATE_SHARE of all were, or the longest of fewer, as
        after a second in which everything stood still."""
        if len(self._lags) < LATE_TIMES:
            return max(self._lags, default=0.0)
        return heapq.nlargest(max(LATE_TIMES, round(LATE_SHARE * len(self._lags))), self._lags)[-1]

    def is_shut(self, now: float) -> bool:
        """Whether whoever calls now is refused. Once shut it stays so until there is room for a few."""
        ahead = self._next_at - now
        room = self.limits.calls - len(self.inside)
        too_fast = ahead > (self.burst / 2 if self._shut else self.burst)
        self._too_fast |= too_fast
        self._shut = too_fast or room < (max(1, self.limits.calls // 50) if self._shut else 1)
        return self._shut

    def opens_at(self, now: float) -> float | None:
        """When a shut door has to be looked at again; None: when somebody leaves."""
        if not self._shut or self.limits.calls - len(self.inside) < max(1, self.limits.calls // 50):
            return None
        return max(now, self._next_at - self.burst / 2)
