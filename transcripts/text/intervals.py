"""Times of a recording as intervals: put together, cut out of one another. Pure."""

from collections.abc import Iterable
from itertools import pairwise

Interval = tuple[float, float]
"""Seconds of the recording, from and to."""


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """The same times as intervals in order that do not touch."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def within(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """What lies in both."""
    first, second = united(these), united(those)
    found: list[Interval] = []
    i = j = 0
    while i < len(first) and j < len(second):
        start, end = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if end > start:
            found.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return found


def without(these: Iterable[Interval], those: Iterable[Interval]) -> list[Interval]:
    """What lies in `these` and not in `those`."""
    edges = [(float("-inf"), float("-inf")), *united(those), (float("inf"), float("inf"))]
    return within(these, [(before[1], after[0]) for before, after in pairwise(edges)])
