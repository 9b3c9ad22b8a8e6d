"""What calls add up to: counts, and histograms of durations. Everything a figure is made of can be added.

Owns the addition and what can be read from a sum. What is counted is `measures`', what figures are made of it
`figures`'. Durations go in whole seconds, rounded up, so that "within 20 s" is true of a bin or of none of it; the
middle of many is exact to the second for ten minutes and to ten seconds for an hour.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np

EXACT_SECONDS = 600
"""Up to here bins are whole seconds: every threshold that settings can name."""
TENS_SECONDS = 3600
"""Up to here ten seconds, then minutes."""
LONGEST_SECONDS = 30 * 86400
"""What is longer counts as this: a clock was wrong."""


@lru_cache(maxsize=4096)
def bin_of(seconds: float) -> int:
    """The bin of a duration, named by the longest it holds; what ended before it began lasted nothing."""
    whole = math.ceil(min(max(seconds, 0.0), LONGEST_SECONDS) - 1e-6)
    if whole <= EXACT_SECONDS:
        return max(whole, 0)
    step = 10 if whole <= TENS_SECONDS else 60
    return -(-whole // step) * step


@dataclass(frozen=True)
class Histogram:
    """How often which bin; `bins` ascending, both int64 and of one length."""

    bins: np.ndarray
    counts: np.ndarray

    @property
    def total(self) -> int:
        return int(self.passed[-1]) if len(self.bins) else 0

    def within(self, limit: float) -> int:
        """How many are no longer than the limit: exact for whole seconds up to EXACT_SECONDS."""
        at = int(np.searchsorted(self.bins, limit, side="right"))
        return int(self.passed[at - 1]) if at else 0

    def shorter(self, limits: np.ndarray) -> np.ndarray:
        """How many are shorter than each of the limits."""
        if not len(self.bins):
            return np.zeros(len(limits), np.int64)
        return np.concatenate([[0], self.passed])[np.searchsorted(self.bins, limits)]

    def quantile(self, share: float) -> float | None:
        """The smallest bin that holds so much of all (0..1]; None: of nothing."""
        if not len(self.bins):
            return None
        return float(self.bins[int(np.searchsorted(self.passed, share * self.passed[-1] - 1e-9))])

    @cached_property
    def passed(self) -> np.ndarray:
        """How many are in each bin or an earlier one."""
        return np.cumsum(self.counts)


NOTHING = Histogram(np.zeros(0, np.int64), np.zeros(0, np.int64))


def histogram(counted: Mapping[int, int]) -> Histogram:
    """Of bins with how often."""
    bins = sorted(bin_ for bin_, count in counted.items() if count)
    return Histogram(np.array(bins, np.int64), np.array([counted[bin_] for bin_ in bins], np.int64))


@dataclass
class Tally:
    """A sum that grows: integer counts (times in milliseconds are counts, too) and durations by their bins."""

    counts: Counter[str] = field(default_factory=Counter)
    bins: dict[str, Counter[int]] = field(default_factory=dict)

    def add(self, name: str, count: int = 1) -> None:
        self.counts[name] += count

    def spend(self, name: str, seconds: float) -> None:
        """Adds a duration: its bin, and to the milliseconds `<name>_ms` that means are made of."""
        self.counts[f"{name}_ms"] += round(seconds * 1000)
        self.note(name, bin_of(seconds))

    def note(self, name: str, bin_: int) -> None:
        """Adds to a histogram of something else than durations."""
        chart = self.bins.get(name)
        if chart is None:
            chart = self.bins[name] = Counter()
        chart[bin_] += 1

    def merge(self, other: "Tally") -> None:
        self.counts.update(other.counts)
        for name, bins in other.bins.items():
            self.bins.setdefault(name, Counter()).update(bins)

    # -- reading -----------------------------------------------------------------------------------

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)

    def histogram(self, name: str) -> Histogram:
        return histogram(self.bins[name]) if name in self.bins else NOTHING

    def beginning(self, prefix: str) -> dict[str, int]:
        """Counts whose names begin so, by the rest of the name."""
        return {name.removeprefix(prefix): count for name, count in self.counts.items() if name.startswith(prefix)}

    def __eq__(self, other: object) -> bool:
        """By what there is: what was counted and never happened is as if it was not counted."""
        if not isinstance(other, Tally):
            return NotImplemented
        return self.plain() == other.plain()

    def plain(self) -> tuple[dict[str, int], dict[str, dict[int, int]]]:
        """Without zeros."""
        counts = {name: count for name, count in self.counts.items() if count}
        bins = {name: {at: count for at, count in found.items() if count} for name, found in self.bins.items()}
        return counts, {name: found for name, found in bins.items() if found}

    __hash__ = None  # type: ignore[assignment]
