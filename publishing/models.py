"""Rows of the settings: versions that were in force, the draft that people write at, what each process has taken."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Mapped, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow

Source = Literal["file", "terminal", "page"]
"""How a version came: `ringback run` took up its file, `ringback settings` at a terminal, the page."""


class SettingsVersion(Base):
    """A text of `ringback.yaml` that was put in force. Rows never change once they are published."""

    __tablename__ = "settings_version"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1; the copy of the settings in force names it (`ringback/config/in_force.py`)."""
    text: Mapped[str]
    """As it was written, without the passwords in its addresses (`publishing/passwords.py`)."""
    digest: Mapped[str]
    """SHA-256 of the text."""
    by: Mapped[str]
    """Who: an account of the pages, or of the machine."""
    why: Mapped[str]
    """In their own words; empty: `ringback run` took the file up."""
    source: Mapped[str]
    """One of `Source`."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    state: Mapped[str] = mapped_column(default="publishing")
    """publishing: the copy is about to be replaced; published: it was."""
    rolls_back_to: Mapped[int | None] = mapped_column(default=None)
    """The version whose text this is again; None: the text is new."""


class SettingsDraft(Base):
    """The text that people work at: one for all, so that nobody's work is lost behind another's."""

    __tablename__ = "settings_draft"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    """There is one row at most."""
    text: Mapped[str]
    revision: Mapped[int]
    """Rises with each saving: who saves says which one was read."""
    base: Mapped[int]
    """The version in force when it was begun, or looked at again."""
    by: Mapped[str]
    """Who saved it last."""
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class SettingsTaken(Base):
    """Which version a part of Ringback works with."""

    __tablename__ = "settings_taken"

    part: Mapped[str] = mapped_column(primary_key=True)
    """A name of `ringback.processes`, or asterisk."""
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    trouble: Mapped[Message | None] = mapped_column(default=None)
    """Why it has not taken the next one; None: nothing is wrong."""
