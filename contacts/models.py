"""Rows of persons: their numbers and addresses, the words that find them, merges, imports that wait for a yes."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from calls.models import BY_BYTES
from ringback.store.base import Base, utcnow, uuid7

KINDS = ("phone", "email", "telegram")
CONSENTS = ("unknown", "yes", "no")
_FIRST = text("is_first")


class ContactPoint(Base):
    """A number or an address of a person. Several persons may have the same one: a family behind one number."""

    __tablename__ = "contact_point"
    __table_args__ = (
        UniqueConstraint("contact_id", "kind", "value"),
        Index("ix_contact_point_value", "kind", "value"),
        # The store's word on who made a person of a new number, however many workers try at once.
        Index("uq_contact_point_first", "kind", "value", unique=True, sqlite_where=_FIRST, postgresql_where=_FIRST),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"))
    kind: Mapped[str]
    """One of KINDS."""
    value: Mapped[str]
    """As `contacts.points.value_of` writes it: E.164, an email address, the id of a Telegram chat."""
    label: Mapped[str] = mapped_column(default="")
    """What people call it: work, mother."""
    is_first: Mapped[bool] = mapped_column(default=True)
    """Of all who have it, this person had it first: one at most, whose `Contact.number` it may be."""
    source: Mapped[str] = mapped_column(default="call")
    """How it came: call, import, channel, or the sign-in name of who wrote it down."""
    consent: Mapped[str] = mapped_column(default="unknown")
    """One of CONSENTS: whether the person agreed to be written to here, beyond answers to what was asked."""
    consent_at: Mapped[datetime | None] = mapped_column(default=None)
    consent_by: Mapped[str | None] = mapped_column(default=None)
    """Who wrote it down; None: nobody did, or the person said so to a program."""
    consent_how: Mapped[str] = mapped_column(default="")
    """How it came, in the words of who wrote it down: by phone, a form, a letter."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class ContactWord(Base):
    """A word by which a person is found: of the name, of a number in both directions, of an address."""

    __tablename__ = "contact_word"
    __table_args__ = (Index("ix_contact_word_contact", "contact_id", "word"), {"sqlite_with_rowid": False})

    word: Mapped[str] = mapped_column(BY_BYTES, primary_key=True)
    """As `contacts.words` makes them."""
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)


class ContactMerge(Base):
    """Two rows that a person said are one: what went along, so that it can go back."""

    __tablename__ = "contact_merge"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    winner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    loser_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    moved: Mapped[dict[str, Any]]
    """Table -> the keys of its rows that went along, of every table that names a contact."""
    before: Mapped[dict[str, Any]]
    """What both were called, their notes, and the points that both had."""
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str | None] = mapped_column(default=None)


class ContactImport(Base):
    """A file of persons: previewed, then brought or withdrawn. What was in it stands here only until then."""

    __tablename__ = "contact_import"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    by: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default_factory=utcnow, index=True)
    file: Mapped[str] = mapped_column(default="")
    """What the file was called."""
    raw: Mapped[bytes | None] = mapped_column(default=None)
    """The pieces of a file that is still coming; None: it was read."""
    records: Mapped[list[Any] | None] = mapped_column(default=None)
    """As `contacts.records.Record.as_json`; None: not read yet, brought or withdrawn."""
    unread: Mapped[list[Any]] = mapped_column(default_factory=list)
    """[[line, code, facts], ...]: the lines that were not understood."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """{"new": n, "changed": n, "same": n, "left": n}"""
