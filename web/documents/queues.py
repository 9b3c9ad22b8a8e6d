"""The state of the queues as a document: who waits in each, for how long, and which of its agents are where.

Reads only. Who waits is read from the open visits, so what a queue shows here is what its reports will count.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callback.models import WAITING_STATES, Callback
from calls.models import Call, QueueVisit
from calls.service import of_customers
from ivr.flow import EntryPointHours, flows
from ringback.config import Settings
from ringback.store.base import utc
from ringback.store.bus import AgentState
from web.documents.facts import Document, iso

NOBODY: tuple[int, datetime | None] = (0, None)
"""Waits."""


def queues_document(session: Session, now: float, settings: Settings) -> list[Document]:
    """Of each queue in the order of the settings: `name`, `title`, `open` on any line, `waiting`,
    `longest_wait_seconds` (None: nobody waits), `oldest_since`, `callbacks` (promises that wait for their turn),
    `agents` (agent, state, since)."""
    waiting = _waiting(session)
    promised = _promised(session)
    agents = {row.agent: row for row in session.scalars(select(AgentState))}
    hours = EntryPointHours(flows(settings))
    found = []
    for name, queue in settings.queues.items():
        count, oldest = waiting.get(name, NOBODY)
        taking = [row for row in agents.values() if name in _queues_of(row, settings)]
        found.append(
            {
                "name": name,
                "title": queue.name,
                "open": any(hours.opens_from(line.number, name, now) <= now for line in settings.lines),
                "waiting": count,
                "oldest_since": iso(oldest),
                "longest_wait_seconds": None if oldest is None else max(0.0, (utc(now) - oldest).total_seconds()),
                "callbacks": promised[name],
                "agents": [
                    {"agent": row.agent, "state": row.state, "since": iso(row.since)}
                    for row in sorted(taking, key=lambda row: row.agent)
                ],
            }
        )
    return found


def _queues_of(row: AgentState, settings: Settings) -> list[str]:
    """Those whose calls an agent takes: chosen at login, else those that the settings give."""
    if row.queues is not None:
        return list(row.queues)
    return [name for name, queue in settings.queues.items() if row.agent in queue.agents]


def _waiting(session: Session) -> dict[str, tuple[int, datetime]]:
    """By queue how many callers wait or hear a phone ring, and since when the first does."""
    query = (
        select(QueueVisit.queue, func.count(), func.min(QueueVisit.entered_at))
        .join(Call, Call.call_id == QueueVisit.call_id)
        .where(QueueVisit.left_at.is_(None), Call.ended_at.is_(None), of_customers())
        .group_by(QueueVisit.queue)
    )
    return {queue: (count, oldest) for queue, count, oldest in session.execute(query)}


def _promised(session: Session) -> Counter[str]:
    query = select(Callback.queue, func.count()).where(Callback.state.in_(WAITING_STATES)).group_by(Callback.queue)
    return Counter(dict(session.execute(query).tuples().all()))
