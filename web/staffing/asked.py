"""What an address asks of planning: the queue, the goal, the weeks, and a change that is to be tried."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from ringback.config import Queue
from ringback.messages import Message
from ringback.store.base import utc
from staffing.errors import StaffingError
from staffing.goals import Goal, GoalKind
from staffing.service import MOST_WEEKS, WhatIf
from web.access import report_range
from web.context import now, person, settings

FIELDS = ("queue", "weeks", "goal", "value", "seconds", "shrinkage", "week")
CHANGES = ("first", "last", "more", "begins", "ends", "offer", "taken")
VALUE_MAX = 60
GOALS: dict[GoalKind, tuple[float, float, float]] = {
    "service_level": (80, 1, 99.9),
    "mean_wait": (20, 1, 3600),
    "abandonment": (3, 0.1, 90),
}
"""The usual value of each, the least, the most; shares in percent, waits in seconds."""


@dataclass
class AskedStaffing:
    """An address, understood: what could not be is said in `faults` and taken as usual."""

    chosen: dict[str, str]
    """What it says, as it was written."""
    queue: str
    """Empty: there is none."""
    weeks: int
    goal: Goal
    shrinkage: float
    week: int
    """Which of the weeks is shown by half hours, from 0."""
    faults: list[Message] = field(default_factory=list)


def asked_in(args: Mapping[str, str]) -> AskedStaffing:
    """What the page is asked for."""
    chosen, faults = _chosen(args, FIELDS), list[Message]()
    allowed = queues_shown()
    queue = chosen.get("queue", "") or next(iter(allowed), "")
    if queue and queue not in allowed:
        faults.append(StaffingError("staffing.no_queue", queue=queue).message)
        queue = next(iter(allowed), "")
    given = chosen.get("goal", "")
    kind: GoalKind = next((each for each in GOALS if each == given), "service_level")
    usual, least, most = GOALS[kind]
    value = _number(chosen, "value", usual, least, most, faults)
    seconds = _number(chosen, "seconds", 20, 0, 3600, faults)
    shrinkage = _number(chosen, "shrinkage", 30, 0, 80, faults)
    weeks = int(_number(chosen, "weeks", 2, 1, MOST_WEEKS, faults))
    week = int(_number(chosen, "week", 0, 0, weeks - 1, faults))
    goal = Goal(kind, value if kind == "mean_wait" else value / 100, seconds)
    return AskedStaffing(chosen, queue, weeks, goal, shrinkage / 100, week, faults)


@dataclass
class AskedChange:
    """A change that is to be tried, as the form shows it."""

    chosen: dict[str, str]
    """With what is usual where nothing was written."""
    wanted: WhatIf | None
    """None: what was written cannot be read, see `faults`."""
    faults: list[Message]


def change_in(args: Mapping[str, str], asked: AskedStaffing) -> AskedChange:
    """What is to be tried, of the queue and the goal that the page shows."""
    yesterday = utc(now()).astimezone(ZoneInfo(settings().timezone)).date() - timedelta(days=1)
    usual = {"first": yesterday.isoformat(), "last": yesterday.isoformat(), "more": "1", "begins": "10:00"}
    usual |= {"ends": "12:00", "offer": "", "taken": "30"}
    written = _chosen(args, CHANGES)
    chosen, faults = {**usual, **written}, list[Message]()
    first, last = (_day(chosen[name], yesterday, faults) for name in ("first", "last"))
    begins, ends = (_clock(chosen[name], faults) for name in ("begins", "ends"))
    more = int(_number(chosen, "more", 0, -50, 50, faults))
    offer = _number(chosen, "offer", 0, 0, 3600, faults) if chosen["offer"] else None
    taken = _number(chosen, "taken", 30, 0, 100, faults)
    wanted = WhatIf(asked.queue, first, last, more, begins, ends, offer, taken / 100, asked.goal.seconds)
    return AskedChange(chosen, None if faults else wanted, faults)


def queues_shown() -> dict[str, Queue]:
    """The queues whose reports whoever asks is shown, as the settings have them."""
    shown = report_range(person())
    only = None if shown is None else shown.queues
    return {name: queue for name, queue in settings().queues.items() if only is None or name in only}


def queue_choices(language: str) -> list[tuple[str, str]]:
    """Queues as a form offers them."""
    return [(name, queue.name_in(language)) for name, queue in queues_shown().items()]


def _chosen(args: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    found = {name: str(args.get(name, "")).replace("\0", "").strip()[:VALUE_MAX] for name in names}
    return {name: value for name, value in found.items() if value}


def _number(
    chosen: Mapping[str, str], name: str, usual: float, least: float, most: float, faults: list[Message]
) -> float:
    """A number that somebody wrote, with a comma or a point; what is none is a fault."""
    given = chosen.get(name, "")
    if not given:
        return usual
    try:
        value = float(given.replace(",", "."))
    except ValueError:
        value = math.nan
    if least <= value <= most:
        return value
    faults.append(StaffingError("staffing.not_a_number", given=given, least=f"{least:g}", most=f"{most:g}").message)
    return usual


def _day(given: str, usual: date, faults: list[Message]) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        faults.append(StaffingError("staffing.not_a_day", given=given).message)
        return usual


def _clock(given: str, faults: list[Message]) -> int:
    """The half hour of the clock at or before a time; 24:00 is 48."""
    hour, _, minute = given.partition(":")
    if hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and int(minute[:3]) < 60:
        slot = int(hour[:3]) * 2 + int(minute[:3]) // 30
        if slot <= 48:
            return slot
    faults.append(StaffingError("staffing.not_a_time", given=given).message)
    return 0
