"""Rows of transcripts: one transcript a call, segments by speaker with their words."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ringback.store.base import Base, uuid7


class Transcript(Base):
    """What was said in one call, and how we know."""

    __tablename__ = "transcript"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    linkedid: Mapped[str] = mapped_column(ForeignKey("call.linkedid"), unique=True)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    """waiting, running, done, failed, none (no recording to transcribe)"""
    language: Mapped[str]
    engine: Mapped[str | None] = mapped_column(default=None)
    """vosk or whisper"""
    model: Mapped[str | None] = mapped_column(default=None)
    audio_seconds: Mapped[float | None] = mapped_column(default=None)
    speech_seconds: Mapped[float | None] = mapped_column(default=None)
    """Decoded sound of both speakers together: silence is never decoded."""
    took_seconds: Mapped[float | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Goes up by one with every change of the segments: what was made of an older one is to be made again."""
    segments: Mapped[list["Segment"]] = relationship(init=False, order_by="Segment.seq", cascade="all, delete-orphan")


class Segment(Base):
    """A turn: one speaker's words until the other speaks or a pause."""

    __tablename__ = "segment"
    __table_args__ = (UniqueConstraint("transcript_id", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), init=False)
    seq: Mapped[int]
    speaker: Mapped[str]
    """caller or agent"""
    start: Mapped[float]
    """Seconds from the start of the recording."""
    end: Mapped[float]
    text: Mapped[str]
    confidence: Mapped[float]
    words: Mapped[list[Any]]
    """[[start, end, confidence, "word"], ...] in seconds from the start of the recording"""
