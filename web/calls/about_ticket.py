"""The tickets that a call may be about instead of its own, for whoever can say so: its agent, in the talk or after it.

Open tickets of everybody who has the caller's number are offered, with the person, because a family may share one; any
other ticket that who asks may see is named by its number.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from calls.numbers import contact_number, country_of
from contacts.service import find_by_number
from ringback.store.base import utc
from tickets.models import ACTIVE, Ticket
from web import access
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.ticket_list import ticket_row

MOST = 5
"""Tickets that are offered."""


@dataclass(frozen=True)
class AboutTicket:
    """What calls/_about_ticket.html shows; None in its place: the call goes nowhere else."""

    call_id: str
    offered: list[Document]
    """Open tickets of the caller's, newest first, as lists show them."""


def about_ticket(document: Document) -> AboutTicket | None:
    """Of a call whose ticket who asks may change."""
    ticket = document["ticket"]
    if ticket is None or not access.may_work_on(db(), person(), ticket["number"]):
        return None
    return AboutTicket(document["call"]["call_id"], offered_to(document["call"], ticket["number"]))


def offered_to(call: Document, but: int | None) -> list[Document]:
    """Open tickets of everybody who has the number of a call (`call_facts`), except `but`."""
    number = contact_number(call["caller_number"], country_of(settings(), call["line"]))
    if number is None:
        return []
    theirs = Ticket.contact_id.in_(find_by_number(db(), number)), Ticket.status.in_(ACTIVE), Ticket.number != (but or 0)
    query = select(Ticket).where(*theirs, Ticket.merged_into.is_(None)).options(selectinload(Ticket.contact))
    found = db().scalars(query.order_by(Ticket.updated_at.desc()).limit(4 * MOST)).all()
    seen = access.seen_tickets(db(), person(), [each.number for each in found])
    return [ticket_row(each, utc(now())) for each in found if each.number in seen][:MOST]
