"""The segments of a call as documents: talks, hold, questions to a colleague, what was left out of the recording."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment

ROUNDED = 0.001
"""Seconds of a turn are kept to the thousandth."""


def segments_of(session: Session, call: Call) -> list[dict[str, Any]]:
    """In the order in which they began; `start` and `end` in seconds of the recording, `end` None: it goes on."""
    rows = session.scalars(select(CallSegment).where(CallSegment.call_id == call.call_id).order_by(CallSegment.seq))
    return [_document(row, call.arrived_at) for row in rows]


def talks_of_calls(session: Session, call_ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """By call: its talks, as `segments_of` has them."""
    rows = session.execute(
        select(CallSegment, Call.arrived_at)
        .join(Call, Call.call_id == CallSegment.call_id)
        .where(CallSegment.call_id.in_(list(call_ids)), CallSegment.kind == "talk")
        .order_by(CallSegment.call_id, CallSegment.seq)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row, arrived_at in rows:
        found.setdefault(row.call_id, []).append(_document(row, arrived_at))
    return found


def agents_of(segments: list[dict[str, Any]], agent: str | None) -> list[str]:
    """Who talked with the caller, in the order in which they began; `agent`, the call's own, where no talk tells."""
    found = [segment["agent"] for segment in segments if segment["kind"] == "talk" and segment["agent"]]
    return list(dict.fromkeys(found)) or ([agent] if agent else [])


def talk_order(agents: list[str]) -> list[str]:
    """Of `calls.service.agents_of`, which has first who had the call last: that one last."""
    return [*agents[1:], *agents[:1]]


def talked_at(segments: list[dict[str, Any]], seconds: float, agent: str | None) -> str | None:
    """The agent who talked at this second of the recording; `agent`, the call's own, where no talk tells."""
    begun = seconds + ROUNDED
    talks = [segment for segment in segments if segment["kind"] == "talk" and segment["start"] <= begun]
    return talks[-1]["agent"] if talks else agent


def _document(row: CallSegment, arrived_at: datetime) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "agent": row.agent,
        "why": row.why,
        "start": (row.started_at - arrived_at).total_seconds(),
        "end": None if row.ended_at is None else (row.ended_at - arrived_at).total_seconds(),
    }


def open_since(segments: list[dict[str, Any]], kind: str) -> float | None:
    """Since which second of the recording a segment of this kind goes on; None: none does."""
    return next((segment["start"] for segment in segments if segment["kind"] == kind and segment["end"] is None), None)


def going_on(session: Session, call_ids: Sequence[str]) -> dict[str, dict[str, datetime]]:
    """By call since when it has been on hold, and since when its recording has been paused, by kind."""
    kinds = CallSegment.kind.in_(("hold", "unrecorded"))
    query = select(CallSegment.call_id, CallSegment.kind, CallSegment.started_at)
    rows = query.where(CallSegment.call_id.in_(call_ids), kinds, CallSegment.ended_at.is_(None))
    found: dict[str, dict[str, datetime]] = {}
    for call_id, kind, started_at in session.execute(rows):
        found.setdefault(call_id, {})[kind] = started_at
    return found
