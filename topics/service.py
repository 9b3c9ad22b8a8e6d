"""What people do with topics: name them, merge them, say that a rising one is nothing or is told to callers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ringback.store.erasing import quietly
from topics.errors import TopicError
from topics.models import CallTopic, Topic, TopicCentre, TopicRise

MOST_CHARACTERS = 60
"""Of a name."""
CLIPS = 3
"""Calls by which a rising topic is told."""


def rename(session: Session, key: UUID, name: str, by: str) -> None:
    """A name of people's stays whatever is found anew. Raises TopicError."""
    row = _there(session, key)
    name = " ".join(name.split())
    if not name or len(name) > MOST_CHARACTERS:
        raise TopicError("topics.no_name", most=MOST_CHARACTERS)
    others = session.scalars(select(Topic.name).where(Topic.id != key, Topic.name.is_not(None)))
    if name.casefold() in {(other or "").casefold() for other in others}:
        raise TopicError("topics.same_name", name=name)
    row.name, row.kept, row.changed_by = name, True, by


def merge(session: Session, key: UUID, into: UUID, by: str) -> None:
    """The calls of one topic, and all that will be like them, belong to another. Raises TopicError."""
    if key == into:
        raise TopicError("topics.itself")
    gone, stays = _there(session, key), _there(session, into)
    for rows in (CallTopic, TopicCentre):
        quietly(session, update(rows).where(rows.topic_id == key).values(topic_id=into))
    quietly(session, update(TopicRise).where(TopicRise.topic_id == key).values(topic_id=into, state="over"))
    stays.kept, stays.changed_by = True, by
    stays.name = stays.name or gone.name
    session.delete(gone)


def end_rise(session: Session, key: UUID, state: str, by: str) -> bool:
    """`state`: told or dismissed. Whether it was proposed still."""
    proposed = update(TopicRise).where(TopicRise.id == key, TopicRise.state == "proposed")
    return bool(quietly(session, proposed.values(state=state, ended_by=by)).rowcount)


def clips_of(session: Session, topic_id: UUID, since: datetime) -> list[CallTopic]:
    """The calls that are most like a topic, of those that came since then."""
    query = select(CallTopic).where(CallTopic.topic_id == topic_id, CallTopic.arrived_at >= since)
    return list(session.scalars(query.order_by(CallTopic.likeness.desc(), CallTopic.call_id).limit(CLIPS)))


def _there(session: Session, key: UUID) -> Topic:
    row = session.get(Topic, key, with_for_update=True)
    if row is None:
        raise TopicError("topics.gone")
    return row
