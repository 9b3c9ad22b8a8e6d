"""Answers reports from cells: what other rooms may ask."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import cells
from reports import measures as m
from reports.asking import WITHIN_DAY, Asked, Time, times_of
from reports.cells import CellHead
from reports.collecting import CellKey
from reports.measures import Kind
from reports.models import ReportCell, ReportCounting
from reports.slots import day_of
from reports.tally import Tally
from ringback.config import Settings

MONTHS_AFTER = timedelta(days=31)
"""A month that ended so long ago has no call of which first contact is not known yet: its cell can be used whole."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One time and one value of what calls are told apart by."""

    time: int
    """Of `Report.times`."""
    value: str
    tally: Tally
    known: Tally
    """Of the calls alone that are old enough for it to be known whether the caller called again."""


@dataclass(frozen=True, slots=True)
class Report:
    asked: Asked
    times: tuple[Time, ...]
    values: tuple[str, ...]
    """Sorted; of `total` one, empty. An empty queue is none."""
    rows: tuple[ReportRow, ...]
    """By time, then value; none of a value that had nothing then."""
    total: ReportRow
    """Of all times and values; of the same shape, its time is 0."""
    counted_from: datetime | None
    """What is earlier is not counted yet; None: all of it is."""
    counted_until: datetime | None
    """What is later is not counted yet; None: nothing is."""


def answer(session: Session, asked: Asked, settings: Settings, now: datetime) -> Report:
    """Raises ReportError where it cannot be asked so. Of what has not been counted yet there is nothing; `Report` says
    from and until when."""
    asked.checked()
    zone = ZoneInfo(settings.timezone)
    times = times_of(asked, zone)
    old = now - timedelta(hours=settings.reports.first_contact_hours)
    found = list(_cells(session, asked, times, _kind(asked), now))
    states = list(_cells(session, asked, times, "states", now)) if _has_states(asked) else []
    place = _Places(asked, times, zone, settings)
    heads = [each.head for each in found], [each.head for each in states]
    values = place.number(*heads)
    many = len(times) * len(values)
    all_of = known = cells.Sums(max(many, 1), chain(*heads))
    if any(each.ends_at > old for each in (*found, *states)):
        known = cells.Sums(max(many, 1), chain(*heads), frozenset(m.NEXT + name for name in NEXT_NAMES))
    last = None
    for each in (*found, *states):
        time = place.time_of(each)
        if time != last:
            last = time
            all_of.rest()
            known.rest()
        cell, groups = cells.numbers_of(each.head, each.packed), place.groups(each, time)
        all_of.add(cell, groups)
        if known is not all_of and each.ends_at <= old:
            known.add(cell, groups)
    tallies, total = all_of.tallies()
    knowns, known_total = (tallies, total) if known is all_of else known.tallies()
    rows = [
        ReportRow(number // len(values), values[number % len(values)], tallies[number], knowns[number])
        for number in range(many)
        if tallies[number].counts
    ]
    counting = session.get(ReportCounting, 1)
    return Report(
        asked,
        tuple(times),
        values,
        tuple(rows),
        ReportRow(0, "", total, known_total),
        None if counting is None or counting.complete else counting.counted_from,
        None if counting is None else counting.counted_until,
    )


NEXT_NAMES = ("number", "contact", "ticket", "topic")


def _kind(asked: Asked) -> Kind:
    if asked.agents is not None or asked.by == "agent":
        return "agent"
    if asked.interval in ("hour_of_day", "week_hours"):
        return "hour"
    return "total" if asked.by in ("total", "queue") else asked.by  # type: ignore[return-value]


def _has_states(asked: Asked) -> bool:
    """Whether what agents did can be told: by time, of all or of each."""
    return asked.by in ("total", "agent") and asked.interval not in ("hour_of_day", "week_hours")


class _Places:
    """Into which row a cell's key goes."""

    def __init__(self, asked: Asked, times: Sequence[Time], zone: ZoneInfo, settings: Settings) -> None:
        self._asked, self._times, self._zone = asked, times, zone
        self._begins = [time.begins for time in times]
        self._agents = asked.agents
        if asked.agents is None and asked.queues is not None:
            chosen = (queue.agents for name, queue in settings.queues.items() if name in asked.queues)
            self._agents = frozenset(agent for agents in chosen for agent in agents)

    def number(self, facts: Sequence[CellHead], states: Sequence[CellHead]) -> tuple[str, ...]:
        """The values of the report, sorted; from then on groups are known."""
        named = {
            head: [of(key) for key in head.keys]
            for some, of in ((facts, self._of_facts), (states, self._of_states))
            for head in some
        }
        values = tuple(sorted({value for some in named.values() for value in some if value is not None}))
        at_value = {value: number for number, value in enumerate(values)} | {None: -1}
        self._values = {head: np.array([at_value[value] for value in some], np.int64) for head, some in named.items()}
        self._many = len(values)
        return values

    def time_of(self, cell: "StoredCell") -> int | None:
        """By its beginning; None: by the hour that its keys are of."""
        if self._asked.interval in ("hour_of_day", "week_hours"):
            return None
        if self._asked.interval == "weekday":
            return day_of(cell.begins_at, self._zone).weekday()
        return bisect_right(self._begins, cell.begins_at) - 1

    def groups(self, cell: "StoredCell", time: int | None) -> np.ndarray:
        """Of each of its keys; below 0: it is not in the report."""
        values = self._values[cell.head]
        if time is not None:
            return np.where(values < 0, -1, time * self._many + values)
        hours = np.array([int(hour) for _, hour in cell.head.keys], np.int64)
        if self._asked.interval == "week_hours":
            hours += day_of(cell.begins_at, self._zone).weekday() * 24
        return np.where(values < 0, -1, hours * self._many + values)

    def _of_facts(self, key: CellKey) -> str | None:
        queue, value = key
        if self._asked.queues is not None and queue not in self._asked.queues:
            return None
        if self._asked.agents is not None and value not in self._asked.agents:
            return None
        return queue if self._asked.by == "queue" else "" if self._asked.by == "total" else value

    def _of_states(self, key: CellKey) -> str | None:
        _, agent = key
        if self._agents is not None and agent not in self._agents:
            return None
        return agent if self._asked.by == "agent" else ""


@dataclass(frozen=True, slots=True)
class StoredCell:
    begins_at: datetime
    ends_at: datetime
    head: CellHead
    packed: bytes
    """Unpacked when it is added, and then no more: a year of them unpacked is 200 MB."""


def _cells(session: Session, asked: Asked, times: Sequence[Time], kind: Kind, now: datetime) -> Iterator[StoredCell]:
    """The fewest cells that make up the whole time: months where whole ones are in one row, days, or slots."""
    begins, ends = times[0].begins, times[-1].ends
    if asked.interval in WITHIN_DAY:
        yield from _stored(session, "slot", kind, begins, ends)
        return
    months: list[StoredCell] = []
    if asked.interval in ("month", "year", "all"):
        found = _stored(session, "month", kind, begins, ends)
        months = [each for each in found if each.ends_at <= ends and each.ends_at <= now - MONTHS_AFTER]
    yield from months
    at = begins
    for month in months:
        if month.begins_at > at:
            yield from _stored(session, "day", kind, at, month.begins_at)
        at = month.ends_at
    if ends > at:
        yield from _stored(session, "day", kind, at, ends)


def _stored(session: Session, level: str, kind: str, begins: datetime, ends: datetime) -> Iterator[StoredCell]:
    """In their order; none that an earlier version counted otherwise."""
    query = select(ReportCell.begins_at, ReportCell.ends_at, ReportCell.packed).where(
        ReportCell.level == level, ReportCell.kind == kind, ReportCell.begins_at >= begins, ReportCell.begins_at < ends
    )
    for at, until, packed in session.execute(query.order_by(ReportCell.begins_at)).tuples():
        head = cells.head_of(packed)
        if head is not None:
            yield StoredCell(at, until, head, packed)
