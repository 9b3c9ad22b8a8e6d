"""The calls behind a figure: which visits, talks, calls, promises and answers it counts, newest first, by pages.

Reads the same rows under the same conditions as `facts`, which decides what counts; a test holds that there are as
many behind a figure as it says. What SQL can narrow it does; durations, queues of talks, menu paths and who called
again are told of some hundred rows at a time, until a page is full. Which rows a figure is of is `behind_kinds`'.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from reports.asking import WITHIN_DAY, Asked
from reports.facts import path_of
from reports.slots import SLOT, day_bounds, day_of, slot_of
from ringback.config import Settings
from tickets.models import Ticket
from topics.models import CallTopic

AT_ONCE = 400
"""Rows that are looked at in one step."""
MOST_LOOKED_AT = 20_000
"""Rows after which a page ends although it is not full: the next one goes on there."""
Side = Literal["all", "counted", "rest"]
"""Of a share: everything that it is of, what it counts, or what it does not."""
SIDES: tuple[Side, ...] = ("all", "counted", "rest")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: what comes next is older."""

    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Behind:
    """One visit, talk, call, promise or answer."""

    at: datetime
    key: str
    """Of the row by which it was found: with `at` its place."""
    call_id: str | None
    """None: a promise of which there is no call."""
    counted: bool = True
    """Of a share: whether it is among what the share counts."""
    promise: UUID | None = None


@dataclass(frozen=True, slots=True)
class BehindPage:
    rows: tuple[Behind, ...]
    older: Place | None
    """None: that is all."""


@dataclass(frozen=True, slots=True)
class BehindAsked:
    """One cell of a report."""

    figure: str
    begins: datetime
    ends: datetime
    asked: Asked
    value: str | None = None
    """Of what calls are told apart by; None: all."""
    name: str = ""
    """Of times that lie apart (`reports.asking.Time`)."""
    side: Side = "all"


@dataclass(frozen=True, slots=True)
class BehindStep:
    """What some rows had."""

    rows: Sequence[Behind]
    last: Place | None
    """The last row that was looked at; None: there are no more."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What one row is told apart by."""

    queue: str | None
    told: Mapping[str, str | None]


Found = Iterator[tuple[Behind, Apart]]


class Look:
    """One cell that is asked for, as conditions on rows."""

    def __init__(self, session: Session, wanted: BehindAsked, settings: Settings, now: datetime) -> None:
        self.session, self.wanted, self.settings, self.now = session, wanted, settings, now
        self._zone = ZoneInfo(settings.timezone)

    def rows(self, query: Select[Any], at: Any, key: Any, after: Place | None) -> tuple[list[Row[Any]], Place | None]:
        """So many rows after a place; the query's first two columns are `at` and `key`."""
        query = query.where(at >= self.wanted.begins, at < self.wanted.ends)
        if after is not None:
            place = UUID(after.key) if key.type.python_type is UUID else after.key
            query = query.where(at <= after.at, or_(at < after.at, and_(at == after.at, key < place)))
        rows = list(self.session.execute(query.order_by(at.desc(), key.desc()).limit(AT_ONCE)))
        last = rows[-1] if len(rows) == AT_ONCE else None
        return rows, None if last is None else Place(last[0], str(last[1]))

    def chosen(self, found: Found) -> list[Behind]:
        side = self.wanted.side
        return [row for row, apart in found if self._is_of(row, apart) and side in ("all", _side(row))]

    def _is_of(self, row: Behind, apart: Apart) -> bool:
        wanted, asked, queue = self.wanted, self.wanted.asked, apart.queue or ""
        if asked.queues is not None and queue not in asked.queues:
            return False
        by_agent = asked.agents is not None or asked.by == "agent"
        value = queue if asked.by == "queue" else apart.told.get("agent" if by_agent else asked.by)
        if asked.agents is not None and value not in asked.agents:
            return False
        if asked.by != "total" and (value is None or wanted.value not in (None, value)):
            return False
        return not wanted.name or self._name_of(row.at) == wanted.name

    def _name_of(self, at: datetime) -> str:
        """Of the time in which a moment lies, where times lie apart."""
        local = slot_of(at).astimezone(self._zone)
        names = {"weekday": str(local.weekday()), "hour_of_day": f"{local.hour:02}"}
        return names.get(self.wanted.asked.interval, f"{local.weekday()} {local.hour:02}")

    def is_old(self, at: datetime) -> bool:
        """Whether it is known of a call if the caller called again: by slots or days, as `reports.service` has it."""
        if self.wanted.asked.interval in WITHIN_DAY:
            ends = slot_of(at) + SLOT
        else:
            ends = day_bounds(day_of(at, self._zone), self._zone)[1]
        return (self.now - ends).total_seconds() >= self.settings.reports.first_contact_hours * 3600


Kind = Callable[[Look, Place | None], BehindStep]
"""Reads one step of what a figure is of."""


def page_of(look: Look, kind: Kind, after: Place | None = None, limit: int = 50) -> BehindPage:
    """The newest first. What was found by one row stays on one page, which may be longer for it."""
    found: list[Behind] = []
    looked = 0
    while True:
        step = kind(look, after)
        looked += AT_ONCE
        for row in step.rows:
            if len(found) >= limit and (row.at, row.key) != (found[-1].at, found[-1].key):
                return BehindPage(tuple(found), Place(found[-1].at, found[-1].key))
            found.append(row)
        after = step.last
        if after is None or looked >= MOST_LOOKED_AT:
            return BehindPage(tuple(found), after)


def of_calls(look: Look, *columns: Any) -> Select[Any]:
    """A query over calls with what they are told apart by, narrowed by what one column tells."""
    apart = (Call.line, Call.menu_path, CallTopic.topic_id, Call.language, Ticket.disposition)
    query = (
        select(*columns, *apart)
        .select_from(Call)
        .outerjoin(CallTopic, CallTopic.call_id == Call.call_id)
        .outerjoin(Ticket, Ticket.number == Call.ticket_number)
    )
    by, value = look.wanted.asked.by, look.wanted.value
    if value is None or by not in ("line", "language", "disposition", "topic"):
        return query
    if by == "topic":
        try:
            return query.where(CallTopic.topic_id == UUID(value))
        except ValueError:
            return query.where(false())
    column = {"line": Call.line, "language": Call.language, "disposition": Ticket.disposition}[by]
    return query.where(column == value)


def apart_of(row: Row[Any], queue: str | None, agent: str | None) -> Apart:
    """Of a row of `of_calls`."""
    told = {
        "line": row.line,
        "agent": agent,
        "menu": path_of(row.menu_path),
        "topic": None if row.topic_id is None else str(row.topic_id),
        "language": row.language,
        "disposition": row.disposition,
    }
    return Apart(queue, told)


def _side(row: Behind) -> Side:
    return "counted" if row.counted else "rest"
