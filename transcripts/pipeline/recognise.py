"""Transcripts of finished recordings: what is due, and making one.

The row is the truth: it is `done` with all its segments in one transaction, or it has none. A worker
that dies in the middle leaves a lease that the next one takes over; nothing is doubled, because only the
holder of the lease can write. Whatever is wrong with a recording or a model ends as a sentence on the row.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording.models import Recording
from recording.service import borrow
from ringback.config import Settings
from ringback.environment import is_environment
from ringback.store import lease
from ringback.store.base import utcnow, uuid7
from transcripts.engines.decode import decode, open_sound, talk_parts
from transcripts.engines.loaded import Engines
from transcripts.errors import LanguageError, ModelError
from transcripts.models import Transcript
from transcripts.pipeline import build, stages
from transcripts.text import raw_recognition, vocabulary
from transcripts.text.talks import talks_of

log = logging.getLogger("ringback.transcripts")

READY = ("stored", "truncated")
"""States of a recording that can be listened to."""
LATELY = timedelta(hours=1)
"""What `full=False` looks back on."""
AWAY_SECONDS = 60.0
"""Until a call is tried again that the storage or the disk kept from being heard."""


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
                Transcript.id.is_(None) & Recording.state.in_((*READY, "missing", "not_recorded")),
                (Transcript.state == "none") & Recording.state.in_(READY),
            )
        )
    )
    if since is not None:
        query = query.where(Call.ended_at >= since)
    return query.order_by(Call.ended_at.desc()).limit(stages.MOST)


def transcribe(sessions: sessionmaker[Session], settings: Settings, engines: Engines, call_id: str) -> str | None:
    """Transcribes one call; the state it is in now, or None: somebody else does it, or it is tried again later."""
    with engines.lock:
        return _transcribe(sessions, settings, engines, call_id)


def _transcribe(sessions: sessionmaker[Session], settings: Settings, engines: Engines, call_id: str) -> str | None:
    with sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
        recording = session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
        held = _claim(session, call, recording)
    if held is None:
        return None
    try:
        return _transcribe_held(sessions, settings, engines, call, recording, held)
    except lease.LeaseLost:
        log.info("transcript %s: another worker makes it", call_id)
    except (ModelError, LanguageError) as error:
        return _end(sessions, held, error)  # trying again would say the same
    except (OperationalError, InterfaceError):
        raise  # the store's trouble: the lease runs out and somebody tries again
    except Exception as error:
        if is_environment(error):
            log.warning("transcript %s waits: %s", call_id, error)
            _wait(sessions, held, error)
            return None
        log.exception("transcript %s, try %d", call_id, held.attempt)
        return _try_later(sessions, held, error)
    return None


def _claim(session: Session, call: Call, recording: Recording) -> lease.Lease | None:
    """Takes the call's transcript row, made if there is none. A row that has no tries left is closed."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    there = recording.state in READY
    new = {
        "id": uuid7(), "call_id": call.call_id, "language": call.language, "attempts": 0,
        "state": "waiting" if there else "none",
        "error": None if there else recording.reason or "There is no recording to transcribe.",
        "finished_at": None if there else utcnow(),
    }  # fmt: skip
    session.execute(dialect.insert(Transcript).values(new).on_conflict_do_nothing(index_elements=["call_id"]))
    row = session.scalars(select(Transcript).where(Transcript.call_id == call.call_id)).one()
    if row.state == "none" and there:
        row.state, row.error, row.finished_at = "waiting", None, None
        session.flush()
    if row.state not in ("waiting", "running"):
        return None
    if stages.is_spent(row):
        row.state, row.finished_at = "failed", utcnow()
        return None
    held = lease.claim(session, row, utcnow())
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
    call: Call,
    recording: Recording,
    held: lease.Lease,
) -> str:
    began = time.monotonic()
    with borrow(settings, recording) as path, open_sound(path) as file:
        with sessions() as session:
            known = raw_recognition.ranges(session, held.id)
            words = vocabulary.in_use(session, settings, call.language)
            wanted = talk_parts(file.frames / file.samplerate, talks_of(session, call))
        recognizer = engines.get(call.language, words)
        found = decode(file, wanted, recognizer, _renewing(sessions, held), known)
    took = time.monotonic() - began
    values = {
        "state": "done", "engine": recognizer.engine, "model": recognizer.model, "took_seconds": took,
        "audio_seconds": found.audio_seconds, "speech_seconds": found.speech_seconds, "finished_at": utcnow(),
    }  # fmt: skip
    with sessions() as session, session.begin():
        held.release(session, **values)
        raw_recognition.save(session, held.id, found.words, found.ranges)
        said = build.rebuild(session, held.id, settings)
    log.info("transcript %s: %d turns in %.1f s", call.call_id, len(said), took)
    return "done"


def _renewing(sessions: sessionmaker[Session], held: lease.Lease) -> Callable[[], None]:
    last = time.monotonic()

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last > lease.SECONDS / 6:
            last = time.monotonic()
            with sessions() as session, session.begin():
                held.renew(session, utcnow())

    return tick


def _try_later(sessions: sessionmaker[Session], held: lease.Lease, error: Exception) -> str | None:
    if held.attempt >= lease.TRIES:
        return _end(sessions, held, error)
    try:
        with sessions() as session, session.begin():
            held.fail(session, utcnow(), f"{error or type(error).__name__}")
    except lease.LeaseLost:
        log.info("a transcript was taken over while it failed here: %s", error)
    return None


def _wait(sessions: sessionmaker[Session], held: lease.Lease, error: Exception) -> None:
    """The storage of recordings is away, or the disk is full: that is nothing against this transcript."""
    try:
        with sessions() as session, session.begin():
            held.fail(session, utcnow(), str(error), counts=False, wait=AWAY_SECONDS)
    except lease.LeaseLost:
        log.info("a transcript was taken over while it waited here: %s", error)


def _end(sessions: sessionmaker[Session], held: lease.Lease, error: Exception) -> str | None:
    """Sets the transcript aside with the reason."""
    try:
        with sessions() as session, session.begin():
            held.release(session, state="failed", error=str(error) or type(error).__name__, finished_at=utcnow())
    except lease.LeaseLost:
        return None
    log.warning("a transcript failed: %s", error)
    return "failed"
