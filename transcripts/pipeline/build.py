"""Words heard -> the segments of a transcript: merged into turns, masked, made readable, with people's corrections.

Owns the rows `segment`; whoever shows them elsewhere is told in the same transaction. Quick (an hour of talk takes a
fraction of a second), so it is done in one transaction with whatever made it necessary: a recognition, a correction,
the pipeline's step `turns`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import Settings
from transcripts import stages
from transcripts.models import Segment, Transcript
from transcripts.pipeline import corrections
from transcripts.redaction import rows as redaction
from transcripts.stages import Work
from transcripts.text import raw_recognition
from transcripts.text.readable import is_bare, readable
from transcripts.text.talks import handovers
from transcripts.text.turns import Turn, turns


class Rebuild(Protocol):
    """`rebuild` as it is handed on, with whom to tell."""

    def __call__(
        self, session: Session, transcript_id: UUID, settings: Settings, *, done: tuple[str, ...] = ...
    ) -> list[Turn]: ...


def rebuild(
    session: Session,
    transcript_id: UUID,
    settings: Settings,
    *,
    tell: Callable[[Session, Transcript, list[Turn]], None],
    done: tuple[str, ...] = ("turns", "redact"),
) -> list[Turn]:
    """Makes the segments anew of what was heard, masked; every stage but those in `done` is due again.

    `tell` says what they are now wherever else they are quoted: nothing may show there what is masked here.
    """
    transcript = session.scalars(select(Transcript).where(Transcript.id == transcript_id)).one()
    words = raw_recognition.load(session, transcript_id)
    bare = is_bare(word for said in words.values() for word in said)
    call = session.scalars(select(Call).where(Call.call_id == transcript.call_id)).one_or_none()
    said = turns(words, handovers(session, call) if call is not None else ())
    masked = redaction.mask_turns(session, transcript_id, said, settings)
    as_read = _readable(masked, transcript.language, bare=bare)
    if corrections.history(session, transcript_id):
        # What only a correction told was heard as something else, which its row is found again by.
        known = [
            interval
            for interval in redaction.known_intervals(session, transcript_id)
            if interval.source != redaction.CORRECTED
        ]
        secrets = redaction.findings_in([*said, *_readable(said, transcript.language, bare=bare)], known)
        corrections.mask_again(session, transcript_id, as_read, redaction.rules(settings), secrets)
    corrected = corrections.applied(session, transcript_id, as_read)
    found = redaction.mask_corrected(session, transcript_id, as_read, corrected, settings)
    _write(session, transcript_id, found)
    stages.changed(session, transcript_id, done=done)
    tell(session, transcript, found)
    return found


def make(work: Work, rebuild: Rebuild) -> None:
    """The pipeline's steps `turns` and `redact`: the turns are masked as they are made."""
    with work.finish() as session:
        rebuild(session, work.transcript_id, work.settings)


def _readable(said: list[Turn], language: str, *, bare: bool) -> list[Turn]:
    return [replace(turn, words=tuple(readable(turn.words, language, bare=bare))) for turn in said]


def _write(session: Session, transcript_id: UUID, said: list[Turn]) -> None:
    """The turns as the transcript's only segments."""
    session.execute(delete(Segment).where(Segment.transcript_id == transcript_id))
    for seq, turn in enumerate(said):
        segment = Segment(
            seq=seq,
            speaker=turn.speaker,
            start=round(turn.start, 3),
            end=round(turn.end, 3),
            text=turn.text,
            confidence=round(turn.confidence, 4),
            words=raw_recognition.packed(list(turn.words)),
        )
        segment.transcript_id = transcript_id
        session.add(segment)
    session.flush()
