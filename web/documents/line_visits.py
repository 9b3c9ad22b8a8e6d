"""A call's times in line as documents: each visit to a queue with its own wait and how it ended."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, QueueVisit
from web.documents.facts import Document, iso, seconds_between, wait_seconds

OUTCOMES = {"answered": "connected", "abandoned": "left", None: "waiting"}
"""Outcomes of a visit that the API has always called otherwise; the others are those of `calls.models.QueueVisit`."""


def waits_of(session: Session, call: Call) -> list[Document]:
    """In the order of the call; `seconds` None: it goes on. `outcome`: connected, left (hung up), waiting, callback,
    overflow (moved to another queue by a limit), message, closed, transferred, lost."""
    visits = _visits(session, [call.call_id]).get(call.call_id)
    if visits is None:
        return _unvisited(call)
    return [
        {
            "queue": visit.queue,
            "from": iso(visit.entered_at),
            "until": iso(visit.left_at),
            "seconds": seconds_between(visit.entered_at, visit.left_at),
            "outcome": OUTCOMES.get(visit.outcome, visit.outcome),
        }
        for visit in visits
    ]


def _unvisited(call: Call) -> list[Document]:
    """Of a call without a visit, which an import or an older version left."""
    if call.queued_at is None:
        return []
    outcome = "connected" if call.connected_at else "left" if call.ended_at else "waiting"
    return [
        {
            "queue": call.queue,
            "from": iso(call.queued_at),
            "until": iso(call.connected_at or call.ended_at),
            "seconds": wait_seconds(call),
            "outcome": outcome,
        }
    ]


def waited(session: Session, calls: Sequence[Call]) -> dict[str, float | None]:
    """By call_id how long each caller waited in all queues together, up to the latest end; None: not yet, or never."""
    visits = _visits(session, [call.call_id for call in calls])
    found: dict[str, float | None] = {}
    for call in calls:
        own = visits.get(call.call_id)
        if own is None:
            found[call.call_id] = wait_seconds(call)
            continue
        ended = [seconds_between(visit.entered_at, _end(visit, call)) for visit in own]
        known = [seconds for seconds in ended if seconds is not None]
        found[call.call_id] = round(sum(known), 3) if known else None
    return found


def _end(visit: QueueVisit, call: Call) -> datetime | None:
    return visit.left_at or call.ended_at


def _visits(session: Session, call_ids: Sequence[str]) -> dict[str, list[QueueVisit]]:
    query = select(QueueVisit).where(QueueVisit.call_id.in_(call_ids)).order_by(QueueVisit.call_id, QueueVisit.seq)
    found: dict[str, list[QueueVisit]] = {}
    for visit in session.scalars(query):
        found.setdefault(visit.call_id, []).append(visit)
    return found
