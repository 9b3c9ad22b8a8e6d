"""The interval of a difference of two means by the bootstrap (B. Efron and R. Tibshirani, "An Introduction to the
Bootstrap", 1993, percentiles). Plain arithmetic, without I/O.

Values come as runs: there are many reviews and few different points. The lots are fixed, so the same values always have
the same interval; they depend on how many values there are alone, and are kept for the next that has as many. What is
kept of them is how often each round drew one of the first 0, 1, 2, ... values: a run's share of a round is then one
subtraction, whatever its length.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # numpy is read where it is needed: few pages come here
    import numpy as np
    from numpy.typing import NDArray

Run = tuple[float, int]
"""A value, and how often it stands there one after the other."""
ROUNDS = 2000
MOST_LOTS = 200
"""Values from which on the mean is drawn from its normal distribution, and not by lots of values."""
KEPT = 48
"""Numbers of values whose lots are kept: 0.4 MB each at the most."""
SEED = 7
CERTAIN = 12
"""Digits of an interval's ends: what is beyond them comes of adding in another order."""


def interval(before: Sequence[Run], after: Sequence[Run]) -> tuple[float, float]:
    """Between what the true difference of `after` less `before` lies, with 95 %. Neither is empty."""
    import numpy as np

    sizes = tuple(sum(count for _value, count in each) for each in (before, after))
    drawn = tuple(size if size <= MOST_LOTS else 0 for size in sizes)
    means = [
        _means(runs, size, _lots(drawn[: at + 1]))
        for at, (runs, size) in enumerate(zip((before, after), sizes, strict=True))
    ]
    low, high = np.percentile(means[1] - means[0], [2.5, 97.5])
    return round(float(low), CERTAIN), round(float(high), CERTAIN)


def _means(runs: Sequence[Run], size: int, lots: "NDArray[Any]") -> "NDArray[Any]":
    """Of each round."""
    import numpy as np

    values, counts = np.array([value for value, _ in runs]), np.array([count for _, count in runs])
    if size > MOST_LOTS:
        mean = (values * counts).sum() / size
        spread = sqrt((counts * (values - mean) ** 2).sum() / (size - 1))
        return np.asarray(mean + lots * spread / sqrt(size))
    ends = counts.cumsum()
    drawn = lots[ends] - lots[ends - counts]
    return np.asarray(values @ drawn.astype(float) / size)


@lru_cache(maxsize=KEPT)
def _lots(drawn: tuple[int, ...]) -> "NDArray[Any]":
    """Of the last of the samples, drawn one after the other: how many values each has, 0 for one that is drawn from the
    normal distribution."""
    import numpy as np

    lots = np.random.default_rng(SEED)
    found: NDArray[Any] = np.empty(0)
    for size in drawn:
        found = lots.integers(0, size, (ROUNDS, size)) if size else lots.standard_normal(ROUNDS)
    return _counted(found, drawn[-1]) if drawn[-1] else found


def _counted(lots: "NDArray[np.int64]", size: int) -> "NDArray[np.uint8]":
    """By the number of first values how often each round drew one of them: at most 200, so a byte each."""
    import numpy as np

    apart = (lots + size * np.arange(ROUNDS)[:, None]).ravel()
    counts = np.bincount(apart, minlength=ROUNDS * size).reshape(ROUNDS, size)
    found = np.zeros((size + 1, ROUNDS), dtype=np.uint8)
    np.cumsum(counts.T, axis=0, dtype=np.uint8, out=found[1:])
    return found
