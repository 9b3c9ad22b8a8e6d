"""Rows of texts: what was heard, the talk in figures, and the vocabulary that people's corrections teach."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class RawRecognition(Base):
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
    """Held-out corrected turns that were listened to; below vocabulary.LEAST_TURNS it was too little to decide."""
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
