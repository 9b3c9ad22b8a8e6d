"""How many calls come in each half hour of the days ahead, from those of the days before. Pure.

The rules: calls in a half hour = the level of that day x what its day of the week is to the others x the part of the
day that falls into this half hour. The level follows recent weeks, with a trend that is believed as far as it stands
out from the noise and that fades. Public holidays have a factor of their own. Days of 23 and 25 hours are counted by
their hours. What is unlike all else (an outage, a day without rows, a storm of calls) bears on nothing: robust means
throughout (P. J. Huber, 1964), and half hours in which nothing came where much was due are gaps and no zeros. Parts of
the day are drawn towards those of all working days where few calls tell one day from another (an empirical Bayes
estimate of the Dirichlet-multinomial). The interval is that of a negative binomial distribution whose spread beyond
Poisson is estimated from recent weeks. Leaves to `staffing/arrivals.py` what came, and to the hours of opening when
nobody is served.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from staffing.half_hours import SLOTS, ClockHalfHour

Floats = NDArray[np.float64]
RECENT_DAYS = 56
"""From which level and trend are taken."""
LEVEL_HALF_LIFE = 14.0
"""Days after which a day bears half as much on the level."""
SHAPE_HALF_LIFE = 70.0
"""The same for days of the week and parts of the day: those change slowly."""
TREND_FADES = 0.97
"""What is left of the trend's daily step a day later."""
LEAST_DAYS = 14
"""With fewer days nothing is forecast: no day of the week was seen twice."""
GAP_CALLS = 12.0
"""So many calls due in half hours on end in which none came: nothing was written then."""
HUBER = 1.5
PASSES = 3
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class ExpectedCalls:
    """What is expected of one half hour."""

    half_hour: ClockHalfHour
    calls: float
    """The mean."""
    low: float
    """Fewer come in one of ten."""
    high: float
    """More come in one of ten."""
    spread: float = 0.0
    """The variance beyond Poisson by the square of the mean."""


@dataclass(frozen=True)
class PastCalls:
    """What came: the half hours of whole days, in their order, and how many calls each had."""

    half_hours: Sequence[ClockHalfHour]
    calls: Mapping[float, int]
    """By the half hour's beginning; one that is not named had none."""
    missing: frozenset[date] = frozenset()
    """Days of which nothing is known."""

    @property
    def days(self) -> list[date]:
        return list(dict.fromkeys(each.day for each in self.half_hours))


def forecast(
    past: PastCalls,
    ahead: Sequence[ClockHalfHour],
    is_holiday: Callable[[date], bool],
    is_open: Callable[[ClockHalfHour], bool],
) -> list[ExpectedCalls]:
    """One for each half hour ahead, in their order; nothing where too little is known of the past."""
    fitted = fit(past, is_holiday)
    if fitted is None:
        return []
    return [fitted.expect(each, is_open(each)) for each in ahead]


@dataclass(frozen=True)
class FittedCalls:
    """What was learned from the past."""

    last: date
    """The newest day that it was learned from."""
    level: float
    """Calls of a day on the average of its week, on the day after the last."""
    step: float
    """The logarithm of the level's change from a day to the next."""
    weekdays: Floats
    """[7]: what each day of the week is to the mean of them."""
    parts: Floats
    """[7, 48]: the part of a day's calls that falls into each half hour of its clock."""
    holiday: float
    """What a public holiday has of the calls that its day of the week would have."""
    spread: float
    """The variance beyond Poisson, by the square of the mean."""
    unsure: float
    """Deviation of the level's logarithm."""
    holidays: Callable[[date], bool]

    def expect(self, half_hour: ClockHalfHour, is_open: bool) -> ExpectedCalls:
        """Of one half hour ahead."""
        if not is_open:
            return ExpectedCalls(half_hour, 0.0, 0.0, 0.0)
        days = max(1, (half_hour.day - self.last).days)
        weekday = half_hour.day.weekday()
        grown = self.step * TREND_FADES * (1 - TREND_FADES**days) / (1 - TREND_FADES)
        calls = self.level * math.exp(grown) * float(self.weekdays[weekday] * self.parts[weekday, half_hour.slot])
        spread = self.spread + self.unsure**2 * (1 + days / 14)
        if self.holidays(half_hour.day):
            calls, spread = calls * self.holiday, spread + 0.1
        return ExpectedCalls(half_hour, calls, quantile(calls, spread, LOW), quantile(calls, spread, HIGH), spread)


def together(expected: Sequence[ExpectedCalls]) -> tuple[float, float, float]:
    """Mean, low and high of several half hours as one: chance evens out between them, a busy day does not."""
    calls = sum(each.calls for each in expected)
    if calls == 0:
        return 0.0, 0.0, 0.0
    spread = sum(each.spread * each.calls for each in expected) / calls
    return calls, quantile(calls, spread, LOW), quantile(calls, spread, HIGH)


def fit(past: PastCalls, is_holiday: Callable[[date], bool]) -> FittedCalls | None:
    """None: too few days, or nobody called."""
    days = past.days
    table = _Table(past, days, np.array([is_holiday(day) for day in days]))
    if (table.known.any(axis=1) & ~table.holidays).sum() < LEAST_DAYS or table.calls.sum() == 0:
        return None
    for _ in range(PASSES):
        table.learn()
        table.leave_out_gaps()
    table.learn()
    level, step, unsure = table.trend()
    return FittedCalls(
        days[-1], level, step, table.weekdays, table.parts, table.holiday(), table.spread(), unsure, is_holiday
    )


class _Table:
    """The past as a row of half hours for each day."""

    def __init__(self, past: PastCalls, days: list[date], holidays: NDArray[np.bool_]) -> None:
        rows = {day: at for at, day in enumerate(days)}
        self.calls = np.zeros((len(days), SLOTS))
        self.hours = np.zeros((len(days), SLOTS))
        """How often the clock shows each half hour: 0, 1 or 2 times."""
        for each in past.half_hours:
            self.calls[rows[each.day], each.slot] += past.calls.get(each.begins, 0)
            self.hours[rows[each.day], each.slot] += 1
        self.known = self.hours > 0
        for day in past.missing & rows.keys():
            self.known[rows[day]] = False
        self.holidays = holidays
        self.of_week = np.array([day.weekday() for day in days])
        self.age = np.array([(days[-1] - day).days for day in days], dtype=float)
        self.weekdays = np.ones(7)
        self.parts = np.full((7, SLOTS), 1 / SLOTS)
        self.levels = np.ones(len(days))
        self._leave_out_silent_days()

    def _leave_out_silent_days(self) -> None:
        """A day without a call where its day of the week has many: nothing was written."""
        totals = self.calls.sum(axis=1)
        for weekday in range(7):
            mine = (self.of_week == weekday) & ~self.holidays & self.known.any(axis=1)
            if mine.any() and np.median(totals[mine]) >= GAP_CALLS:
                self.known[mine & (totals == 0)] = False

    def learn(self) -> None:
        """Levels, days of the week and parts of the day, each by what the others say."""
        totals = self.day_totals()
        usable = np.isfinite(totals) & ~self.holidays
        self.levels = self._levels(np.where(usable, totals / np.maximum(self.weekdays[self.of_week], 0.02), np.nan))
        weights = 0.5 ** (self.age / SHAPE_HALF_LIFE)
        for weekday in range(7):
            mine = usable & (self.of_week == weekday)
            if mine.any():
                self.weekdays[weekday] = huber_mean(totals[mine] / self.levels[mine], weights[mine])
        mean = self.weekdays.mean()
        if mean > 0:
            self.weekdays = self.weekdays / mean
        self._learn_parts(usable, weights)

    def day_totals(self) -> Floats:
        """What each day had, or would have had if all its usual half hours were known; nan: nothing is known."""
        usual = self.parts[self.of_week]
        seen = (usual * self.hours * self.known).sum(axis=1)
        totals = (self.calls * self.known).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(seen > 0.3, totals / seen, np.nan)
        return np.asarray(found)

    def _levels(self, daily: Floats) -> Floats:
        """The robust mean of the weeks around each day, so that no day is judged by itself alone."""
        days, known = np.arange(len(daily)), np.isfinite(daily)
        found = np.ones(len(daily))
        for day in days:
            near = known & (np.abs(days - day) <= 14)
            near = near if near.any() else known
            found[day] = max(huber_mean(daily[near], 0.5 ** (np.abs(days[near] - day) / 7.0)), 1e-3)
        return found

    def _learn_parts(self, usable: NDArray[np.bool_], weights: Floats) -> None:
        expected = self.levels * self.weekdays[self.of_week]
        most = self._most(expected)
        calls = np.minimum(self.calls, most) * self.known * weights[:, None]
        there = self.hours * self.known * (weights * expected)[:, None]
        own, due = np.zeros((7, SLOTS)), np.zeros((7, SLOTS))
        for weekday in range(7):
            mine = usable & (self.of_week == weekday)
            own[weekday], due[weekday] = calls[mine].sum(axis=0), there[mine].sum(axis=0)
        for group in ((0, 1, 2, 3, 4), (5,), (6,)):
            pooled = _share(own[list(group)].sum(axis=0), due[list(group)].sum(axis=0))
            strength = _strength(own[list(group)], due[list(group)], pooled)
            for weekday in group:
                found = _share(own[weekday] + strength * pooled, due[weekday] + strength)
                self.parts[weekday] = found if found.sum() == 0 else found / found.sum()

    def _most(self, expected: Floats) -> Floats:
        """Beyond this a half hour counts as this: a storm of calls is no part of the usual day."""
        mean = expected[:, None] * self.parts[self.of_week] * np.maximum(self.hours, 1)
        return np.asarray(np.maximum(4 * mean, mean + 6 * np.sqrt(mean) + 5))

    def fitted(self) -> Floats:
        """What each half hour should have had by what was learned."""
        daily = self.levels * self.weekdays[self.of_week]
        return np.asarray(daily[:, None] * self.parts[self.of_week] * self.hours)

    def leave_out_gaps(self) -> None:
        """Half hours on end without a call where many were due."""
        due = self.fitted()
        for day in range(len(self.calls)):
            if self.holidays[day] or not self.known[day].any():
                continue
            begins, missed = 0, 0.0
            for slot in range(SLOTS + 1):
                if slot < SLOTS and self.calls[day, slot] == 0:
                    missed += due[day, slot]
                    continue
                if missed >= GAP_CALLS:
                    self.known[day, begins:slot] = False
                begins, missed = slot + 1, 0.0

    def trend(self) -> tuple[float, float, float]:
        """Level on the day after the last, the logarithm of its daily step, and how unsure the level is."""
        totals = self.day_totals()
        daily = totals / np.maximum(self.weekdays[self.of_week], 0.02)
        mine = np.isfinite(daily) & ~self.holidays & (self.age < RECENT_DAYS) & (self.weekdays[self.of_week] > 0.1)
        if mine.sum() < 4:
            return float(self.levels[-1]), 0.0, 0.3
        y, ages = np.log(daily[mine] + 0.5), self.age[mine] + 1
        weights = 0.5 ** (ages / LEVEL_HALF_LIFE) * np.sqrt(np.maximum(self.weekdays[self.of_week][mine], 0.05))
        level, slope, error, slope_error = _line(-ages, y, weights)
        sure = slope**2 / (slope**2 + 4 * slope_error**2) if slope_error > 0 else 1.0
        middle = float(np.average(-ages, weights=weights))
        centre = level + slope * middle  # the line's height where it is known best
        step = slope * sure
        # A mean of logarithms is below the logarithm of the mean by half the variance.
        lift = min(0.05, float(np.average((y - level + slope * ages) ** 2, weights=weights)) / 2)
        return max(0.0, math.exp(centre - step * middle + lift) - 0.5), step, error

    def holiday(self) -> float:
        """With nothing known a holiday is as a Sunday, which counts as one holiday seen."""
        sunday = min(1.0, float(self.weekdays[6] / max(self.weekdays[:5].mean(), 0.02)))
        totals, due = self.day_totals(), self.levels * self.weekdays[self.of_week]
        mine = self.holidays & np.isfinite(totals) & (due > 0)
        ratios = np.minimum(totals[mine] / due[mine], 2.0)
        return float((ratios.sum() + sunday) / (len(ratios) + 1))

    def spread(self) -> float:
        """The variance beyond Poisson by the square of the mean, over recent weeks."""
        mean = self.fitted()
        mine = self.known & (mean > 0.2) & ((self.age < RECENT_DAYS) & ~self.holidays)[:, None]
        if not mine.any():
            return 0.1
        calls, due, found = self.calls[mine], mean[mine], 0.02
        for _ in range(5):  # what is far out counts as three deviations
            away = np.minimum(np.abs(calls - due), 3 * np.sqrt(due + found * due**2))
            found = float(np.clip((away**2 - due).sum() / (due**2).sum(), 0.0, 1.0))
        return found


def huber_mean(values: Floats, weights: Floats) -> float:
    """The mean in which what lies far from the others counts little."""
    centre = weighted_median(values, weights)
    for _ in range(8):
        away = np.abs(values - centre)
        scale = 1.4826 * weighted_median(away, weights)
        if scale <= 1e-12:
            return centre
        count = weights * np.minimum(1.0, HUBER * scale / np.maximum(away, 1e-12))
        centre = float(np.average(values, weights=count))
    return centre


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value that half of the weight does not exceed."""
    order = np.argsort(values)
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])


def quantile(mean: float, spread: float, level: float) -> float:
    """Of a negative binomial distribution with variance mean + spread x mean^2 (0: Poisson)."""
    if mean <= 0:
        return 0.0
    if mean > 200:
        return max(0.0, mean + NormalDist().inv_cdf(level) * math.sqrt(mean + spread * mean**2))
    size = 1 / spread if spread > 1e-6 else math.inf
    chance = math.exp(-mean) if math.isinf(size) else math.exp(-size * math.log1p(mean / size))
    total, calls = chance, 0
    while total < level and calls < 10_000:
        growth = mean if math.isinf(size) else (size + calls) * mean / (size + mean)
        calls += 1
        chance *= growth / calls
        total += chance
    return float(calls)


def _share(calls: Floats, due: Floats) -> Floats:
    found = np.divide(calls, due, out=np.zeros(SLOTS), where=due > 0)
    total = found.sum()
    return np.asarray(found / total if total > 0 else found)


def _strength(own: Floats, due: Floats, pooled: Floats) -> float:
    """So many calls the shape of all days weighs in each: many where days differ by chance alone."""
    expected = pooled * due
    enough = expected > 1
    if not enough.any() or len(own) == 1:
        return 0.0
    ratio = float((((own - expected) ** 2)[enough] / expected[enough]).sum() / enough.sum())
    calls = float(own.sum() / len(own))
    return float(np.clip(calls / max(ratio - 1, 0.02), 0.0, 50 * calls))


def _line(x: Floats, y: Floats, weights: Floats) -> tuple[float, float, float, float]:
    """A robust straight line: its height at 0, its slope, and the standard errors of the two."""
    count = weights.copy()
    for _ in range(8):
        total = count.sum()
        middle = float((count * x).sum() / total)
        width = float((count * (x - middle) ** 2).sum())
        mean = float((count * y).sum() / total)
        slope = float((count * (x - middle) * (y - mean)).sum() / width) if width > 0 else 0.0
        rest = y - mean - slope * (x - middle)
        scale = max(1.4826 * weighted_median(np.abs(rest), weights), 1e-9)
        count = weights * np.minimum(1.0, HUBER * scale / np.maximum(np.abs(rest), 1e-12))
    total, squares = count.sum(), float((count**2).sum())
    several = total**2 / squares if squares > 0 else 1.0
    variance = float((count * rest**2).sum() / total) * several / max(several - 2, 1.0)
    slope_error = math.sqrt(variance * squares / total / width) if width > 0 else 0.0
    return mean - slope * middle, slope, math.sqrt(variance / several + (slope_error * middle) ** 2 / 4), slope_error
