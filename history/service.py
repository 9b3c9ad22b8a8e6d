"""What others may ask of the history of another system: how often callers came, what talks took, which imports there
are.

Owns which visits count: those of imports that are complete and stand (`standing`). Bringing and taking back is
`history/bringing.py`'s.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, cast, extract, func, select
from sqlalchemy.orm import Session

from history.models import HistoryImport, ImportedVisit

TAUGHT_WEEKS = 8
"""So much of the past says how long calls take: older weeks would have faded."""
TAUGHT_MOST = 5_000
"""Visits of one queue, the newest."""


class PastVisit(NamedTuple):
    """A visit as the expected wait learns from it."""

    queue: str
    at: float
    """When it left the line, epoch seconds."""
    waited: float | None
    abandoned: bool
    handled: float | None
    """Seconds that it took an agent; None: it took none, or nobody knows."""


def standing() -> Select[tuple[uuid.UUID]]:
    """The ids of imports whose visits count: `ImportedVisit.import_id.in_(standing())`."""
    return select(HistoryImport.id).where(HistoryImport.state == "complete")


def imports(session: Session) -> list[HistoryImport]:
    """All of them, the newest first, also those that were taken back or broken off."""
    return list(session.scalars(select(HistoryImport).order_by(HistoryImport.started_at.desc())))


def arrivals(session: Session, queue: str | None, since: datetime, until: datetime, step: timedelta) -> list[int]:
    """How many visits were entered in each step from `since` to before `until`, of a queue or (None) of all.

    Visits that other systems' files tell; what Ringback served itself stands in `calls.models.QueueVisit`.
    """
    steps = max(0, -((since - until) // step))
    slot = cast(func.floor((_epoch(session) - since.timestamp()) / step.total_seconds()), Integer)
    query = select(slot, func.count()).where(
        ImportedVisit.entered_at >= since, ImportedVisit.entered_at < until, ImportedVisit.import_id.in_(standing())
    )
    if queue is not None:
        query = query.where(ImportedVisit.queue == queue)
    found = dict(session.execute(query.group_by(slot)).tuples().all())
    return [found.get(at, 0) for at in range(steps)]


def _epoch(session: Session) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(ImportedVisit.entered_at) - 2440587.5) * 86400.0
    return extract("epoch", ImportedVisit.entered_at)


def past(session: Session, queues: Iterable[str]) -> Iterator[PastVisit]:
    """The newest visits of each of these queues, the oldest of them first: what its waits and talks were like."""
    for queue in queues:
        counts = ImportedVisit.import_id.in_(standing()), ImportedVisit.queue == queue
        newest = session.scalar(select(func.max(ImportedVisit.entered_at)).where(*counts))
        if newest is None:
            continue
        v = ImportedVisit
        query = select(v.entered_at, v.wait_seconds, v.outcome, v.talk_seconds, v.hold_seconds, v.wrap_seconds)
        query = query.where(*counts, v.entered_at >= newest - timedelta(weeks=TAUGHT_WEEKS))
        rows = session.execute(query.order_by(v.entered_at.desc()).limit(TAUGHT_MOST)).tuples().all()
        for entered_at, wait, outcome, talk, hold, wrap in reversed(rows):
            took = None if talk is None else talk + (hold or 0.0) + (wrap or 0.0)
            yield PastVisit(queue, entered_at.timestamp() + (wait or 0.0), wait, outcome == "abandoned", took)
