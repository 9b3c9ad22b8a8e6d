"""Making a stage of transcripts again because a person wants it so: after a new model, a correction of ours, a failure.

`speech` looks for speech anew, `recognise` listens again where it was found, every later stage is one of the
pipeline's. What was made before stays to be read until the new is there.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.store import lease
from transcripts import stages as pipeline
from transcripts.errors import TranscriptError
from transcripts.models import Transcript, TranscriptStage
from transcripts.text.models import RawRecognition

LISTENING = ("speech", "recognise")
STAGES = (*LISTENING, "turns", "readable", *(name for name in pipeline.NEEDS if name != "turns"))
"""In their order; turns and readable are one step, which takes no time."""


def reprocess(session: Session, stage: str, *, call_id: str | None = None, since: datetime | None = None) -> int:
    """Asks for `stage`, and all that follows from it: of one call, of calls since a time, or of all. How many.

    Raises TranscriptError for a stage that there is not.
    """
    if stage not in STAGES:
        raise TranscriptError("transcripts.no_stage", stage=stage, stages=STAGES)
    if stage not in LISTENING:
        return pipeline.reprocess(session, "turns" if stage == "readable" else stage, call_id=call_id, since=since)
    chosen = select(Transcript.id).where(Transcript.state.in_(("done", "failed")))
    if call_id is not None:
        chosen = chosen.where(Transcript.call_id == call_id)
    if since is not None:
        chosen = chosen.join(Call, Call.call_id == Transcript.call_id).where(Call.arrived_at >= since)
    if stage == "speech":
        forget = update(RawRecognition).where(RawRecognition.transcript_id.in_(chosen)).values(ranges=None)
        session.execute(forget, execution_options={"synchronize_session": False})
    return len(lease.again(session, Transcript, Transcript.id.in_(chosen), state="waiting", finished_at=None))


def dead_letters(session: Session) -> list[dict[str, Any]]:
    """Transcripts and their stages that failed: `{"stage", "key", "error", "at"}`, key being the call_id."""
    failed = session.scalars(select(Transcript).where(Transcript.state == "failed"))
    found: list[dict[str, Any]] = [
        {"stage": "recognise", "key": row.call_id, "error": row.error, "at": row.finished_at} for row in failed
    ]
    stages = session.execute(
        select(TranscriptStage, Transcript.call_id)
        .join(Transcript, Transcript.id == TranscriptStage.transcript_id)
        .where(TranscriptStage.state == "failed")
    )
    for row, call_id in stages:
        found.append({"stage": row.stage, "key": call_id, "error": row.error, "at": row.finished_at})
    return found


def dead_letter_counts(session: Session) -> dict[str, int]:
    """How many of them there are, by stage."""
    texts = session.scalar(select(func.count()).where(Transcript.state == "failed"))
    stages = (
        select(TranscriptStage.stage, func.count())
        # Named one by one, each is a range of an index, and not all that was ever made.
        .where(TranscriptStage.stage.in_(pipeline.NEEDS), TranscriptStage.state == "failed")
        .group_by(TranscriptStage.stage)
    )
    return {"recognise": texts or 0, **dict(session.execute(stages).tuples().all())}
