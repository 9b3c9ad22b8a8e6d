"""One ticket as a document: its customer, its calls, what was written down, what was promised."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from calls.service import agents_of
from tickets import merging
from tickets.models import Ticket, TicketEntry, TicketMove
from tickets.poor_answers import POOR
from web.documents.facts import Document, call_facts, contact_facts, iso, talk_seconds, ticket_facts
from web.documents.line_visits import waited
from web.documents.promises import promises_of
from web.documents.segments import talk_order
from web.documents.surveys import moments_of_calls
from web.documents.ticket_list import work_facts


def ticket_document(session: Session, number: int) -> Document | None:
    """One ticket with its contact, calls (oldest first), promises and history; None when there is no such ticket.

    An entry of a poor answer has its `call_id` and the `moments` that may explain it, as `survey_of_call` has them.
    """
    ticket = session.scalar(
        select(Ticket)
        .where(Ticket.number == number)
        .options(selectinload(Ticket.contact), selectinload(Ticket.calls), selectinload(Ticket.entries))
    )
    if ticket is None:
        return None
    moments = moments_of_calls(session, [call_id for entry in ticket.entries if (call_id := _poor_call(entry))])
    waits, agents = waited(session, ticket.calls), agents_of(session, [call.call_id for call in ticket.calls])
    return {
        **(ticket_facts(ticket) or {}),
        **work_facts(ticket),
        "contact": contact_facts(ticket.contact),
        "calls": [
            {
                **call_facts(call),
                "menu_path": call.menu_path,
                "agents": talk_order(agents[call.call_id]),
                "wait_seconds": waits[call.call_id],
                "talk_seconds": talk_seconds(call),
            }
            for call in ticket.calls
        ],
        "entries": [
            {
                "kind": entry.kind,
                "text": entry.text,
                **said_facts(entry),
                "at": iso(entry.at),
                "author": entry.author,
                "call_id": _poor_call(entry),
                "moments": moments.get(_poor_call(entry) or "", []),
            }
            for entry in sorted(ticket.entries, key=lambda entry: (entry.at, entry.id))
        ],
        "promises": promises_of(session, [call.call_id for call in ticket.calls], ticket.number),
        "links": [ticket_facts(other) for other in merging.linked_with(session, ticket.number)],
        "moves": [_move_facts(move) for move in merging.moves_of(session, ticket.number)],
    }


def said_facts(entry: TicketEntry) -> Document:
    """The code and facts of a line that is told in the reader's language; None: it has its text alone."""
    return {
        "code": None if entry.said is None else entry.said.code,
        "facts": None if entry.said is None else entry.said.facts,
    }


def _move_facts(move: TicketMove) -> Document:
    return {
        "id": str(move.id),
        "kind": move.kind,
        "from": move.from_number,
        "to": move.to_number,
        "by": move.by,
        "at": iso(move.at),
    }


def _poor_call(entry: TicketEntry) -> str | None:
    """The call of which an entry tells a poor answer; None: it tells something else."""
    kind, _, call_id = (entry.source_key or "").partition(":")
    return call_id if entry.kind == POOR and kind == POOR else None
