"""What was made of a transcript, as documents: measures, corrections, stages that failed. Part of `documents.py`.

And what is set aside of all work after the calls, for the page of that name and `ringback retry`.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from recording import again as recordings
from ringback.store import dead_letters
from ringback.store.base import utcnow
from transcripts.models import Correction, Transcript, TranscriptStage
from transcripts.pipeline import corrections
from transcripts.pipeline import reprocess as transcripts
from transcripts.text.models import CallMeasure

Document = dict[str, Any]
HIDDEN = {"id", "transcript_id", "revision"}


def text_document(session: Session, transcript: Transcript) -> Document:
    """Keys: revision, measures (None until they are made of these turns), corrections, failed_stages."""
    measure = session.scalars(select(CallMeasure).where(CallMeasure.transcript_id == transcript.id)).one_or_none()
    current = measure is not None and measure.revision == transcript.revision
    failed = session.scalars(
        select(TranscriptStage)
        .where(TranscriptStage.transcript_id == transcript.id, TranscriptStage.state == "failed")
        .order_by(TranscriptStage.stage)
    )
    return {
        "revision": transcript.revision,
        "measures": _columns(measure) if measure is not None and current else None,
        "corrections": [_correction(row) for row in corrections.history(session, transcript.id)],
        "failed_stages": [{"stage": row.stage, "error": row.error} for row in failed],
    }


def set_aside_document(session: Session) -> list[Document]:
    """All work that failed too often, the newest first: `{"stage", "key", "error", "at", "call_id"}`.

    `stage` and `key` are what `try_again` takes; `call_id` is the call it is about, where the key is one.
    """
    found: list[Document] = [
        {"stage": row.stage, "key": row.key, "error": row.error, "at": row.failed_at}
        for row in dead_letters.standing(session)
    ]
    found += transcripts.set_aside(session)
    found += [
        {"stage": "recordings", "key": row.call_id, "error": row.error, "at": None}
        for row in recordings.set_aside(session)
    ]
    keys = [one["key"] for one in found]
    calls = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(keys)))) if keys else set()
    for one in found:
        one["call_id"] = one["key"] if one["key"] in calls else None
        one["at"] = one["at"].isoformat() if one["at"] else None
    return sorted(found, key=lambda one: (one["at"] or "", one["stage"], one["key"]), reverse=True)


def try_again(session: Session, stage: str, key: str) -> bool:
    """Lets a piece of work be tried again, whatever set it aside. False: nothing of that name is set aside."""
    if not any(one["stage"] == stage and one["key"] == key for one in set_aside_document(session)):
        return False
    dead_letters.forget(session, stage, key, utcnow())
    if stage == "recordings":
        recordings.again(session, key)
    if stage in transcripts.STAGES:
        transcripts.again(session, stage, call_id=key)
    return True


def _columns(row: CallMeasure) -> Document:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in HIDDEN}


def _correction(row: Correction) -> Document:
    return {
        "id": str(row.id),
        "speaker": row.speaker,
        "start": row.start,
        "before": row.before,
        "after": row.after,
        "by": row.by,
        "at": row.at.isoformat(),
        "state": row.state,
        "ended_by": row.ended_by,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
