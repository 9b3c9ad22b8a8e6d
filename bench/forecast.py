"""Forecasts of calls by half hours on weeks held out, beside the half hour of a week before and statsmodels.

Invented centers of several sizes, with days of the week that differ, a trend, noise of days and of half hours,
holidays, an outage and a storm of calls. Two weeks ahead are forecast from 26, several times over; the measure is WAPE,
the sum of what was missed by the sum of what came, over open half hours. statsmodels' Holt-Winters has a season of a
week and a damped trend; of "days" it forecasts totals (a season of seven days), which are cut by the mean day, as
planners do.
"""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from staffing.forecast import SLOTS, PastCalls, forecast
from staffing.half_hours import ClockHalfHour, days_between, half_hours_of

ZONE = ZoneInfo("UTC")
LAST = date(2026, 9, 27)
WEEKS, AHEAD = 26, 2
OPENS, CLOSES = 16, 40
"""Half hours of the clock: 8:00 to 20:00."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Center:
    """An invented center: calls of a mean working day, and what makes it hard."""

    name: str
    daily: float
    trend: float
    """A week's growth."""
    day_noise: float
    trouble: bool
    """An outage, a lost day, a storm of calls and holidays in the past."""


CENTERS = (
    Center("30 calls a day", 30, 0.0, 0.1, False),
    Center("150 calls a day, an outage and a storm", 150, 0.005, 0.1, True),
    Center("1,500 calls a day, growing", 1500, 0.015, 0.08, False),
    Center("1,500 calls a day, an outage and a storm", 1500, -0.005, 0.1, True),
    Center("6,000 calls a day", 6000, 0.005, 0.06, True),
)


@dataclass(frozen=True)
class Series:
    """What came, [days, 48], and which days were holidays."""

    first: date
    calls: Floats
    holidays: frozenset[date]
    missing: frozenset[date]


def made(center: Center, seed: int) -> Series:
    """One history of the center with the weeks that follow it."""
    random = np.random.default_rng(seed)
    days = (WEEKS + AHEAD) * 7
    first = LAST - timedelta(days=WEEKS * 7 - 1)
    weekdays = np.array([1.25, 1.05, 1.0, 0.97, 0.92, 0.45, 0.25]) * random.uniform(0.92, 1.08, 7)
    clock = np.arange(SLOTS)
    inside = (clock >= OPENS) & (clock < CLOSES)
    shapes = []
    for weekday in range(7):
        morning = np.exp(-(((clock - 21 - 0.5 * (weekday == 0)) / 4) ** 2))
        evening = np.exp(-(((clock - 31 - (weekday == 4)) / 5) ** 2)) * (0.75 if weekday < 5 else 0.3)
        shape = (morning + evening + 0.12) * inside
        shapes.append(shape / shape.sum())
    holidays = frozenset(first + timedelta(days=at) for at in (9, 40, 75, 110, WEEKS * 7 + 3)) if center.trouble else []
    calls = np.zeros((days, SLOTS))
    for at in range(days):
        day = first + timedelta(days=at)
        level = (
            center.daily * (1 + center.trend) ** (at / 7) * random.gamma(1 / center.day_noise**2, center.day_noise**2)
        )
        level *= 0.3 if day in holidays else 1.0
        calls[at] = random.poisson(level * weekdays[day.weekday()] * shapes[day.weekday()])
    missing = set()
    if center.trouble:
        outage, storm, lost = WEEKS * 7 - 9, WEEKS * 7 - 5, WEEKS * 7 - 20
        calls[outage, 18:30] = 0
        calls[storm, 20:26] *= 5
        calls[lost] = 0
        missing.add(first + timedelta(days=lost))
    return Series(first, calls, frozenset(holidays), frozenset(missing))


def ours(series: Series) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high of the weeks ahead, [days, 48]; days that are missing are not told: it has to see them."""
    past: list[ClockHalfHour] = []
    counts = {}
    for at in range(WEEKS * 7):
        day = series.first + timedelta(days=at)
        for each in half_hours_of(day, ZONE):
            past.append(each)
            if series.calls[at, each.slot]:
                counts[each.begins] = int(series.calls[at, each.slot])
    ahead = [
        h
        for day in days_between(LAST + timedelta(days=1), LAST + timedelta(days=AHEAD * 7))
        for h in half_hours_of(day, ZONE)
    ]
    found = forecast(PastCalls(past, counts), ahead, series.holidays.__contains__, lambda h: OPENS <= h.slot < CLOSES)
    shape = (AHEAD * 7, SLOTS)
    return tuple(np.array([getattr(e, n) for e in found]).reshape(shape) for n in ("calls", "low", "high"))  # type: ignore[return-value]


def naive(series: Series) -> Floats:
    """The same half hour of the last week."""
    return np.tile(series.calls[(WEEKS - 1) * 7 : WEEKS * 7], (AHEAD, 1))


def mean_of_weeks(series: Series) -> Floats:
    """The mean of the same half hour over the last four weeks."""
    return np.tile(series.calls[(WEEKS - 4) * 7 : WEEKS * 7].reshape(4, 7, SLOTS).mean(axis=0), (AHEAD, 1))


def holt_winters(series: Series) -> Floats:
    """statsmodels' Holt-Winters over open half hours, with a season of a week."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    width = CLOSES - OPENS
    values = series.calls[(WEEKS - 10) * 7 : WEEKS * 7, OPENS:CLOSES].ravel()
    model = ExponentialSmoothing(
        values,
        trend="add",
        damped_trend=True,
        seasonal="add",
        seasonal_periods=7 * width,
        initialization_method="heuristic",
    )
    found = np.zeros((AHEAD * 7, SLOTS))
    found[:, OPENS:CLOSES] = np.maximum(
        0, model.fit(method="L-BFGS-B", minimize_kwargs={"options": {"maxiter": 15}}).forecast(AHEAD * 7 * width)
    ).reshape(-1, width)
    return found


def daily_holt_winters(series: Series) -> Floats:
    """statsmodels' Holt-Winters over totals of days, cut by the mean shape of the day of the week."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    past = series.calls[: WEEKS * 7]
    totals = np.maximum(past.sum(axis=1), 1.0)
    model = ExponentialSmoothing(
        totals, trend="add", damped_trend=True, seasonal="mul", seasonal_periods=7, initialization_method="estimated"
    )
    ahead = np.maximum(0, model.fit().forecast(AHEAD * 7))
    shapes = past.reshape(WEEKS, 7, SLOTS).sum(axis=0)
    shapes = shapes / np.maximum(shapes.sum(axis=1, keepdims=True), 1)
    return ahead[:, None] * np.tile(shapes, (AHEAD, 1))


def wape(found: Floats, really: Floats) -> float:
    """The sum of what was missed by the sum of what came."""
    return float(np.abs(found - really).sum() / really.sum())


def run(quick: bool) -> dict[str, Any]:
    """Each center several times; ratios are to the naive forecast."""
    seeds = range(3 if quick else 12)
    peers: dict[str, Callable[[Series], Floats]] = {
        "mean of four weeks": mean_of_weeks,
        "statsmodels, half hours": holt_winters,
        "statsmodels, days": daily_holt_winters,
    }
    figures, details = [], []
    warnings.simplefilter("ignore")
    for center in CENTERS:
        missed: dict[str, list[float]] = {}
        inside, began = [], 0.0
        for seed in seeds:
            series = made(center, seed)
            really = series.calls[WEEKS * 7 :]
            start = time.process_time()
            mean, low, high = ours(series)
            began += time.process_time() - start
            missed.setdefault("ours", []).append(wape(mean, really))
            missed.setdefault("naive", []).append(wape(naive(series), really))
            is_open = (slice(None), slice(OPENS, CLOSES))
            inside.append(float(((low <= really) & (really <= high))[is_open].mean()))
            for name, peer in peers.items():
                if not (quick and name == "statsmodels, half hours" and seed):
                    missed.setdefault(name, []).append(wape(peer(series), really))
        means = {name: float(np.mean(values)) for name, values in missed.items()}
        best = min(means[name] for name in peers)
        figures.append(
            Figure(
                center.name,
                means["ours"],
                "WAPE",
                "naive",
                means["naive"],
                means["ours"] / means["naive"],
                "x",
                "below 0.9",
                means["ours"] < 0.9 * means["naive"],
            )
        )
        figures.append(
            Figure(
                center.name,
                means["ours"],
                "WAPE",
                "best of statsmodels and the mean of weeks",
                best,
                means["ours"] / best,
                "x",
                "no worse",
                means["ours"] <= best * 1.005,
            )
        )
        details.append(
            {
                "center": center.name,
                "wape": means,
                "inside_p10_p90": float(np.mean(inside)),
                "cpu_seconds": began / len(seeds),
            }
        )
        print(
            center.name,
            {name: round(value, 3) for name, value in means.items()},
            f"inside {np.mean(inside):.0%}, {began / len(seeds):.2f} s",
        )
    return {"figures": figures, "details": {"centers": details, "at": datetime.now(UTC).isoformat(timespec="seconds")}}
