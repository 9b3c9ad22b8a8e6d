"""Rows of reports that are sent: the schedules, and each letter with its lease."""

import uuid
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7

Every = Literal["day", "week", "month"]
Format = Literal["pdf", "xlsx"]
Purpose = Literal["scheduled", "now", "told"]


class ReportSchedule(Base):
    """A report that people are sent again and again."""

    __tablename__ = "report_schedule"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    owner_id: Mapped[uuid.UUID]
    """The account of who made it, and is told where somebody gets it no more."""
    owner: Mapped[str]
    """Its name then."""
    view: Mapped[dict[str, Any]]
    """The report as its address has it, without days: `name`, and `fields` by their names, all text."""
    recipients: Mapped[list[Any]]
    """Accounts, by their ids as text."""
    every: Mapped[str]
    """Every"""
    weekday: Mapped[int]
    """Of a week: 0 is Monday."""
    day: Mapped[int]
    """Of a month: 1 to 31; where the month is shorter, its last."""
    at: Mapped[str]
    """HH:MM, on the recipient's clock."""
    file_format: Mapped[str]
    """Format"""
    since: Mapped[datetime]
    """What was due before this is not sent: when it was made, changed or resumed."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    paused_at: Mapped[datetime | None] = mapped_column(default=None)


class ReportLetter(Base):
    """One report to one person: written before it is sent; the same occasion is there once, whoever plans it."""

    __tablename__ = "report_letter"
    __table_args__ = (
        UniqueConstraint("schedule_id", "account_id", "occasion"),
        Index("ix_report_letter_waiting", "state", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    schedule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report_schedule.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[uuid.UUID]
    name: Mapped[str]
    """Of the account, when it was planned."""
    purpose: Mapped[str]
    """Purpose: told tells the owner that somebody gets nothing."""
    occasion: Mapped[str]
    """The local day on which it is due; of the others what makes each its own."""
    since: Mapped[date]
    until: Mapped[date]
    """The days that it reports, in the zone of the house."""
    due_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(default="")
    """Where it went in the end."""
    about: Mapped[Message | None] = mapped_column(default=None)
    """Of told: what the owner is told."""
    state: Mapped[str] = mapped_column(default="waiting")
    """waiting, sent, failed (it was refused for good), refused (the person may not see it, or has no address)"""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it did not arrive, or has not yet."""
