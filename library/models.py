"""Rows of the library: marks with their answers, clips, playlists, assignments and what was heard of them.

None of them quotes a call: a place is seconds of the recording and a side, and what is shown of it is read from the
text as it is now (`library/policy.py: quoted`). What people write about a call goes with the call (`erasing.py`).
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class Mark(Base):
    """What somebody noticed at a place of a call."""

    __tablename__ = "mark"
    __table_args__ = (
        Index("ix_mark_call", "call_id", "begin"),
        Index("ix_mark_person", "person", "id"),
        Index("ix_mark_shared", "shared", "id"),
        Index("ix_mark_tag", "tag", "shared", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    person: Mapped[str]
    """Whose it is."""
    begin: Mapped[float]
    """Seconds of the recording: where the first of its words begins."""
    end: Mapped[float]
    """Where the last one ends."""
    speaker: Mapped[str] = mapped_column(default="")
    """caller or agent: whose words it is on; empty: a place on the wave, or words of both."""
    words: Mapped[str] = mapped_column(default="")
    """The comment: may quote the caller, and goes with the call."""
    tag: Mapped[str] = mapped_column(default="")
    shared: Mapped[bool] = mapped_column(default=False)
    """Whoever may see the call sees it; else its person alone does, and those who are mentioned."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class MarkAnswer(Base):
    """What somebody answers to a mark."""

    __tablename__ = "mark_answer"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    mark_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mark.id"), index=True)
    person: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class MarkMention(Base):
    """Somebody who is to look at a mark."""

    __tablename__ = "mark_mention"
    __table_args__ = (UniqueConstraint("mark_id", "person"), Index("ix_mark_mention_person", "person", "seen_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    mark_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("mark.id"))
    person: Mapped[str]
    seen_at: Mapped[datetime | None] = mapped_column(default=None)


class Clip(Base):
    """A part of a call with a name and an address of its own."""

    __tablename__ = "clip"
    __table_args__ = (Index("ix_clip_call", "call_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    title: Mapped[str]
    begin: Mapped[float]
    end: Mapped[float]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class Playlist(Base):
    """Calls and parts of calls to be heard one after another."""

    __tablename__ = "playlist"
    __table_args__ = (Index("ix_playlist_changed", "changed_at", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    person: Mapped[str]
    """Who made it."""
    items: Mapped[int] = mapped_column(default=0)
    """How many entries it has."""
    gone: Mapped[int] = mapped_column(default=0)
    """Entries that left because their call was erased."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    changed_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class PlaylistItem(Base):
    """One entry."""

    __tablename__ = "playlist_item"
    __table_args__ = (
        Index("ix_playlist_item_place", "playlist_id", "place"),
        Index("ix_playlist_item_call", "call_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    playlist_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("playlist.id"))
    place: Mapped[int]
    """Its order; numbers may be missing."""
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    begin: Mapped[float] = mapped_column(default=0.0)
    """From which second it is played."""
    end: Mapped[float | None] = mapped_column(default=None)
    """Until where: nothing before `begin` and behind this is ever sent. None: the whole call may be heard."""
    note: Mapped[str] = mapped_column(default="")
    """To be read before it is heard."""
    question: Mapped[str] = mapped_column(default="")
    """Asked after it; empty: nothing is."""
    why: Mapped[Message | None] = mapped_column(default=None)
    """Why it was chosen, where the program did."""


class Assignment(Base):
    """A playlist that somebody is to hear; while it stands that person may, and no longer."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_person", "person", "ended_at"),
        Index("ix_assignment_playlist", "playlist_id"),
        Index("ix_assignment_given", "ended_at", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    playlist_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("playlist.id"))
    person: Mapped[str]
    given_by: Mapped[str]
    """Whose right it is that opens the calls: it opens what this person may hear, as long as that is so."""
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    given_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody reminded last."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    """When everything was heard and answered."""
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was taken back; None: it stands."""


class AssignmentProgress(Base):
    """What was heard of one entry, and what was answered."""

    __tablename__ = "assignment_progress"
    __table_args__ = (UniqueConstraint("assignment_id", "item_id"), Index("ix_assignment_progress_item", "item_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignment.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("playlist_item.id"))
    heard: Mapped[list[Any]]
    """[[from, to], ...] in seconds of the recording, joined and in order."""
    told_at: Mapped[datetime]
    """When the player told of it last, or was given the sound."""
    complete: Mapped[bool] = mapped_column(default=False)
    """Heard as far as `library.policy.ENOUGH` asks."""
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)


class Exemplar(Base):
    """What somebody decided of a call that was suggested as an example. Whether it still is one is asked when it is
    read (`library/exemplars.py`): a row cannot know of a ticket that opens again."""

    __tablename__ = "exemplar"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), unique=True)
    accepted: Mapped[bool]
    """False: it is none, and is suggested no more."""
    person: Mapped[str]
    words: Mapped[str]
    """Why; goes with the call's content."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    erased_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the call's content went."""
