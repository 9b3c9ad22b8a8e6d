"""Rows of the promise to call back: the promise, the requests that joined it, the calls made for it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

WAITING_STATES = ("requested", "due")
OPEN_STATES = (*WAITING_STATES, "dialling_agent", "dialling_customer")
"""Not kept yet. While two people talk the promise is being kept: another may be asked for then."""
LIVE_STATES = (*OPEN_STATES, "connected")
END_STATES = ("done", "failed", "cancelled", "expired")
BROKEN_STATES = ("failed", "expired")
SOURCES = ("queue", "closed", "form", "agent", "fallback", "problem", "survey", "click")
_IS_OPEN = text("state IN (" + ", ".join(f"'{state}'" for state in OPEN_STATES) + ")")


class Callback(Base):
    """Somebody was promised a call. One open promise a number, however it was asked for."""

    __tablename__ = "callback"
    __table_args__ = (
        Index("uq_callback_open_number", "number", unique=True, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
        Index("ix_callback_state", "state", "expires_at"),
        Index("ix_callback_ended_at", "ended_at"),
        Index("ix_callback_number", "number", "requested_at"),
        Index("ix_callback_requested", "requested_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    source: Mapped[str]
    """queue (a key while waiting), closed (a key at closed hours), form, agent, fallback, message, survey (a key after
    the talk), click (an agent calls)"""
    source_key: Mapped[str] = mapped_column(unique=True)
    """What makes the same request the same: for the fallback its spool file, for a call its call_id."""
    number: Mapped[str]
    """E.164"""
    own_number: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Of whoever asked, as far as anybody can know; else it is rung in its hours alone (callback/requests.py)."""
    language: Mapped[str]
    line: Mapped[str]
    state: Mapped[str] = mapped_column(default="requested")
    """callback.promise.State"""
    queue: Mapped[str]
    menu_path: Mapped[list[Any]] = mapped_column(default_factory=list)
    """[{"menu": name, "key": "1", "label": "..."}, ...] of the call that asked"""
    notes: Mapped[str] = mapped_column(default="")
    """Why the call is wanted, in the words of who asked: hostile text."""
    reason_call_id: Mapped[str | None] = mapped_column(default=None, index=True)
    """The call in whose recording the reason was spoken; its words are the transcript's. None: none was."""
    reason_from: Mapped[float | None] = mapped_column(default=None)
    """Seconds into that recording at which the reason begins."""
    reason_to: Mapped[float | None] = mapped_column(default=None)
    """Where it ends."""
    arrived_at: Mapped[datetime]
    """When the call that asked arrived: its place in line."""
    requested_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    due_at: Mapped[datetime]
    """Not called before this: the chosen time, or when the customer's hours begin."""
    told_by: Mapped[datetime | None] = mapped_column(default=None)
    """Until when the customer was told the call would come; None: no time was told."""
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    """Attempts to reach the customer that were made."""
    last_outcome: Mapped[str | None] = mapped_column(default=None)
    """callback.policy.Outcome, or a sentence"""
    last_attempt_at: Mapped[datetime | None] = mapped_column(default=None)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=None)
    """After an attempt that failed: not before this."""
    agent: Mapped[str | None] = mapped_column(default=None)
    asked_call_id: Mapped[str | None] = mapped_column(default=None, index=True)
    """The call that asked."""
    connected_call_id: Mapped[str | None] = mapped_column(default=None, index=True)
    """The call that kept the promise, or in which its customer was served before."""
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[Message | None] = mapped_column(default=None)
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    """A broken promise was made an alarm and a ticket; None: not yet, or it is not broken."""
    created_by: Mapped[str | None] = mapped_column(default=None)
    """The person who asked at a page; None: the customer."""
    tells: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The customer is only told something, by a call without an agent: that a known problem is fixed."""
    for_agent: Mapped[str | None] = mapped_column(default=None)
    """The agent who asked to make the call at once, whose phone alone rings; None: whoever the line chooses."""
    once: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nobody was promised anything, an agent wants to call: it is tried once, and never becomes a broken promise."""
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    """Counts the requests that changed the promise: 1 is the one that made it."""
    taken_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """The revision that the controller has taken in; behind `revision`: it has not seen the change."""
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """callback.promise.CallbackMachine.snapshot() as the controller last wrote it; None: it has not taken it up."""


class JoinedRequest(Base):
    """A further request that joined an open promise: kept so that the same request is never a second promise."""

    __tablename__ = "callback_wish"

    source_key: Mapped[str] = mapped_column(primary_key=True)
    callback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("callback.id"), index=True)
    source: Mapped[str]
    requested_at: Mapped[datetime]


class CallbackAttempt(Base):
    """A call made for a promise. Written before the customer is dialled: the limits a day count these rows."""

    __tablename__ = "callback_attempt"
    __table_args__ = (
        UniqueConstraint("callback_id", "attempt"),
        Index("ix_callback_attempt_number_at", "number", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    callback_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("callback.id"))
    attempt: Mapped[int]
    """Callback.attempts with this one: the first is 1."""
    number: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    agent: Mapped[str | None] = mapped_column(default=None)
    outcome: Mapped[str | None] = mapped_column(default=None)
    """callback.policy.Outcome, or a sentence; None: it goes on, or the controller died on it."""
