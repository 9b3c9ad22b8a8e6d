"""Rows of topics: what there is, where each lies among meanings, what each call is about, and what is rising."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class Topic(Base):
    """Something that calls are about."""

    __tablename__ = "topic"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    words: Mapped[dict[str, Any]]
    """By language the words that tell it from the others, the most telling first."""
    name: Mapped[str | None] = mapped_column(default=None)
    """What people call it; None: its words stand for it."""
    kept: Mapped[bool] = mapped_column(default=False)
    """A person named it or merged others into it: it stays, though nothing new may be like it."""
    changed_by: Mapped[str | None] = mapped_column(default=None)
    """Who did that last."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class TopicCentre(Base):
    """A middle of a topic's meanings; one that was merged of several has several."""

    __tablename__ = "topic_centre"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    topic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """As `topics.vectors` packs it."""
    reach: Mapped[float]
    """How like it a call must be to belong to it."""


class CallTopic(Base):
    """What one call is about."""

    __tablename__ = "call_topic"
    __table_args__ = (Index("ix_call_topic_calls", "topic_id", "arrived_at"),)

    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), primary_key=True)
    language: Mapped[str]
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    """As the call has it."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """What its problem means, as `topics.vectors` packs it."""
    at: Mapped[float]
    """The second of the recording at which its problem is said most clearly."""
    topic_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("topic.id"), default=None)
    """None: it is like none of them."""
    likeness: Mapped[float | None] = mapped_column(default=None)
    """To the nearest centre of its topic."""


class TopicRise(Base):
    """A topic of which there are suddenly many calls: proposed to people as a known problem."""

    __tablename__ = "topic_rise"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    topic_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("topic.id"), index=True)
    since: Mapped[datetime]
    """From when on its calls are counted."""
    calls: Mapped[int]
    expected: Mapped[float]
    """How many there would have been, by the weeks before."""
    found_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    """When it was found to be so last."""
    state: Mapped[str] = mapped_column(default="proposed", index=True)
    """proposed, told (callers hear of it), dismissed (it is nothing), over (as few as ever, and nobody did anything)"""
    ended_by: Mapped[str | None] = mapped_column(default=None)


class TopicClustering(Base):
    """When topics were looked for last; there is one row."""

    __tablename__ = "topic_clustering"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    calls: Mapped[int] = mapped_column(default=0)
    """How many calls there were to be looked at."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    took_seconds: Mapped[float | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
