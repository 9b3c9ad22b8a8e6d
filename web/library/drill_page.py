"""Drills as pages show them: the list, making one from a call, one that is tried, with what was said of its points."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for
from sqlalchemy import select

from library.drill import service
from library.drill.models import Drill, DrillAttempt
from library.drill.service import AttemptCount
from ringback.messages import Message
from transcripts.models import Segment, Transcript
from web import access
from web.context import db, person
from web.documents.facts import Document
from web.documents.library import Place, heard_documents, quotes_of
from web.i18n import span
from web.labels import label, masked
from web.library.people import Trainee, listeners

LISTED = 200
BEFORE = 40.0
"""Seconds before the stop at which a scene begins, unless somebody says otherwise."""
FIRST_WORDS = 9
"""Of a turn, by which it is told from others."""


@dataclass(frozen=True)
class DrillTurn:
    """What one side says."""

    side: str
    speaker: str
    time: str
    text: str


@dataclass(frozen=True)
class DrillRow:
    """A drill in the list."""

    id: str
    title: str
    page: str
    seconds: float
    points: int
    person: str
    mine: AttemptCount
    """Of who asks."""
    all: AttemptCount | None
    """Of everybody, for those who train."""


@dataclass(frozen=True)
class DrillsPage:
    """Everything that library/drills.html shows."""

    rows: list[DrillRow]
    trains: bool
    voices: int
    """Own voices that are kept."""


@dataclass(frozen=True)
class StopChoice:
    """An agent's turn before which a call can stop."""

    value: str
    """Where it begins and ends."""
    time: str
    words: str


@dataclass(frozen=True)
class NewDrillPage:
    """Everything that library/new_drill.html shows."""

    call: Document
    stops: list[StopChoice]
    listeners: list[Trainee]
    fault: Message | None = None
    typed: dict[str, str] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PointRow:
    """What became of a point."""

    verdict: str
    wording: str
    heard: str


@dataclass(frozen=True)
class AttemptRow:
    """An attempt with its points."""

    id: str
    page: str
    person: str
    at: str
    spoken: bool
    words: str
    points: list[PointRow]
    said: int
    voice: bool
    """Whether who asks has the own voice kept here."""


@dataclass(frozen=True)
class DrillPage:
    """Everything that library/drill.html shows."""

    id: str
    title: str
    hint: str
    call: Document
    scene: list[DrillTurn]
    answer: list[DrillTurn]
    """The real one; empty until somebody tried."""
    points: list[list[str]]
    """Of those who made it, and of who has tried."""
    tried: bool
    attempt: AttemptRow | None
    """The one that is looked at."""
    attempts: list[AttemptRow]
    """The own ones."""
    others: list[AttemptRow]
    """Those of others, for those who train."""
    trains: bool
    people: list[str]
    everyone: bool
    listeners: list[Trainee]
    why_not: Message | None
    longest: int
    fault: Message | None = None
    words: str = ""
    """As they were typed, where they are refused."""


def drills_page() -> DrillsPage:
    rows = [row for row in service.listing(db(), limit=LISTED) if access.may_try_drill(db(), person(), row)]
    keys, trains = [row.id for row in rows], person().may("train")
    mine = service.counts(db(), keys, person().name)
    everybody = service.counts(db(), keys) if trains else {}
    return DrillsPage(
        rows=[
            DrillRow(
                str(row.id),
                row.title,
                url_for("library.drill", drill_id=row.id),
                row.stop - row.begin,
                len(row.points),
                row.person,
                mine.get(row.id, AttemptCount()),
                everybody.get(row.id, AttemptCount()) if trains else None,
            )
            for row in rows
        ],
        trains=trains,
        voices=len(service.voices_of(db(), person().name)),
    )


def new_drill_page(
    call_id: str, fault: Message | None = None, typed: dict[str, str] | None = None, chosen: list[str] | None = None
) -> NewDrillPage:
    query = (
        select(Segment.start, Segment.end, Segment.text)
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .where(Transcript.call_id == call_id, Segment.speaker == "agent", Segment.start > 1.0)
        .order_by(Segment.seq)
    )
    stops = [
        StopChoice(f"{start:.2f}-{end:.2f}", span(start), _first_words(masked(text)))
        for start, end, text in db().execute(query).tuples()
    ]
    call = heard_documents(db(), [call_id])[call_id]
    return NewDrillPage(call, stops, listeners(), fault, typed or {}, chosen or [])


def drill_page(
    row: Drill, why_not: Message | None, longest: int, shown: UUID | None, fault: Message | None = None, words: str = ""
) -> DrillPage:
    """`shown`: the attempt that is looked at, one's own."""
    name, trains = person().name, person().may("train")
    own = service.attempts_of(db(), row.id, name)
    voices = service.voices_of(db(), name)
    rows = [_attempt(row, each, voices) for each in own]
    others = service.attempts_of(db(), row.id) if trains else []
    tried = bool(own)
    return DrillPage(
        id=str(row.id),
        title=row.title,
        hint=row.hint,
        call=heard_documents(db(), [row.call_id])[row.call_id],
        scene=_turns(row.call_id, row.begin, row.stop),
        answer=_turns(row.call_id, row.stop, row.end) if tried or trains else [],
        points=row.points if tried or trains else [],
        tried=tried,
        attempt=next((each for each in rows if shown is not None and each.id == str(shown)), None),
        attempts=rows,
        others=[_attempt(row, each, set()) for each in others if each.person != name],
        trains=trains,
        people=row.people,
        everyone=row.everyone,
        listeners=listeners() if trains else [],
        why_not=why_not,
        longest=longest,
        fault=fault,
        words=words,
    )


def _attempt(drill: Drill, row: DrillAttempt, voices: set[UUID]) -> AttemptRow:
    return AttemptRow(
        id=str(row.id),
        page=url_for("library.drill", drill_id=drill.id, attempt=row.id, _anchor="result"),
        person=row.person,
        at=row.at.isoformat(),
        spoken=row.spoken,
        words=row.words,
        points=[PointRow(*(str(part) for part in point)) for point in row.points],
        said=service.said_points(row.points),
        voice=row.id in voices,
    )


def _turns(call_id: str, begin: float, end: float) -> list[DrillTurn]:
    place: Place = (call_id, begin, end, "")
    return [
        DrillTurn(
            quote.speaker,
            str(label("speaker", quote.speaker)),
            span(quote.start - begin),
            masked(" ".join(quote.words)),
        )
        for quote in quotes_of(db(), [place])[place]
    ]


def _first_words(text: str) -> str:
    words = text.split()
    return " ".join(words[:FIRST_WORDS]) + (" …" if len(words) > FIRST_WORDS else "")
