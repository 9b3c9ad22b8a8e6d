"""How far people who score the same calls agree, and how far one of them is from the others. Pure.

Krippendorff's alpha: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (University of Pennsylvania, 2011;
https://repository.upenn.edu/asc_papers/43), for any number of reviewers and with values missing. 1: they agree in all,
0: no more than by chance, below 0: less than that.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations
from typing import Literal

Metric = Literal["nominal", "interval"]
Value = float | str
SURE, TENTATIVE = 0.8, 0.667
"""Where Krippendorff ("Content Analysis", 2004) would draw conclusions, and where only tentative ones."""


def alpha(units: Sequence[Collection[Value]], metric: Metric = "nominal") -> float | None:
    """Of the values that each unit was given, whoever gave them; missing ones are left out.

    None: no unit has two values, or all values are the same, so that chance could not have made any difference.
    """
    squared = _DIFFERENCES[metric]
    paired = [list(unit) for unit in units if len(unit) > 1]
    values = Counter(value for unit in paired for value in unit)
    n = sum(values.values())
    observed = sum(2 * squared(one, other) / (len(unit) - 1) for unit in paired for one, other in combinations(unit, 2))
    expected = sum(2 * values[one] * values[other] * squared(one, other) for one, other in combinations(values, 2))
    return 1.0 - (n - 1) * observed / expected if expected else None


def _nominal(one: Value, other: Value) -> float:
    return float(one != other)


def _interval(one: Value, other: Value) -> float:
    return (float(one) - float(other)) ** 2


_DIFFERENCES: dict[Metric, Callable[[Value, Value], float]] = {"nominal": _nominal, "interval": _interval}


def drift(scores: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[float, int]]:
    """By reviewer: how many points he or she gives more than the others do for the same calls, on the average, and of
    how many calls that is. `scores`: by call and reviewer."""
    found: dict[str, list[float]] = {}
    for given in scores.values():
        if len(given) < 2:
            continue
        whole = sum(given.values())
        for who, score in given.items():
            found.setdefault(who, []).append(score - (whole - score) / (len(given) - 1))
    return {who: (sum(each) / len(each), len(each)) for who, each in found.items()}
