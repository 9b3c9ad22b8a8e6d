"""Answers reports from cells: what other rooms may ask."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import cells
from reports import measures as m
from reports.asking import WITHIN_DAY, Asked, Time, times_of
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
    keyed = [(cell, at, ends, place.of_facts) for at, ends, cell in found]
    keyed += [(cell, at, ends, place.of_states) for at, ends, cell in states]
    values = sorted({value for cell, at, _, of in keyed for key in cell.keys if (value := of(at, key)) is not None})
    at_value = {value: number for number, value in enumerate(values)}
    many = len(times) * max(len(values), 1)
    all_of, known = cells.Sums(many + 1), cells.Sums(many + 1, frozenset(m.NEXT + name for name in NEXT_NAMES))
    for cell, at, ends, of in keyed:
        time = place.time_of(at)

        def group(key: CellKey, at: datetime = at, time: int | None = time, of: ValueOf = of) -> int | None:
            value, when = of(at, key), place.time_of_key(at, key) if time is None else time
            return None if value is None or when is None else when * len(values) + at_value[value]

        def whole(key: CellKey, group: Callable[[CellKey], int | None] = group) -> int | None:
            return None if group(key) is None else many

        for sums in (all_of, known) if ends <= old else (all_of,):
            sums.add(cell, group)
            sums.add(cell, whole)
    tallies, knowns = all_of.tallies(), known.tallies()
    rows = [
        ReportRow(number // len(values), values[number % len(values)], tallies[number], knowns[number])
        for number in range(many if values else 0)
        if tallies[number].counts
    ]
    counting = session.get(ReportCounting, 1)
    return Report(
        asked,
        tuple(times),
        tuple(values),
        tuple(rows),
        ReportRow(0, "", tallies[many], knowns[many]),
        None if counting is None or counting.complete else counting.counted_from,
        None if counting is None else counting.counted_until,
    )


NEXT_NAMES = ("number", "contact", "ticket", "topic")
ValueOf = Callable[[datetime, CellKey], str | None]


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

    def of_facts(self, _at: datetime, key: CellKey) -> str | None:
        queue, value = key
        if self._asked.queues is not None and queue not in self._asked.queues:
            return None
        if self._asked.agents is not None and value not in self._asked.agents:
            return None
        return queue if self._asked.by == "queue" else "" if self._asked.by == "total" else value

    def of_states(self, _at: datetime, key: CellKey) -> str | None:
        _, agent = key
        if self._agents is not None and agent not in self._agents:
            return None
        return agent if self._asked.by == "agent" else ""

    def time_of(self, at: datetime) -> int | None:
        """By its beginning; None: it is the key that tells."""
        interval = self._asked.interval
        if interval in ("hour_of_day", "week_hours"):
            return None
        if interval == "weekday":
            return day_of(at, self._zone).weekday()
        low, high = 0, len(self._begins)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._begins[middle] <= at else (low, middle)
        return low

    def time_of_key(self, at: datetime, key: CellKey) -> int | None:
        hour = int(key[1])
        return hour if self._asked.interval == "hour_of_day" else day_of(at, self._zone).weekday() * 24 + hour


def _cells(
    session: Session, asked: Asked, times: Sequence[Time], kind: Kind, now: datetime
) -> Iterator[tuple[datetime, datetime, cells.Unpacked]]:
    """The fewest cells that make up the whole time: months where whole ones are in one row, days, or slots."""
    begins, ends = times[0].begins, times[-1].ends
    if asked.interval in WITHIN_DAY:
        yield from _unpacked(session, "slot", kind, begins, ends)
        return
    months: list[tuple[datetime, datetime, cells.Unpacked]] = []
    if asked.interval in ("month", "year", "all"):
        found = _unpacked(session, "month", kind, begins, ends)
        months = [each for each in found if each[1] <= ends and each[1] <= now - MONTHS_AFTER]
    yield from months
    at = begins
    for month_begins, month_ends, _ in [*months, (ends, ends, None)]:
        if month_begins > at:
            yield from _unpacked(session, "day", kind, at, month_begins)
        at = month_ends


def _unpacked(
    session: Session, level: str, kind: str, begins: datetime, ends: datetime
) -> Iterable[tuple[datetime, datetime, cells.Unpacked]]:
    query = select(ReportCell.begins_at, ReportCell.ends_at, ReportCell.packed).where(
        ReportCell.level == level, ReportCell.kind == kind, ReportCell.begins_at >= begins, ReportCell.begins_at < ends
    )
    for at, until, packed in session.execute(query.order_by(ReportCell.begins_at)).tuples():
        cell = cells.unpack(packed)
        if cell is not None:
            yield at, until, cell
