"""Rows of recordings."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, uuid7


class Recording(Base):
    """The stereo recording of one call: caller left, agents right."""

    __tablename__ = "recording"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    linkedid: Mapped[str] = mapped_column(ForeignKey("call.linkedid"), unique=True)
    state: Mapped[str] = mapped_column(index=True)
    """spooled (call ended, raw file not finished yet), stored (whole), truncated, missing"""
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why it is truncated or missing: one sentence."""
    path: Mapped[str | None] = mapped_column(default=None)
    """Relative to the recordings folder."""
    seconds: Mapped[float | None] = mapped_column(default=None)
    """Length of the sound."""
    answered_seconds: Mapped[float | None] = mapped_column(default=None)
    """Length it should have: from answer to hangup."""
    sha256: Mapped[str | None] = mapped_column(default=None)
    peaks_path: Mapped[str | None] = mapped_column(default=None)
    """JSON for the waveform, relative to the recordings folder."""
    keep_until: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
