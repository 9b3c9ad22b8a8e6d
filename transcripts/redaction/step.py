"""The pipeline's step `mask`: the sound of a call is masked and listened to again, and what came of it written down.

`proof.py` masks and listens; text in which listening found more is made anew by what
is handed in for it. Rows are `rows.py`'s.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from calls.models import Call
from recording.models import Recording
from recording.service import borrow
from ringback.config import Settings
from ringback.messages import message
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from transcripts.engines.decode import talk_parts
from transcripts.engines.loaded import Engines
from transcripts.engines.recogniser import Word
from transcripts.redaction import proof
from transcripts.redaction.files import masked_names
from transcripts.redaction.intervals import SecretInterval, listen_again
from transcripts.redaction.models import RedactionPlace
from transcripts.redaction.rows import FROM_TEXT, interval_of, place_row, row_of, rules
from transcripts.redaction.speakers import Talk
from transcripts.stages import Work
from transcripts.text import raw_recognition
from transcripts.text.intervals import Interval
from transcripts.text.talks import talks_of

ALARM = "redaction.failed"
Rebuild = Callable[[Session, UUID, Settings], object]
"""Makes a transcript's segments anew in the session's transaction; every stage after masking the sound is due again."""


def make(work: Work, engines: Engines, rebuild: Rebuild) -> None:
    """The pipeline's step `mask`: the sound is masked and listened to again. Needs `engines.lock`."""
    with work.sessions() as session, session.begin():
        task = _task(session, work)
        row = row_of(session, work.transcript_id)
        if task is not None:
            row.state = "waiting"  # until the end of this nobody hears what an earlier try made
    if task is None:
        with work.finish() as session:
            done = row_of(session, work.transcript_id)
            done.state = "passed" if done.originals_gone else "clean"
            done.finished_at = utcnow()
            clear_alarm(session, ALARM, work.call_id, utcnow())
        return
    outcome = _prove(work, engines, task)
    with work.finish() as session:
        _write(session, work, task, outcome, rebuild)


@dataclass(frozen=True)
class _Task:
    recording: Recording
    call: Call
    words: dict[str, list[Word]]
    ranges: dict[str, list[list[float]]]
    intervals: list[SecretInterval]
    talks: list[Interval]


def _task(session: Session, work: Work) -> _Task | None:
    """What is to be masked; None: nothing is."""
    row = row_of(session, work.transcript_id)
    call = session.scalars(select(Call).where(Call.call_id == work.call_id)).one()
    recording = session.scalars(select(Recording).where(Recording.call_id == work.call_id)).one_or_none()
    if row.state == "clean" or row.originals_gone or recording is None or recording.path is None:
        return None
    words = raw_recognition.load(session, work.transcript_id)
    ranges = raw_recognition.ranges(session, work.transcript_id)
    places = session.scalars(select(RedactionPlace).where(RedactionPlace.transcript_id == work.transcript_id))
    intervals = [interval_of(place) for place in places if place.source != "unheard"]
    intervals += proof.suspects(words, ranges, rules(work.settings))
    talk = Talk.of(words)
    if not intervals and not listen_again((), talk, proof.wanted_kinds(rules(work.settings)), float("inf")):
        return None
    return _Task(recording, call, words, ranges, intervals, talks_of(session, call))


def _prove(work: Work, engines: Engines, task: _Task) -> proof.Proof:
    settings = work.settings
    recogniser = engines.get(task.call.language)
    target, peaks = masked_names(str(task.recording.path))
    with borrow(settings, task.recording) as path:
        sounds = proof.Sounds(
            path,
            settings.recordings / target,
            settings.recordings / peaks,
            f"{os.getpid()}-{work.held.attempt}",
            [(begin, end) for begin, end in task.recording.gaps or []],
        )
        wanted = talk_parts(task.recording.seconds or 0.0, task.talks)
        return proof.prove(
            sounds,
            wanted,
            task.intervals,
            task.words,
            rules(settings),
            recogniser,
            work.tick,
            settings.redaction.margin_seconds,
            settings.redaction.tries,
        )


def _write(session: Session, work: Work, task: _Task, outcome: proof.Proof, rebuild: Rebuild) -> None:
    """The outcome as rows; text in which listening found more is made anew."""
    row = row_of(session, work.transcript_id)
    row.state = "passed" if outcome.passed else "failed"
    row.rounds, row.margin, row.listened_seconds = outcome.rounds, outcome.margin, round(outcome.listened_seconds, 1)
    row.leaks = [[leak.kind, leak.speaker, round(leak.start, 2), round(leak.end, 2)] for leak in outcome.leaks]
    row.silent = [[each.channel, each.start, each.end] for each in outcome.silent]
    if outcome.file is None:
        row.state = "clean" if outcome.passed else "failed"
        row.path = row.peaks_path = row.sha256 = None
    else:
        row.path, row.peaks_path = masked_names(str(task.recording.path))
        row.sha256 = outcome.file.sha256
    row.of_sha256, row.finished_at = task.recording.sha256, utcnow()
    mine = RedactionPlace.transcript_id == work.transcript_id
    session.execute(delete(RedactionPlace).where(mine, RedactionPlace.source != "text"))
    found = [
        interval
        for interval in (*outcome.intervals, *outcome.leaks)
        if interval.source != "text" and not _is_echo(interval, outcome)
    ]
    session.add_all(place_row(work.transcript_id, interval) for interval in dict.fromkeys(found))
    session.flush()
    state = row.state
    if any(interval.source not in FROM_TEXT for interval in found):
        rebuild(session, work.transcript_id, work.settings)
        row.state, row.finished_at = state, utcnow()
    _tell(session, work.call_id, outcome)


def _is_echo(interval: SecretInterval, outcome: proof.Proof) -> bool:
    """Whether what nobody understood was said while the other one said a secret of the same kind: silent, no place."""
    return interval.source == "unheard" and any(
        other.speaker != interval.speaker and other.start < interval.end and interval.start < other.end
        for other in outcome.intervals
    )


def _tell(session: Session, call_id: str, outcome: proof.Proof) -> None:
    """An alarm where secrets are heard after the last try; what it names is the kind, never the secret."""
    now = utcnow()
    if outcome.passed:
        clear_alarm(session, ALARM, call_id, now)
        return
    kinds = sorted({leak.kind for leak in outcome.leaks})
    said = message("transcripts.still_heard", kinds=[message(f"transcripts.secret.{kind}") for kind in kinds])
    raise_alarm(session, ALARM, call_id, said, "yellow", now)
