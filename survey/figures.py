"""Shares with what is known of them: how many answers they are of, and between what the true share lies. Pure."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
FEWEST = 10
"""Of fewer answers no share is told: it would be of one caller or two."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`."""

    count: int
    n: int
    share: float | None
    """0 to 1; None: too few to tell."""
    low: float | None
    """The interval in which the true share lies, with CONFIDENCE; None with `share`."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A net promoter score, -100 to 100; None: too few answers to tell."""

    n: int
    score: float | None
    low: float | None
    high: float | None


def wilson(count: int, n: int) -> tuple[float, float]:
    """The interval of a share: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    Journal of the American Statistical Association 22 (1927). Holds for few answers and for shares near 0 and 1, too.
    """
    if not 0 <= count <= n or n == 0:
        raise ValueError(f"{count} of {n} is no share")
    share, square = count / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (middle - half if count else 0.0), (middle + half if count < n else 1.0)


def share(count: int, n: int) -> Share:
    if n < FEWEST:
        return Share(count, n, None, None, None)
    return Share(count, n, count / n, *wilson(count, n))


def net_promoters(good: int, poor: int, n: int) -> Score:
    """The share of good answers less that of poor ones, in hundredths; its interval by the variance of the mean of
    answers that count 1, 0 and -1."""
    if n < FEWEST:
        return Score(n, None, None, None)
    mean = (good - poor) / n
    half = Z * sqrt(max(0.0, (good + poor) / n - mean * mean) / n)
    return Score(n, 100 * mean, 100 * max(-1.0, mean - half), 100 * min(1.0, mean + half))
