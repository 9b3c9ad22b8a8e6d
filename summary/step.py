"""The pipeline's step `summary`: which sentences of a call say its points, of the turns as they are now.

Made again whenever the turns are: corrected, masked anew, recognised anew. It reads what everybody may read, with
masks where secrets were.
"""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.store.erasing import ERASED
from summary.extract import choose, likely, weigh
from summary.models import CallSummary
from summary.sentences import SaidSentence, sentences
from transcripts.models import Segment, Transcript
from transcripts.stages import Work
from transcripts.text.raw_recognition import unpacked
from transcripts.text.turns import Turn


def make(work: Work) -> None:
    """A call in which nothing was said gets no row."""
    with work.sessions() as session:
        transcript = session.get_one(Transcript, work.transcript_id)
        said = [] if transcript.state == ERASED else said_in(session, transcript)
    weights, meant = weigh(said, transcript.language, work.tick)
    found = {point: choose(of, meant) for point, of in weights.items()}
    with work.finish() as session:
        session.execute(delete(CallSummary).where(CallSummary.transcript_id == work.transcript_id))
        if any(found.values()):
            places: dict[str, Any] = {point: [_place(said[at]) for at in chosen] for point, chosen in found.items()}
            weighed: dict[str, Any] = {
                point: [[said[at].seq, said[at].first, round(of[at], 3)] for at in likely(of)]
                for point, of in weights.items()
            }
            row = CallSummary(transcript_id=work.transcript_id, revision=work.revision, sentences=places)
            row.likely = weighed
            session.add(row)


def said_in(session: Session, transcript: Transcript) -> list[SaidSentence]:
    """The sentences of a transcript's turns."""
    rows = session.execute(
        select(Segment.seq, Segment.speaker, Segment.words)
        .where(Segment.transcript_id == transcript.id)
        .order_by(Segment.seq)
    )
    return sentences((row.seq, Turn(row.speaker, tuple(unpacked(row.words)))) for row in rows if row.words)


def _place(sentence: SaidSentence) -> list[float]:
    return [sentence.seq, sentence.first, sentence.last, round(sentence.start, 2), round(sentence.end, 2)]
