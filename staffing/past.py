"""The callers and the staff of a past time, as the store knows them: what a plan is tried on.

Leaves what is made of them to `staffing/plans.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.models import AgentStateChange, Call, QueueVisit
from queueing.agents import AgentMode
from queueing.simulator import Shift

TAKES_CALLS = frozenset({AgentMode.FREE, AgentMode.RINGING, AgentMode.TALKING, AgentMode.WRAP_UP})
"""States of an agent who takes calls, or has one of ours."""
WARM_UP = timedelta(hours=1)
"""Tried before the time that is asked for, so that those who wait at its beginning are there; not counted."""


@dataclass(frozen=True, slots=True)
class PastVisitor:
    """A caller who came into a queue."""

    at: float
    """Epoch seconds."""
    queue: str
    wait: float
    outcome: str
    """As `calls.models.QueueVisit.outcome`."""
    talk: float | None
    """Seconds; None: no agent talked."""


def visitors(session: Session, since: datetime, until: datetime, most: int) -> list[PastVisitor]:
    """Everybody who came by himself into any queue that was open, in the order of time; `most` and one at the most."""
    query = (
        select(QueueVisit.entered_at, QueueVisit.left_at, QueueVisit.queue, QueueVisit.outcome, Call.talk_seconds)
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(QueueVisit.entered_at >= since, QueueVisit.entered_at < until)
        .where(QueueVisit.came_by == "menu", QueueVisit.outcome.is_not(None), QueueVisit.outcome != "closed")
        .order_by(QueueVisit.entered_at, QueueVisit.id)
        .limit(most + 1)
    )
    return [
        PastVisitor(
            at.timestamp(), queue, max(0.0, ((left or at) - at).total_seconds()), outcome or "", _talk(outcome, talk)
        )
        for at, left, queue, outcome, talk in session.execute(query).tuples()
    ]


def _talk(outcome: str | None, talk: float | None) -> float | None:
    return talk if outcome in ("answered", "transferred", "callback") else None


def shifts(session: Session, since: datetime, until: datetime) -> list[Shift]:
    """When each agent took calls, and of which queues, by the changes of state that were written."""
    found: list[Shift] = []
    for _, rows in groupby(_changes(session, since, until), key=lambda row: row.agent):
        found += _of_agent(list(rows), since.timestamp(), until.timestamp())
    return sorted(found, key=lambda shift: (shift.begins, shift.agent))


@dataclass(frozen=True, slots=True)
class _Change:
    agent: str
    at: float
    queues: tuple[str, ...] | None
    """None: takes no calls."""


def _changes(session: Session, since: datetime, until: datetime) -> Iterator[_Change]:
    """By agent and time: the state at the beginning, then what changed it."""
    row = AgentStateChange
    last = select(row.agent, func.max(row.at).label("at")).where(row.at <= since).group_by(row.agent).subquery()
    before = select(row).join(last, (last.c.agent == row.agent) & (last.c.at == row.at))
    rows = [*session.scalars(before), *session.scalars(select(row).where(row.at > since, row.at < until))]
    for each in sorted(rows, key=lambda each: (each.agent, each.at, each.id)):
        takes = each.state in TAKES_CALLS
        yield _Change(each.agent, each.at.timestamp(), tuple(each.queues) if takes else None)


def _of_agent(rows: Sequence[_Change], since: float, until: float) -> Iterator[Shift]:
    begins, queues = since, None
    for row in [*rows, _Change(rows[0].agent, until, None)]:
        if row.queues == queues:
            continue
        at = max(row.at, since)
        if queues is not None and at > begins:
            yield Shift(row.agent, begins, at, queues)
        begins, queues = at, row.queues
