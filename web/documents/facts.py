"""The short facts that several documents share: of a call, its caller, its ticket; moments and durations."""

from datetime import UTC, datetime
from typing import Any

from calls.models import Call, Contact
from tickets.models import Ticket

Document = dict[str, Any]


def call_facts(call: Call) -> Document:
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
        "arrived_at": iso(call.arrived_at),
        "ended_at": iso(call.ended_at),
    }


def contact_facts(contact: Contact | None) -> Document | None:
    if contact is None:
        return None
    return {"id": str(contact.id), "number": contact.number, "name": contact.name, "language": contact.language}


def ticket_facts(ticket: Ticket | None) -> Document | None:
    if ticket is None:
        return None
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "created_at": iso(ticket.created_at),
    }


def wait_seconds(call: Call) -> float | None:
    return seconds_between(call.queued_at, call.connected_at or call.ended_at)


def talk_seconds(call: Call) -> float | None:
    return seconds_between(call.connected_at, call.released_at or call.ended_at)


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else max(0.0, round((end - start).total_seconds(), 3))


def iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
