"""What other rooms ask of calls: whose they are, which queues they were in, who talked last with a caller."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment, LegQuality, QueueVisit, SelfCall
from ringback.config import Settings
from ringback.store.bus import AgentState

LEFT = ("abandoned", "message", "lost")
"""Outcomes of a visit to a queue after which somebody of that queue has a caller to see to."""


@dataclass(frozen=True)
class OwnCalls:
    """The calls of one agent: those in which he or she talked, and those that were left for a queue of the agent's."""

    agent: str
    queues: tuple[str, ...] = ()
    """Whose callers the agent takes."""
    lines: tuple[str, ...] = ()
    """The lines whose menu leads to these queues: a message that is left before the menu is for their agents."""


@dataclass(frozen=True)
class CallOwners:
    """Whose one call is: what `belongs_to` asks, the other way round."""

    agents: frozenset[str]
    """Who talked with the caller."""
    queues: frozenset[str]
    """For whose agents it was left."""
    lines: frozenset[str]
    """The line for whose agents it was left, where that was before any queue."""

    def have(self, own: OwnCalls) -> bool:
        """Whether the call is one of the agent's own."""
        return own.agent in self.agents or not (self.queues.isdisjoint(own.queues) and self.lines.isdisjoint(own.lines))


def own_calls_of(session: Session, settings: Settings, agent: str) -> OwnCalls:
    """By the queues that the agent chose at login, else by those of the settings."""
    return own_calls_of_each(session, settings, [agent])[agent]


def own_calls_of_each(session: Session, settings: Settings, agents: Collection[str]) -> dict[str, OwnCalls]:
    """`own_calls_of`, of several agents with one query."""
    query = select(AgentState.agent, AgentState.queues).where(AgentState.agent.in_(agents))
    chosen = dict(session.execute(query).tuples().all())
    reached = {line.number: settings.queues_of(line) for line in settings.lines}
    found = {}
    for agent in agents:
        taken = chosen.get(agent)
        queues = tuple(
            name
            for name, queue in settings.queues.items()
            if (agent in queue.agents if taken is None else name in taken)
        )
        lines = tuple(line.number for line in settings.lines if reached[line.number] & set(queues))
        found[agent] = OwnCalls(agent, queues, lines)
    return found


def belongs_to(own: OwnCalls) -> ColumnElement[bool]:
    """Of a query over Call: whether it is one of the agent's own calls."""
    return or_(talked_in(own.agent), left_for(own))


def left_for(own: OwnCalls) -> ColumnElement[bool]:
    """Of a query over Call: whether nobody answered a caller who gave up, was cut off or left a message, in one of the
    queues or, where the whole line was closed, on one of the lines."""
    if not own.queues:
        return false()
    visit = and_(_left_visit(), QueueVisit.queue.in_(own.queues))
    message = and_(Call.result == "message", Call.queue.in_(own.queues))
    before = and_(Call.result == "message", Call.queue.is_(None), Call.line.in_(own.lines))
    return or_(exists().where(visit).correlate(Call), message, before)


def left_calls(own: OwnCalls) -> list[Select[tuple[str]]]:
    """The call_ids of all calls that `left_for` means: their union is. For lists, which `left_for` would make slow."""
    if not own.queues:
        return []
    visits = select(QueueVisit.call_id).join(Call, Call.call_id == QueueVisit.call_id)
    message = select(Call.call_id).where(Call.result == "message")
    return [
        visits.where(_left_visit(), QueueVisit.queue.in_(own.queues)),
        message.where(or_(Call.queue.in_(own.queues), and_(Call.queue.is_(None), Call.line.in_(own.lines)))),
    ]


def _left_visit() -> ColumnElement[bool]:
    """Of a query over Call and QueueVisit. Who waited until the queue closed, and was given nothing, gave up, too."""
    closed = and_(QueueVisit.outcome == "closed", QueueVisit.left_at > QueueVisit.entered_at, Call.result == "closed")
    return and_(QueueVisit.call_id == Call.call_id, or_(QueueVisit.outcome.in_(LEFT), closed))


def left_for_anybody() -> ColumnElement[bool]:
    """Of a query over Call: `left_for`, whatever the queue."""
    return or_(exists().where(_left_visit()).correlate(Call), Call.result == "message")


def left_to(session: Session, call: Call) -> tuple[list[str], list[str]]:
    """The queues and lines for whose agents this call was left: what `left_for` asks, of one call."""
    return left_to_each(session, [call.call_id])[call.call_id]


def left_to_each(session: Session, call_ids: Iterable[str]) -> dict[str, tuple[list[str], list[str]]]:
    """`left_to`, of several calls."""
    ids = list(call_ids)
    queues: dict[str, dict[str, None]] = {call_id: {} for call_id in ids}
    lines: dict[str, list[str]] = {call_id: [] for call_id in ids}
    left = select(QueueVisit.call_id, QueueVisit.queue).join(Call, Call.call_id == QueueVisit.call_id)
    visits = left.where(_left_visit(), QueueVisit.call_id.in_(ids)).order_by(QueueVisit.seq)
    for call_id, queue in session.execute(visits):
        queues[call_id][queue] = None
    messages = select(Call.call_id, Call.queue, Call.line).where(Call.result == "message", Call.call_id.in_(ids))
    for call_id, queue, line in session.execute(messages):
        if queue:
            queues[call_id][queue] = None
        else:
            lines[call_id].append(line)
    return {call_id: (list(queues[call_id]), lines[call_id]) for call_id in ids}


def owners_of(session: Session, call_ids: Iterable[str]) -> dict[str, CallOwners]:
    """Whose each of these calls is."""
    ids = list(call_ids)
    talked, left = agents_of(session, ids), left_to_each(session, ids)
    return {
        call_id: CallOwners(frozenset(talked[call_id]), *(frozenset(each) for each in left[call_id])) for call_id in ids
    }


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
    if not ids:
        return {}
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


def last_agent(session: Session, contact_id: uuid.UUID) -> str | None:
    """Who talked last with this person."""
    query = (
        select(Call.agent)
        .where(Call.contact_id == contact_id, Call.connected_at.is_not(None), Call.agent.is_not(None))
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
