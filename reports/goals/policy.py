"""What a goal says now, and what may be one: decisions without I/O, on plain data; days are arguments.

A goal is measured by the figure of the seven days before, so that every weekday is in it once. Of figures that are
known late (whether somebody called again), they are the seven last days of which it is known. On track is a goal whose
figure has come at least as far from where it was in the seven days before the goal was set as the time has to its day.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from reports.errors import ReportError
from reports.figures import Definition, FigureValue, Unit

Standing = Literal["reached", "on_track", "behind", "too_early", "not_known"]
DAYS = 7
KNOWN_LATE = ("first_contact", "first_contact_number", "first_contact_ticket", "first_contact_topic", "repeats")
"""Figures of calls alone that are old enough."""
LIMITS: dict[Unit, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "score": (-100.0, 100.0),
    "mos": (1.0, 4.5),
    "seconds": (0.0, 10_000_000.0),
    "hours": (0.0, 100_000.0),
    "count": (0.0, 1_000_000_000.0),
}
MOST_YEARS = 5
NUMBER = re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,4})?")
CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")


@dataclass(frozen=True, slots=True)
class GoalState:
    """One goal, and how it stands."""

    id: str
    figure: str
    queue: str
    target: float
    at_least: bool
    by_date: date
    set_on: date
    set_by: str
    value: FigureValue
    """Of the last seven days."""
    start: FigureValue
    """Of the seven days before it was set."""
    share: float | None
    """How much of the way is done, 0 to 1; None: not known."""
    standing: Standing
    days_left: int


def window(until: date, figure: str, first_contact_hours: int) -> tuple[date, date]:
    """The seven days by which a figure is measured on the evening of `until`."""
    last = until
    if figure in KNOWN_LATE:
        last -= timedelta(days=-(-first_contact_hours // 24))
    return last - timedelta(days=DAYS - 1), last


def is_met(value: float, target: float, at_least: bool) -> bool:
    return value >= target if at_least else value <= target


def way_done(start: float | None, value: float | None, target: float, at_least: bool) -> float | None:
    """How much of the way from the start to the target is done, 0 to 1."""
    if value is None:
        return None
    if is_met(value, target, at_least):
        return 1.0
    if start is None or is_met(start, target, at_least):
        return None if start is None else 0.0
    return min(1.0, max(0.0, (value - start) / (target - start)))


def standing(done: float | None, set_on: date, by_date: date, today: date) -> Standing:
    """Compared with a straight way from the day it was set to its day."""
    if done is None:
        return "not_known"
    if done >= 1.0:
        return "reached"
    if today < set_on + timedelta(days=DAYS):
        return "too_early"
    whole = max((by_date - set_on).days, 1)
    return "on_track" if done >= min(1.0, (today - set_on).days / whole) else "behind"


# -- what may be a goal ----------------------------------------------------------------------------------


def target_of(typed: str, unit: Unit) -> float:
    """A number as people type it: shares in per cent, times in seconds or as m:ss. Raises ReportError."""
    words = typed.strip().replace("\u00a0", "").replace("\u2212", "-")
    if unit == "share":
        words = words.removesuffix("%").rstrip()
    clock = CLOCK.fullmatch(words) if unit == "seconds" else None
    if clock is not None:
        first, second, third = clock.groups()
        found = float(first) * 60 + float(second)
        if third is not None:
            found = found * 60 + float(third)
    elif NUMBER.fullmatch(words):
        found = float(words.replace(",", "."))
    else:
        raise ReportError("reports.goal_no_number", value=typed[:40])
    if unit == "share":
        found /= 100
    low, high = LIMITS[unit]
    if not low <= found <= high:
        part = 100 if unit == "share" else 1
        raise ReportError("reports.goal_out_of_range", value=typed[:40], low=low * part, high=high * part)
    return found


def check_day(by_date: date, today: date) -> None:
    """Raises ReportError for a day that is over or too far."""
    if by_date <= today:
        raise ReportError("reports.goal_over", day=by_date.isoformat())
    if by_date > today + timedelta(days=366 * MOST_YEARS):
        raise ReportError("reports.goal_too_far", years=MOST_YEARS)


def direction(figure: Definition, asked: str) -> bool:
    """Whether at least so much is wanted: the figure's own better way, or where it has none what was asked for."""
    if figure.better is not None:
        return figure.better == "more"
    if asked not in ("at_least", "at_most"):
        raise ReportError("reports.goal_no_way")
    return asked == "at_least"
