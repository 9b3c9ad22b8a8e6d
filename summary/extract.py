"""Which sentences of a call say its problem, what was promised, and what came of it. Pure, given what they mean.

Each sentence has marks: how near its meaning is to examples (`examples.py`), words that tell (`cues.py`), who says it
and where in the call. Each point weighs them its own way. Of those that weigh most, three are shown that do not say the
same: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998). The weights are a logistic regression on thirty
conversations; docs/adr/0058 has how well it finds the right ones in thirty others, and `bench/summary.py` both.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import exp
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from summary.cues import cues
from summary.examples import EXAMPLES
from summary.sentences import SaidSentence
from summary.weights import WEIGHTS
from transcripts.engines.meaning import SentenceEncoder, Vectors, encoder

Point = Literal["problem", "promised", "outcome"]
POINTS: tuple[Point, ...] = get_args(Point)
SHOWN = 3
"""Sentences of a point at most."""
LIKELY = 12
"""Sentences of a point that are remembered with what they weigh: a choice of more than are shown is made from them."""
RELEVANCE = 0.9
"""What a sentence's own weight counts beside its being unlike those already chosen."""
LEAST_WEIGHT = 0.3
"""A sentence that weighs less is not shown, though there be no other: a call may promise nothing."""
NEAREST = 3
"""Examples that a meaning is compared with: the mean of the nearest ones."""
FEW_WORDS = 14
"""From here on more words make no sentence more telling."""
NEAR = 3
"""Sentences from the beginning, or to the end, in which what they say of a place fades to a third."""
PARTING = 2
"""The last sentences, in which people say goodbye."""
MARKS = (
    *(f"like_{name}" for name in EXAMPLES),
    *("wants", "wrong", "will", "settled", "polite", "when"),
    *("caller", "place", "length", "asks", "early", "late", "parting"),
)
"""What is weighed, in the order of the numbers."""

_TOLD = MARKS[len(EXAMPLES) : MARKS.index("caller")]


def extract(
    said: Sequence[SaidSentence],
    language: str,
    tick: Callable[[], None] = lambda: None,
    by: SentenceEncoder | None = None,
) -> tuple[dict[Point, list[int]], Vectors]:
    """By point the places of its sentences in `said`, the most telling first; and what each sentence means."""
    weights, meant = weigh(said, language, tick, by)
    return {point: choose(weights[point], meant) for point in POINTS}, meant


def weigh(
    said: Sequence[SaidSentence],
    language: str,
    tick: Callable[[], None] = lambda: None,
    by: SentenceEncoder | None = None,
) -> tuple[dict[Point, list[float]], Vectors]:
    """By point what each sentence weighs, from 0 to 1; and what it means."""
    meant = (by or encoder()).vectors([each.text for each in said], tick)
    if not said:
        return {point: [] for point in POINTS}, meant
    marks = marks_of(said, meant, language)
    found = {}
    for point in POINTS:
        weights = 1 / (1 + np.exp(-(marks @ _weights(point))))
        found[point] = [float(each) for each in weights]
    return found, meant


def likely(weights: Sequence[float]) -> list[int]:
    """The places of at most LIKELY sentences, the weightiest first, whatever they have in common."""
    return sorted(range(len(weights)), key=lambda at: (-weights[at], at))[:LIKELY]


def marks_of(said: Sequence[SaidSentence], meant: Vectors, language: str) -> NDArray[np.float64]:
    """A row of MARKS for each sentence, and a 1 behind them."""
    likeness = np.stack([np.sort(meant @ examples.T)[:, -NEAREST:].mean(axis=1) for examples in _examples().values()])
    rows, of_caller = [], 0
    for at, sentence in enumerate(said):
        told = cues(sentence.text, language)
        is_caller = sentence.speaker == "caller"
        of_caller += is_caller
        rows.append(
            [
                *likeness[:, at],
                *(float(name in told) for name in _TOLD),
                float(is_caller),
                at / max(1, len(said) - 1),
                min(len(sentence.text.split()), FEW_WORDS) / FEW_WORDS,
                float(sentence.text.rstrip().endswith("?")),
                exp(-of_caller / NEAR) if is_caller else 0.0,
                exp((at + 1 - len(said)) / NEAR),
                float(at + PARTING >= len(said)),
                1.0,
            ]
        )
    return np.array(rows)


def choose(weights: Sequence[float], meant: Vectors) -> list[int]:
    """The places of at most SHOWN sentences."""
    left = [at for at, weight in enumerate(weights) if weight >= LEAST_WEIGHT]
    chosen: list[int] = []
    while left and len(chosen) < SHOWN:
        best = max(left, key=lambda at: RELEVANCE * weights[at] - (1 - RELEVANCE) * _likest(meant, at, chosen))
        chosen.append(best)
        left.remove(best)
    return chosen


def _likest(meant: Vectors, at: int, chosen: Sequence[int]) -> float:
    return max((float(meant[at] @ meant[other]) for other in chosen), default=0.0)


def _weights(point: Point) -> NDArray[np.float64]:
    return np.array([*(WEIGHTS[point][mark] for mark in MARKS), WEIGHTS[point]["always"]])


@cache
def _examples() -> Mapping[str, Vectors]:
    return {name: encoder().vectors(examples) for name, examples in EXAMPLES.items()}
