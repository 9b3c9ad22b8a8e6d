"""Rows of the waiting line: what callers were told of their wait beside what it was, and what the line has learned."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class WaitTold(Base):
    """One announcement of the expected wait, with the wait that followed."""

    __tablename__ = "wait_told"
    __table_args__ = (Index("ix_wait_told_queue", "queue", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    """Rises with the end of the wait: rows are written when it is known."""
    call_id: Mapped[str] = mapped_column(index=True)
    queue: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    position: Mapped[int]
    expected_seconds: Mapped[float]
    bound_minutes: Mapped[int]
    """What was told, or would have been; 61: more than an hour."""
    told: Mapped[bool]
    """False: the expected wait was silent, and the caller heard the position alone."""
    waited_seconds: Mapped[float]
    served: Mapped[bool]
    """False: the caller left; the whole wait was longer."""


class LineMemory(Base):
    """What the line knows of past weeks and of its own accuracy: `queueing.expected_wait`. One row each."""

    __tablename__ = "line_memory"

    name: Mapped[str] = mapped_column(primary_key=True)
    """history, accuracy, load; trunk: how it is with the provider (`callback/trunk_state.py`)"""
    data: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
