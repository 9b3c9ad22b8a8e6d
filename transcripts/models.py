"""Rows that every part of transcripts knows: one for each call, its turns, corrections, how far each stage is."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class Transcript(Base):
    """What was said in one call, and how we know."""

    __tablename__ = "transcript"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), unique=True)
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
    error: Mapped[Message | None] = mapped_column(default=None)
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


class TranscriptStage(Base):
    """How far one stage of the pipeline is with one transcript (transcripts/stages.py)."""

    __tablename__ = "transcript_stage"
    __table_args__ = (UniqueConstraint("transcript_id", "stage"), Index("ix_transcript_stage_due", "stage", "state"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"))
    stage: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting (also while it is being made: see the lease), done, failed (set aside until somebody tries again)"""
    revision: Mapped[int] = mapped_column(default=-1)
    """Transcript.revision that it was last made of; -1: never."""
    took_seconds: Mapped[float | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)


class Correction(Base):
    """One change of a turn by a person: never changed but for its state, so the rows are the history."""

    __tablename__ = "correction"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), index=True)
    speaker: Mapped[str]
    start: Mapped[float]
    """Of the turn, in seconds of the recording."""
    end: Mapped[float]
    before: Mapped[str]
    after: Mapped[str]
    changes: Mapped[list[Any]]
    """[{"start": s, "end": s, "before": [words], "after": [words]}, ...]: what is put in place again after a re-run"""
    by: Mapped[str]
    """Name of the person's account."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    state: Mapped[str] = mapped_column(default="applied")
    """applied, lost (a newer recognition heard something else there: to be looked at), undone"""
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Who undid it."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
