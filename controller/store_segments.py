"""Writes the stretches of calls as rows: only what has changed since the last time."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from calls.models import CallSpan
from ivr.facts import Facts
from ivr.spans import Span, spans
from ringback.store.base import utc, uuid7

_span = cast("Table", CallSpan.__table__)
_FIELDS = ("kind", "agent", "started_at", "ended_at", "why")
_CHANGE = (
    update(_span)
    .where(_span.c.linkedid == bindparam("call_linkedid"), _span.c.seq == bindparam("call_seq"))
    .values({name: bindparam(f"new_{name}") for name in _FIELDS})
)


class SpanBook:
    """What the rows say, by call, as far as this process wrote them."""

    def __init__(self) -> None:
        self._written: dict[str, list[Span]] = {}
        self._unread: set[str] = set()

    def restore(self, linkedids: Iterable[str]) -> None:
        """Calls of which another process wrote rows: they are written anew."""
        self._unread = set(linkedids)

    def write(self, connection: Connection, facts: Facts) -> list[Span] | None:
        """Brings the rows of one call in line; returns what they say then, for `wrote`; None: nothing was to do."""
        now = spans(facts)
        linkedid = facts.linkedid
        if linkedid in self._unread:
            connection.execute(delete(_span).where(_span.c.linkedid == linkedid))
            before: list[Span] = []
        else:
            before = self._written.get(linkedid, [])
        if now == before:
            return now if linkedid in self._unread else None
        changed = [(seq, span) for seq, span in enumerate(now[: len(before)]) if span != before[seq]]
        if changed:
            connection.execute(_CHANGE, [_changed(linkedid, seq, span) for seq, span in changed])
        new = [{"id": uuid7(), "linkedid": linkedid, "seq": seq, **_values(span)} for seq, span in enumerate(now)]
        if new[len(before) :]:
            connection.execute(insert(_span), new[len(before) :])
        if len(now) < len(before):
            gone = (_span.c.linkedid == linkedid, _span.c.seq >= len(now))
            connection.execute(delete(_span).where(*gone))
        return now

    def wrote(self, linkedid: str, said: list[Span], *, over: bool) -> None:
        """The transaction was committed."""
        self._unread.discard(linkedid)
        if over:
            self._written.pop(linkedid, None)
        else:
            self._written[linkedid] = said


def _values(span: Span) -> dict[str, Any]:
    ended = None if span.ended_at is None else utc(span.ended_at)
    return {
        "kind": span.kind,
        "agent": span.agent,
        "started_at": utc(span.started_at),
        "ended_at": ended,
        "why": span.why,
    }


def _changed(linkedid: str, seq: int, span: Span) -> dict[str, Any]:
    return {"call_linkedid": linkedid, "call_seq": seq} | {f"new_{key}": val for key, val in _values(span).items()}
