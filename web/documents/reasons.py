"""What callers said when they were asked why they want to be called back: words of the transcript of that call.

A promise carries the interval of the recording; its words are read from the transcript each time, so they are masked,
corrected and erased as the call's own text is. Reads only; who may hear the interval is the pages' affair.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from transcripts.models import Segment, Transcript
from web.documents.facts import Document

SPEAKER = "caller"


def add_reasons(session: Session, promises: Iterable[Document]) -> None:
    """Gives each promise its `reason`: None where none was spoken, else `call_id`, that call's `agent`, `from` and
    `to` (seconds of that recording), `state` (waiting for the transcript, said, silent, none), `text`, `language`."""
    promises = list(promises)
    spoken = [promise for promise in promises if promise["reason_call_id"] and promise["reason_from"] is not None]
    transcripts = _transcripts(session, {promise["reason_call_id"] for promise in spoken})
    agents = _agents(session, {promise["reason_call_id"] for promise in spoken})
    words = _words(session, {row.id for row in transcripts.values() if row.state == "done"})
    for promise in promises:
        promise["reason"] = None
    for promise in spoken:
        row = transcripts.get(promise["reason_call_id"])
        begins, ends = promise["reason_from"], promise["reason_to"]
        text = " ".join(
            word for start, end, word in words.get(row.id if row else None, ()) if begins <= (start + end) / 2 <= ends
        )
        promise["reason"] = {
            "call_id": promise["reason_call_id"],
            "agent": agents.get(promise["reason_call_id"]),
            "from": begins,
            "to": ends,
            "state": _state(row, text),
            "text": text or None,
            "language": row.language if row else promise["language"],
        }


def _state(row: Transcript | None, text: str) -> str:
    if row is None or row.state in ("waiting", "running"):
        return "waiting"
    if row.state != "done":
        return "none"
    return "said" if text else "silent"


def _transcripts(session: Session, call_ids: set[str]) -> dict[str, Transcript]:
    if not call_ids:
        return {}
    return {row.call_id: row for row in session.scalars(select(Transcript).where(Transcript.call_id.in_(call_ids)))}


def _agents(session: Session, call_ids: set[str]) -> dict[str, str | None]:
    if not call_ids:
        return {}
    found = session.execute(select(Call.call_id, Call.agent).where(Call.call_id.in_(call_ids)))
    return dict(found.tuples().all())


def _words(session: Session, transcripts: set[Any]) -> dict[Any, list[tuple[float, float, str]]]:
    """By transcript, the caller's words in their order: start, end, word."""
    found: dict[Any, list[tuple[float, float, str]]] = {}
    if transcripts:
        query = select(Segment.transcript_id, Segment.words).where(
            Segment.transcript_id.in_(transcripts), Segment.speaker == SPEAKER
        )
        for transcript, words in session.execute(query.order_by(Segment.transcript_id, Segment.seq)):
            found.setdefault(transcript, []).extend((start, end, word) for start, end, _confidence, word in words)
    return found
