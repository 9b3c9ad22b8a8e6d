"""Rows of the conversation: ticket, the lines of its history, who is mentioned, links, and what was put together."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.models import Call, Contact
from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

OPEN = "open"
WAITING = "waiting"
SOLVED = "solved"
CLOSED = "closed"
STATUSES = (OPEN, WAITING, SOLVED, CLOSED)
"""open: somebody of us is to do something; waiting: the customer is; solved: done, unless the customer says otherwise;
closed: done for good, until the customer calls or writes about it."""
ACTIVE = (OPEN, WAITING)
DONE = (SOLVED, CLOSED)
IS_DUE = text("due_at IS NOT NULL")
PRIORITIES = ("low", "normal", "high", "urgent")


class Ticket(Base):
    """One conversation with one contact. Its number is said aloud, so it is short."""

    __tablename__ = "ticket"
    __table_args__ = (
        # Each view of the work list is read from one of these (tickets/listing.py).
        Index("ix_ticket_status", "status", "updated_at", "number"),
        Index("ix_ticket_owner", "status", "owner", "updated_at", "number"),
        Index("ix_ticket_queue", "status", "queue", "updated_at", "number"),
        Index("ix_ticket_unowned", "status", "queue", "owner", "updated_at", "number"),
        Index("ix_ticket_due", "due_at", "number"),
        Index("ix_ticket_created", "created_at"),
        Index("ix_ticket_queue_due", "queue", "due_at", "number", sqlite_where=IS_DUE, postgresql_where=IS_DUE),
        Index("ix_ticket_owner_due", "owner", "due_at", "number", sqlite_where=IS_DUE, postgresql_where=IS_DUE),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True, init=False)
    subject: Mapped[str]
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    status: Mapped[str] = mapped_column(default=OPEN)
    """One of STATUSES."""
    priority: Mapped[str] = mapped_column(default="normal")
    """One of PRIORITIES."""
    category: Mapped[str | None] = mapped_column(default=None)
    """What it is about, by a word of its queue's `categories`."""
    disposition: Mapped[str | None] = mapped_column(default=None)
    """How it went, by a word of its queue's `dispositions`."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    queue: Mapped[str | None] = mapped_column(default=None)
    """Whose work it is: the queue of the call that opened it, unless somebody moved it."""
    owner: Mapped[str | None] = mapped_column(default=None)
    """Who sees to it, by the name of signing in: who talked first, unless somebody else took it. None: nobody does."""
    next_step: Mapped[str | None] = mapped_column(default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the next step is to be done; only of an active one."""
    updated_at: Mapped[datetime] = mapped_column(default_factory=utcnow, server_default="1970-01-01 00:00:00")
    """The last time anything happened in it."""
    solved_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it is solved or closed."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change of the fields above."""
    merged_into: Mapped[int | None] = mapped_column(default=None, index=True)
    """The ticket that has everything of this one."""
    contact: Mapped[Contact | None] = relationship(init=False)
    calls: Mapped[list[Call]] = relationship(init=False, order_by=Call.arrived_at)
    entries: Mapped[list["TicketEntry"]] = relationship(init=False, order_by="TicketEntry.at, TicketEntry.id")


class TicketEntry(Base):
    """A line of a ticket's history."""

    __tablename__ = "ticket_entry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    kind: Mapped[str]
    """opened, call, callback, answer, poor, transcript; of people: note, change (of what is chosen from a list), edit
    (of words); merged, split; and what other rooms write: mail, text, ..."""
    text: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    author: Mapped[str | None] = mapped_column(default=None)
    source_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    """What makes the same fact the same line, e.g. call:CALL_ID; None: a line that may come twice."""
    said: Mapped[Message | None] = mapped_column(default=None)
    """Of lines that are told in the reader's language: code and facts; `text` is then the English."""


class TicketMention(Base):
    """Somebody is named in a note, and is to look at it."""

    __tablename__ = "ticket_mention"
    __table_args__ = (
        UniqueConstraint("entry_id", "person"),
        Index("ix_ticket_mention_unseen", "person", "seen_at", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ticket_entry.id"))
    ticket_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    person: Mapped[str]
    """By the name of signing in."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: the person has not opened the ticket since."""


class TicketLink(Base):
    """Two tickets that have to do with each other and stay two."""

    __tablename__ = "ticket_link"
    __table_args__ = (UniqueConstraint("ticket_number", "other_number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    ticket_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    """The lower number."""
    other_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class TicketMove(Base):
    """What was moved from one ticket to another, so that it can be moved back."""

    __tablename__ = "ticket_move"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """merge: all of a ticket; split: some calls to a new one; join: a call to another one"""
    from_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    to_number: Mapped[int] = mapped_column(ForeignKey("ticket.number"), index=True)
    rows: Mapped[dict[str, Any]]
    """What was moved: table -> ids of its rows."""
    before: Mapped[dict[str, Any]]
    """Fields of the ticket `from_number` as they were."""
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str | None] = mapped_column(default=None)
