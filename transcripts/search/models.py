"""Rows of the search: what is indexed of each call, searches that people keep, and the calls these have found.

The words of `SearchPart.tokens` are looked up through the store's own index, `search_token`: on SQLite a full-text
table kept by triggers, on PostgreSQL an inverted index. Both are made with the table (`INDEX`), so a row and its
words are one thing on either store, also when a row is deleted by somebody who knows nothing of them.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from ringback.store.base import Base, utcnow, uuid7


class SearchPart(Base):
    """A stretch of a call's text that is searched as one; nearly every call is one part (`document.PART_WORDS`)."""

    __tablename__ = "search_part"
    __table_args__ = (UniqueConstraint("call_id", "part"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    """Grows with the time at which the call arrived: epoch seconds * 256 and a number that is free."""
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"))
    part: Mapped[int]
    """0, 1, ..."""
    words: Mapped[int]
    """How many words the part has."""
    talk_seconds: Mapped[float | None]
    silence_seconds: Mapped[float | None]
    """The longest time in which neither speaker said anything, between the first and the last word of the call."""
    facts: Mapped[str] = mapped_column(Text)
    """The call's facts as tokens, parted by spaces (`document.fact`)."""
    said: Mapped[str] = mapped_column(Text)
    """The words, turn by turn (`document.Said.packed`)."""
    stems: Mapped[str] = mapped_column(Text)
    """The stems of the words in the same shape."""
    tokens: Mapped[str] = mapped_column(Text)
    """What the index knows the part by, parted by spaces (`document.tokens`)."""


class SavedSearch(Base):
    """A search that a person keeps. With `alert` every call that it finds from then on is counted and told."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    owner: Mapped[str]
    """Name of the person's account."""
    name: Mapped[str]
    asked: Mapped[dict[str, Any]]
    """The form's fields as they stand in the page's address."""
    only_agent: Mapped[str | None]
    """The one agent whose calls the owner may find; None: all calls."""
    alert: Mapped[bool] = mapped_column(default=False, index=True)
    alarms: Mapped[bool] = mapped_column(default=False)
    """Whether what is found raises an alarm: the owner is one who sees to alarms."""
    alert_since: Mapped[datetime | None] = mapped_column(default=None)
    """When the alert was switched on: calls that ended before are not told."""
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the owner last looked at what it found."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


class SearchMatch(Base):
    """A call that a saved search has found: once, however often the call is indexed again."""

    __tablename__ = "search_match"
    __table_args__ = (Index("ix_search_match_found", "search_id", "found_at"),)

    search_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("saved_search.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("call.call_id"), primary_key=True)
    found_at: Mapped[datetime] = mapped_column(default_factory=utcnow)


_ADDED = "INSERT INTO search_token(rowid, tokens) VALUES (new.id, new.tokens);"
_GONE = "INSERT INTO search_token(search_token, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
_COLUMNS = "tokens, content='search_part', content_rowid='id', detail=none, columnsize=0"
_VECTOR = "array_to_tsvector(string_to_array(tokens, ' '))"
INDEX = {
    "sqlite": (
        f"CREATE VIRTUAL TABLE search_token USING fts5({_COLUMNS}, tokenize=\"ascii tokenchars '_'\")",
        f"CREATE TRIGGER search_part_added AFTER INSERT ON search_part BEGIN {_ADDED} END",
        f"CREATE TRIGGER search_part_gone AFTER DELETE ON search_part BEGIN {_GONE} END",
        f"CREATE TRIGGER search_part_changed AFTER UPDATE OF tokens ON search_part BEGIN {_GONE} {_ADDED} END",
    ),
    "postgresql": (
        f"CREATE INDEX search_token ON search_part USING gin ({_VECTOR}) WITH (fastupdate = off)",
        # The long texts lie beside the table, so that going through the rows that were found reads little.
        "ALTER TABLE search_part SET (toast_tuple_target = 128)",
        "ALTER TABLE search_part ALTER said SET STORAGE EXTERNAL, ALTER stems SET STORAGE EXTERNAL",
    ),
}
"""What keeps the words findable, by store; the migrations hold copies of their own."""

for _dialect, _statements in INDEX.items():
    for _statement in _statements:
        event.listen(SearchPart.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))
