"""Redaction of calls: rows of what is masked, the pipeline's step that masks the sound, and what people get to hear.

Text is masked where the turns are made (`transcripts/build.py`), in one transaction with them, so that no page ever
shows a secret that was found. The sound is withheld until its masked copy was made and listened to again. What is
found is decided in `detect.py`; `proof.py` masks and listens, `originals.py` removes the originals.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from recording.models import Recording
from recording.service import borrow
from ringback.config import Settings
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from tickets.models import Call
from transcripts import heard
from transcripts.decode import parts
from transcripts.engines import Engines
from transcripts.models import Transcript, TranscriptStage
from transcripts.pipeline import Work
from transcripts.recognizer import Word
from transcripts.redaction import proof
from transcripts.redaction.detect import Rules
from transcripts.redaction.files import masked_names
from transcripts.redaction.masks import Place, mask_spots, redact_turns, rules_of
from transcripts.redaction.models import Redaction, RedactionPlace
from transcripts.redaction.spans import Spot, listen_again
from transcripts.redaction.speakers import Talk
from transcripts.turns import Turn

log = logging.getLogger("ringback.transcripts.redaction")

ALARM = "redaction.failed"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What somebody may hear of a call without the right to originals."""

    state: Literal["whole", "masked", "withheld"]
    recording: Recording | None
    """The recording's row, or one made up for the masked copy; None: nothing may be heard."""
    why: Literal["", "transcript", "sound", "unchecked", "failed"] = ""
    """Of withheld: its transcript is not ready, its sound is being masked, it cannot be checked (no transcript could
    be made), something was still heard after masking."""


def rules(settings: Settings) -> Rules:
    """What is looked for in calls here."""
    return rules_of(settings.redaction, [line.redial_country for line in settings.lines])


def mask_turns(session: Session, transcript_id: UUID, turns: list[Turn], settings: Settings) -> list[Turn]:
    """The turns with every secret replaced by a marker; writes the places down and whether the sound is to be masked.

    Places that were found by listening stay masked whatever the words say.
    """
    row = _row(session, transcript_id)
    mine = RedactionPlace.transcript_id == transcript_id
    session.execute(delete(RedactionPlace).where(mine, RedactionPlace.source == "text"))
    if not settings.redaction.is_on:
        row.state = "passed" if row.originals_gone else "clean"
        return turns
    known = [_spot(place) for place in session.scalars(select(RedactionPlace).where(mine))]
    masked, places = redact_turns(mask_spots(turns, known), rules(settings))
    session.add_all(_place_row(transcript_id, place) for place in places)
    talk = Talk.of(_by_speaker(turns))
    suspicious = listen_again((), talk, proof.wanted_kinds(rules(settings)), float("inf"))
    row.state = "waiting" if places or known or suspicious else "clean"
    row.state = "passed" if row.originals_gone else row.state  # what is heard has no secrets left
    return masked


def make(work: Work, engines: Engines) -> None:
    """The pipeline's step `mask`: the sound is masked and listened to again. Needs `engines.lock`."""
    with work.sessions() as session, session.begin():
        task = _task(session, work)
        row = _row(session, work.transcript_id)
        if task is not None:
            row.state = "waiting"  # until the end of this nobody hears what an earlier try made
    if task is None:
        with work.finish() as session:
            done = _row(session, work.transcript_id)
            done.state = "passed" if done.originals_gone else "clean"
            done.finished_at = utcnow()
            clear_alarm(session, ALARM, work.linkedid, utcnow())
        return
    outcome = _prove(work, engines, task)
    with work.finish() as session:
        _write(session, work, task, outcome)


@dataclass(frozen=True)
class _Task:
    recording: Recording
    call: Call
    words: dict[str, list[Word]]
    ranges: dict[str, list[list[float]]]
    spots: list[Spot]


def _task(session: Session, work: Work) -> _Task | None:
    """What is to be masked; None: nothing is."""
    row = _row(session, work.transcript_id)
    call = session.scalars(select(Call).where(Call.linkedid == work.linkedid)).one()
    recording = session.scalars(select(Recording).where(Recording.linkedid == work.linkedid)).one_or_none()
    if row.state == "clean" or row.originals_gone or recording is None or recording.path is None:
        return None
    words = heard.load(session, work.transcript_id)
    ranges = heard.ranges(session, work.transcript_id)
    places = session.scalars(select(RedactionPlace).where(RedactionPlace.transcript_id == work.transcript_id))
    spots = [_spot(place) for place in places if place.source != "unheard"]
    spots += proof.suspects(words, ranges, rules(work.settings))
    talk = Talk.of(words)
    if not spots and not listen_again((), talk, proof.wanted_kinds(rules(work.settings)), float("inf")):
        return None
    return _Task(recording, call, words, ranges, spots)


def _prove(work: Work, engines: Engines, task: _Task) -> proof.Outcome:
    settings = work.settings
    recognizer = engines.get(task.call.language)
    target, peaks = masked_names(str(task.recording.path))
    with borrow(settings, task.recording) as path:
        sounds = proof.Sounds(
            path, settings.recordings / target, settings.recordings / peaks, f"{os.getpid()}-{work.held.attempt}",
            [(begin, end) for begin, end in task.recording.gaps or []],
        )  # fmt: skip
        wanted = parts(
            task.recording.seconds or 0.0,
            _after(task.call, task.call.connected_at),
            _after(task.call, task.call.released_at),
        )
        return proof.prove(
            sounds, wanted, task.spots, task.words, rules(settings), recognizer, work.tick,
            settings.redaction.margin_seconds, settings.redaction.tries,
        )  # fmt: skip


def _write(session: Session, work: Work, task: _Task, outcome: proof.Outcome) -> None:
    """The outcome as rows; text in which listening found more is made anew."""
    from transcripts import build, ticket_line  # they import this room's masks

    row = _row(session, work.transcript_id)
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
    found = [spot for spot in (*outcome.spots, *outcome.leaks) if spot.source != "text" and not _is_echo(spot, outcome)]
    session.add_all(_place_row(work.transcript_id, spot) for spot in dict.fromkeys(found))
    session.flush()
    state = row.state
    if found:
        said = build.rebuild(session, work.transcript_id, work.settings, done=("turns", "redact", "mask"))
        ticket_line.tell(session, session.get_one(Transcript, work.transcript_id), said)
        row.state, row.finished_at = state, utcnow()
    _tell(session, work.linkedid, outcome)


def _is_echo(spot: Spot, outcome: proof.Outcome) -> bool:
    """Whether what nobody understood was said while the other one said a secret of the same kind: silent, no place."""
    return spot.source == "unheard" and any(
        other.speaker != spot.speaker and other.start < spot.end and spot.start < other.end for other in outcome.spots
    )


def _tell(session: Session, linkedid: str, outcome: proof.Outcome) -> None:
    """An alarm where secrets are heard after the last try; what it names is the kind, never the secret."""
    now = utcnow()
    if outcome.passed:
        clear_alarm(session, ALARM, linkedid, now)
        return
    kinds = sorted({leak.kind for leak in outcome.leaks})
    text = (
        f"After {outcome.rounds} tries something is still heard in the masked sound of call {linkedid} "
        f"({', '.join(kinds)}): it is kept from everybody without the right to originals."
    )
    raise_alarm(session, ALARM, linkedid, text, "yellow", now, kinds=kinds)


def hearing(session: Session, settings: Settings, recording: Recording) -> Hearing:
    """What anybody who may hear the call hears of it. Originals are for the right of that name alone."""
    transcript = session.scalars(select(Transcript).where(Transcript.linkedid == recording.linkedid)).one_or_none()
    row = None
    if transcript is not None:
        row = session.scalars(select(Redaction).where(Redaction.transcript_id == transcript.id)).one_or_none()
    if row is not None and row.originals_gone:
        return Hearing("masked", recording)
    if not settings.redaction.is_on:
        return Hearing("whole", recording)
    if transcript is None or transcript.state in ("waiting", "running"):
        return Hearing("withheld", None, "transcript")
    if transcript.state != "done":
        return Hearing("withheld", None, "unchecked")
    if row is None or row.state == "waiting":
        return Hearing("withheld", None, "sound" if row is None or not _gave_up(session, transcript) else "unchecked")
    if row.state == "clean":
        return Hearing("whole", recording)
    if row.state == "failed" or row.of_sha256 != recording.sha256 or row.path is None:
        return Hearing("withheld", None, "failed" if row.state == "failed" else "sound")
    copy = Recording(
        linkedid=recording.linkedid, state=recording.state, path=row.path, peaks_path=row.peaks_path,
        sha256=row.sha256, seconds=recording.seconds, gaps=recording.gaps,
    )  # fmt: skip
    return Hearing("masked", copy)


def document(session: Session, linkedid: str) -> dict[str, Any] | None:
    """What pages show of a call's redaction: state, places in order, tries; None: nothing was done yet.

    {state, rounds, margin, finished_at, originals_gone, leaks: [kind...],
    places: [{kind, speaker, start, end, source}, ...]}, times in seconds of the recording.
    """
    query = select(Redaction).join(Transcript, Transcript.id == Redaction.transcript_id)
    row = session.scalars(query.where(Transcript.linkedid == linkedid)).one_or_none()
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
            {"kind": p.kind, "speaker": p.speaker, "start": p.start, "end": p.end, "source": p.source} for p in found
        ],
    }


def _gave_up(session: Session, transcript: Transcript) -> bool:
    """Whether the sound could not be masked and nobody tries again by himself."""
    mine = TranscriptStage.transcript_id == transcript.id
    return session.scalar(select(TranscriptStage.state).where(mine, TranscriptStage.stage == "mask")) == "failed"


def _row(session: Session, transcript_id: UUID) -> Redaction:
    found = session.scalars(select(Redaction).where(Redaction.transcript_id == transcript_id)).one_or_none()
    if found is None:
        found = Redaction(transcript_id=transcript_id)
        session.add(found)
        session.flush()
    return found


def _spot(place: RedactionPlace) -> Spot:
    return Spot(place.kind, place.speaker, place.start, place.end, place.source)


def _place_row(transcript_id: UUID, place: Place | Spot) -> RedactionPlace:
    source = place.source if isinstance(place, Spot) else "text"
    return RedactionPlace(
        transcript_id=transcript_id, kind=place.kind, speaker=place.speaker, start=round(place.start, 3),
        end=round(place.end, 3), source=source,
    )  # fmt: skip


def _by_speaker(turns: Sequence[Turn]) -> Mapping[str, list[Word]]:
    words: dict[str, list[Word]] = {}
    for turn in turns:
        words.setdefault(turn.speaker, []).extend(turn.words)
    return words


def _after(call: Call, moment: Any) -> float | None:
    """Seconds into the recording."""
    return None if moment is None else float((moment - call.arrived_at).total_seconds())
