"""The row of a number from which calls are refused."""

import uuid
from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7

_STANDS = text("ended_at IS NULL")


class NuisanceCaller(Base):
    """Calls from a number are refused before anybody answers them. What is over stays, with who did what."""

    __tablename__ = "nuisance_caller"
    __table_args__ = (
        Index(
            "uq_nuisance_caller_standing",
            "number",
            "came_from",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_nuisance_caller_created", "created_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    number: Mapped[str]
    """E.164"""
    came_from: Mapped[str] = mapped_column(default="")
    """Empty: calls for whose number somebody answers, the provider for example. Else a network address: nobody answers
    for numbers from there, and only what comes from there with this number is refused."""
    reason: Mapped[str]
    """In the words of who put it on the list: may quote the caller."""
    call_id: Mapped[str | None] = mapped_column(default=None)
    """The call because of which; None: it was typed in."""
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: until somebody ends it."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """None: it stands, or its time is over."""
    ended_by: Mapped[str | None] = mapped_column(default=None)
    """Who took it from the list; None: its time was over."""
    refused: Mapped[int] = mapped_column(default=0)
    """Calls that were refused."""
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    """The last of them."""
