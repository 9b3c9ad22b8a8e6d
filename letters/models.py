"""Rows of letters to colleagues. They name what they tell of and quote nothing: what a letter says is read when it
goes."""

import uuid
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class ColleagueLetter(Base):
    """One letter to one person, in the transaction of what it tells of; the same occasion is there once."""

    __tablename__ = "colleague_letter"
    __table_args__ = (
        UniqueConstraint("about", "kind", "person", "occasion"),
        Index("ix_colleague_letter_waiting", "state", "id"),
        Index("ix_colleague_letter_person", "person"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """letters.kinds.LetterKind"""
    person: Mapped[str]
    """The name of the account."""
    about: Mapped[uuid.UUID]
    """The key of the assignment, the evaluation or the dispute."""
    occasion: Mapped[str] = mapped_column(default="")
    """What makes another letter of the same kind about the same: the day that it is due, the day of a reminder."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, sent, failed (refused for good, or given up), unsent (no address, not wanted, no mail server), dropped
    (there is nothing to tell any more)"""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it did not arrive, or has not yet."""
