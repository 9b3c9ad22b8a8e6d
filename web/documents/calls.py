"""Calls as documents: the list, and one call with everything known of it.

Text that arrived with a call (`caller_name`, `caller_number`) is passed on as it is: whoever shows it escapes it.
"""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from calls.models import Call
from calls.service import is_self_call, of_customers, quality_document, talked_in, visits_document
from recording.models import Recording
from survey.models import SurveyAnswer
from tickets.models import Ticket
from transcripts.live.service import alerts_of
from transcripts.models import Transcript
from web.documents.facts import (
    Document,
    call_facts,
    contact_facts,
    iso,
    seconds_between,
    talk_seconds,
    ticket_facts,
    wait_seconds,
)
from web.documents.live_words import all_words
from web.documents.promises import promises_of
from web.documents.recordings import recording_document
from web.documents.recordings import state_of as recording_state
from web.documents.segments import agents_of, is_unrecorded, segments_of
from web.documents.transcripts import transcript_document
from web.errors import BadCursor


def call_list(
    session: Session,
    limit: int = 50,
    before: str | None = None,
    *,
    result: str | None = None,
    agent: str | None = None,
    text: str | None = None,
) -> list[Document]:
    """Calls, newest first, each a short document.

    `before` is the `cursor` of the last call already seen (BadCursor when it is none); `result` is one of
    Call.result, "open" for calls that go on, or "self_call" for those that Ringback makes to its own lines, which are
    in no other list; `agent` talked with the caller; `text` is looked for in caller
    number and name, ticket number and subject.
    """
    answer = (
        select(SurveyAnswer.label).where(SurveyAnswer.call_id == Call.call_id).order_by(SurveyAnswer.at.desc()).limit(1)
    )
    query = (
        select(Call, Ticket, Recording.state, Transcript.state, answer.scalar_subquery())
        .outerjoin(Ticket, Ticket.number == Call.ticket_number)
        .outerjoin(Recording, Recording.call_id == Call.call_id)
        .outerjoin(Transcript, Transcript.call_id == Call.call_id)
        .order_by(Call.arrived_at.desc(), Call.call_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_before(before))
    if result == "self_call":
        query = query.where(~of_customers())
    else:
        query = query.where(of_customers())
    if result == "open":
        query = query.where(Call.ended_at.is_(None))
    elif result and result != "self_call":
        query = query.where(Call.result == result)
    if agent:
        query = query.where(talked_in(agent))
    if text and text.strip():
        query = query.where(_matches(text.strip()))
    return [
        {
            **call_facts(call),
            "cursor": f"{iso(call.arrived_at)}~{call.call_id}",
            "menu_path": call.menu_path,
            "wait_seconds": wait_seconds(call),
            "talk_seconds": talk_seconds(call),
            "recording": recording_state(call, recording),
            "transcript": transcript,
            "ticket": ticket.number if ticket else None,
            "subject": ticket.subject if ticket else None,
            "answer": label,
        }
        for call, ticket, recording, transcript, label in session.execute(query)
    ]


def call_document(session: Session, call_id: str) -> Document | None:
    """Everything known of one call; None when there is no such call.

    Keys: call, menu_path, segments, unrecorded (the recording is paused just now), waits,
    recording, transcript, ticket, survey, timings, promises, live_words (until the
    transcript is there), alerts, ended_by, visits (to queues), quality (of each leg). `recording.state` is
    "complete" when the sound is whole, else recording, spooled, truncated or missing, with the reason.
    """
    call = session.scalar(select(Call).where(Call.call_id == call_id).options(selectinload(Call.contact)))
    if call is None:
        return None
    recording = session.scalar(select(Recording).where(Recording.call_id == call_id))
    transcript = session.scalar(
        select(Transcript).where(Transcript.call_id == call_id).options(selectinload(Transcript.segments))
    )
    answers = session.scalars(
        select(SurveyAnswer).where(SurveyAnswer.call_id == call_id).order_by(SurveyAnswer.at)
    ).all()
    segments = segments_of(session, call)
    return {
        "call": {
            **call_facts(call),
            "self_call": is_self_call(session, call),
            "survey_outcome": call.survey_outcome,
            "contact": contact_facts(call.contact),
        },
        "menu_path": call.menu_path,
        "segments": segments,
        "agents": agents_of(segments, call.agent),
        "unrecorded": is_unrecorded(segments),
        "waits": _waits(call),
        "recording": recording_document(session, call, recording),
        "transcript": transcript_document(session, call, transcript, segments),
        "ticket": ticket_facts(session.get(Ticket, call.ticket_number) if call.ticket_number else None),
        "survey": {
            "outcome": call.survey_outcome,
            "answers": [
                {"survey": a.survey, "question": a.question, "key": a.key, "label": a.label, "at": iso(a.at)}
                for a in answers
            ],
        },
        "timings": _timings(call, transcript),
        "promises": promises_of(session, [call_id]),
        "live_words": all_words(session, call_id),
        "alerts": alerts_of(session, [call_id]).get(call_id, []),
        "ended_by": call.ended_by,
        "visits": visits_document(session, call_id),
        "quality": quality_document(session, call_id),
    }


def _before(cursor: str) -> ColumnElement[bool]:
    at, mark, call_id = cursor.partition("~")
    try:
        arrived = datetime.fromisoformat(at)
        if not mark or arrived.tzinfo is None:
            raise ValueError(cursor)
        arrived = arrived.astimezone(UTC)  # which has no room for an hour before the year 1
    except (ValueError, OverflowError) as error:
        raise BadCursor() from error
    return or_(Call.arrived_at < arrived, and_(Call.arrived_at == arrived, Call.call_id < call_id))


def _matches(text: str) -> ColumnElement[bool]:
    """`text` in any of the columns; several spellings, since SQLite folds the case of ASCII letters only."""
    columns = (Call.caller_number, Call.caller_name, Call.call_id, Ticket.subject)
    spellings = {text, text.lower(), text.upper(), text.capitalize(), text.title()}
    found = [column.icontains(spelling, autoescape=True) for column in columns for spelling in spellings]
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 16:
        found.append(Ticket.number == int(number))
    return or_(*found)


def _waits(call: Call) -> list[Document]:
    """The times in line: one so far, a list because a transfer will add another."""
    if call.queued_at is None:
        return []
    outcome = "connected" if call.connected_at else "left" if call.ended_at else "waiting"
    return [
        {
            "queue": call.queue,
            "from": iso(call.queued_at),
            "until": iso(call.connected_at or call.ended_at),
            "seconds": wait_seconds(call),
            "outcome": outcome,
        }
    ]


def _timings(call: Call, transcript: Transcript | None) -> Document:
    """When each part began, and how long it took."""
    menu_end = call.queued_at or call.ended_at
    talk_end = call.released_at or call.ended_at
    return {
        "arrived_at": iso(call.arrived_at),
        "queued_at": iso(call.queued_at),
        "connected_at": iso(call.connected_at),
        "released_at": iso(call.released_at),
        "ended_at": iso(call.ended_at),
        "menu_seconds": seconds_between(call.arrived_at, menu_end),
        "wait_seconds": wait_seconds(call),
        "talk_seconds": seconds_between(call.connected_at, talk_end),
        "survey_seconds": seconds_between(call.released_at, call.ended_at),
        "total_seconds": seconds_between(call.arrived_at, call.ended_at),
        "transcript_ready_at": iso(transcript.finished_at) if transcript else None,
        "transcript_after_seconds": seconds_between(call.ended_at, transcript.finished_at) if transcript else None,
    }
