"""What imports tell of the time before Ringback, counted as our own visits and talks are.

Owns what an imported visit adds. Whose number it was, what was said, and what agents did besides is not known of that
time: figures of those begin with our own calls.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from history.models import ImportedVisit
from history.service import standing
from reports import measures as m
from reports.collecting import Told
from reports.tally import Tally

Into = Callable[[datetime, str | None, Told], Sequence[Tally]]
AddVisit = Callable[[Tally, str, float], None]


def visits(session: Session, begins: datetime, ends: datetime, into: Into, add_visit: AddVisit) -> None:
    """Those that were entered then. One whose wait nobody knows is offered, and in no wait; a talk without a length
    is none."""
    query = select(
        ImportedVisit.queue,
        ImportedVisit.entered_at,
        ImportedVisit.line,
        ImportedVisit.agent,
        ImportedVisit.outcome,
        ImportedVisit.wait_seconds,
        ImportedVisit.talk_seconds,
        ImportedVisit.hold_seconds,
        ImportedVisit.wrap_seconds,
    ).where(
        ImportedVisit.entered_at >= begins, ImportedVisit.entered_at < ends, ImportedVisit.import_id.in_(standing())
    )
    for queue, entered_at, line, agent, outcome, wait, talk, hold, wrap in session.execute(query).tuples():
        for tally in into(entered_at, queue, {"line": line, "agent": agent}):
            if wait is None:
                tally.add(m.OFFERED)
                tally.add(m.OUTCOME + outcome)
            else:
                add_visit(tally, outcome, wait)
            if talk is not None:
                _add_talk(tally, talk, hold, wrap)


def knows_visits(session: Session, begins: datetime, ends: datetime) -> bool:
    """Whether an import tells of that time."""
    query = select(ImportedVisit.id).where(ImportedVisit.entered_at >= begins, ImportedVisit.entered_at < ends)
    return session.scalar(query.where(ImportedVisit.import_id.in_(standing())).limit(1)) is not None


def _add_talk(tally: Tally, talk: float, hold: float | None, wrap: float | None) -> None:
    """What the other system did not measure is not nothing: it is in no mean."""
    tally.add(m.BEGAN_BY + "queue")
    tally.spend(m.TALK, talk)
    if hold is not None:
        tally.spend(m.HOLD, hold)
    if wrap is not None:
        tally.spend(m.WRAP, wrap)
    tally.spend(m.HANDLED, talk + (hold or 0.0) + (wrap or 0.0))
