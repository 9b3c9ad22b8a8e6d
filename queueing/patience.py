"""How long callers wait before they give up, from waits that mostly ended in another way. Pure.

Whoever was answered would have waited longer, nobody knows how long: such a wait is censored. E. L. Kaplan and P. Meier
("Nonparametric estimation from incomplete observations", J. American Statistical Association 53, 1958) take from both
kinds how many are still there after t seconds; from that curve a caller who was answered after w seconds draws a
patience beyond w. Beyond the longest wait after which anybody gave up nobody is known to: there callers wait on.
"""

import math
import zlib
from collections import Counter
from dataclasses import dataclass, field

LONGEST = 7200
"""Seconds; longer waits count as this one."""
ENOUGH = 30
"""So many of a queue must have given up for it to have a curve of its own."""


@dataclass
class PatienceCurve:
    """Of the callers of one queue, or of all."""

    gave_up: Counter[int] = field(default_factory=Counter)
    """By whole seconds of the wait."""
    served: Counter[int] = field(default_factory=Counter)
    """Who would have waited longer."""
    _there: list[float] = field(default_factory=list)

    def add(self, wait: float, *, gave_up: bool) -> None:
        """One wait."""
        (self.gave_up if gave_up else self.served)[min(max(int(wait), 0), LONGEST)] += 1

    def there(self, wait: float) -> float:
        """The part of callers, 0..1, whose patience is longer than `wait` seconds."""
        if not self._there:
            self._there = self._curve()
        return self._there[min(max(int(wait), 0), len(self._there) - 1)]

    def beyond(self, wait: float, chance: float) -> float:
        """A patience longer than `wait`, for a chance between 0 and 1; infinite: nobody gave up so late."""
        sought = self.there(wait) * chance
        low, high = min(max(int(wait), 0), len(self._there) - 1), len(self._there) - 1
        if self._there[high] > sought:
            return math.inf
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._there[middle] <= sought else (middle + 1, high)
        return max(float(low) + chance, wait)

    def _curve(self) -> list[float]:
        at_risk = self.gave_up.total() + self.served.total()
        there, curve = 1.0, []
        for second in range(max(self.gave_up, default=0) + 1):
            gone = self.gave_up.get(second, 0)
            if at_risk:
                there *= 1 - gone / at_risk
            at_risk -= gone + self.served.get(second, 0)
            curve.append(there)
        return curve


@dataclass
class Patience:
    """Curves by queue."""

    _all: PatienceCurve = field(default_factory=PatienceCurve)
    _queues: dict[str, PatienceCurve] = field(default_factory=dict)

    def add(self, queue: str, wait: float, *, gave_up: bool) -> None:
        """One wait in a queue."""
        for curve in (self._all, self._queues.setdefault(queue, PatienceCurve())):
            curve.add(wait, gave_up=gave_up)

    def beyond(self, queue: str | None, wait: float, call_id: str) -> float:
        """A patience longer than `wait` for this call: the same whenever it is asked."""
        own = self._queues.get(queue) if queue is not None else None
        curve = own if own is not None and own.gave_up.total() >= ENOUGH else self._all
        return curve.beyond(wait, (zlib.crc32(call_id.encode()) + 0.5) / 2**32)
