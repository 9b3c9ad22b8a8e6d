"""What another system is told of a ticket: facts, with the address of our page, and what people wrote as a note.

No word that was made of speech leaves the house here: of a call there are times, names of ours and the result; of a
transcript there is the link.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from connectors.marks import mark_of, one_line, plain, subject_with
from connectors.systems import OutsideDraft
from outbox.receivers import Outgoing
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.messages import Message, message, text
from tickets.models import PRIORITIES, Ticket

KINDS = ("ticket.opened", "ticket.changed", "ticket.merged", "ticket.note", "call.ended", "transcript.ready")
"""What a system with tickets is told of."""
NOTED = ("owner", "priority", "queue", "category", "disposition", "next_step", "due_at")
"""Fields whose changes are a note there: what they mean differs from system to system."""
MOST_CALLS = 5
"""Calls that a new ticket names."""


@dataclass(frozen=True)
class TicketTold:
    """A ticket of ours, as far as others are told."""

    number: int
    status: str
    subject: str
    """With its mark."""
    draft: OutsideDraft


def ticket_told(session: Session, number: int, opened_as: int, connector: Connector, settings: Settings) -> TicketTold:
    """The ticket `number`, as the outside ticket that was made for `opened_as` has it."""
    ticket = session.get_one(Ticket, number)
    opened_at = session.scalars(select(Ticket.created_at).where(Ticket.number == opened_as)).one()
    mark = mark_of(opened_as, opened_at)
    subject = subject_with(ticket.subject, opened_as, mark)
    lines = _first_lines(session, ticket, settings)
    words = plain("\n".join(line.worded(connector.language) for line in lines))
    return TicketTold(
        number, ticket.status, subject, OutsideDraft(subject, words, mark, connector.theirs(ticket.status))
    )


def note_told(session: Session, event: Outgoing, number: int, connector: Connector, settings: Settings) -> str | None:
    """What an event is as a note on the outside ticket of `number`; None: it is none."""
    said = _note(session, event, number, settings)
    return plain(said.worded(connector.language)) if said is not None else None


def ticket_of(session: Session, event: Outgoing) -> int | None:
    """The ticket that an event is about, by the number it had then; None: it is on none (yet)."""
    about, _, which = event.key.partition(":")
    if about == "ticket":
        number = int(which) if which.isascii() and which.isdecimal() and len(which) < 10 else 0
        return session.scalar(select(Ticket.number).where(Ticket.number == number))
    return session.scalar(select(Call.ticket_number).where(Call.call_id == call_of(event)))


def call_of(event: Outgoing) -> str:
    """The call that an event is about."""
    return event.key.partition(":")[2]


def _first_lines(session: Session, ticket: Ticket, settings: Settings) -> list[Message]:
    lines = [message("connectors.line_ticket", number=ticket.number, url=_page(settings, ticket.number))]
    contact = ticket.contact
    if contact is not None:
        who = one_line(" ".join(part for part in (contact.number, contact.name) if part))
        lines.append(message("connectors.line_contact", who=who))
    if ticket.queue is not None:
        queue = settings.queues.get(ticket.queue)
        lines.append(message("connectors.line_queue", queue=queue.name if queue else ticket.queue))
    lines.append(message("connectors.line_opened", at=_time(ticket.created_at)))
    query = select(Call).where(Call.ticket_number == ticket.number).order_by(Call.arrived_at).limit(MOST_CALLS)
    return lines + [_call(call, settings) for call in session.scalars(query)]


def _note(session: Session, event: Outgoing, number: int, settings: Settings) -> Message | None:
    body: dict[str, Any] = dict(event.body)
    if event.kind == "ticket.note":
        return message("connectors.note", who=_who(body, settings), words=text(plain(str(body.get("note") or ""))))
    if event.kind == "ticket.changed":
        changes = body.get("changes")
        return _changes(changes, body, settings) if isinstance(changes, dict) else None
    if event.kind == "ticket.merged":
        return message("connectors.merged", number=number, url=_page(settings, number))
    if event.kind == "call.ended":
        call = session.scalars(select(Call).where(Call.call_id == call_of(event))).one_or_none()
        return _call(call, settings) if call is not None else None
    if event.kind == "transcript.ready":
        url = f"{settings.web.base_url}/calls/{call_of(event)}"
        return message("connectors.transcript", url=url)
    return None


def _changes(changes: dict[str, Any], body: dict[str, Any], settings: Settings) -> Message | None:
    """What is not told by fields of their own there."""
    told = [
        message("connectors.change", field=message(f"tickets.name_{name}"), value=_value(name, change, settings))
        for name, change in changes.items()
        if name in NOTED and isinstance(change, dict)
    ]
    return message("connectors.changed", who=_who(body, settings), changes=told) if told else None


def _value(name: str, change: dict[str, Any], settings: Settings) -> Message:
    value = change.get("to")
    if not value:
        return message("tickets.nothing")
    if name == "owner":
        value = settings.agent_called(str(value))
    elif name == "priority" and value in PRIORITIES:
        return message(f"tickets.priority_{value}")
    elif name == "queue" and value in settings.queues:
        value = settings.queues[value].name
    return text(one_line(str(value)))


def _who(body: dict[str, Any], settings: Settings) -> str:
    return one_line(settings.agent_called(str(body.get("by") or ""))) or "Ringback"


def _call(call: Call, settings: Settings) -> Message:
    url = f"{settings.web.base_url}/calls/{call.call_id}"
    if call.ended_at is None:
        return message("connectors.call_on", at=_time(call.arrived_at), url=url)
    if call.connected_at is None or call.agent is None:
        return message("connectors.call_alone", at=_time(call.arrived_at), url=url)
    seconds = round(((call.released_at or call.ended_at) - call.connected_at).total_seconds())
    length = f"{seconds // 60}:{seconds % 60:02}"
    return message(
        "connectors.call", at=_time(call.arrived_at), length=length, who=settings.agent_called(call.agent), url=url
    )


def _page(settings: Settings, number: int) -> str:
    return f"{settings.web.base_url}/tickets/{number}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
