"""Takes the unmasked sound and words away for good, where the settings want it so: `redaction.originals: remove`.

Only after the proof has passed, never while a legal hold stands on the call or somebody works on its recording. The
masked copy becomes the recording in one transaction, which also writes down the files that are to go; they are deleted
afterwards, and a worker that dies in between leaves that to the next.
"""

import logging

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording import copies
from recording.models import Recording, RecordingUpload
from retention.holds import is_held
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow
from transcripts.models import Transcript, TranscriptStage
from transcripts.pipeline import corrections
from transcripts.redaction.intervals import SecretInterval
from transcripts.redaction.masks import mask_intervals
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.text import raw_recognition
from transcripts.text.models import RawRecognition
from transcripts.text.turns import Turn

log = logging.getLogger("ringback.transcripts.redaction")
MOST = 50


def due(session: Session, settings: Settings) -> list[str]:
    """call_ids of calls whose originals are to go, or whose files still have to."""
    query = select(Transcript.call_id).join(Redaction, Redaction.transcript_id == Transcript.id)
    found = list(session.scalars(query.where(Redaction.doomed.is_not(None)).limit(MOST)))
    if settings.redaction.originals == "remove":
        found += list(session.scalars(_proven(query).limit(MOST)))
    return found


def remove(sessions: sessionmaker[Session], settings: Settings, call_id: str) -> str | None:
    """Makes the masked copy the only one; None: not now. Raises OSError: files are still to be deleted."""
    with sessions() as session, session.begin():
        row = session.scalars(
            select(Redaction)
            .join(Transcript, Transcript.id == Redaction.transcript_id)
            .where(Transcript.call_id == call_id)
            .with_for_update()
        ).one()
        if row.doomed is None and not _swap(session, settings, row, call_id):
            return None
        doomed = list(row.doomed or [])
        row_id = row.id
    for name in doomed:
        copies.remove(settings, name)
    with sessions() as session, session.begin():
        session.get_one(Redaction, row_id).doomed = None
    log.info("originals of %s are gone", call_id)
    return call_id


def _proven(query: Select[tuple[str]]) -> Select[tuple[str]]:
    """Calls whose masked sound has passed and whose original is still there, with no legal hold on them."""
    there = Redaction.state == "passed", Redaction.originals_gone.is_(False), Redaction.path.is_not(None)
    return query.join(Call, Call.call_id == Transcript.call_id).where(*there, ~is_held())


def _swap(session: Session, settings: Settings, row: Redaction, call_id: str) -> bool:
    """The masked copy becomes the recording, masked words what was heard. False: not now."""
    recording = session.scalars(select(Recording).where(Recording.call_id == call_id).with_for_update()).one_or_none()
    held = session.scalar(select(is_held()).select_from(Call).where(Call.call_id == call_id))
    ready = row.state == "passed" and not row.originals_gone and recording is not None and not held
    if not ready or recording is None or recording.sha256 != row.of_sha256 or lease.is_held(recording, utcnow()):
        return False
    masked = settings.recordings / str(row.path)
    if not masked.is_file():
        # Somebody or something took it away: it is made and proven again before anything goes.
        row.state = "waiting"
        mine = TranscriptStage.transcript_id == row.transcript_id, TranscriptStage.stage == "mask"
        lease.again(session, TranscriptStage, *mine, TranscriptStage.state == "done", state="waiting")
        return False
    sending = session.scalars(select(RecordingUpload).where(RecordingUpload.call_id == call_id)).one_or_none()
    row.doomed = [name for name in copies.names(recording, sending) if name not in (row.path, row.peaks_path)]
    row.originals_gone = True
    recording.path, recording.peaks_path, recording.sha256 = row.path, row.peaks_path, row.sha256
    recording.size = masked.stat().st_size
    recording.remote_url = recording.remote_at = None
    recording.local = True
    _mask_heard(session, row)
    return True


def _mask_heard(session: Session, row: Redaction) -> None:
    """The words of every secret give way to its marker, in what was heard and in people's corrections."""
    places = session.scalars(select(RedactionPlace).where(RedactionPlace.transcript_id == row.transcript_id)).all()
    intervals = [SecretInterval(place.kind, place.speaker, place.start, place.end) for place in places]
    for said in session.scalars(select(RawRecognition).where(RawRecognition.transcript_id == row.transcript_id)):
        (masked,) = mask_intervals([Turn(said.speaker, tuple(raw_recognition.unpacked(said.words)))], intervals)
        said.words = raw_recognition.packed(list(masked.words))
    for interval in intervals:
        corrections.mask(
            session, row.transcript_id, interval.speaker, interval.start, interval.end, f"•{interval.kind}•"
        )
