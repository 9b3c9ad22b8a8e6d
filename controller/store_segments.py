"""Writes the stretches of calls as rows: only what has changed since the last time."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from calls.models import CallSegment
from ivr.facts import CallRecord
from ivr.segments import PlainSegment, segments
from ringback.store.base import utc, uuid7

_span = cast("Table", CallSegment.__table__)
_FIELDS = ("kind", "agent", "started_at", "ended_at", "why")
_CHANGE = (
    update(_span)
    .where(_span.c.call_id == bindparam("of_call_id"), _span.c.seq == bindparam("call_seq"))
    .values({name: bindparam(f"new_{name}") for name in _FIELDS})
)


class SegmentBook:
    """What the rows say, by call, as far as this process wrote them."""

    def __init__(self) -> None:
        self._written: dict[str, list[PlainSegment]] = {}
        self._unread: set[str] = set()

    def restore(self, call_ids: Iterable[str]) -> None:
        """Calls of which another process wrote rows: they are written anew."""
        self._unread = set(call_ids)

    def write(self, connection: Connection, facts: CallRecord) -> list[PlainSegment] | None:
        """Brings the rows of one call in line; returns what they say then, for `wrote`; None: nothing was to do."""
        now = segments(facts)
        call_id = facts.call_id
        if call_id in self._unread:
            connection.execute(delete(_span).where(_span.c.call_id == call_id))
            before: list[PlainSegment] = []
        else:
            before = self._written.get(call_id, [])
        if now == before:
            return now if call_id in self._unread else None
        changed = [(seq, segment) for seq, segment in enumerate(now[: len(before)]) if segment != before[seq]]
        if changed:
            connection.execute(_CHANGE, [_changed(call_id, seq, segment) for seq, segment in changed])
        new = [{"id": uuid7(), "call_id": call_id, "seq": seq, **_values(segment)} for seq, segment in enumerate(now)]
        if new[len(before) :]:
            connection.execute(insert(_span), new[len(before) :])
        if len(now) < len(before):
            gone = (_span.c.call_id == call_id, _span.c.seq >= len(now))
            connection.execute(delete(_span).where(*gone))
        return now

    def wrote(self, call_id: str, said: list[PlainSegment], *, over: bool) -> None:
        """The transaction was committed."""
        self._unread.discard(call_id)
        if over:
            self._written.pop(call_id, None)
        else:
            self._written[call_id] = said


def _values(segment: PlainSegment) -> dict[str, Any]:
    ended = None if segment.ended_at is None else utc(segment.ended_at)
    return {
        "kind": segment.kind,
        "agent": segment.agent,
        "started_at": utc(segment.started_at),
        "ended_at": ended,
        "why": segment.why,
    }


def _changed(call_id: str, seq: int, segment: PlainSegment) -> dict[str, Any]:
    return {"of_call_id": call_id, "call_seq": seq} | {f"new_{key}": val for key, val in _values(segment).items()}
