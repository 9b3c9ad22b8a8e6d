"""The order of what was found, and the turns that show why. Pure functions on packed texts.

Among the newest parts that answer a question (`service.CANDIDATES`) a part's score is

    BM25 (k1 = 1.2, b = 0.75; Robertson and Zaragoza, 2009) summed over the groups of the question, where a group
    that few of the candidates have more to say of counts more
    x (1 + the largest share of the groups that one turn has together, beyond the first)
    x (1/2 + 1/2 * 2 ** (-age / 90 days))

Equal scores: the newer first. The frequency of a word in the whole store plays no part: every candidate has all the
words that were asked for, so it would weigh all of them alike; and the order does not change as the store grows.
"""

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from transcripts.search.answering import Needle, choices, needles
from transcripts.search.document import SLOTS
from transcripts.search.query import Query

K1, B = 1.2, 0.75
HALF_LIFE_SECONDS = 90 * 86400.0


Groups = list[list[Needle]]
"""A question's groups of terms; any of a group will do."""


class RankedPart(NamedTuple):
    """A part that was found. There are hundreds for every question, so this must cost little to make."""

    id: int
    call_id: str
    words: int
    said: str
    """Empty where nobody needs it: it is the longer one."""
    stems: str


@dataclass(frozen=True)
class RankedLine:
    """A turn of a candidate that says something of what was asked."""

    seq: int
    groups: int
    """How many of the groups it has."""


def best_first(query: Query, found: Sequence[RankedPart], now: float) -> Iterator[RankedPart]:
    """One after the other. `now` in epoch seconds.

    What one turn has together costs most to find, and at most doubles a score: it is found for those alone that may be
    next, so the first page costs a part of what all of them would.
    """
    if not query.groups or not found:
        yield from sorted(found, key=lambda each: -each.id)
        return
    groups = _groups(query)
    several = len(groups) > 1
    most = [2 * score if several else score for score in _apart(groups, found, now)]
    waiting = [(-score, -each.id, not several) for score, each in zip(most, found, strict=True)]
    candidates = {each.id: each for each in found}
    heapq.heapify(waiting)
    while waiting:
        score, number, is_known = waiting[0]
        each = candidates[-number]
        if is_known:
            heapq.heappop(waiting)
            yield each
        else:
            heapq.heapreplace(waiting, (score / 2 * (1 + _together(groups, each)), number, True))


def _apart(groups: Groups, found: Sequence[RankedPart], now: float) -> list[float]:
    """The score of each without what one turn has together."""
    short = [[needle for needle in group if needle.in_stems] for group in groups]
    said = [
        [sum([needle.count(each.said, each.stems) for needle in group]) for group in (groups if each.said else short)]
        for each in found
    ]
    mean = sum(each.words for each in found) / max(1, len(found)) or 1.0
    weights = [1.0 + math.log(len(found) / max(1, sum(1 for row in said if row[at]))) for at in range(len(groups))]
    result = []
    for each, counts in zip(found, said, strict=True):
        norm = K1 * (1 - B + B * each.words / mean)
        bm25 = sum(weight * many * (K1 + 1) / (many + norm) for weight, many in zip(weights, counts, strict=True))
        age = max(0.0, now - each.id / SLOTS)
        result.append(bm25 * (0.5 + 0.5 * 2 ** (-age / HALF_LIFE_SECONDS)))
    return result


def _together(groups: Groups, each: RankedPart) -> float:
    """0..1: how many of the groups one turn has, beyond the first."""
    best = max((line.groups for line in _lines(groups, each)), default=1)
    return (best - 1) / (len(groups) - 1)


def lines(query: Query, found: Iterable[RankedPart]) -> list[RankedLine]:
    """The turns of these parts that say any term of the question, part by part in the order of the call."""
    groups = _groups(query)
    return [line for each in found for line in _lines(groups, each)]


def _lines(groups: Groups, each: RankedPart) -> list[RankedLine]:
    found: dict[int, set[int]] = {}
    for at, group in enumerate(groups):
        for needle in group:
            if not needle.in_stems and not each.said:
                continue
            for seq in needle.turns(each.said, each.stems):
                found.setdefault(seq, set()).add(at)
    return [RankedLine(seq, len(found[seq])) for seq in sorted(found)]


def _groups(query: Query) -> Groups:
    return [[needle for term in group for needle in needles(term)] for group in choices(query)]
