"""What summaries say, for pages and for topics: the words of the turns as they are now, never those of older ones."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ringback.messages import Message
from summary.extract import POINTS, Point
from summary.models import CallSummary
from transcripts.models import Segment, Transcript


@dataclass(frozen=True, slots=True)
class QuotedSentence:
    """A sentence of a call."""

    speaker: str
    """caller or agent"""
    start: float
    """Seconds of the recording."""
    text: str


@dataclass(frozen=True, slots=True)
class SummaryOfCall:
    """What one call was about."""

    call_id: str
    language: str
    points: dict[Point, list[QuotedSentence]]
    """The most telling sentence first; a point of which nothing was said has none."""
    told: dict[str, str] = field(default_factory=dict)
    """By point, in the words of the owner's model."""
    told_by: str | None = None
    told_error: Message | None = None


def summaries_of(session: Session, call_ids: Collection[str]) -> dict[str, SummaryOfCall]:
    """By call, of those that have one of their turns as they are now."""
    query = (
        select(CallSummary, Transcript.call_id, Transcript.language)
        .join(Transcript, Transcript.id == CallSummary.transcript_id)
        .where(Transcript.call_id.in_(call_ids), CallSummary.revision == Transcript.revision)
    )
    found = session.execute(query).all()
    said = _turns_of(session, [row for row, _, _ in found])
    return {
        call_id: SummaryOfCall(
            call_id,
            language,
            {
                point: [_quoted(said[row.transcript_id, place[0]], place) for place in row.sentences.get(point, [])]
                for point in POINTS
            },
            dict(row.told or {}),
            row.told_by,
            row.told_error,
        )
        for row, call_id, language in found
    }


def _turns_of(session: Session, rows: Collection[CallSummary]) -> dict[tuple[object, int], tuple[str, list[str]]]:
    """Of the turns that these quote: who speaks, and the words."""
    wanted = {int(place[0]) for row in rows for places in row.sentences.values() for place in places}
    query = select(Segment.transcript_id, Segment.seq, Segment.speaker, Segment.words).where(
        Segment.transcript_id.in_([row.transcript_id for row in rows]), Segment.seq.in_(wanted)
    )
    turns = session.execute(query)
    return {(row.transcript_id, row.seq): (row.speaker, [word[3] for word in row.words]) for row in turns}


def _quoted(turn: tuple[str, list[str]], place: list[float]) -> QuotedSentence:
    speaker, words = turn
    _, first, last, start, _ = place
    return QuotedSentence(speaker, start, " ".join(words[int(first) : int(last)]))
