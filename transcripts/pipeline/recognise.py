"""Transcripts of finished recordings: what is due, and making one.

The row is the truth: it is `done` with all its segments in one transaction, or it has none. A worker
that dies in the middle leaves a lease that the next one takes over; nothing is doubled, because only the
holder of the lease can write. Whatever is wrong with a recording or a model ends as a sentence on the row.
"""

import logging
import time
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from calls.service import is_self_call, of_customers
from outbox.service import publish
from recording.models import Recording
from recording.notes import messages_of
from recording.service import borrow
from ringback.config import Settings
from ringback.messages import Message, message, together
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.lease import Lease
from ringback.store.leased import Terms, renewing, take, work_on
from transcripts import stages
from transcripts.engines.decode import decode, open_sound, talk_parts
from transcripts.engines.loaded import Engines
from transcripts.errors import LanguageError, ModelError
from transcripts.models import Transcript
from transcripts.pipeline.build import Rebuild
from transcripts.text import raw_recognition, vocabulary
from transcripts.text.talks import talks_of

log = logging.getLogger("ringback.transcripts")

READY = ("stored", "truncated")
"""States of a recording that can be listened to."""
LATELY = timedelta(hours=1)
"""What `full=False` looks back on."""
TERMS = Terms(log, away_seconds=60.0, ended_state="failed", ends=(ModelError, LanguageError))


def due(session: Session, *, full: bool) -> list[str]:
    """call_ids whose recording is finished and whose transcript is not, a few at a time.

    Calls that have no text come first, the newest before the others; those that are listened to again come after.
    """
    now = utcnow()
    found = list(session.scalars(_without_transcript(None if full else now - LATELY)))
    waiting = select(Transcript, Transcript.call_id).where(Transcript.state.in_(("waiting", "running")))
    waiting = waiting.where(stages.claimable(Transcript, now)).order_by(Transcript.id.desc())
    # The engine is named by the first text, and stays when it is to be made again.
    found += stages.free(session, waiting.where(Transcript.engine.is_(None)), stages.MOST)
    again = stages.free(session, waiting.where(Transcript.engine.is_not(None)), stages.REMADE)
    return found[: stages.MOST] + again


def _without_transcript(since: Any) -> Select[tuple[str]]:
    """Recordings that came to rest without a transcript, or after the transcript said there was none."""
    query = (
        select(Recording.call_id)
        .join(Call, Call.call_id == Recording.call_id)
        .outerjoin(Transcript, Transcript.call_id == Recording.call_id)
        .where(
            or_(
                Transcript.id.is_(None) & Recording.state.in_((*READY, "garbled", "missing", "not_recorded")),
                (Transcript.state == "none") & Recording.state.in_(READY) & of_customers(),
            )
        )
    )
    if since is not None:
        query = query.where(Call.ended_at >= since)
    return query.order_by(Call.ended_at.desc()).limit(stages.MOST)


def transcribe(
    sessions: sessionmaker[Session], settings: Settings, engines: Engines, rebuild: Rebuild, call_id: str
) -> str | None:
    """Transcribes one call; the state it is in now, or None: somebody else does it, or it is tried again later."""
    with engines.lock:
        return _transcribe(sessions, settings, engines, rebuild, call_id)


def _transcribe(
    sessions: sessionmaker[Session], settings: Settings, engines: Engines, rebuild: Rebuild, call_id: str
) -> str | None:
    with sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
        recording = session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
        held = _claim(session, call, recording)
    if held is None:
        return None
    work = partial(_transcribe_held, sessions, settings, engines, rebuild, call, recording, held)
    return work_on(sessions, held, f"transcript {call_id}", TERMS, work)


def _claim(session: Session, call: Call, recording: Recording) -> Lease | None:
    """Takes the call's transcript row, made if there is none. A row that has no tries left is closed."""
    ours = is_self_call(session, call)
    there = recording.state in READY and not ours
    why = message("transcripts.self_call") if ours else _soundless(recording)
    new = {
        "id": uuid7(),
        "call_id": call.call_id,
        "language": call.language,
        "attempts": 0,
        "state": "waiting" if there else "none",
        "error": None if there else why,
        "finished_at": None if there else utcnow(),
    }
    session.execute(insert_or_leave(Transcript).values(new))
    row = session.scalars(select(Transcript).where(Transcript.call_id == call.call_id)).one()
    if row.state == "none" and there:
        row.state, row.error, row.finished_at = "waiting", None, None
        session.flush()
    if row.state not in ("waiting", "running"):
        return None
    held = take(session, row, TERMS)
    if held is not None:
        session.execute(
            update(Transcript)
            .where(Transcript.id == row.id)
            .values(state="running")
            .execution_options(synchronize_session=False)
        )
    return held


def _transcribe_held(
    sessions: sessionmaker[Session],
    settings: Settings,
    engines: Engines,
    rebuild: Rebuild,
    call: Call,
    recording: Recording,
    held: Lease,
) -> str:
    began = time.monotonic()
    with borrow(settings, recording) as path, open_sound(path) as file:
        with sessions() as session:
            known = raw_recognition.ranges(session, held.id)
            words = vocabulary.in_use(session, settings, call.language)
            wanted = talk_parts(file.frames / file.samplerate, talks_of(session, call))
        recogniser = engines.get(call.language, words)
        found = decode(file, wanted, recogniser, renewing(sessions, held), known)
    took = time.monotonic() - began
    values = {
        "state": "done",
        "engine": recogniser.engine,
        "model": recogniser.model,
        "took_seconds": took,
        "audio_seconds": found.audio_seconds,
        "speech_seconds": found.speech_seconds,
        "finished_at": utcnow(),
    }
    with sessions() as session, session.begin():
        held.release(session, **values)
        raw_recognition.save(session, held.id, found.words, found.ranges)
        said = rebuild(session, held.id, settings)
        # Facts alone: the words themselves stay inside.
        told = {"call_id": call.call_id, "language": call.language, "turns": len(said)}
        told |= {name: values[name] for name in ("engine", "model", "audio_seconds", "speech_seconds")}
        publish(session, "transcript.ready", f"call:{call.call_id}", told)
    log.info("transcript %s: %d turns in %.1f s", call.call_id, len(said), took)
    return "done"


def _soundless(recording: Recording) -> Message:
    """Why there is nothing to transcribe, as the recording says."""
    return together(messages_of(recording.notes, recording.reason)) or message("transcripts.no_recording")
