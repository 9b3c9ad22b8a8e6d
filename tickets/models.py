"""Rows of the conversation: ticket and the lines of its history."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.models import Call, Contact
from ringback.store.base import Base, utcnow, uuid7


class Ticket(Base):
    """One conversation with one contact. Its number is said aloud, so it is short."""

    __tablename__ = "ticket"
    __table_args__ = {"sqlite_autoincrement": True}

    number: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject: Mapped[str]
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    status: Mapped[str] = mapped_column(default="open")
    """open, closed"""
    priority: Mapped[str] = mapped_column(default="normal")
    category: Mapped[str | None] = mapped_column(default=None)
    disposition: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    contact: Mapped[Contact | None] = relationship(init=False)
    calls: Mapped[list[Call]] = relationship(init=False, order_by=Call.arrived_at)
    entries: Mapped[list["TicketEntry"]] = relationship(init=False, order_by="TicketEntry.at, TicketEntry.id")


class TicketEntry(Base):
    """A line of a ticket's history."""

    __tablename__ = "ticket_entry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    kind: Mapped[str]
    """opened, call, callback, answer, transcript, note"""
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    author: Mapped[str | None] = mapped_column(default=None)
    source_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    """What makes the same fact the same line, e.g. call:CALL_ID; None: a line that may come twice."""
