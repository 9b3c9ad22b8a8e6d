"""Drills as pages show them: the list, making one from a call, one that is tried, with what was said of its points."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from library.drill import service
from library.drill.models import Drill, DrillAttempt
from library.drill.service import AttemptCount, DrillText
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
class VersionRow:
    """A drill in one of its versions."""

    number: int
    title: str
    person: str
    """Who wrote it."""
    at: str
    begin: str
    stop: str
    """Times of the call."""
    points: list[list[str]]
    hint: str


@dataclass(frozen=True)
class NewDrillPage:
    """Everything that library/new_drill.html shows: the form of a new one, or of one that is changed."""

    call: Document
    stops: list[StopChoice]
    listeners: list[Trainee]
    fault: Message | None = None
    typed: dict[str, str] = field(default_factory=dict)
    chosen: list[str] = field(default_factory=list)
    drill: str = ""
    """The one that is changed; empty: a new one."""
    number: int = 0
    """Its version that is saved over."""
    now: VersionRow | None = None
    """What stands, where somebody changed it meanwhile."""


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
    version: int
    """Of the drill, by which it was judged."""


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
    number: int
    """The version whose scene and answer are shown: of an attempt the one that it was made with."""
    newest: int
    """The version that stands."""
    versions: list[VersionRow]
    """For those who train, where there are several."""
    fault: Message | None = None
    words: str = ""
    """As they were typed, where they are refused."""


def drills_page() -> DrillsPage:
    listed = service.listing(db(), limit=LISTED)
    is_open = access.open_drills(db(), person(), listed)
    rows = [row for row in listed if row.id in is_open]
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
    call_id: str,
    fault: Message | None = None,
    typed: dict[str, str] | None = None,
    chosen: list[str] | None = None,
    drill: DrillText | None = None,
    key: str = "",
    meanwhile: bool = False,
) -> NewDrillPage:
    """`drill`: what stands of the one that is changed, whose key is `key`; `meanwhile`: somebody else wrote that since
    the form was opened."""
    query = (
        select(Segment.start, Segment.end, Segment.text)
        .join(Transcript, Transcript.id == Segment.transcript_id)
        .where(Transcript.call_id == call_id, Segment.speaker == "agent", Segment.start > 1.0)
        .order_by(Segment.seq)
    )
    stops = [
        StopChoice(_stop(start, end), span(start), _first_words(masked(text)))
        for start, end, text in db().execute(query).tuples()
    ]
    chosen_before = [(typed or {}).get("stop", ""), *([_stop(drill.stop, drill.end)] if drill else [])]
    for value in dict.fromkeys(chosen_before):  # turns of a text that was corrected since begin elsewhere
        start = value.partition("-")[0]
        is_time = len(value) < 30 and start.replace(".", "", 1).isdecimal()
        if drill is not None and is_time and value not in {each.value for each in stops}:
            stops.insert(0, StopChoice(value, span(float(start)), _("as it is")))
    return NewDrillPage(
        heard_documents(db(), [call_id])[call_id],
        stops,
        listeners() if drill is None else [],
        fault,
        typed or {},
        chosen or [],
        key,
        _seen(drill, typed or {}, meanwhile),
        _version(drill) if drill is not None and meanwhile else None,
    )


def drill_form(row: Drill) -> dict[str, str]:
    """The fields of its form, with what stands."""
    return {
        "title": row.title,
        "stop": _stop(row.stop, row.end),
        "begin": _moment(row.begin),
        "points": service.points_text(row.points),
        "hint": row.hint,
    }


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
    looked_at = next((each for each in rows if shown is not None and each.id == str(shown)), None)
    text = (service.version(db(), row, looked_at.version) if looked_at else None) or service.as_it_is(row)
    return DrillPage(
        id=str(row.id),
        title=text.title,
        hint=text.hint,
        call=heard_documents(db(), [row.call_id])[row.call_id],
        scene=_turns(row.call_id, text.begin, text.stop),
        answer=_turns(row.call_id, text.stop, text.end) if looked_at else [],
        points=row.points if tried or trains else [],
        tried=tried,
        attempt=looked_at,
        attempts=rows,
        others=[_attempt(row, each, set()) for each in others if each.person != name],
        trains=trains,
        people=row.people,
        everyone=row.everyone,
        listeners=listeners() if trains else [],
        why_not=why_not,
        longest=longest,
        number=text.number,
        newest=row.version,
        versions=[_version(each) for each in service.versions_of(db(), row)] if trains and row.version > 1 else [],
        fault=fault,
        words=words,
    )


def _version(text: DrillText) -> VersionRow:
    return VersionRow(
        text.number,
        text.title,
        text.person,
        text.at.isoformat(),
        span(text.begin),
        span(text.stop),
        text.points,
        text.hint,
    )


def _seen(drill: DrillText | None, typed: dict[str, str], meanwhile: bool) -> int:
    """The version that the next try saves over: what was seen when the form was opened, or what it has been told of."""
    if drill is None:
        return 0
    text = typed.get("version", "")
    return int(text) if not meanwhile and text.isdecimal() else drill.number


def _stop(start: float, end: float) -> str:
    return f"{start:.2f}-{end:.2f}"


def _moment(seconds: float) -> str:
    """A time as it is typed, to the hundredth where it has any."""
    rest = f"{seconds % 60:05.2f}".removesuffix(".00")
    return f"{int(seconds // 60)}:{rest}"


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
        version=row.version,
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
