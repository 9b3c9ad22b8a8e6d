"""Rows of known problems: what callers of which lines hear first, and who wants to be told when it is fixed."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class KnownProblem(Base):
    """Callers of some lines hear of something that is wrong before anything else."""

    __tablename__ = "known_problem"
    __table_args__ = (Index("ix_known_problem_ended", "ended_at", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    lines: Mapped[list[Any]]
    """The numbers of the lines."""
    words: Mapped[dict[str, Any]]
    """By language what is said."""
    prompt: Mapped[str]
    """The name of the sound that is made of the words: `ringback.config.Spoken`."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it is told."""
    ended_by: Mapped[str | None] = mapped_column(default=None)
    fixed: Mapped[bool] = mapped_column(default=False)
    """It ended because it was fixed, and those who asked for it were told; else nobody was."""
    heard: Mapped[int] = mapped_column(default=0)
    """Calls in which it was said."""


class ProblemSubscriber(Base):
    """A caller who wants to be told when a problem is fixed, and left the line."""

    __tablename__ = "problem_subscriber"
    __table_args__ = (UniqueConstraint("problem_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    problem_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("known_problem.id"))
    number: Mapped[str]
    """E.164"""
    own_number: Mapped[bool]
    """Of whoever asked, as far as anybody can know: see `callback.models.Callback.own_number`."""
    came_from: Mapped[str] = mapped_column(default="")
    """Where the call came from: see `ivr.events.Arrived.came_from`."""
    language: Mapped[str]
    line: Mapped[str]
    call_id: Mapped[str] = mapped_column(index=True)
    """The call in which it was asked for."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    callback_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("callback.id"), default=None, index=True)
    """The promise that was made of it when the problem was fixed; how that ended is how this did."""
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why none was made."""
    message_state: Mapped[str | None] = mapped_column(default=None)
    """How the message stands that told it instead of a call: kept, sent, delivered, failed, not_sent (the room
    `channels` keeps it so). None: a call tells it."""
