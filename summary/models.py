"""Rows of summaries: which sentences of a call say its points, and what an owner's own model made of them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, uuid7


class CallSummary(Base):
    """The summary of one call. It quotes nothing: whoever shows it takes the words from the turns as they are now."""

    __tablename__ = "call_summary"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), unique=True)
    revision: Mapped[int]
    """Of the turns that it was made of: of any other it says nothing."""
    sentences: Mapped[dict[str, Any]]
    """By point (problem, promised, outcome) its sentences, the most telling first: [[turn, first word, word behind the
    last, start, end], ...], times in seconds of the recording."""
    likely: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """By point the sentences that weigh most, more than are shown: [[turn, first word, weight], ...]; None: it was made
    before that was kept."""
    told: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """By point what the owner's model says, in its own words."""
    told_by: Mapped[str | None] = mapped_column(default=None)
    """The name of that model."""
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    told_error: Mapped[Message | None] = mapped_column(default=None)
    """Why it says nothing."""
