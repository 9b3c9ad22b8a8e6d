"""A call as a document, with everything known of it; the list of calls is `call_list.py`'s.

Text that arrived with a call (`caller_name`, `caller_number`) is passed on as it is: whoever shows it escapes it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calls.models import Call
from calls.service import is_self_call, quality_document, visits_document
from recording.models import Recording
from tickets.models import Ticket
from transcripts.live.service import alerts_of
from transcripts.models import Transcript
from web.documents.facts import (
    Document,
    call_facts,
    contact_facts,
    iso,
    seconds_between,
    ticket_facts,
)
from web.documents.line_visits import waited, waits_of
from web.documents.live_words import all_words
from web.documents.promises import promises_of
from web.documents.recordings import recording_document
from web.documents.segments import agents_of, open_since, segments_of
from web.documents.surveys import survey_of_call
from web.documents.transcripts import transcript_document


def call_document(session: Session, call_id: str) -> Document | None:
    """Everything known of one call; None when there is no such call.

    Keys: call, agents (in the order of their talks), menu_path, segments, unrecorded (the recording is paused now),
    unrecorded_since, on_hold_since (seconds of the recording; None: it is not), waits,
    recording, transcript, ticket, survey, timings, promises, live_words (until the
    transcript is there), alerts, ended_by, visits (to queues), quality (of each leg). `recording.state` is
    "complete" when the sound is whole, else recording, spooled, truncated or missing, with the reason.
    """
    call = session.scalar(select(Call).where(Call.call_id == call_id).options(selectinload(Call.contact)))
    if call is None:
        return None
    recording = session.scalar(select(Recording).where(Recording.call_id == call_id))
    transcript = session.scalar(select(Transcript).where(Transcript.call_id == call_id))
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
        "unrecorded": open_since(segments, "unrecorded") is not None,
        "unrecorded_since": open_since(segments, "unrecorded"),
        "on_hold_since": open_since(segments, "hold"),
        "waits": waits_of(session, call),
        "recording": recording_document(session, call, recording),
        "transcript": transcript_document(session, call, transcript, segments),
        "ticket": ticket_facts(session.get(Ticket, call.ticket_number) if call.ticket_number else None),
        "survey": survey_of_call(session, call),
        "timings": _timings(call, transcript, waited(session, [call])[call_id]),
        "promises": promises_of(session, [call_id]),
        "live_words": all_words(session, call_id),
        "alerts": alerts_of(session, [call_id]).get(call_id, []),
        "ended_by": call.ended_by,
        "visits": visits_document(session, call_id),
        "quality": quality_document(session, call_id),
    }


def _timings(call: Call, transcript: Transcript | None, waited_seconds: float | None) -> Document:
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
        "wait_seconds": waited_seconds,
        "talk_seconds": seconds_between(call.connected_at, talk_end),
        "survey_seconds": seconds_between(call.released_at, call.ended_at) if call.survey_outcome else None,
        "total_seconds": seconds_between(call.arrived_at, call.ended_at),
        "transcript_ready_at": iso(transcript.finished_at) if transcript else None,
        "transcript_after_seconds": seconds_between(call.ended_at, transcript.finished_at) if transcript else None,
    }
