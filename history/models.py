"""Rows of what came from another system: imports, and the visits to queues that each of them brought.

An import's visits count for nothing before it is complete, and for nothing from the moment on in which it is taken
back (`history.service.standing`). No number of a caller is kept: a fingerprint, by which the same caller is known
again.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class HistoryImport(Base):
    """Some files of another system, brought in one go and taken back in one go."""

    __tablename__ = "history_import"
    __table_args__ = (Index("ix_history_import_state", "state", "started_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """queue_log, cdr, csv"""
    files: Mapped[list[Any]]
    """[{"name": without its folder, "sha256": ..., "bytes": ...}, ...] as they were read, the oldest first"""
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    """Of the files' sums together: by it an import that was broken off is known again."""
    by: Mapped[str]
    state: Mapped[str]
    """writing (goes on, or was broken off: the same command ends it), complete, undoing (goes on, or was broken off:
    undo ends it), undone"""
    started_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was complete."""
    undone_at: Mapped[datetime | None] = mapped_column(default=None)
    undone_by: Mapped[str | None] = mapped_column(default=None)
    begins: Mapped[datetime | None] = mapped_column(default=None)
    """The first of its visits was entered; None: not complete yet."""
    ends: Mapped[datetime | None] = mapped_column(default=None)
    """A second after the last of them was."""
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """As `history.understood.Understood.counts`, with `new` and `known`: visits it brought, and that were there."""


class ImportedVisit(Base):
    """A call in the line of a queue of the other system, from when it entered until it left: as
    `calls.models.QueueVisit` is of ours."""

    __tablename__ = "imported_visit"
    __table_args__ = (
        Index("ix_imported_visit_entered", "entered_at", "queue"),
        Index("ix_imported_visit_import", "import_id"),
        Index("ix_imported_visit_caller", "caller"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("history_import.id"))
    source_key: Mapped[str] = mapped_column(String(32), unique=True)
    """What makes the same visit the same, whichever files it is read from: the call, the queue, and when it left."""
    call_key: Mapped[str] = mapped_column(String(24))
    """Visits of one call share it."""
    line: Mapped[str | None] = mapped_column(default=None)
    """The dialled number; None: the files do not tell."""
    queue: Mapped[str]
    """Of ours, by the names in the settings or the map of the import; else as the other system called it."""
    entered_at: Mapped[datetime]
    wait_seconds: Mapped[float | None] = mapped_column(default=None)
    """From `entered_at` to the agent or to leaving. None: the files do not tell, see `history/cdr.py`."""
    outcome: Mapped[str]
    """The words of `calls.models.QueueVisit.outcome`."""
    agent: Mapped[str | None] = mapped_column(default=None)
    """Of answered: as `queue`; None: not told."""
    talk_seconds: Mapped[float | None] = mapped_column(default=None)
    """Of answered; None: not told."""
    hold_seconds: Mapped[float | None] = mapped_column(default=None)
    wrap_seconds: Mapped[float | None] = mapped_column(default=None)
    caller: Mapped[str | None] = mapped_column(String(64), default=None)
    """The fingerprint of the number (`ringback/fingerprints.py`); None: withheld, internal, not told, or erased."""
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Of answered: caller, agent; None: not told, or passed on."""
    transferred: Mapped[bool] = mapped_column(default=False)
    """The agent passed the caller on."""
