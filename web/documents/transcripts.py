"""A call's transcript as a document: its turns, and what was made of them: measures, corrections, failed stages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.messages import as_document
from transcripts.models import Correction, Segment, Transcript, TranscriptStage
from transcripts.pipeline import corrections
from transcripts.text.models import CallMeasure
from web.documents.facts import Document
from web.documents.segments import talked_at

HIDDEN = {"id", "transcript_id", "revision"}
"""Columns of a measure that are nobody's affair."""


def transcript_document(
    session: Session, call: Call, transcript: Transcript | None, segments: list[Document]
) -> Document | None:
    """With the name of the agent who says each turn: a call that was passed on has several."""
    if transcript is None:
        return None
    document = {**_transcript(transcript), **_made_of(session, transcript)}
    for turn in document["turns"]:
        of_agent = turn["speaker"] == "agent"
        turn["agent"] = talked_at(segments, turn["start"], call.agent) if of_agent else None
    return document


def _transcript(row: Transcript) -> Document:
    return {
        "state": row.state,
        "language": row.language,
        "engine": row.engine,
        "model": row.model,
        "audio_seconds": row.audio_seconds,
        "speech_seconds": row.speech_seconds,
        "took_seconds": row.took_seconds,
        **as_document("error", row.error),
        "turns": [_turn(segment) for segment in row.segments],
    }


def _turn(segment: Segment) -> Document:
    return {
        "seq": segment.seq,
        "speaker": segment.speaker,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "confidence": segment.confidence,
        "words": [
            {"start": start, "end": end, "confidence": confidence, "word": word}
            for start, end, confidence, word in segment.words
        ],
    }


def _made_of(session: Session, transcript: Transcript) -> Document:
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
        "failed_stages": [{"stage": row.stage, **as_document("error", row.error)} for row in failed],
    }


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
