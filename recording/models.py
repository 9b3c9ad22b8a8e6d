"""Rows of recordings: the sound of each call, requests to keep it, copies on their way to a storage or left there."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class Recording(Base):
    """The stereo recording of one call: caller left, agents right."""

    __tablename__ = "recording"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), unique=True)
    state: Mapped[str] = mapped_column(index=True)
    """spooled (call ended, raw file not finished yet), stored (whole), truncated, garbled (not what was heard,
    see recording.genuine), missing, not_recorded (thrown away
    because the queue wants it so), erased"""
    reason: Mapped[str | None] = mapped_column(default=None)
    """What is to be said of it, in English: why it is truncated, missing or not recorded, and what else was seen."""
    notes: Mapped[list[Any] | None] = mapped_column(default=None)
    """The sentences of `reason` for other languages: [[code, {argument: value}], ...], see recording.notes."""
    path: Mapped[str | None] = mapped_column(default=None)
    """Relative to the recordings folder, and to `storage` of the settings where it has been copied there."""
    size: Mapped[int | None] = mapped_column(default=None)
    """Bytes of the finished file."""
    seconds: Mapped[float | None] = mapped_column(default=None)
    """Length of the sound."""
    answered_seconds: Mapped[float | None] = mapped_column(default=None)
    """Length it should have: from answer to hangup."""
    sha256: Mapped[str | None] = mapped_column(default=None)
    peaks_path: Mapped[str | None] = mapped_column(default=None)
    """JSON for the waveform, relative to the recordings folder."""
    levels: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """{"caller": {...}, "agent": {...}, "ours": {...}}, see recording.levels.Level: the agents' is that of their talks,
    "ours" what else is on their side. Recordings from before that was told apart have no "ours"."""
    gaps: Mapped[list[Any] | None] = mapped_column(default=None)
    """[[from, to], ...] in seconds of the sound: silent on purpose, because the recording was paused."""
    checked_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """When somebody last looked whether the file is what `sha256` says."""
    fault: Mapped[str | None] = mapped_column(default=None, index=True)
    """What the last check found wrong: gone, changed, unreadable; None: nothing."""
    remote_url: Mapped[str | None] = mapped_column(default=None)
    """Where a verified copy lies, e.g. s3://bucket/prefix/2026/03/01/x.flac; None: nowhere but here."""
    remote_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """Since when."""
    local: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the local copy is meant to be there; no: it went after the remote one was verified."""
    keep_until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """When its content is erased, unless a legal hold keeps it; None: not finished yet, or erased."""
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)


class KeepRequest(Base):
    """Somebody asked to keep the recording of a call whose queue records on demand."""

    __tablename__ = "recording_wish"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), index=True)
    by: Mapped[str]
    """The person's or program's name."""
    reason: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class RecordingUpload(Base):
    """A copy of a recording on its way to the storage; gone when the copy is verified."""

    __tablename__ = "recording_upload"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), unique=True)
    url: Mapped[str | None] = mapped_column(default=None)
    """Where `upload_id` and `parts` belong to."""
    sha256: Mapped[str | None] = mapped_column(default=None)
    """Of the file that is being sent; with another one everything begins anew."""
    upload_id: Mapped[str | None] = mapped_column(default=None)
    """The storage's name of an upload in parts."""
    part_bytes: Mapped[int | None] = mapped_column(default=None)
    parts: Mapped[list[Any] | None] = mapped_column(default=None)
    """[[number from 1, etag], ...] of the parts that the storage has confirmed."""
    begun_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)


class RecordingLeftover(Base):
    """A copy, or a part of one, in a storage that did not answer when it was to be removed; gone when that is done."""

    __tablename__ = "recording_leftover"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    url: Mapped[str] = mapped_column(unique=True)
    left_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
