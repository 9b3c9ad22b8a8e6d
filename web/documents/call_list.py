"""The list of calls: what it may be narrowed to, the orders that it has, and its pages.

Reads only. A page costs about the same at the top of the list and far down in it, whatever is chosen: each order and
each filter has an index (`calls.models.Call`), a page begins where the one before it ended (`cursor`), and what a row
shows besides is read for the calls of the page alone.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from callback.models import BROKEN_STATES, Callback
from calls.lookup import LEAST_DIGITS, typed_numbers, typed_words
from calls.menu_figures import in_menu
from calls.models import Call, QueueVisit
from calls.service import OwnCalls, agents_of, left_calls, left_for_anybody, of_customers, talks_of
from recording.models import Recording
from ringback.config import Settings
from survey.models import ASKED, SurveyAnswer
from tickets.models import Ticket
from topics.models import CallTopic
from transcripts.models import Transcript
from web.documents.facts import Document, call_facts, iso, talk_seconds, wait_seconds
from web.documents.recordings import state_of as recording_state
from web.documents.segments import talk_order
from web.errors import BadCursor

ANSWER = re.compile(r"([a-z][a-z0-9_-]*):([a-z0-9_-]+):([0-9])")
"""An answer of a survey, whatever it is called in whichever language."""
ID_LETTERS = 6
"""So much of a call's id is enough to be looked for in ids."""

NEVER_CAME = (*BROKEN_STATES, "cancelled")
"""States of a promise with which nobody is called back."""


class CallOrder(Enum):
    """The orders of the list, as they stand in addresses; the longest leave out calls without that length."""

    NEWEST = "newest"
    OLDEST = "oldest"
    WAIT = "wait"
    TALK = "talk"


_LENGTHS: dict[CallOrder, InstrumentedAttribute[float | None]] = {
    CallOrder.WAIT: Call.wait_seconds,
    CallOrder.TALK: Call.talk_seconds,
}


@dataclass(frozen=True)
class CallFilter:
    """What the listed calls must be; empty: anything."""

    result: str = ""
    """One of Call.result, "open" for calls that go on, "unanswered" for those that nobody has seen to (`_unanswered`),
    or "self_call" for those that Ringback makes to its own lines, which are in no other list."""
    agent: str = ""
    """Talked with the caller, in any part of the call."""
    only: OwnCalls | None = None
    """Whose own calls alone may be listed, of who asks."""
    queue: str = ""
    """Was visited."""
    line: str = ""
    menu: str = ""
    """A menu that was heard; with `:1`, in which this key was chosen; with `:left`, in which the caller hung up; with
    `:silent` or `:wrong`, in which a try was in vain."""
    topic: str = ""
    """The id of what its caller's problem was about."""
    survey: str = ""
    """An answer's label, or one of OUTCOMES."""
    first: date | None = None
    last: date | None = None
    """Days of arrival, both included."""
    text: str = ""
    """Words, of which each must begin one of the caller's names or a word of the ticket's subject, or be one of the
    agent's names or the ticket's number; or a number of which the caller's has the digits; or a call's id."""


def call_list(
    session: Session,
    limit: int = 50,
    before: str | None = None,
    wanted: CallFilter = CallFilter(),
    *,
    order: CallOrder = CallOrder.NEWEST,
    settings: Settings | None = None,
) -> list[Document]:
    """Calls, each a short document.

    `before` is the `cursor` of the last call already seen in the same order (BadCursor when it is none). `settings`
    know how agents are called, in which countries numbers are read, and our own time zone; without them a typed text
    is looked for in rows alone, and days are UTC's.
    """
    query = select(Call).where(*_conditions(wanted, settings)).limit(limit)
    length = _LENGTHS.get(order)
    if length is not None:
        query = query.where(length.is_not(None))
    columns = _columns(order)
    query = query.order_by(*(column.asc() if order is CallOrder.OLDEST else column.desc() for column in columns))
    if before is not None:
        query = query.where(_after(columns, _read(before, length is not None), order is CallOrder.OLDEST))
    return _documents(session, session.scalars(query).all(), length)


def every_call(
    session: Session, wanted: CallFilter, *, order: CallOrder, settings: Settings, at_once: int = 2000
) -> Iterator[Document]:
    """All calls of a list, read in pieces."""
    before = None
    while found := call_list(session, at_once, before, wanted, order=order, settings=settings):
        yield from found
        before = found[-1]["cursor"]
        session.rollback()  # no snapshot of the store is held while the next piece is sent


def calls_of(session: Session, call_ids: Collection[str]) -> dict[str, Document]:
    """The short documents of some calls, by their ids; of calls that are gone there is none."""
    query = select(Call).where(Call.call_id.in_(call_ids))
    return {found["call_id"]: found for found in _documents(session, session.scalars(query).all(), None)}


def _columns(order: CallOrder) -> tuple[InstrumentedAttribute[Any], ...]:
    length = _LENGTHS.get(order)
    return (*((length,) if length is not None else ()), Call.arrived_at, Call.call_id)


def _documents(
    session: Session, calls: Sequence[Call], length: InstrumentedAttribute[float | None] | None
) -> list[Document]:
    """With what is shown of each besides its own row."""
    found: dict[str, tuple[Ticket | None, str | None, str | None]] = {}
    answers: dict[str, str] = {}
    ids = [call.call_id for call in calls]
    agents: dict[str, list[str]] = {}
    for begin in range(0, len(ids), 500):
        some = ids[begin : begin + 500]
        rows = (
            select(Call.call_id, Ticket, Recording.state, Transcript.state)
            .outerjoin(Ticket, Ticket.number == Call.ticket_number)
            .outerjoin(Recording, Recording.call_id == Call.call_id)
            .outerjoin(Transcript, Transcript.call_id == Call.call_id)
            .where(Call.call_id.in_(some))
        )
        for call_id, ticket, recording, transcript in session.execute(rows):
            found[call_id] = ticket, recording, transcript
        given = select(SurveyAnswer.call_id, SurveyAnswer.label).where(SurveyAnswer.call_id.in_(some))
        answers.update(session.execute(given.order_by(SurveyAnswer.at)).tuples().all())
        agents.update(agents_of(session, some))
    return [
        {
            **_document(call, *found[call.call_id], answers.get(call.call_id), length),
            "agents": talk_order(agents[call.call_id]),
        }
        for call in calls
    ]


def _document(
    call: Call,
    ticket: Ticket | None,
    recording: str | None,
    transcript: str | None,
    answer: str | None,
    length: InstrumentedAttribute[float | None] | None,
) -> Document:
    place = [] if length is None else [repr(getattr(call, length.key))]
    return {
        **call_facts(call),
        "cursor": "~".join([*place, str(iso(call.arrived_at)), call.call_id]),
        "menu_path": call.menu_path,
        "wait_seconds": wait_seconds(call),
        "talk_seconds": talk_seconds(call),
        "recording": recording_state(call, recording),
        "transcript": transcript,
        "ticket": ticket.number if ticket else None,
        "subject": ticket.subject if ticket else None,
        "answer": answer,
    }


# -- pages ---------------------------------------------------------------------------------------------


def _read(cursor: str, with_length: bool) -> list[Any]:
    """The place in the order that a cursor names."""
    parts = cursor.split("~", 2 if with_length else 1)
    try:
        length = [float(parts.pop(0))] if with_length else []
        arrived, call_id = parts
        at = datetime.fromisoformat(arrived)
        if at.tzinfo is None or any(each != each for each in length):
            raise ValueError(cursor)
        at = at.astimezone(UTC)  # which has no room for an hour before the year 1
    except (ValueError, IndexError, OverflowError) as error:
        raise BadCursor() from error
    return [*length, at, call_id]


def _after(columns: Sequence[InstrumentedAttribute[Any]], place: list[Any], rising: bool) -> ColumnElement[bool]:
    """What comes behind a place. The first column's own limit is what an index is read from on."""
    choices = [
        and_(*(same == at for same, at in zip(columns[:depth], place, strict=False)), _beyond(column, value, rising))
        for depth, (column, value) in enumerate(zip(columns, place, strict=True))
    ]
    limit = columns[0] >= place[0] if rising else columns[0] <= place[0]
    return and_(limit, or_(*choices))


def _beyond(column: InstrumentedAttribute[Any], value: Any, rising: bool) -> ColumnElement[bool]:
    return column > value if rising else column < value


# -- filters -------------------------------------------------------------------------------------------


def _conditions(wanted: CallFilter, settings: Settings | None) -> Iterator[ColumnElement[bool]]:
    yield ~of_customers() if wanted.result == "self_call" else of_customers()
    if wanted.result == "open":
        yield Call.ended_at.is_(None)
    elif wanted.result == "unanswered":
        yield _unanswered()
    elif wanted.result and wanted.result != "self_call":
        yield Call.result == wanted.result
    yield from _whose(wanted)
    if wanted.queue:
        visited = select(QueueVisit.call_id).where(QueueVisit.queue == wanted.queue)
        yield Call.call_id.in_(union(visited, select(Call.call_id).where(Call.queue == wanted.queue)))
    if wanted.line:
        yield Call.line == wanted.line
    if wanted.menu:
        yield in_menu(wanted.menu)
    if wanted.topic:
        yield _about(wanted.topic)
    if wanted.survey:
        yield _surveyed(wanted.survey)
    zone = ZoneInfo(settings.timezone) if settings else UTC
    if wanted.first:
        yield Call.arrived_at >= _midnight(wanted.first, zone)
    if wanted.last:
        yield Call.arrived_at < _midnight(wanted.last + timedelta(days=1), zone)
    if wanted.text.strip():
        yield from _typed(wanted.text.strip(), settings)


def _surveyed(asked: str) -> ColumnElement[bool]:
    if asked in ASKED:
        return Call.survey_outcome == asked
    return Call.call_id.in_(select(SurveyAnswer.call_id).where(*_answered(asked)))


def _about(topic: str) -> ColumnElement[bool]:
    try:
        key = UUID(topic)
    except ValueError:
        return false()
    return Call.call_id.in_(select(CallTopic.call_id).where(CallTopic.topic_id == key))


def _answered(asked: str) -> Iterator[ColumnElement[bool]]:
    """An answer by its words, or by survey, question and key: `solved:1:3`."""
    if (found := ANSWER.fullmatch(asked)) is None:
        yield SurveyAnswer.label == asked
        return
    for column, value in zip((SurveyAnswer.survey, SurveyAnswer.name, SurveyAnswer.key), found.groups(), strict=True):
        yield column == value


def _whose(wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.only is not None:
        yield Call.call_id.in_(union(*talks_of([wanted.only.agent]), *left_calls(wanted.only)))
    if wanted.agent:
        yield Call.call_id.in_(union(*talks_of([wanted.agent])))


def _unanswered() -> ColumnElement[bool]:
    """A caller who gave up, was cut off while waiting or left a message, with whom nobody has talked since and to whom
    no callback is promised: by the ticket, on which all calls of one matter are."""
    later = aliased(Call)
    talked = exists().where(
        later.ticket_number == Call.ticket_number, later.arrived_at > Call.arrived_at, later.connected_at.is_not(None)
    )
    of_it = or_(Callback.asked_call_id == Call.call_id, Callback.ticket_number == Call.ticket_number)
    promised = exists().where(of_it, Callback.requested_at > Call.arrived_at, Callback.state.not_in(NEVER_CAME))
    return and_(left_for_anybody(), ~talked.correlate(Call), ~promised.correlate(Call))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _typed(text: str, settings: Settings | None) -> Iterator[ColumnElement[bool]]:
    """A whole number, or all words."""
    countries = {line.default_country for line in settings.lines} if settings else set()
    if numbers := typed_numbers(text.removeprefix("#"), sorted(countries)):
        yield or_(
            Call.call_id.in_(select(Call.call_id).where(or_(*(Call.found_by.contains(each) for each in numbers)))),
            *_identified(text.removeprefix("#")),
        )
        return
    words = typed_words(text)
    if not words:
        yield false()
    for word in words:
        yield Call.call_id.in_(_saying(word, settings))


def _identified(text: str) -> Iterator[ColumnElement[bool]]:
    """A ticket's number, a call's id."""
    if text.isascii() and text.isdigit() and len(text) < 16:
        yield Call.ticket_number == int(text)
    if len(text) >= ID_LETTERS:
        yield Call.call_id.in_(select(Call.call_id).where(Call.call_id.startswith(text, autoescape=True)))


def _saying(word: str, settings: Settings | None) -> Any:
    """The calls that have a word in their names, subject or numbers."""
    part = word if word.isdecimal() and len(word) >= LEAST_DIGITS else f" {word}"
    found: list[Select[tuple[str]]] = [select(Call.call_id).where(Call.found_by.contains(part, autoescape=True))]
    # SQLite folds the case of ASCII letters only.
    spellings = {word} if word.isascii() else {word, word.capitalize(), word.upper()}
    subjects = [(" " + Ticket.subject).icontains(f" {each}", autoescape=True) for each in spellings]
    tickets = or_(*subjects, *([Ticket.number == int(word)] if word.isdecimal() and len(word) < 16 else []))
    found.append(select(Call.call_id).where(Call.ticket_number.in_(select(Ticket.number).where(tickets))))
    if len(word) >= ID_LETTERS:
        found.append(select(Call.call_id).where(Call.call_id.startswith(word, autoescape=True)))
    agents = settings.agents if settings else []
    called = [agent.name for agent in agents if word in typed_words(f"{agent.display} {agent.name}")]
    return union(*found, *talks_of([*called, word]))
