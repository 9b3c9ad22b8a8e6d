"""Keeps the cells equal to the facts: what became due is counted again, what is over is counted, the past is caught up.

One worker at a time does it, by the lease of `ReportCounting`; killed anywhere, the next one does the same again. What
is due is read before the facts and in the same look at the store, so that a change that comes in between stays due.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import AgentStateChange, Call, QueueVisit
from history.models import HistoryImport
from reports import cells, facts
from reports.agent_time import read_states
from reports.collecting import CellKey, Collected
from reports.measures import FACT_KINDS
from reports.models import ReportCell, ReportCounting, ReportDue
from reports.slots import SLOT, day_bounds, day_of, month_of, next_month, slot_of, slots_of, start_of
from ringback.config import Settings
from ringback.store import leased
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow
from ringback.store.lease import Lease

log = logging.getLogger(__name__)

THE_ROW = 1
TERMS = leased.Terms(log, waits={Exception: 60.0})
"""No error ends it: what is due stays due."""
MOST_DUE = 20_000
"""Rows of what is due that are taken at once; the rest comes next."""
MOST_SLOTS = 192
"""That are counted in one piece: two days."""
FRESH = timedelta(hours=1)
FRESH_SHARE, OLD_SHARE = 0.014, 0.005
"""Of a core that counting takes; catching up with the past is not bound by it."""
FEW_SLOTS = 12
"""That changed in a day: what they change is less work than adding up the day."""
OTHER_RULES = "?"
"""In place of a zone: that of the settings has other rules by now, and none of its days is of use."""
SETTLED = timedelta(days=1)
"""After its end most of a month has come in: before that it is not summed up."""
Range = tuple[datetime, datetime]
Row = dict[str, Any]
"""Of `ReportCell`."""


def prepare(session: Session) -> None:
    """The row that says how far we are."""
    session.execute(insert_or_leave(ReportCounting).values(id=THE_ROW, attempts=0, complete=False, layout=0))


class CountingScope(StrEnum):
    """What is counted now of what is due."""

    ALL = "all"
    FRESH = "fresh"


class CountingPace:
    """Rests after work, for so long that work is a share of the time."""

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        self._share, self._clock = share, clock
        self._rests_until = self._spent = 0.0

    def is_ready(self) -> bool:
        return self._clock() >= self._rests_until

    def spend(self, seconds: float, *, is_behind: bool) -> None:
        """`is_behind`: the rest is made up for later, once all of it is done."""
        self._spent += seconds
        if not is_behind:
            self._rests_until, self._spent = self._clock() + self._spent / self._share, 0.0


class Counter:
    """Counts for one installation. `look` says what is to be counted now, `count` does a piece of it, and says whether
    there is more to be done at once.

    What happened within FRESH comes first. A change of what is older makes a whole quarter of an hour due, and where
    many people call again there are hundreds of those: they are counted together, as often as OLD_SHARE allows.
    """

    def __init__(
        self, sessions: sessionmaker[Session], settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._zone = ZoneInfo(settings.timezone)
        self._fresh, self._old = CountingPace(FRESH_SHARE, clock), CountingPace(OLD_SHARE, clock)

    def look(self, session: Session, now: datetime) -> CountingScope | None:
        """None: there is nothing, or it is too soon."""
        row = session.get(ReportCounting, THE_ROW)
        if row is None or row.counted_until is None or not row.complete:
            return CountingScope.ALL
        if row.layout != cells.LAYOUT or row.zone != self._zone.key:
            return CountingScope.ALL  # again
        there = select(ReportDue.id).limit(1)
        if self._old.is_ready() and session.scalar(there.where(ReportDue.at < now - FRESH)) is not None:
            return CountingScope.ALL
        if row.counted_until + SLOT <= now:
            return CountingScope.FRESH
        if self._fresh.is_ready() and session.scalar(there.where(ReportDue.at >= now - FRESH)) is not None:
            return CountingScope.FRESH
        return None

    def count(self, now: datetime | None = None, scope: CountingScope = CountingScope.ALL) -> bool:
        with self._sessions() as session, session.begin():
            prepare(session)
            held = leased.take(session, session.get_one(ReportCounting, THE_ROW), TERMS)
        if held is None:
            return False
        began = time.thread_time()
        done = leased.work_on(self._sessions, held, "reports", TERMS, lambda: self._count(held, now or utcnow(), scope))
        (self._fresh if scope is CountingScope.FRESH else self._old).spend(
            time.thread_time() - began, is_behind=done is not None
        )
        return done is not None

    def sum_months(self, now: datetime) -> int:
        """Sums up months that are over and lack; how many. Who reads takes days until then. Where the zone's rules of
        today would have cut the past otherwise, everything is counted again."""
        with self._sessions() as session, session.begin():
            row = session.get(ReportCounting, THE_ROW)
            if row is not None and row.zone == self._zone.key and not self._cut_as_today(session):
                session.execute(update(ReportCounting).values(zone=OTHER_RULES))
                return 0
            held = None if row is None or row.zone != self._zone.key else leased.take(session, row, TERMS)
        if held is None:
            return 0
        with self._sessions() as session:
            rows = list(self._months(session, now))
        with self._sessions() as session, session.begin():
            if rows:
                session.execute(insert(ReportCell), rows)
            held.release(session, attempts=0)
        return len({row["begins_at"] for row in rows})

    def _cut_as_today(self, session: Session) -> bool:
        """Whether each stored day is one by the zone's rules."""
        query = select(ReportCell.begins_at, ReportCell.ends_at).where(ReportCell.level == "day").distinct()
        days = session.execute(query).tuples().all()
        return all(day_bounds(day_of(begins, self._zone), self._zone) == (begins, ends) for begins, ends in days)

    def _months(self, session: Session, now: datetime) -> Iterator[Row]:
        since = session.get_one(ReportCounting, THE_ROW).counted_from
        there = set(session.scalars(select(ReportCell.begins_at).where(ReportCell.level == "month").distinct()))
        month = month_of(day_of(now if since is None else since, self._zone))
        while (ends := start_of(next_month(month), self._zone)) <= now - SETTLED:
            bounds = start_of(month, self._zone), ends
            if bounds[0] not in there and since is not None and bounds[0] >= since:
                for kind in (*FACT_KINDS, "states", "hour"):
                    parts = [cells.CellTerm(cell, _same) for _, cell in _unpacked(session, "day", kind, bounds)]
                    yield from _summed("month", kind, bounds, parts)
            month = next_month(month)

    def _count(self, held: Lease, now: datetime, scope: CountingScope) -> str | None:
        with self._sessions() as session:
            piece = self._read(session, now, scope)
        with self._sessions() as session, session.begin():
            _write(session, piece)
            # A piece that ends well is no try: they follow one another for years.
            held.release(session, attempts=0, **piece.progress)
        return "more" if piece.is_behind else None

    def _read(self, session: Session, now: datetime, scope: CountingScope) -> "CountedPiece":
        row = session.get_one(ReportCounting, THE_ROW)
        is_new = row.counted_from is None or row.layout != cells.LAYOUT or row.zone != self._zone.key
        current = slot_of(now)
        since = current if is_new or row.counted_from is None else row.counted_from
        until = current if is_new or row.counted_until is None else row.counted_until
        query = select(ReportDue.id, ReportDue.at, ReportDue.until).order_by(ReportDue.id).limit(MOST_DUE)
        if scope is CountingScope.FRESH:
            query = query.where(ReportDue.at >= now - FRESH)
        due_rows = session.execute(query).tuples().all()
        taken, wanted, left = _taken(due_rows, since, current)
        counted_from = since
        complete = row.complete and not is_new and not any(at < since for _, at, _ in due_rows)
        if until < current:
            over = min(current, until + MOST_SLOTS * SLOT)
            wanted |= set(slots_of(until, over))
            until = over
        elif not complete:
            counted_from, complete = self._day_before(session, since)
            wanted |= set(slots_of(counted_from, since))
        slots: dict[datetime, Collected] = {}
        too_many = bool(left)
        for begins, ends in ranges(wanted):
            read, going_on = recount(session, begins, ends, now)
            slots |= {slot: read.get(slot, Collected()) for slot in slots_of(begins, ends)}
            left |= going_on
        progress = {
            "counted_from": counted_from,
            "counted_until": until,
            "complete": complete,
            "layout": cells.LAYOUT,
            "zone": self._zone.key,
        }
        packed = [
            {"level": "slot", "kind": kind, "begins_at": slot, "ends_at": slot + SLOT, "packed": cells.pack(found)}
            for slot, collected in slots.items()
            for kind, found in collected.kinds.items()
        ]
        days = sorted({day_of(slot, self._zone) for slot in slots})
        summed = [row for day in days for row in self._day(session, day, packed, set(slots), is_new)]
        is_behind = is_new or not complete or until < current or too_many or len(due_rows) == MOST_DUE
        rows = [*packed, *summed]
        return CountedPiece(frozenset(slots), days, rows, taken, left, progress, is_new, is_behind, self._zone)

    def _day_before(self, session: Session, since: datetime) -> tuple[datetime, bool]:
        """Where the last day before begins, as far as there was anything; whether that was all."""
        first = first_fact(session)
        if first is None or first >= since:
            return since, True
        begins = start_of(day_of(since - SLOT, self._zone), self._zone)
        return max(begins, slot_of(first)), first >= begins

    def _day(
        self, session: Session, day: date, packed: list[Row], counted: set[datetime], is_new: bool
    ) -> Iterator[Row]:
        """Rows of a day: of its slots as they are now, and its hours."""
        bounds = day_bounds(day, self._zone)
        for kind in (*FACT_KINDS, "states", "hour"):
            of = "total" if kind == "hour" else kind
            rows = [row for row in packed if row["kind"] == of and bounds[0] <= row["begins_at"] < bounds[1]]
            new = [(row["begins_at"], cell) for row in rows if (cell := cells.unpack(row["packed"])) is not None]
            changed = None if is_new else self._changed_day(session, kind, bounds, new, counted)
            if changed is not None:
                yield changed
                continue
            old = [] if is_new else _unpacked(session, "slot", of, bounds)
            slots = [*((at, cell) for at, cell in old if at not in counted), *new]
            yield from _summed("day", kind, bounds, [cells.CellTerm(cell, self._named(kind, at)) for at, cell in slots])

    def _changed_day(
        self,
        session: Session,
        kind: str,
        bounds: Range,
        new: list[tuple[datetime, cells.Unpacked]],
        counted: set[datetime],
    ) -> Row | None:
        """A day of which a few slots changed: as it is stored, without them as they were, with them as they are now.
        Late in the day it has a hundred, and most are over. None: all of them are to be added up."""
        mine = [at for at in counted if bounds[0] <= at < bounds[1]]
        stored = _unpacked(session, "day", kind, bounds) if len(mine) <= FEW_SLOTS else []
        if not stored:
            return None
        of = "total" if kind == "hour" else kind
        old = [each for run in ranges(mine) for each in _unpacked(session, "slot", of, run)]
        parts = [cells.CellTerm(cell, _same) for _, cell in stored]
        parts += [
            cells.CellTerm(cell, self._named(kind, at), times)
            for some, times in ((old, -1), (new, 1))
            for at, cell in some
        ]
        try:
            return next(_summed("day", kind, bounds, parts))
        except cells.LessThanNothing:
            log.warning("the day from %s does not hold its slots of %s: it is added up again", bounds[0], kind)
            return None

    def _named(self, kind: str, at: datetime) -> Callable[[CellKey], CellKey]:
        """How a slot's keys are called in the day's cell of a kind."""
        return _in_hour(f"{at.astimezone(self._zone):%H}") if kind == "hour" else _same


def _same(key: CellKey) -> CellKey:
    return key


def _in_hour(hour: str) -> Callable[[CellKey], CellKey]:
    return lambda key: (key[0], hour)


@dataclass(frozen=True)
class CountedPiece:
    """What was counted, to be written at once."""

    slots: frozenset[datetime]
    days: Sequence[date]
    rows: list[Row]
    """Cells of both."""
    taken: Sequence[int]
    """Rows of what was due."""
    again: set[datetime]
    """What is due after this, too: it goes on, or it was too much for one piece."""
    progress: dict[str, object]
    is_new: bool
    """Nothing that was counted before is of use."""
    is_behind: bool
    """There is more to be counted at once; what goes on, and what happens meanwhile, waits for the next look."""
    zone: ZoneInfo


def _write(session: Session, piece: CountedPiece) -> None:
    if piece.is_new:
        session.execute(delete(ReportCell))
    for at in range(0, len(piece.taken), facts.MOST_IDS):
        session.execute(delete(ReportDue).where(ReportDue.id.in_(piece.taken[at : at + facts.MOST_IDS])))
    if piece.again:
        session.execute(insert(ReportDue), list(_due_again(piece.again)))
    for begins, ends in ranges(piece.slots):
        gone = ReportCell.level == "slot", ReportCell.begins_at >= begins, ReportCell.begins_at < ends
        session.execute(delete(ReportCell).where(*gone))
    days = [start_of(day, piece.zone) for day in piece.days]
    months = list({start_of(month_of(day), piece.zone) for day in piece.days})
    for level, starts in (("day", days), ("month", months)):
        session.execute(delete(ReportCell).where(ReportCell.level == level, ReportCell.begins_at.in_(starts)))
    if piece.rows:
        session.execute(insert(ReportCell), piece.rows)


def _due_again(slots: set[datetime]) -> Iterator[Row]:
    """As times: of an import that is taken back there are years. The last slot of each by itself: it may go on."""
    for begins, ends in ranges(slots):
        if ends - begins > SLOT:
            yield {"at": begins, "until": ends - SLOT}
        yield {"at": ends - SLOT, "until": None}


def _taken(
    rows: Iterable[tuple[int, datetime, datetime | None]], since: datetime, until: datetime
) -> tuple[list[int], set[datetime], set[datetime]]:
    """Ids of what is due, its slots, and what of it goes beyond one piece. Slots that are not counted yet will be."""
    ids, slots, left = [], set(), set()
    for id_, at, ends in rows:
        ids.append(id_)
        first = max(slot_of(at), since)
        last = first + SLOT if ends is None else min(ends, until)
        if ends is None and (slot_of(at) < since or slot_of(at) > until):
            continue
        for slot in slots_of(first, last):
            slots.add(slot)
    if len(slots) > MOST_SLOTS:
        ordered = sorted(slots, reverse=True)
        slots, left = set(ordered[:MOST_SLOTS]), set(ordered[MOST_SLOTS:])
    return ids, slots, left


def ranges(slots: Iterable[datetime]) -> list[Range]:
    """Slots that follow one another as one time."""
    found = []
    for _, run in groupby(enumerate(sorted(slots)), lambda each: each[1] - each[0] * SLOT):
        times = [slot for _, slot in run]
        found.append((times[0], times[-1] + SLOT))
    return found


def recount(
    session: Session, begins: datetime, ends: datetime, now: datetime
) -> tuple[dict[datetime, Collected], frozenset[datetime]]:
    """Everything of [begins, ends) from the rows, by slot, and the slots of which something goes on."""
    read = facts.read(session, begins, ends, now)
    over = min(ends, slot_of(now))
    for slot, states in read_states(session, begins, over).items() if over > begins else ():
        read.slots.setdefault(slot, Collected()).kinds["states"] = states
    return read.slots, read.going_on


def first_fact(session: Session) -> datetime | None:
    """The earliest moment of which there is anything to count."""
    columns = Call.arrived_at, QueueVisit.entered_at, AgentStateChange.at, Callback.requested_at
    found = [session.scalar(select(func.min(column))) for column in columns]
    found.append(session.scalar(select(func.min(HistoryImport.begins)).where(HistoryImport.state == "complete")))
    return min((at for at in found if at is not None), default=None)


def _summed(level: str, kind: str, bounds: Range, parts: Sequence[cells.CellTerm]) -> Iterator[Row]:
    if parts:
        packed = cells.add_up(parts)
        yield {"level": level, "kind": kind, "begins_at": bounds[0], "ends_at": bounds[1], "packed": packed}


def _unpacked(session: Session, level: str, kind: str, bounds: Range) -> list[tuple[datetime, cells.Unpacked]]:
    query = select(ReportCell.begins_at, ReportCell.packed).where(
        ReportCell.level == level,
        ReportCell.kind == kind,
        ReportCell.begins_at >= bounds[0],
        ReportCell.begins_at < bounds[1],
    )
    found = (
        (at, cells.unpack(packed)) for at, packed in session.execute(query.order_by(ReportCell.begins_at)).tuples()
    )
    return [(at, cell) for at, cell in found if cell is not None]
