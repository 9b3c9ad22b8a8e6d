"""Rows of the promise to call back."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class Callback(Base):
    """A caller was promised a call."""

    __tablename__ = "callback"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    source: Mapped[str]
    """fallback: left with the fallback script while the controller was away"""
    source_key: Mapped[str] = mapped_column(unique=True)
    """What makes the same wish the same: for the fallback, the name of its spool file."""
    number: Mapped[str]
    language: Mapped[str]
    line: Mapped[str]
    state: Mapped[str] = mapped_column(default="requested")
    arrived_at: Mapped[datetime]
    """When the call that asked arrived: its place in line."""
    requested_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None)
