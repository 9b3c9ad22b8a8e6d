"""Rows of the systems beside: which ticket of theirs is which of ours, and how far each system was asked."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

CREATING = "creating"
THERE = "there"
GONE = "gone"


class OutsideTicket(Base):
    """A ticket of ours in a system beside. Where tickets are merged, it goes along, and one has several."""

    __tablename__ = "outside_ticket"
    __table_args__ = (
        UniqueConstraint("connector", "opened_as"),
        Index("ix_outside_ticket_seen", "connector", "state", "synced_at"),
        Index("ix_outside_ticket_outside", "connector", "outside_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7, init=False)
    connector: Mapped[str]
    """Its name in the settings."""
    ticket_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    """Whose it is now."""
    opened_as: Mapped[int]
    """The ticket that it was made for."""
    state: Mapped[str] = mapped_column(default=CREATING)
    """creating: it may be there or not; there; gone: it was deleted there"""
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its creation was asked for last, written before; None: nothing was asked for that may yet be done."""
    outside_id: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str] = mapped_column(default="")
    """Its page, for people."""
    status_seen: Mapped[str | None] = mapped_column(default=None)
    """Its status there, in their words, when it was seen last."""
    status_ours: Mapped[str | None] = mapped_column(default=None)
    """The status of ours that is the same: what was told last, or taken back."""
    subject: Mapped[str] = mapped_column(default="")
    """As it was told last."""
    noting: Mapped[uuid.UUID | None] = mapped_column(default=None)
    """The event of a note that was being written: it may be there or not."""
    noted: Mapped[uuid.UUID | None] = mapped_column(default=None)
    """The event of the note that was written last."""
    synced_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was seen last; None: never, or nothing happens in it any more and nobody looks."""
    error: Mapped[Message | None] = mapped_column(default=None)
    """What it does not take."""
    held_by: Mapped[str | None] = mapped_column(default=None)
    """The process that works on it, until `held_until`."""
    held_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class ConnectorState(Base):
    """How far a system was asked what changed there."""

    __tablename__ = "connector_state"

    name: Mapped[str] = mapped_column(primary_key=True)
    polled_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody last took it on to ask."""
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it last said what changed."""
    cursor: Mapped[str | None] = mapped_column(default=None)
    """Where the next look begins, in the system's own words."""
    failures: Mapped[int] = mapped_column(default=0)
    """Looks in a row that came to nothing."""
    error: Mapped[Message | None] = mapped_column(default=None)
