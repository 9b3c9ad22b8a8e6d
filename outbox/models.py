"""Rows of what leaves the house: events as they happened, one delivery for each receiver, and how receivers are."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class OutboxEvent(Base):
    """Something that happened, written in the transaction of the change itself."""

    __tablename__ = "outbox_event"
    __table_args__ = (
        Index(
            "ix_outbox_event_new",
            "id",
            sqlite_where=text("fanned_at IS NULL"),
            postgresql_where=text("fanned_at IS NULL"),
        ),
        Index("ix_outbox_event_at", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    """Told to receivers, the same at every try: by it they know what they have had already."""
    kind: Mapped[str]
    """`<about what>.<what happened>`, e.g. ticket.changed"""
    key: Mapped[str]
    """About which one, e.g. ticket:12. What has the same key reaches a receiver in the order in which it happened."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    body: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """The facts, ready for JSON; see `outbox.service.MOST_BYTES`."""
    receiver: Mapped[str | None] = mapped_column(default=None)
    """The only one that it is for; None: every receiver that wants its kind."""
    fanned_at: Mapped[datetime | None] = mapped_column(default=None)
    """When its deliveries were written; None: not yet."""


class OutboxDelivery(Base):
    """One event on its way to one receiver. It is delivered at least once."""

    __tablename__ = "outbox_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "receiver"),
        Index(
            "ix_outbox_delivery_waiting",
            "receiver",
            "key",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_delivery_oldest",
            "receiver",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_delivery_dead",
            "receiver",
            "id",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    """Counts up: the order in which a receiver is told, whatever becomes of the clock."""
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("outbox_event.id", ondelete="CASCADE"))
    receiver: Mapped[str]
    key: Mapped[str]
    """As the event has it."""
    due_at: Mapped[datetime]
    """When the next try may be, if no older one of its key waits."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, delivered, dead (given up: a person may send it again)"""
    attempts: Mapped[int] = mapped_column(default=0)
    """Tries that count, since it was written or sent again."""
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why the last try came to nothing."""
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the last try ended."""


class OutboxReceiver(Base):
    """How it is with one receiver. Who holds the lease delivers to it, and nobody else does."""

    __tablename__ = "outbox_receiver"

    name: Mapped[str] = mapped_column(primary_key=True)
    """webhook:crm, channel:email, connector:rt"""
    gone_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when the settings do not name it any more: what waits for it is kept for a time. None: they do."""
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it wants nothing any more (it said so: 410): what comes waits until a person enables it again."""
    locked_out_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it refuses our password: what comes waits until somebody gives the right one."""
    away_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it takes nothing, after several failures in a row; it is asked again now and then."""
    slow_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until when it asked to be left alone, or is given less at once."""
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why the last try that failed came to nothing."""
    failed_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it took something last."""
    asked_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a person last wanted it to be tried at once."""
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
