"""Rows of live words: phrases of calls that go on. They are gone once the transcript is there."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class LivePhrase(Base):
    """What one speaker said without a pause, as far as it was heard."""

    __tablename__ = "live_phrase"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    """In the order in which they began to be heard: 0, 1, ..."""
    speaker: Mapped[str]
    """caller or agent"""
    start: Mapped[float]
    """Seconds from the start of the recording."""
    end: Mapped[float]
    text: Mapped[str]
    settled: Mapped[bool]
    """False: the phrase goes on, and what was heard of it may still change."""
    skipped: Mapped[float] = mapped_column(default=0.0)
    """Seconds of this speaker before the phrase that nobody listened to: the machine could not keep up."""
    written_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
