"""Rows of calls: contact, call, its segments and its events. Written by the controller."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ringback.store.base import Base, utcnow, uuid7


class Contact(Base):
    """A person we talk with, known by a number."""

    __tablename__ = "contact"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    number: Mapped[str | None] = mapped_column(unique=True, default=None)
    """E.164 with its plus; a short internal number as it is; None: the caller gave none that can be called."""
    name: Mapped[str | None] = mapped_column(default=None)
    """As the network gave it: hostile text, to be escaped wherever it is shown."""
    language: Mapped[str | None] = mapped_column(default=None)
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class Call(Base):
    """One call as the controller records it. Facts are null until they happened."""

    __tablename__ = "call"
    __table_args__ = (
        Index("ix_call_open", "ended_at", "arrived_at"),
        Index("ix_call_arrived", "arrived_at", "call_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(unique=True)
    """Asterisk's name of the conversation; also the name of the raw recording."""
    line: Mapped[str]
    """The dialled number."""
    language: Mapped[str]
    caller_number: Mapped[str]
    """As it arrived: hostile text."""
    caller_name: Mapped[str]
    """As it arrived: hostile text."""
    state: Mapped[str] = mapped_column(index=True)
    """ivr.call.State: greeting, menu, waiting, offered, talking, survey, closing, ended"""
    result: Mapped[str | None] = mapped_column(default=None)
    """served, abandoned (hung up while waiting), left (hung up before that), pbx_lost, failed; None: goes on"""
    menu_path: Mapped[list[Any]] = mapped_column(default_factory=list)
    """[{"menu": name, "key": "1", "label": "..."}, ...]"""
    queue: Mapped[str | None] = mapped_column(default=None)
    agent: Mapped[str | None] = mapped_column(default=None)
    survey_outcome: Mapped[str | None] = mapped_column(default=None)
    """offered, answered, silent; None: not reached"""
    arrived_at: Mapped[datetime]
    """Answered by Ringback; the recording starts here."""
    queued_at: Mapped[datetime | None] = mapped_column(default=None)
    connected_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    """The talk with the agent ended."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """ivr.call.Call.snapshot() of a call that goes on; null once it has settled."""
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact.id"), default=None, index=True)
    ticket_number: Mapped[int | None] = mapped_column(ForeignKey("ticket.number"), default=None, index=True)
    contact: Mapped[Contact | None] = relationship(init=False)
    events: Mapped[list["CallEvent"]] = relationship(init=False, order_by="CallEvent.seq")


class CallSegment(Base):
    """A stretch of a call: who talked, when somebody was on hold, what is silent in the recording on purpose."""

    __tablename__ = "call_segment"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    """In the order in which they began: 0, 1, ..."""
    kind: Mapped[str]
    """talk (with `agent`), hold (the caller hears music), consult (`agent` asks another while the caller is on hold),
    unrecorded (the recording was paused: silent in place)"""
    agent: Mapped[str | None]
    """Of talk: who talked; of hold and consult: whose phone did it; of unrecorded: who asked; None: not a person."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it goes on."""
    why: Mapped[str | None] = mapped_column(default=None)
    """Of talk: queue, callback, blind (transfer), attended (transfer); of unrecorded: the reason that was given."""


class CallEvent(Base):
    """A domain event of a call; only ever appended."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("call_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    seq: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
