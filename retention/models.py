"""Rows of what people do with recordings: legal holds, receipts of listening, erasures with their certificates."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

_STANDS = text("released_at IS NULL")
_BY_AGE = text("cause = 'keep-until' AND finished_at IS NULL")


class LegalHold(Base):
    """A legal hold: what it names is neither erased for its age nor on request until somebody releases it."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("uq_hold_standing", "kind", "subject", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """call, ticket, number (all calls and promises of that number, those to come too)"""
    subject: Mapped[str]
    """The call's call_id, the ticket's number, the number in E.164."""
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    released_by: Mapped[str | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it stands."""
    release_reason: Mapped[str | None] = mapped_column(default=None)


class AccessReceipt(Base):
    """Somebody was given the sound of a call: who, when, why, and how much of it was played."""

    __tablename__ = "access_receipt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), index=True)
    person: Mapped[str] = mapped_column(index=True)
    role: Mapped[str]
    what: Mapped[str]
    """listen, download"""
    reason: Mapped[str]
    """One of `playback_access.reasons`, the person's own words, or own: an agent's own call."""
    address: Mapped[str]
    """Of the browser that asked."""
    until: Mapped[datetime]
    """The sound is given under this receipt until then."""
    original: Mapped[bool] = mapped_column(default=False)
    """The sound as it was, although there is a masked one."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow, index=True)
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the first of its sound was sent; None: it never was."""
    played_seconds: Mapped[float | None] = mapped_column(default=None)
    """How much was played, as the browser told; None: it told nothing."""


class Erasure(Base):
    """An erasure from the request to the certificate. The web writes the request; the worker does all the rest."""

    __tablename__ = "erasure"
    __table_args__ = (
        Index("uq_erasure_one_by_age", "cause", unique=True, sqlite_where=_BY_AGE, postgresql_where=_BY_AGE),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    cause: Mapped[str]
    """person (all of a number), call (the content of one call), keep-until (calls whose time is up)"""
    number: Mapped[str | None] = mapped_column(default=None)
    """Of a person: E.164, or an address where the person has no number; once done only its beginning and end, the rest
    as dots."""
    contact_id: Mapped[uuid.UUID | None] = mapped_column(default=None)
    """Which person it is where a number or an address is not enough to say so; None: whoever has `number`."""
    call_ids: Mapped[list[Any]] = mapped_column(default_factory=list)
    """The calls that it is about; of a person those that were done so far."""
    state: Mapped[str] = mapped_column(default="asked", index=True)
    """asked -> previewed -> confirmed -> files -> done; refused (`error` says why), withdrawn"""
    asked_by: Mapped[str | None] = mapped_column(default=None)
    """None: the clock."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    wish: Mapped[str] = mapped_column(default="")
    """On whose request, e.g. a letter's date and reference."""
    preview: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """{"calls": n, "held": [...], "open": n, "removed": {kind: count}, "bytes": n}"""
    confirmed_by: Mapped[str | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    removed: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """{kind: count} of rows so far."""
    kept: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Calls left out for a legal hold."""
    certificate: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the certificate's JSON."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it was refused, or what it waits for."""


class ErasedFile(Base):
    """A file that an erasure removes: written down with the rows' erasing, deleted afterwards."""

    __tablename__ = "erased_file"
    __table_args__ = (UniqueConstraint("erasure_id", "room", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    erasure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erasure.id"))
    room: Mapped[str]
    kind: Mapped[str]
    """ringback.store.erasing.Doomed.kind"""
    name: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
