"""Rows of goals, those that are over among them."""

import uuid
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7

GoalEnd = Literal["open", "reached", "missed", "not_known", "withdrawn"]


class ReportGoal(Base):
    """What one figure is to be, of one queue or of all, by the end of a day. There is one open at a time."""

    __tablename__ = "report_goal"
    __table_args__ = (
        Index(
            "uq_report_goal_open",
            "figure",
            "queue",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    figure: Mapped[str]
    """Of `reports.figures.FIGURES`."""
    queue: Mapped[str]
    """Empty: all that is counted, also what was in no queue."""
    target: Mapped[float]
    """In the figure's unit: a share is 0 to 1, a time is seconds."""
    at_least: Mapped[bool]
    """Whether more is better."""
    by_date: Mapped[date]
    """The last day, in the zone of the house."""
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    state: Mapped[str] = mapped_column(default="open")
    """GoalEnd; not_known: on its day there was nothing, or too little, to tell it from."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Of withdrawn: who."""
    value: Mapped[float | None] = mapped_column(default=None)
    """What the figure was in the end."""
    n: Mapped[int | None] = mapped_column(default=None)
    """Of how many."""
