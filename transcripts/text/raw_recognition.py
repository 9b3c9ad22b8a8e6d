"""What a recogniser heard, kept as it said it: the ground that turns are made of again and again.

Owns the rows `heard`. Anyone who hides text for good hides it here too, or the next run of the turns would bring
it back.
"""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from transcripts.engines.recogniser import Word
from transcripts.models import Segment
from transcripts.text.models import RawRecognition

Ranges = list[list[float]]
"""[[start, end], ...] in seconds of the recording."""


def save(session: Session, transcript_id: UUID, words: dict[str, list[Word]], ranges: dict[str, Ranges] | None) -> None:
    """Replaces what was heard in a transcript's recording, by speaker."""
    session.execute(delete(RawRecognition).where(RawRecognition.transcript_id == transcript_id))
    for speaker, said in words.items():
        found = None if ranges is None else ranges.get(speaker)
        session.add(RawRecognition(transcript_id=transcript_id, speaker=speaker, ranges=found, words=packed(said)))
    session.flush()


def load(session: Session, transcript_id: UUID) -> dict[str, list[Word]]:
    """The words by speaker. Of a transcript older than these rows: those of its turns, which are kept from then on."""
    rows = session.scalars(select(RawRecognition).where(RawRecognition.transcript_id == transcript_id)).all()
    if rows:
        return {row.speaker: unpacked(row.words) for row in rows}
    words: dict[str, list[Word]] = {}
    for segment in session.scalars(select(Segment).where(Segment.transcript_id == transcript_id).order_by(Segment.seq)):
        words.setdefault(segment.speaker, []).extend(unpacked(segment.words))
    save(session, transcript_id, words, None)
    return words


def ranges(session: Session, transcript_id: UUID) -> dict[str, Ranges]:
    """Where speech was found, by speaker; empty when it is to be looked for anew."""
    rows = session.scalars(select(RawRecognition).where(RawRecognition.transcript_id == transcript_id)).all()
    return {row.speaker: row.ranges for row in rows if row.ranges is not None}


def packed(words: list[Word]) -> list[list[float | str]]:
    """Words as rows keep them: [[start, end, confidence, "word"], ...]."""
    return [[round(w.start, 3), round(w.end, 3), round(w.confidence, 4), w.text] for w in words]


def unpacked(rows: list[list[float | str]]) -> list[Word]:
    """The reverse of `packed`."""
    return [Word(float(start), float(end), float(sure), str(text)) for start, end, sure, text in rows]
