"""What callers said when they were asked: why they want to be called back, or a message. Words of the transcript.

A promise and a message carry the interval of the recording; its words are read from the transcript each time, so they
are masked, corrected and erased as the call's own text is. Reads only; who may hear the interval is the pages' affair.
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
    `to` (seconds of that recording), and `spoken_words`."""
    promises = list(promises)
    spoken = [promise for promise in promises if promise["reason_call_id"] and promise["reason_from"] is not None]
    intervals = [(each["reason_call_id"], each["reason_from"], each["reason_to"], each["language"]) for each in spoken]
    agents = _agents(session, {promise["reason_call_id"] for promise in spoken})
    for promise in promises:
        promise["reason"] = None
    for promise, (call_id, begins, ends, _), words in zip(
        spoken, intervals, spoken_words(session, intervals), strict=True
    ):
        promise["reason"] = {"call_id": call_id, "agent": agents.get(call_id), "from": begins, "to": ends, **words}


def spoken_words(session: Session, intervals: Iterable[tuple[str, float, float, str]]) -> list[Document]:
    """What the caller said in each interval: call, from and to (seconds of its recording), language of the call.

    `state` (waiting for the transcript, said, silent, none), `text`, `language`.
    """
    intervals = list(intervals)
    transcripts = _transcripts(session, {call_id for call_id, *_ in intervals})
    words = _words(session, {row.id for row in transcripts.values() if row.state == "done"})
    found = []
    for call_id, begins, ends, language in intervals:
        row = transcripts.get(call_id)
        text = " ".join(
            word for start, end, word in words.get(row.id if row else None, ()) if begins <= (start + end) / 2 <= ends
        )
        language = row.language if row else language
        found.append({"state": _state(row, text), "text": text or None, "language": language})
    return found


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
