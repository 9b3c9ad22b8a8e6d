"""Marks and entries of playlists as documents: where they are, what the text says there now, what people wrote.

What is quoted is read from the turns as they are now, masked where they are masked.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import agents_of
from library import marks
from library.models import Mark
from library.policy import Quote, SaidTurn, quoted
from recording.models import Recording
from transcripts.models import Segment, Transcript
from web.documents.facts import Document

Place = tuple[str, float, float, str]
"""Call, from, to, side."""


def quotes_of(session: Session, places: Collection[Place]) -> dict[Place, list[Quote]]:
    """What is said at each place now; nothing where there is no text."""
    if not places:
        return {}
    rows = (Transcript.call_id, Segment.speaker, Segment.words, Segment.start, Segment.end)
    # From the first place of a call to its last: a condition for each of 200 marks of one call takes longer to ask.
    spans: dict[str, tuple[float, float]] = {}
    for call_id, begin, end, _ in places:
        first, last = spans.get(call_id, (begin, end))
        spans[call_id] = min(first, begin), max(last, end)
    near = or_(
        *(
            and_(Transcript.call_id == call_id, Segment.start <= end, Segment.end >= begin)
            for call_id, (begin, end) in spans.items()
        )
    )
    query = select(*rows).join(Transcript, Transcript.id == Segment.transcript_id).where(near)
    turns: dict[str, list[tuple[float, float, SaidTurn]]] = {}
    for call_id, speaker, words, start, end in session.execute(query.order_by(Transcript.call_id, Segment.seq)):
        turns.setdefault(call_id, []).append((start, end, SaidTurn(speaker, words)))
    return {place: quoted(_near(turns.get(place[0], ()), place), *place[1:]) for place in places}


def _near(turns: Sequence[tuple[float, float, SaidTurn]], place: Place) -> list[SaidTurn]:
    """Those of the turns that the place lies in: a long call has a thousand, a mark is of one or two."""
    _, begin, end, _ = place
    return [turn for start, stop, turn in turns if start <= end and stop >= begin]


def mark_documents(session: Session, rows: Sequence[Mark], person: str) -> list[Document]:
    """Of marks that the person sees."""
    keys = [row.id for row in rows]
    answers, mentioned = marks.answers_of(session, keys), marks.mentioned_in(session, keys)
    places = {row.id: (row.call_id, row.begin, row.end, row.speaker) for row in rows}
    said = quotes_of(session, set(places.values()))
    return [
        {
            "id": str(row.id),
            "call_id": row.call_id,
            "begin": row.begin,
            "end": row.end,
            "speaker": row.speaker,
            "quotes": [quote_document(each) for each in said[places[row.id]]],
            "words": row.words,
            "tag": row.tag,
            "shared": row.shared,
            "person": row.person,
            "at": row.at.isoformat(),
            "own": row.person == person,
            "mentions": mentioned.get(row.id, []),
            "answers": [
                {"person": each.person, "words": each.words, "at": each.at.isoformat()}
                for each in answers.get(row.id, [])
            ],
        }
        for row in rows
    ]


def quote_document(quote: Quote) -> Document:
    return {"speaker": quote.speaker, "start": quote.start, "text": " ".join(quote.words)}


def heard_documents(session: Session, call_ids: Iterable[str]) -> dict[str, Document]:
    """By call what lists of what is to be heard say of it: nothing that tells who called."""
    ids = list(set(call_ids))
    if not ids:
        return {}
    columns: tuple[Any, ...] = (
        Call.call_id,
        Call.arrived_at,
        Call.queue,
        Call.language,
        Call.agent,
        Recording.seconds,
        Recording.state,
    )
    query = select(*columns).outerjoin(Recording, Recording.call_id == Call.call_id).where(Call.call_id.in_(ids))
    agents = agents_of(session, ids)
    return {
        row.call_id: {
            "call_id": row.call_id,
            "arrived_at": row.arrived_at.isoformat(),
            "queue": row.queue,
            "language": row.language,
            "agents": agents.get(row.call_id) or ([row.agent] if row.agent else []),
            "seconds": row.seconds,
            "state": row.state,
        }
        for row in session.execute(query)
    }
