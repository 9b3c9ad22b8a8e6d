"""What people get to hear of a call, and what pages show of its redaction.

Text is masked where the turns are made (`rows.py`, `transcripts/pipeline/build.py`), in one transaction with them,
so that no page ever shows a secret that was found. The sound is withheld until its masked copy was made and
listened to again (`step.py`). What is found is decided in `detect.py`; `proof.py` masks and listens,
`transcripts/pipeline/originals.py` removes the originals.
"""

import logging
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from recording.models import Recording
from ringback.config import Settings
from ringback.store import lease
from transcripts.models import Transcript, TranscriptStage
from transcripts.redaction.models import Redaction, RedactionPlace

log = logging.getLogger("ringback.transcripts.redaction")


@dataclass(frozen=True, slots=True)
class AudibleRecording:
    """What somebody may hear of a call without the right to originals."""

    state: Literal["whole", "masked", "withheld"]
    recording: Recording | None
    """The recording's row, or one made up for the masked copy; None: nothing may be heard."""
    why: Literal["", "transcript", "sound", "unchecked", "failed"] = ""
    """Of withheld: its transcript is not ready, its sound is being masked, it cannot be checked (no transcript could
    be made), something was still heard after masking."""


def audible_recording(session: Session, settings: Settings, recording: Recording) -> AudibleRecording:
    """What anybody who may hear the call hears of it. Originals are for the right of that name alone."""
    transcript = session.scalars(select(Transcript).where(Transcript.call_id == recording.call_id)).one_or_none()
    row = None
    if transcript is not None:
        row = session.scalars(select(Redaction).where(Redaction.transcript_id == transcript.id)).one_or_none()
    if row is not None and row.originals_gone:
        return AudibleRecording("masked", recording)
    if not settings.redaction.is_on:
        return AudibleRecording("whole", recording)
    # A call that is recognised anew is heard as before until its new text is there: `engine` is named by the first.
    has_text = transcript is not None and transcript.engine is not None
    if transcript is None or (transcript.state in ("waiting", "running") and not has_text):
        return AudibleRecording("withheld", None, "transcript")
    if transcript.state != "done" and not has_text:
        return AudibleRecording("withheld", None, "unchecked")
    if row is None or row.state == "waiting":
        return AudibleRecording(
            "withheld", None, "sound" if row is None or not _gave_up(session, transcript) else "unchecked"
        )
    if row.state == "clean":
        return AudibleRecording("whole", recording)
    if row.state == "failed" or row.of_sha256 != recording.sha256 or row.path is None:
        return AudibleRecording("withheld", None, "failed" if row.state == "failed" else "sound")
    if not (settings.recordings / row.path).is_file():
        _mask_anew(session, transcript.id)
        return AudibleRecording("withheld", None, "unchecked" if _gave_up(session, transcript) else "sound")
    copy = Recording(
        call_id=recording.call_id,
        state=recording.state,
        path=row.path,
        peaks_path=row.peaks_path,
        sha256=row.sha256,
        seconds=recording.seconds,
        gaps=recording.gaps,
    )
    return AudibleRecording("masked", copy)


def document(session: Session, call_id: str) -> dict[str, Any] | None:
    """What pages show of a call's redaction: state, places in order, tries; None: nothing was done yet.

    {state, rounds, margin, finished_at, originals_gone, leaks: [kind...],
    places: [{kind, speaker, start, end, source}, ...]}, times in seconds of the recording.
    """
    query = select(Redaction).join(Transcript, Transcript.id == Redaction.transcript_id)
    row = session.scalars(query.where(Transcript.call_id == call_id)).one_or_none()
    if row is None:
        return None
    places = session.scalars(select(RedactionPlace).where(RedactionPlace.transcript_id == row.transcript_id))
    found = sorted(places, key=lambda place: (place.start, place.end))
    return {
        "state": row.state,
        "rounds": row.rounds,
        "margin": row.margin,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "originals_gone": row.originals_gone,
        "leaks": sorted({str(leak[0]) for leak in row.leaks or []}),
        "places": [
            {
                "kind": p.kind,
                "speaker": p.speaker,
                "start": p.start,
                "end": p.end,
                "source": p.source,
            }
            for p in found
        ],
    }


def _mask_anew(session: Session, transcript_id: UUID) -> None:
    """The masked copy is gone (a disk was restored, somebody tidied up): the step makes it again.

    In a transaction of its own, because who asks only reads. A step that was set aside stays so.
    """
    mine = TranscriptStage.transcript_id == transcript_id, TranscriptStage.stage == "mask"
    try:
        with Session(session.get_bind()) as own, own.begin():
            found = lease.again(own, TranscriptStage, *mine, TranscriptStage.state == "done", state="waiting")
    except OperationalError:
        log.warning("the store is busy: the next who asks lets a lost masked copy be made again")
        return
    if found:
        log.warning("a masked copy of transcript %s is gone: it is made again", transcript_id)


def _gave_up(session: Session, transcript: Transcript) -> bool:
    """Whether the sound could not be masked and nobody tries again by himself."""
    mine = TranscriptStage.transcript_id == transcript.id
    return session.scalar(select(TranscriptStage.state).where(mine, TranscriptStage.stage == "mask")) == "failed"
