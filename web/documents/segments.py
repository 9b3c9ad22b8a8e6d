"""The segments of a call as documents: talks, hold, questions to a colleague, what was left out of the recording."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call, CallSegment


def segments_of(session: Session, call: Call) -> list[dict[str, Any]]:
    """In the order in which they began; `start` and `end` in seconds of the recording, `end` None: it goes on."""
    rows = session.scalars(select(CallSegment).where(CallSegment.call_id == call.call_id).order_by(CallSegment.seq))
    return [
        {
            "kind": row.kind,
            "agent": row.agent,
            "why": row.why,
            "start": (row.started_at - call.arrived_at).total_seconds(),
            "end": None if row.ended_at is None else (row.ended_at - call.arrived_at).total_seconds(),
        }
        for row in rows
    ]


def talked_at(segments: list[dict[str, Any]], seconds: float, agent: str | None) -> str | None:
    """The agent who talked at this second of the recording; `agent`, the call's own, where no talk tells."""
    talks = [segment for segment in segments if segment["kind"] == "talk" and segment["start"] <= seconds]
    return talks[-1]["agent"] if talks else agent


def is_unrecorded(segments: list[dict[str, Any]]) -> bool:
    """Whether the recording is paused just now."""
    return any(segment["kind"] == "unrecorded" and segment["end"] is None for segment in segments)
