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
from web.documents.summaries import summary_documents

HIDDEN = {"id", "transcript_id", "revision"}
"""Columns of a measure that are nobody's affair."""


def transcript_document(
    session: Session, call: Call, transcript: Transcript | None, segments: list[Document]
) -> Document | None:
    """With the name of the agent who says each turn: a call that was passed on has several."""
    if transcript is None:
        return None
    document = {**_transcript(transcript), "turns": _turns(session, transcript), **_made_of(session, transcript)}
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
    }


def _turns(session: Session, transcript: Transcript) -> list[Document]:
    """In their order. Read as columns: a long call has a thousand, and their objects cost more than what is in them."""
    columns = (
        Segment.seq,
        Segment.speaker,
        Segment.start,
        Segment.end,
        Segment.text,
        Segment.confidence,
        Segment.words,
    )
    rows = session.execute(select(*columns).where(Segment.transcript_id == transcript.id).order_by(Segment.seq))
    return [
        {
            "seq": row.seq,
            "speaker": row.speaker,
            "start": row.start,
            "end": row.end,
            "text": row.text,
            "confidence": row.confidence,
            "words": [
                {"start": start, "end": end, "confidence": confidence, "word": word}
                for start, end, confidence, word in row.words
            ],
        }
        for row in rows
    ]


def _made_of(session: Session, transcript: Transcript) -> Document:
    """Keys: revision, measures and summary (None until they are made of these turns), corrections, failed_stages,
    waiting_stages, done_stages; a stage that was never asked for is in none of these."""
    measure = session.scalars(select(CallMeasure).where(CallMeasure.transcript_id == transcript.id)).one_or_none()
    current = measure is not None and measure.revision == transcript.revision
    mine = select(TranscriptStage).where(TranscriptStage.transcript_id == transcript.id)
    stages = session.scalars(mine.order_by(TranscriptStage.stage)).all()
    return {
        "revision": transcript.revision,
        "measures": _columns(measure) if measure is not None and current else None,
        "corrections": [_correction(row) for row in corrections.history(session, transcript.id)],
        "summary": summary_documents(session, [transcript.call_id]).get(transcript.call_id),
        "failed_stages": [
            {"stage": row.stage, **as_document("error", row.error)} for row in stages if row.state == "failed"
        ],
        "waiting_stages": [row.stage for row in stages if row.state == "waiting"],
        "done_stages": [row.stage for row in stages if row.state == "done"],
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
