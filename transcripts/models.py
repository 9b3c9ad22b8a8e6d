"""Rows of transcripts: one a call, what was heard, turns by speaker with their words, and what was made of them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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


class Heard(Base):
    """What was heard of one speaker, as the recogniser said it: turns are made of it again without listening again."""

    __tablename__ = "heard"
    __table_args__ = (UniqueConstraint("transcript_id", "speaker"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"))
    speaker: Mapped[str]
    """caller or agent"""
    ranges: Mapped[list[Any] | None]
    """Where speech was found: [[start, end], ...] in seconds of the recording; None: not known any more."""
    words: Mapped[list[Any]]
    """[[start, end, confidence, "word"], ...], as Segment.words but before anything was made readable."""


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
    error: Mapped[str | None] = mapped_column(default=None)


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


class CallMeasure(Base):
    """What the words of a talk tell in figures (what each means: transcripts/text/measures.py). Seconds as floats."""

    __tablename__ = "call_measure"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), unique=True)
    revision: Mapped[int]
    window_seconds: Mapped[float]
    """The talk without its holds: what the figures are about."""
    caller_seconds: Mapped[float]
    agent_seconds: Mapped[float]
    overlap_seconds: Mapped[float]
    silence_seconds: Mapped[float]
    longest_silence: Mapped[float]
    longest_silence_at: Mapped[float | None]
    """Seconds of the recording; None: there was none."""
    holds: Mapped[int]
    hold_seconds: Mapped[float]
    longest_hold: Mapped[float]
    caller_interruptions: Mapped[int]
    """How often the caller broke in on the agent."""
    agent_interruptions: Mapped[int]
    caller_words_per_minute: Mapped[float | None]
    agent_words_per_minute: Mapped[float | None]
    caller_questions: Mapped[int]
    agent_questions: Mapped[int]


class VocabularyTrial(Base):
    """Whether words that people corrected help the recogniser: measured on corrections they were not taken from."""

    __tablename__ = "vocabulary_trial"
    __table_args__ = (Index("ix_vocabulary_trial_newest", "language", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    language: Mapped[str]
    engine: Mapped[str]
    model: Mapped[str]
    words: Mapped[list[Any]]
    """The vocabulary that was tried."""
    stretches: Mapped[int]
    """Held-out corrected turns that were listened to; below vocabulary.STRETCHES it was too little to decide."""
    reference_words: Mapped[int]
    errors_before: Mapped[int]
    """Words wrong, missing or too many without the vocabulary."""
    errors_after: Mapped[int]
    taken: Mapped[bool]
    """Whether the error fell and the words are in use."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class VocabularyWord(Base):
    """A word that a person switched off: it is proposed no more."""

    __tablename__ = "vocabulary_word"
    __table_args__ = (UniqueConstraint("language", "word"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    language: Mapped[str]
    word: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
