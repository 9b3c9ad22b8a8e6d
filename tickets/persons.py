"""Whose a ticket is, where a person says so: of a family behind one number, of a withheld number, after a mistake.

Works inside the caller's transaction.
"""

import uuid
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from calls.models import Call, Contact
from contacts.merging import merge
from contacts.models import ContactPoint
from contacts.service import current, find, settle
from ringback.messages import message
from ringback.store.erasing import quietly
from tickets.entries import add_entry
from tickets.models import Ticket


def put_to(session: Session, number: int, contact_id: uuid.UUID, who: str, at: datetime) -> None:
    """The ticket, and its calls of whoever had it before, are this person's from now on.

    A row that stood for a caller without a number is merged into the person: nothing of it is left to be forgotten.
    """
    person = current(session, contact_id)
    ticket = session.get_one(Ticket, number, populate_existing=True, with_for_update=True)
    before = ticket.contact_id
    if before == person.id:
        return
    if before is not None and not _has_points(session, before):
        merge(session, person.id, before, who)
    mine = or_(Call.contact_id.is_(None), Call.contact_id == before)
    quietly(session, update(Call).where(Call.ticket_number == number, mine).values(contact_id=person.id))
    values = {"contact_id": person.id, "version": Ticket.version + 1, "updated_at": at}
    quietly(session, update(Ticket).where(Ticket.number == number).values(values))
    said = message("tickets.person_chosen")
    add_entry(session, number, "change", str(said), at=at, author=who, said=said)
    session.expire_all()


def new_person(session: Session, name: str, number: str | None, who: str) -> uuid.UUID:
    """Somebody who is not in the contacts yet, with a number (E.164) that others may have, too; the id."""
    person = Contact(name=name, named_by=who)
    session.add(person)
    session.flush()
    if number:
        first = not find(session, "phone", number)
        session.add(ContactPoint(contact_id=person.id, kind="phone", value=number, is_first=first, source=who))
    settle(session, person)
    return person.id


def _has_points(session: Session, contact_id: uuid.UUID) -> bool:
    return session.scalar(select(ContactPoint.id).where(ContactPoint.contact_id == contact_id).limit(1)) is not None
