"""What every row has in common: the declarative base, UTC times, UUIDv7 keys, sentences as code and facts.

Rooms define their rows in their own `models.py` from `Base`; this module imports no room.
"""

import json
import os
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, MetaData, String, TypeDecorator, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

from ringback.messages import Message, from_json, text

ROOM_TO_COUNT = (1 << 61) - 1
"""The highest bit is left free, so that whatever follows within a millisecond stays within its field."""


class _Keys:
    """The keys of this process, each greater than the one before."""

    def __init__(self) -> None:
        self._latest = 0
        self._one_at_a_time = threading.Lock()

    def make(self) -> int:
        milliseconds = time.time_ns() // 1_000_000
        random = int.from_bytes(os.urandom(10))
        with self._one_at_a_time:
            if self._latest >> 80 == milliseconds:
                self._latest += 1 + (random & ((1 << 32) - 1))
            else:
                version, variant = 0x7 << 76, 0b10 << 62
                self._latest = (
                    (milliseconds << 80) | version | ((random >> 68) << 64) | variant | (random & ROOM_TO_COUNT)
                )
            return self._latest


_keys = _Keys()


def uuid7() -> uuid.UUID:
    """A UUID that sorts by the time it was made (RFC 9562, section 5.7); those of one process by their order in it.

    Within a millisecond each is a little more than the one before, by how much is random (section 6.2, method 2).
    """
    return uuid.UUID(int=_keys.make())


def utc(seconds: float) -> datetime:
    """Seconds since the epoch as a time with its zone."""
    return datetime.fromtimestamp(seconds, UTC)


def utcnow() -> datetime:
    return datetime.now(UTC)


class UtcTime(TypeDecorator[datetime]):
    """A time that is always UTC with its zone, on SQLite too (which stores none)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MessageText(TypeDecorator[Message]):
    """A message as JSON in a column of text. What is no JSON of ours, e.g. from an older program that still runs, is
    shown as it is."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value.as_json(), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Message | None:
        if value is None:
            return None
        try:
            return from_json(json.loads(value)) or text(value)
        except ValueError:
            return text(value)


NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The base of every row."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcTime(),
        uuid.UUID: Uuid(),
        Message: MessageText(),
        # None is SQL's NULL, not the JSON text null: queries ask `IS NULL`.
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }
