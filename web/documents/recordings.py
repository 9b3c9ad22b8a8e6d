"""A call's recording as a document: its state, what is to be known of its sound, who wants it kept."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from recording.models import KeepRequest, Recording
from ringback.messages import as_document
from web.documents.facts import iso

EMPTY = Recording(call_id="", state="")
"""Stands for the row that is not there yet."""


def state_of(call: Call, state: str | None) -> str:
    """complete for a whole one, recording for a call that goes on; else Recording.state."""
    if state is None:
        return "recording" if call.ended_at is None else "spooled"
    return "complete" if state == "stored" else state


def recording_document(session: Session, call: Call, row: Recording | None) -> dict[str, Any]:
    """`notes` are [code, facts] (recording/notes.py), `levels` by side, `gaps` [[from, to], ...] in seconds; `fault` is
    gone or changed where the last look at the file found it so; `asked_by` wants it kept."""
    state, there = state_of(call, row.state if row else None), row or EMPTY
    requests = select(KeepRequest.by).where(KeepRequest.call_id == call.call_id).order_by(KeepRequest.asked_at)
    return {
        "state": state,
        "complete": state == "complete",
        "reason": there.reason,
        "notes": there.notes or [],
        "path": there.path,
        "peaks_path": there.peaks_path,
        "seconds": there.seconds,
        "answered_seconds": there.answered_seconds,
        "levels": there.levels,
        "gaps": there.gaps or [],
        "sha256": there.sha256,
        "size": there.size,
        "fault": there.fault,
        "in_storage": there.remote_at is not None,
        **as_document("error", there.error),
        "keep_until": iso(there.keep_until),
        "asked_by": list(dict.fromkeys(session.scalars(requests))),
    }
