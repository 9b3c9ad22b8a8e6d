"""Rows of who is told of alarms: messages on their way, what each told whom, and what people have opened."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class AlarmMessage(Base):
    """One message to one address: written before it is sent, with a lease (`ringback/store/leased.py`)."""

    __tablename__ = "alarm_message"
    __table_args__ = (
        Index(
            "uq_alarm_message_waiting",
            "recipient",
            "address",
            "purpose",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_alarm_message_address", "recipient", "address", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    recipient: Mapped[str]
    """As `alarms.recipients` of the settings names them."""
    address: Mapped[str]
    """`mail:` and the address, or the service's name, a colon and a trace of the URL (`alarms/addresses.py`)."""
    purpose: Mapped[str] = mapped_column(default="alarm")
    """alarm, or test: a person wanted to see whether it arrives"""
    asked_by: Mapped[str | None] = mapped_column(default=None)
    """Of a test: who; None: the command line."""
    state: Mapped[str] = mapped_column(default="waiting", index=True)
    """waiting, sent, failed (it is refused for good), dropped (nobody is to be told there any more)"""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was taken by the other side, or given up."""
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why the last try came to nothing."""


class AlarmTold(Base):
    """That a message tells an address something of an alarm. The same is told once, whoever plans it."""

    __tablename__ = "alarm_told"
    __table_args__ = (UniqueConstraint("alarm_id", "recipient", "address", "what", "times"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    alarm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alarm.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str]
    address: Mapped[str]
    what: Mapped[str]
    """raised, again, ended"""
    times: Mapped[int]
    """Of again: 1 is the first repetition; else 0."""
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alarm_message.id"), index=True)
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class FirstLook(Base):
    """Somebody has opened something that waited for a person: the first time, and who."""

    __tablename__ = "first_look"

    kind: Mapped[str] = mapped_column(primary_key=True)
    """promise (also message, from before messages had rows of their own)"""
    key: Mapped[str] = mapped_column(primary_key=True)
    """The promise's id, or the call_id."""
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
