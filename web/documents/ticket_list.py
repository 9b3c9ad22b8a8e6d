"""A page of the work list as a document: tickets by a view, with their customer and what is due."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from tickets.listing import ANY, VIEWS, Range, TicketFilter, View, count_tickets, list_tickets
from tickets.models import Ticket
from web.documents.facts import Document, contact_facts, iso, ticket_facts


def ticket_list(
    session: Session,
    view: View,
    seen: Range,
    now: datetime,
    *,
    only: TicketFilter = ANY,
    limit: int = 50,
    after: str | None = None,
) -> Document:
    """`{"view": ..., "tickets": [...], "next": cursor or null}`. Raises TicketError for a cursor that is none."""
    found, cursor = list_tickets(session, view, seen, now, only=only, limit=limit, after=after)
    numbers = [ticket.number for ticket in found]
    query = select(Ticket).where(Ticket.number.in_(numbers)).options(selectinload(Ticket.contact))
    whole = {ticket.number: ticket for ticket in session.scalars(query)}
    return {"view": view, "tickets": [ticket_row(whole[number], now) for number in numbers], "next": cursor}


def ticket_row(ticket: Ticket, now: datetime) -> Document:
    """A ticket in a list."""
    return {
        **(ticket_facts(ticket) or {}),
        **work_facts(ticket),
        "overdue": ticket.due_at is not None and ticket.due_at < now,
        "contact": contact_facts(ticket.contact),
    }


def work_facts(ticket: Ticket) -> Document:
    """What people do with a ticket."""
    return {
        "queue": ticket.queue,
        "owner": ticket.owner,
        "priority": ticket.priority,
        "category": ticket.category,
        "disposition": ticket.disposition,
        "next_step": ticket.next_step,
        "due_at": iso(ticket.due_at),
        "updated_at": iso(ticket.updated_at),
        "solved_at": iso(ticket.solved_at),
        "version": ticket.version,
        "merged_into": ticket.merged_into,
    }


def counts(session: Session, seen: Range, now: datetime, only: TicketFilter = ANY) -> dict[str, int]:
    """How many tickets each view has, counted up to `tickets.listing.MOST_COUNTED`."""
    return {view: count_tickets(session, view, seen, now, only) for view in VIEWS if view not in ("open", "closed")}
