"""Rows of scoring: cards with their versions, evaluations, disputes, goals of reviewers, calibrations.

None of them quotes a call: evidence is a mark of the library. What people write about a call goes with the call
(`erasing.py`).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class Scorecard(Base):
    """A list of criteria by which calls are scored, through all its versions."""

    __tablename__ = "scorecard"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    queues: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Names of those it is for; none: all."""
    lines: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Dialled numbers; none: all."""
    person: Mapped[str]
    """Who made it."""
    made_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when nothing is scored by it any more; None: it is in use."""


class ScorecardVersion(Base):
    """The criteria as they stood for a while. Once published it is never changed."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("card_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scorecard.id"))
    number: Mapped[int]
    """1, 2, ...: by the card."""
    criteria: Mapped[list[Any]] = mapped_column(default_factory=list)
    """As `scoring.policy.Criterion.as_json`, in their order."""
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    published_by: Mapped[str | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: a draft."""
