"""Whether a figure changed by more than chance does, between two times. Pure.

Shares and scores: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics
in Medicine 17 (1998), method 10, from the intervals that the figures carry. Means of durations: by their histograms.
Counts: as events that come independently. Medians and the like are told, and never called a change.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from reports import measures as m
from reports.figures import FIGURES, FigureValue
from reports.service import ReportRow
from reports.tally import Histogram
from ringback.config import Settings
from survey.figures import Z

FEWEST_TALKS = 30
"""A mean of fewer durations is no change: a single long one makes it."""
MEANS = {"asa": m.WAIT_ANSWERED, "aht": m.HANDLED, "talk": m.TALK, "hold": m.HOLD, "wrap_up": m.WRAP}
Trend = Literal["better", "worse", "changed", "same"]
"""changed: more than by chance, and neither good nor bad; same: perhaps by chance."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    name: str
    now: FigureValue
    before: FigureValue
    trend: Trend

    @property
    def difference(self) -> float:
        return (self.now.value or 0.0) - (self.before.value or 0.0)

    @property
    def size(self) -> float:
        """How large it is beside what was: for an order."""
        return abs(self.difference) / max(abs(self.before.value or 0.0), 1e-9)


def change_of(name: str, now: ReportRow, before: ReportRow, settings: Settings) -> FigureChange:
    definition = FIGURES[name]
    after, then = definition.compute(now, settings), definition.compute(before, settings)
    is_one = _is_beyond_chance(name, after, then, now, before)
    rises = (after.value or 0.0) > (then.value or 0.0)
    trend: Trend = "same"
    if is_one and definition.better is None:
        trend = "changed"
    elif is_one:
        trend = "better" if rises == (definition.better == "more") else "worse"
    return FigureChange(name, after, then, trend)


def _is_beyond_chance(name: str, after: FigureValue, then: FigureValue, now: ReportRow, before: ReportRow) -> bool:
    if after.value is None or then.value is None or after.value == then.value:
        return False
    if name in MEANS:
        return _means_differ(now.tally.histogram(MEANS[name]), before.tally.histogram(MEANS[name]))
    if FIGURES[name].unit == "count":
        return abs(after.value - then.value) > Z * sqrt(after.value + then.value)
    return intervals_differ(after, then)


def intervals_differ(after: FigureValue, then: FigureValue) -> bool:
    """By the intervals of both; without them it cannot be told."""
    bounds = bounds_of_difference(after, then)
    return bounds is not None and not bounds[0] <= 0 <= bounds[1]


def bounds_of_difference(after: FigureValue, then: FigureValue) -> tuple[float, float] | None:
    """Between what the true difference lies, with 95 %; None: one of the two has no interval."""
    if after.value is None or after.low is None or after.high is None:
        return None
    if then.value is None or then.low is None or then.high is None:
        return None
    difference = after.value - then.value
    below = sqrt((after.value - after.low) ** 2 + (then.high - then.value) ** 2)
    above = sqrt((after.high - after.value) ** 2 + (then.value - then.low) ** 2)
    return difference - below, difference + above


def _means_differ(after: Histogram, then: Histogram) -> bool:
    if min(after.total, then.total) < FEWEST_TALKS:
        return False
    (mean, error), (was, was_error) = _mean(after), _mean(then)
    return abs(mean - was) > Z * sqrt(error + was_error)


def _mean(chart: Histogram) -> tuple[float, float]:
    """And the square of its standard error."""
    mean = float(chart.bins @ chart.counts) / chart.total
    variance = float(((chart.bins - mean) ** 2) @ chart.counts) / max(chart.total - 1, 1)
    return mean, variance / chart.total
