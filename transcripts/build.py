"""Words heard -> the segments of a transcript: merged into turns, made readable, with people's corrections.

Owns the rows `segment`. Pure work but for reading and writing rows, and quick: minutes of talk take milliseconds, so it
is done in one transaction with whatever made it necessary.
"""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from transcripts import heard, pipeline
from transcripts.models import Segment
from transcripts.pipeline import Work
from transcripts.turns import Turn, turns


def rebuild(session: Session, transcript_id: UUID) -> list[Turn]:
    """Makes the segments anew of what was heard; every stage after the turns is due again."""
    said = turns(heard.load(session, transcript_id))
    _write(session, transcript_id, said)
    pipeline.changed(session, transcript_id)
    return said


def make(work: Work) -> None:
    """The pipeline's step `turns`."""
    with work.finish() as session:
        rebuild(session, work.transcript_id)


def _write(session: Session, transcript_id: UUID, said: list[Turn]) -> None:
    """The turns as the transcript's only segments."""
    session.execute(delete(Segment).where(Segment.transcript_id == transcript_id))
    for seq, turn in enumerate(said):
        segment = Segment(
            seq=seq, speaker=turn.speaker, start=round(turn.start, 3), end=round(turn.end, 3), text=turn.text,
            confidence=round(turn.confidence, 4), words=heard.packed(list(turn.words)),
        )  # fmt: skip
        segment.transcript_id = transcript_id
        session.add(segment)
    session.flush()
