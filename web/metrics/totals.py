"""What is counted from the beginning and never goes down: calls, visits to queues with their waits, ended promises.

Rows go after a time (retention, erasures), so that a count of all rows would go down, and a program that reads it would
take that for a new beginning. So what is older than ten minutes is added up once and kept in one row of `line_memory`,
with the moment through which it goes; what is younger is counted in the rows each time. A restart changes nothing, an
event that is written minutes late is still counted, and each request reads some minutes of rows, however many years
there are. The counting begins when somebody asks for the first time.

Counted are the rows of the views for BI (`ringback/store/views.py`), by an index each.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, case, column, func, literal_column, select, table, text, update
from sqlalchemy.orm import Session

from calls.models import RefusedCalls
from ringback.store.alarms import insert_or_leave
from ringback.store.base import UtcTime
from ringback.store.waits import LineMemory

NAME = "metrics"
"""Of the row; its `saved_at` is the moment through which all is added up."""
SETTLED = timedelta(minutes=10)
"""What happened before that is written by now, whatever was away."""
FOLDED = timedelta(minutes=20)
"""Once so much is counted anew each time, what has settled of it is added up."""
BUCKETS = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0)
"""Upper bounds of waits, in seconds; what is longer has a bucket of its own."""
OTHER = "other"
"""A line that the settings do not have."""

Key = tuple[str, ...]
"""What is counted, and the values of its labels."""
ARRIVED, ENDED, REFUSED = "calls arrived", "calls ended", "calls refused"
ENTERED, LEFT, WAITS, WAITED = "entered", "left", "waits", "waited"
PROMISES = "promises"

_CALLS = table(
    "bi_calls", column("arrived_at", UtcTime()), column("ended_at", UtcTime()), column("line"), column("result")
)
_VISITS = table(
    "bi_queue_visits",
    column("entered_at", UtcTime()),
    column("left_at", UtcTime()),
    column("queue"),
    column("came_by"),
    column("outcome"),
    column("wait_seconds", Float()),
)
_PROMISES = table("bi_promises", column("ended_at", UtcTime()), column("outcome"))
_BUCKET: ColumnElement[int] = case(
    *((_VISITS.c.wait_seconds <= bound, at) for at, bound in enumerate(BUCKETS)), else_=len(BUCKETS)
)


def fold(session: Session, lines: Collection[str], now: datetime) -> None:
    """Adds up what has settled, where it is time to, in the caller's transaction: what is read here must be committed
    soon, so nothing is written before all is counted. `lines` are those of the settings."""
    before = _known(session)
    if before is None:
        first = insert_or_leave(LineMemory).values(name=NAME, data={"counts": []}, saved_at=now - SETTLED)
        session.connection().execute(first)
        return
    through, known = before
    if through >= now - FOLDED:
        return
    settled = now - SETTLED
    counts = [[*key, number] for key, number in sorted((known + _counted(session, lines, through, settled)).items())]
    # Whoever else adds up just now: one of us is first.
    unchanged = (LineMemory.name == NAME, LineMemory.saved_at == through)
    kept = update(LineMemory).where(*unchanged).values(data={"counts": counts}, saved_at=settled)
    session.connection().execute(kept)


def totals(session: Session, lines: Collection[str], now: datetime) -> Counter[Key]:
    """All counts until `now`. Reads only."""
    through, known = _known(session) or (now - SETTLED, Counter())
    return known + _counted(session, lines, through, None)


def _known(session: Session) -> tuple[datetime, Counter[Key]] | None:
    """The moment through which all is added up, and the sums; None: nobody has asked yet."""
    query = select(LineMemory.saved_at, LineMemory.data).where(LineMemory.name == NAME)
    row = session.execute(query).first()
    if row is None:
        return None
    counts: Counter[Key] = Counter()
    for *key, number in row.data["counts"]:
        counts[tuple(key)] = number
    return row.saved_at, counts


def _counted(session: Session, lines: Collection[str], after: datetime, until: datetime | None) -> Counter[Key]:
    """What happened after one moment and until another; None: until now."""
    found: Counter[Key] = Counter()
    for key, number in _rows(session, after, until):
        if key[0] == ARRIVED and key[1] not in lines:
            key = (ARRIVED, OTHER)
        found[key] += number
    return found


def _rows(session: Session, after: datetime, until: datetime | None) -> Iterator[tuple[Key, Any]]:
    def within(at: Any) -> tuple[ColumnElement[bool], ...]:
        return (at > after,) if until is None else (at > after, at <= until)

    def count(what: str, at: Any, *by: Any) -> Iterator[tuple[Key, Any]]:
        words = [_word(each) for each in by]
        for *values, number in session.execute(select(*words, func.count()).where(*within(at)).group_by(*words)):
            yield (what, *values), number

    yield from count(ARRIVED, _CALLS.c.arrived_at, _CALLS.c.line)
    yield from count(ENDED, _CALLS.c.ended_at, _CALLS.c.result)
    yield from count(ENTERED, _VISITS.c.entered_at, _VISITS.c.queue, _VISITS.c.came_by)
    yield from count(PROMISES, _PROMISES.c.ended_at, _PROMISES.c.outcome)
    refused = session.scalar(select(func.sum(RefusedCalls.count)).where(*within(RefusedCalls.minute)))
    yield (REFUSED,), refused or 0
    by = (_word(_VISITS.c.queue), _word(_VISITS.c.came_by), _word(_VISITS.c.outcome), _BUCKET.label("bucket"))
    waits = select(*by, func.count(), func.sum(_VISITS.c.wait_seconds)).where(*within(_VISITS.c.left_at))
    for queue, came_by, outcome, bucket, number, seconds in session.execute(waits.group_by(*by[:3], text("bucket"))):
        yield (LEFT, queue, came_by, outcome), number
        if came_by != "callback":
            yield (WAITS, queue, outcome, str(bucket)), number
            yield (WAITED, queue, outcome), seconds or 0.0


def _word(value: Any) -> ColumnElement[str]:
    """Of a label. As an expression: to group by a column itself, SQLite would go through all rows in its order."""
    return func.coalesce(value, literal_column("'unknown'"))
