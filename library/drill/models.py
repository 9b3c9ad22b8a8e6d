"""Rows of drills: where a call stops for somebody to answer, what must be said, their versions, who tried, voices.

No row quotes the call: the scene and the real answer are seconds of its recording. What a trainer writes into points
and what a newcomer says may tell of the call, and goes with it (`erasing.py`).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class Drill(Base):
    """A call that stops before the agent's turn."""

    __tablename__ = "drill"
    __table_args__ = (Index("ix_drill_call", "call_id"), Index("ix_drill_at", "at", "id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    title: Mapped[str]
    begin: Mapped[float]
    """Seconds of the recording: from where the scene is heard."""
    stop: Mapped[float]
    """Where it stops, and the newcomer speaks."""
    end: Mapped[float]
    """Until where the real answer is heard, from `stop` on."""
    points: Mapped[list[Any]]
    """[["wording", "other wording"], ...]: what must be said, each in one of its wordings."""
    hint: Mapped[str] = mapped_column(default="")
    people: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Names of those to whom it is given."""
    everyone: Mapped[bool] = mapped_column(default=False)
    """Whoever signs in may try."""
    person: Mapped[str]
    """Who made it: it opens what this person may hear, as long as that is so."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts what people changed; to whom it is given is no part of it."""
    changed_by: Mapped[str | None] = mapped_column(default=None)
    """Who wrote this version; None: it is as it was made."""
    changed_at: Mapped[datetime | None] = mapped_column(default=None)


class DrillVersion(Base):
    """What a drill was until somebody changed it: attempts name the version that they were made with."""

    __tablename__ = "drill_version"
    __table_args__ = (UniqueConstraint("drill_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    drill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drill.id"))
    number: Mapped[int]
    title: Mapped[str]
    begin: Mapped[float]
    stop: Mapped[float]
    end: Mapped[float]
    points: Mapped[list[Any]]
    hint: Mapped[str]
    person: Mapped[str]
    """Who wrote it."""
    at: Mapped[datetime]
    until: Mapped[datetime]
    """When the next one came."""


class DrillAttempt(Base):
    """What somebody said in a drill, and which points that has."""

    __tablename__ = "drill_attempt"
    __table_args__ = (
        Index("ix_drill_attempt_drill", "drill_id", "at"),
        Index("ix_drill_attempt_person", "person", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    drill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drill.id"))
    person: Mapped[str]
    words: Mapped[str]
    """As they were typed, or as the recogniser heard them."""
    spoken: Mapped[bool]
    points: Mapped[list[Any]]
    """[["said", "wording", "words that are nearest"], ...]: of each point said, unsure or missing."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Of the drill: the one that was heard, and whose points these are."""


class DrillVoice(Base):
    """The voice of an attempt, for those who asked to keep it. FLAC, in the row itself: no file is ever made of it."""

    __tablename__ = "drill_voice"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drill_attempt.id"), unique=True)
    sound: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
