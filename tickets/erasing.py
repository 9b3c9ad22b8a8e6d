"""What erasing takes from tickets. Counts, times, ways and results stay: they name nobody.

A line of a ticket that quotes a call goes with the call's content. Everything else that people wrote on the tickets
of a person, and the lines that hold the number, go when the person is erased.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from calls.models import Call, Contact
from ringback.config import Settings
from ringback.messages import message
from ringback.store.erasing import ERASED, Removed, Room, Scope, quietly
from tickets.models import Ticket, TicketEntry
from tickets.service import subject_of

PLAIN_KINDS = ("call", "answer", "poor", "change", "merged", "split")
"""Entries that tell only times, results, which key was pressed, and what was chosen from a list."""
QUOTING = ("transcript", "opened")
"""How the keys of lines begin that quote a call or name who called; the call's call_id follows."""
Rows = dict[str, Any]


def erase(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    removed = _entries(session, _quotes(scope)) if scope.call_ids else []
    if scope.person:
        removed += _own(session, settings, scope)
    return removed


def _quotes(scope: Scope) -> ColumnElement[bool]:
    """The lines on tickets that were made from what was said in these calls; with the person also who called."""
    quoting = QUOTING if scope.person else ("transcript",)
    keys = [f"{begin}:{call_id}" for call_id in scope.call_ids for begin in quoting]
    return and_(TicketEntry.source_key.in_(keys), TicketEntry.kind.not_in(PLAIN_KINDS))


def _entries(session: Session, which: ColumnElement[bool]) -> list[Removed]:
    """Puts one word in the place of each line's text, in the language of the ticket's call or contact."""
    query = (
        select(TicketEntry.id, TicketEntry.text, Contact.language)
        .join(Ticket, Ticket.number == TicketEntry.ticket_number)
        .outerjoin(Contact, Contact.id == Ticket.contact_id)
        .where(which)
    )
    count = 0
    for id_, text, language in session.execute(query).all():
        word = message("tickets.erased").worded(language or "en")
        if text != word:
            quietly(session, update(TicketEntry).where(TicketEntry.id == id_).values(text=word, said=None))
            count += 1
    return [Removed("ticket text", count)] if count else []


def _nobodys(scope: Scope) -> ColumnElement[bool]:
    """Of a query over Ticket: whether all its calls are these, and nobody said which of a family called."""
    mine = select(Call.ticket_number).where(Call.call_id.in_(scope.call_ids), Call.ticket_number.is_not(None))
    others = exists().where(
        Call.ticket_number == Ticket.number, Call.call_id.not_in(scope.call_ids), Call.caller_number != ERASED
    )
    return and_(Ticket.contact_id.is_(None), Ticket.number.in_(mine), ~others.correlate(Ticket))


def _own(session: Session, settings: Settings, scope: Scope) -> list[Removed]:
    """The person's own tickets. Calls of the person that are kept keep theirs."""
    held = select(Call.ticket_number).where(Call.call_id.in_(scope.kept), Call.ticket_number.is_not(None))
    own = and_(or_(Ticket.contact_id.in_(scope.contacts), _nobodys(scope)), Ticket.number.not_in(held))
    numbers = select(Ticket.number).where(own)
    removed = _entries(session, and_(TicketEntry.ticket_number.in_(numbers), TicketEntry.kind.not_in(PLAIN_KINDS)))
    for ticket in session.scalars(select(Ticket).where(own)).all():
        first = session.scalars(
            select(Call).where(Call.ticket_number == ticket.number).order_by(Call.arrived_at).limit(1)
        ).one_or_none()
        language = first.language if first else ticket.contact.language if ticket.contact else None
        subject = subject_of(first, settings) if first else message("tickets.erased").worded(language or "en")
        values: Rows = {"subject": subject, "contact_id": None, "next_step": None}
        quietly(session, update(Ticket).where(Ticket.number == ticket.number).values(values))
    return removed


ROOM = Room(
    name="tickets",
    erased={
        "ticket": "of the person: its subject is the menu's choice again, and it names no contact and no next step",
        "ticket_entry": "text made from speech goes with the call, notes and numbers with the person",
    },
    harmless={
        "ticket_mention": "who of us is named in a note",
        "ticket_link": "numbers of tickets",
        "ticket_move": "keys of rows that were moved from one ticket to another",
    },
    erase=erase,
)
