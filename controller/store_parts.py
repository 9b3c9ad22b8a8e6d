"""Writes the parts of calls (segments, visits to queues) as rows: only what has changed since the last time."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from calls.models import CallSegment, QueueVisit
from controller.visits import Visit, visits
from ivr.facts import CallRecord
from ivr.segments import PlainSegment, segments
from ringback.store.base import Base, utc, uuid7

Part = PlainSegment | Visit


class Book(Protocol):
    """Writes what belongs to a call in tables of its own."""

    def restore(self, call_ids: Iterable[str]) -> None: ...
    def write(self, connection: Connection, facts: CallRecord) -> list[Any] | None: ...
    def wrote(self, call_id: str, said: list[Any], *, over: bool) -> None: ...


class PartBook:
    """What the rows of one table say, by call, as far as this process wrote them."""

    def __init__(self, model: type[Base], fields: Sequence[str], parts: Callable[[CallRecord], Sequence[Part]]) -> None:
        """`parts` makes of facts what the rows of one call have to say, in the order of `seq`."""
        self._table = table = cast("Table", model.__table__)
        self._parts = parts
        self._change = (
            update(table)
            .where(table.c.call_id == bindparam("of_call_id"), table.c.seq == bindparam("call_seq"))
            .values({name: bindparam(f"new_{name}") for name in fields})
        )
        self._insert = insert(table)
        self._written: dict[str, list[Part]] = {}
        self._unread: set[str] = set()

    def restore(self, call_ids: Iterable[str]) -> None:
        """Calls of which another process wrote rows: they are written anew."""
        self._unread = set(call_ids)

    def write(self, connection: Connection, facts: CallRecord) -> list[Part] | None:
        """Brings the rows of one call in line; returns what they say then, for `wrote`; None: nothing was to do."""
        now = list(self._parts(facts))
        table, call_id = self._table, facts.call_id
        if call_id in self._unread:
            connection.execute(delete(table).where(table.c.call_id == call_id))
            before: list[Part] = []
        else:
            before = self._written.get(call_id, [])
        if now == before:
            return now if call_id in self._unread else None
        changed = [(seq, part) for seq, part in enumerate(now[: len(before)]) if part != before[seq]]
        if changed:
            connection.execute(self._change, [_changed(call_id, seq, part) for seq, part in changed])
        there = len(before)
        if new := [
            {"id": uuid7(), "call_id": call_id, "seq": seq, **_values(part)}
            for seq, part in enumerate(now[there:], there)
        ]:
            connection.execute(self._insert, new)
        if len(now) < len(before):
            connection.execute(delete(table).where(table.c.call_id == call_id, table.c.seq >= len(now)))
        return now

    def wrote(self, call_id: str, said: list[Part], *, over: bool) -> None:
        """The transaction was committed."""
        self._unread.discard(call_id)
        if over:
            self._written.pop(call_id, None)
        else:
            self._written[call_id] = said


def segment_book() -> PartBook:
    """For the segments of calls."""
    return PartBook(CallSegment, tuple(PlainSegment.__dataclass_fields__), segments)


def visit_book() -> PartBook:
    """For the visits of calls to queues."""
    return PartBook(QueueVisit, tuple(Visit.__dataclass_fields__), visits)


def _values(part: Part) -> dict[str, Any]:
    """As columns: what ends in `_at` is a time."""
    return {
        name: utc(value) if value is not None and name.endswith("_at") else value
        for name, value in ((name, getattr(part, name)) for name in part.__dataclass_fields__)
    }


def _changed(call_id: str, seq: int, part: Part) -> dict[str, Any]:
    return {"of_call_id": call_id, "call_seq": seq} | {f"new_{key}": val for key, val in _values(part).items()}
