"""Rows of reports: sums of what calls did, and which of them are to be made again."""

from datetime import datetime
from typing import Literal

from sqlalchemy import LargeBinary, false
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base

Level = Literal["slot", "day", "month"]


class ReportCell(Base):
    """Everything that was counted of one kind in one slot, local day or local month (`reports/cells.py` packs it).

    A slot without a row has nothing to tell; days and months are sums of slots, and those that lack are summed up when
    they are asked for.
    """

    __tablename__ = "report_cell"

    level: Mapped[str] = mapped_column(primary_key=True)
    """One of Level."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    """`reports.measures.Kind`."""
    begins_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    """By the zone's rules when it was made: a cell that ends elsewhere by today's is not used."""
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class ReportCounting(Base):
    """How far counting has come; there is one row."""

    __tablename__ = "report_counting"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_from: Mapped[datetime | None] = mapped_column(default=None)
    """The first slot that was counted; earlier ones follow, day by day into the past. None: none was."""
    counted_until: Mapped[datetime | None] = mapped_column(default=None)
    """The end of the last one that was over when it was counted."""
    complete: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nothing happened before `counted_from`."""
    zone: Mapped[str | None] = mapped_column(default=None)
    """Whose days and months there are."""
    layout: Mapped[int] = mapped_column(default=0, server_default="0")
    """`reports.cells.LAYOUT` of all cells."""
    lease_owner: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Message | None] = mapped_column(default=None)


class ReportDue(Base):
    """Something that happened at `at` is to be counted again: written by the store itself, with every change of a row
    that reports count (`reports/triggers.py`)."""

    __tablename__ = "report_due"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime]
    until: Mapped[datetime | None] = mapped_column(default=None)
    """Everything from `at` to here; None: `at` alone."""
