"""What other rooms ask of calls: who talked in one, which queues it was in, who talked last with a caller."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment, Contact, LegQuality, QueueVisit, SelfCall


def talked_in(agent: str) -> ColumnElement[bool]:
    """Of a query over Call: whether `agent` talked with the caller, also for a part of it."""
    part = and_(CallSegment.call_id == Call.call_id, CallSegment.kind == "talk", CallSegment.agent == agent)
    return or_(Call.agent == agent, exists().where(part).correlate(Call))


def talks_of(agents: Sequence[str]) -> list[Select[tuple[str]]]:
    """The call_ids of all calls in which one of these agents talked with the caller, also for a part: their union is.

    For lists: `talked_in` would be asked of every call."""
    parts = select(CallSegment.call_id).where(CallSegment.agent.in_(agents), CallSegment.kind == "talk")
    return [select(Call.call_id).where(Call.agent.in_(agents)), parts]


def of_customers() -> ColumnElement[bool]:
    """Of a query over Call: whether a person called, and not Ringback its own line."""
    return ~exists().where(SelfCall.token == Call.caller_number).correlate(Call)


def is_self_call(session: Session, call: Call) -> bool:
    """Whether Ringback called its own line in this call."""
    return session.scalar(select(exists().where(SelfCall.token == call.caller_number))) is True


def agents_of(session: Session, call_ids: Iterable[str]) -> dict[str, list[str]]:
    """Who talked in each of these calls: who had it last, then everybody else in the order of the talks."""
    ids = list(call_ids)
    found: dict[str, dict[str, None]] = {call_id: {} for call_id in ids}
    last = select(Call.call_id, Call.agent).where(Call.call_id.in_(ids))
    talks = select(CallSegment.call_id, CallSegment.agent).where(
        CallSegment.call_id.in_(ids), CallSegment.kind == "talk"
    )
    for query in (last, talks.order_by(CallSegment.seq)):
        for call_id, agent in session.execute(query):
            if agent:
                found[call_id][agent] = None
    return {call_id: list(agents) for call_id, agents in found.items()}


def queues_of(session: Session, call: Call) -> list[str]:
    """The queues that a call was in, in the order in which it entered them."""
    query = select(QueueVisit.queue).where(QueueVisit.call_id == call.call_id).order_by(QueueVisit.seq)
    return list(dict.fromkeys([*session.scalars(query), *([call.queue] if call.queue else [])]))


def last_agent(session: Session, number: str) -> str | None:
    """Who talked last with the contact who has this number (E.164)."""
    query = (
        select(Call.agent)
        .join(Contact, Contact.id == Call.contact_id)
        .where(Contact.number == number, Call.connected_at.is_not(None), Call.agent.is_not(None))
        .order_by(Call.connected_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def visits_document(session: Session, call_id: str) -> list[dict[str, Any]]:
    """The visits of a call to queues, as JSON: see `calls.models.QueueVisit`."""
    query = select(QueueVisit).where(QueueVisit.call_id == call_id).order_by(QueueVisit.seq)
    return [
        {
            "queue": visit.queue,
            "entered_at": visit.entered_at.isoformat(),
            "came_by": visit.came_by,
            "left_at": visit.left_at and visit.left_at.isoformat(),
            "outcome": visit.outcome,
            "position": visit.position,
            "told_minutes": visit.told_minutes,
            "agent": visit.agent,
            "reason": visit.reason,
        }
        for visit in session.scalars(query)
    ]


def quality_document(session: Session, call_id: str) -> list[dict[str, Any]]:
    """How the legs of a call sounded, the caller's first, as JSON: see `calls.models.LegQuality`."""
    query = (
        select(LegQuality).where(LegQuality.call_id == call_id).order_by(LegQuality.agent.is_not(None), LegQuality.at)
    )
    return [
        {
            "agent": leg.agent,
            "ended_at": leg.at.isoformat(),
            "received": {"lost": leg.received_lost, "jitter": leg.received_jitter, "mos": leg.received_mos},
            "sent": {"lost": leg.sent_lost, "jitter": leg.sent_jitter, "mos": leg.sent_mos},
            "round_trip": leg.round_trip,
        }
        for leg in session.scalars(query)
    ]
