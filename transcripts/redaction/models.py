"""Rows of redaction: where a call holds secrets, and what became of its sound. No secret itself stands in them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, uuid7


class RedactionPlace(Base):
    """An interval of a call in which somebody says a secret: its words are a marker, its sound is silent."""

    __tablename__ = "redaction_place"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), index=True)
    kind: Mapped[str]
    """card, code, expiry, pin, one_time_code, password, bank_account, phone, email, name"""
    speaker: Mapped[str]
    """caller or agent"""
    start: Mapped[float]
    """Of its words, in seconds from the start of the recording."""
    end: Mapped[float]
    source: Mapped[str]
    """text (found in the transcript), corrected (understood by a person who corrected it), sound (heard only when the
    masked sound was listened to), unheard (an answer to a question for a secret that nobody understood)"""


_IS_DOOMED = text("doomed IS NOT NULL")


class Redaction(Base):
    """What became of one call's sound, and the proof of it."""

    __tablename__ = "redaction"
    __table_args__ = (
        # Looked for every few seconds, among all calls that were ever masked.
        Index("ix_redaction_doomed", "transcript_id", sqlite_where=_IS_DOOMED, postgresql_where=_IS_DOOMED),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    transcript_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("transcript.id"), unique=True)
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    """waiting (to be masked and listened to), clean (nothing to mask), passed (masked, and nothing was heard in it),
    failed (something was still heard after the last try: `leaks` say what)"""
    margin: Mapped[float | None] = mapped_column(default=None)
    """Seconds silenced around the words in the last try."""
    rounds: Mapped[int] = mapped_column(default=0)
    """How often it was masked and listened to."""
    listened_seconds: Mapped[float | None] = mapped_column(default=None)
    """Speech that was recognised again in the last try, both speakers together."""
    leaks: Mapped[list[Any] | None] = mapped_column(default=None)
    """[[kind, speaker, start, end], ...] of what was heard in the masked sound at the last try."""
    path: Mapped[str | None] = mapped_column(default=None)
    """The masked sound, relative to the recordings folder; None: none was made."""
    peaks_path: Mapped[str | None] = mapped_column(default=None)
    sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the masked sound."""
    of_sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the recording it was made from."""
    silent: Mapped[list[Any] | None] = mapped_column(default=None)
    """[[channel, start, end], ...] in seconds: what is silent in the masked sound."""
    originals_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The masked sound is the recording now; the unmasked one and the words are gone."""
    doomed: Mapped[list[Any] | None] = mapped_column(default=None)
    """Files of the unmasked sound that are still to be deleted."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
