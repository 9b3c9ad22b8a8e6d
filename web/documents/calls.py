"""Rows read as JSON documents: the calls, one call with everything known of it, and what happens now.

Pure reading: nothing is written, no Flask is needed, so the command line, the demo, the API and the pages
all show the same facts. Times are ISO 8601 in UTC, durations are seconds as floats, what is not known (yet)
is None. Text that arrived with a call (`caller_name`, `caller_number`) is passed on as it is: whoever shows
it escapes it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from calls.models import Call, Contact
from recording.models import Recording
from retention.receipts import talked_in
from ringback.processes import BY_NAME, NEEDED
from ringback.store.base import utc
from ringback.store.bus import AgentState, Process
from survey.models import Answer
from tickets.models import Ticket
from transcripts.live.service import alerts_of
from transcripts.models import Segment, Transcript
from web.documents.live_words import all_words, last_words
from web.documents.promises import alarms_document, promise_counts, promises_of
from web.documents.recordings import recording_document
from web.documents.recordings import state_of as recording_state
from web.documents.requests import latest_requests
from web.documents.stretches import is_unrecorded, stretches_of, talked_at
from web.documents.texts import text_document
from web.errors import BadCursor

Document = dict[str, Any]


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
    Call.result or "open" for calls that go on; `agent` talked with the caller; `text` is looked for in caller
    number and name, ticket number and subject.
    """
    answer = select(Answer.label).where(Answer.call_id == Call.call_id).order_by(Answer.at.desc()).limit(1)
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
    if result == "open":
        query = query.where(Call.ended_at.is_(None))
    elif result:
        query = query.where(Call.result == result)
    if agent:
        query = query.where(talked_in(agent))
    if text and text.strip():
        query = query.where(_matches(text.strip()))
    return [
        {
            **_call(call),
            "cursor": f"{_iso(call.arrived_at)}~{call.call_id}",
            "menu_path": call.menu_path,
            "wait_seconds": _wait_seconds(call),
            "talk_seconds": _between(call.connected_at, call.released_at or call.ended_at),
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

    Keys: call, menu_path, stretches, unrecorded (the recording is paused just now), waits,
    recording, transcript, ticket, survey, timings, promises, live_words (until the
    transcript is there), alerts. `recording.state` is
    "complete" when the sound is whole, else recording, spooled, truncated or missing, with the reason.
    """
    call = session.scalar(select(Call).where(Call.call_id == call_id).options(selectinload(Call.contact)))
    if call is None:
        return None
    recording = session.scalar(select(Recording).where(Recording.call_id == call_id))
    transcript = session.scalar(
        select(Transcript).where(Transcript.call_id == call_id).options(selectinload(Transcript.segments))
    )
    answers = session.scalars(select(Answer).where(Answer.call_id == call_id).order_by(Answer.at)).all()
    stretches = stretches_of(session, call)
    return {
        "call": {**_call(call), "survey_outcome": call.survey_outcome, "contact": _contact(call.contact)},
        "menu_path": call.menu_path,
        "stretches": stretches,
        "unrecorded": is_unrecorded(stretches),
        "waits": _waits(call),
        "recording": recording_document(session, call, recording),
        "transcript": _transcript_of(session, call, transcript, stretches),
        "ticket": _ticket(session.get(Ticket, call.ticket_number) if call.ticket_number else None),
        "survey": {
            "outcome": call.survey_outcome,
            "answers": [
                {"survey": a.survey, "question": a.question, "key": a.key, "label": a.label, "at": _iso(a.at)}
                for a in answers
            ],
        },
        "timings": _timings(call, transcript),
        "promises": promises_of(session, [call_id]),
        "live_words": all_words(session, call_id),
        "alerts": alerts_of(session, [call_id]).get(call_id, []),
    }


def ticket_document(session: Session, number: int) -> Document | None:
    """One ticket with its contact, calls (oldest first), promises and history; None when there is no such ticket."""
    ticket = session.scalar(
        select(Ticket)
        .where(Ticket.number == number)
        .options(selectinload(Ticket.contact), selectinload(Ticket.calls), selectinload(Ticket.entries))
    )
    if ticket is None:
        return None
    return {
        **(_ticket(ticket) or {}),
        "priority": ticket.priority,
        "category": ticket.category,
        "disposition": ticket.disposition,
        "contact": _contact(ticket.contact),
        "calls": [
            {
                **_call(call),
                "menu_path": call.menu_path,
                "wait_seconds": _wait_seconds(call),
                "talk_seconds": _between(call.connected_at, call.released_at or call.ended_at),
            }
            for call in ticket.calls
        ],
        "entries": [
            {"kind": entry.kind, "text": entry.text, "at": _iso(entry.at), "author": entry.author}
            for entry in sorted(ticket.entries, key=lambda entry: (entry.at, entry.id))
        ],
        "promises": promises_of(session, [call.call_id for call in ticket.calls], ticket.number),
    }


def live_document(session: Session, now: float) -> Document:
    """What happens at `now` (epoch seconds): calls that go on, agents, processes, promises counted, alarms.

    A process is "here", "troubled" (its own sentence in `trouble`) or "away" (`means` says what that is for
    people); those without which Ringback is not ready are listed even when they were never seen. `words` of a call
    are its last live phrases, `alerts` the words that raised a flag.
    """
    open_calls = session.scalars(select(Call).where(Call.ended_at.is_(None)).order_by(Call.arrived_at)).all()
    heard = last_words(session, [call.call_id for call in open_calls])
    rows = {row.name: row for row in session.scalars(select(Process))}
    names = [*NEEDED, *sorted(set(rows) - set(NEEDED))]
    return {
        "now": _iso(utc(now)),
        "calls": [
            {**_call(call), "menu_path": call.menu_path, "since": _iso(_state_since(call)), **heard[call.call_id]}
            for call in open_calls
        ],
        "agents": agents_document(session, now),
        "processes": [_process(name, rows.get(name), now) for name in names],
        "promises": promise_counts(session, now),
        "alarms": alarms_document(session),
    }


def agents_document(session: Session, now: float, agent: str | None = None) -> list[Document]:
    """Every agent, or one: state, `queues` (chosen at login; None: those that the settings give), newest `request`."""
    requests = latest_requests(session, now, ("agent.pause", "agent.resume", "agent.login", "agent.logout"))
    query = select(AgentState).order_by(AgentState.display, AgentState.agent)
    return [
        {
            "agent": row.agent,
            "display": row.display,
            "extension": row.extension,
            "state": row.state,
            "reason": row.reason,
            "queues": row.queues,
            "since": _iso(row.since),
            "call_id": row.call_id,
            "request": requests.get(row.agent),
        }
        for row in session.scalars(query if agent is None else query.where(AgentState.agent == agent))
    ]


def agent_document(session: Session, agent: str, now: float) -> Document | None:
    """One agent of `agents_document`; None: the controller knows nobody of that name."""
    return next(iter(agents_document(session, now, agent)), None)


def _process(name: str, row: Process | None, now: float) -> Document:
    away = row is None or row.is_away(utc(now))
    trouble = row.trouble if row is not None and not away else None
    return {
        "name": name,
        "state": "away" if away else "troubled" if trouble else "here",
        "trouble": trouble,
        "means": str(BY_NAME[name].when_away) if away and name in BY_NAME else None,
        "pid": row.pid if row else None,
        "started_at": _iso(row.started_at) if row else None,
        "beat_at": _iso(row.beat_at) if row else None,
    }


def _before(cursor: str) -> ColumnElement[bool]:
    at, mark, call_id = cursor.partition("~")
    try:
        arrived = datetime.fromisoformat(at)
        if not mark or arrived.tzinfo is None:
            raise ValueError(cursor)
    except ValueError as error:
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


def _call(call: Call) -> Document:
    return {
        "call_id": call.call_id,
        "line": call.line,
        "language": call.language,
        "caller_number": call.caller_number,
        "caller_name": call.caller_name,
        "state": call.state,
        "result": call.result,
        "queue": call.queue,
        "agent": call.agent,
        "arrived_at": _iso(call.arrived_at),
        "ended_at": _iso(call.ended_at),
    }


def _contact(contact: Contact | None) -> Document | None:
    if contact is None:
        return None
    return {"id": str(contact.id), "number": contact.number, "name": contact.name, "language": contact.language}


def _ticket(ticket: Ticket | None) -> Document | None:
    if ticket is None:
        return None
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "created_at": _iso(ticket.created_at),
    }


def _waits(call: Call) -> list[Document]:
    """The times in line: one so far, a list because a transfer will add another."""
    if call.queued_at is None:
        return []
    outcome = "connected" if call.connected_at else "left" if call.ended_at else "waiting"
    return [
        {
            "queue": call.queue,
            "from": _iso(call.queued_at),
            "until": _iso(call.connected_at or call.ended_at),
            "seconds": _wait_seconds(call),
            "outcome": outcome,
        }
    ]


def _transcript_of(
    session: Session, call: Call, transcript: Transcript | None, stretches: list[Document]
) -> Document | None:
    """With the name of the agent who says each turn: a call that was passed on has several."""
    if transcript is None:
        return None
    document = {**_transcript(transcript), **text_document(session, transcript)}
    for turn in document["turns"]:
        of_agent = turn["speaker"] == "agent"
        turn["agent"] = talked_at(stretches, turn["start"], call.agent) if of_agent else None
    return document


def _transcript(row: Transcript) -> Document:
    return {
        "state": row.state,
        "language": row.language,
        "engine": row.engine,
        "model": row.model,
        "audio_seconds": row.audio_seconds,
        "speech_seconds": row.speech_seconds,
        "took_seconds": row.took_seconds,
        "error": row.error,
        "turns": [_turn(segment) for segment in row.segments],
    }


def _turn(segment: Segment) -> Document:
    return {
        "seq": segment.seq,
        "speaker": segment.speaker,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "confidence": segment.confidence,
        "words": [
            {"start": start, "end": end, "confidence": confidence, "word": word}
            for start, end, confidence, word in segment.words
        ],
    }


def _timings(call: Call, transcript: Transcript | None) -> Document:
    """When each part began, and how long it took."""
    menu_end = call.queued_at or call.ended_at
    talk_end = call.released_at or call.ended_at
    return {
        "arrived_at": _iso(call.arrived_at),
        "queued_at": _iso(call.queued_at),
        "connected_at": _iso(call.connected_at),
        "released_at": _iso(call.released_at),
        "ended_at": _iso(call.ended_at),
        "menu_seconds": _between(call.arrived_at, menu_end),
        "wait_seconds": _wait_seconds(call),
        "talk_seconds": _between(call.connected_at, talk_end),
        "survey_seconds": _between(call.released_at, call.ended_at),
        "total_seconds": _between(call.arrived_at, call.ended_at),
        "transcript_ready_at": _iso(transcript.finished_at) if transcript else None,
        "transcript_after_seconds": _between(call.ended_at, transcript.finished_at) if transcript else None,
    }


def _state_since(call: Call) -> datetime:
    """Since when a call that goes on is where it is."""
    return call.released_at or call.connected_at or call.queued_at or call.arrived_at


def _wait_seconds(call: Call) -> float | None:
    return _between(call.queued_at, call.connected_at or call.ended_at)


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else max(0.0, round((end - start).total_seconds(), 3))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
