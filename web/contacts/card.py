"""The person at a ticket: who it is, who it may be, and the choice of a person who knows."""

import uuid
from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from calls.models import Call, Contact
from calls.numbers import clean_name, contact_number, country_of
from contacts.errors import ContactError
from contacts.service import find_by_number
from ringback.store.base import utcnow
from tickets.models import Ticket
from tickets.persons import new_person, put_to
from web import access
from web.contacts import blueprint
from web.context import db, needs, person, settings
from web.documents.contacts import person_facts, persons_document
from web.documents.facts import Document
from web.i18n import told

MOST = 12
"""Persons behind one number who are offered."""


@dataclass(frozen=True)
class PersonCard:
    """Everything that contacts/_card.html shows."""

    ticket: int
    person: Document | None
    """Whose the ticket is; None: nobody knows, or nobody has said."""
    may_open: bool
    """Whether who asks may open the person's page."""
    number: str | None
    """From which the ticket's calls came; None: withheld, or there are none."""
    others: list[Document]
    """Who else may have called: everybody behind that number."""
    may_choose: bool


def card_of(number: int) -> PersonCard:
    """The card for a ticket that who asks may see."""
    ticket = db().get_one(Ticket, number)
    came_from = _number_of(number)
    ids = find_by_number(db(), came_from) if came_from else []
    row = db().get(Contact, ticket.contact_id) if ticket.contact_id else None
    known = persons_document(db(), [row]) if row else []
    found = [each for id_ in ids[:MOST] if id_ != ticket.contact_id and (each := db().get(Contact, id_))]
    shown = known[0] if known and (known[0]["name"] or known[0]["points"]) else None
    return PersonCard(
        ticket=number,
        person=shown,
        may_open=shown is not None and access.may_see_contact(db(), person(), uuid.UUID(shown["id"])),
        number=came_from,
        others=[person_facts(each) for each in found],
        may_choose=person().may("contacts"),
    )


@blueprint.post("/tickets/<int:number>/person")
@needs("contacts")
def choose(number: int) -> ResponseReturnValue:
    """Says whose the ticket is: one of those behind its number, another one whom who asks may see, or a new one."""
    if number >= 1 << 31 or not access.may_see_ticket(db(), person(), number):
        abort(404)
    here = url_for("tickets.ticket", number=number)
    came_from = _number_of(number)
    try:
        if name := clean_name(request.form.get("name", "")):
            chosen = new_person(db(), name, came_from, person().name)
        else:
            chosen = uuid.UUID(request.form.get("person", ""))
            behind = came_from is not None and chosen in find_by_number(db(), came_from)
            if not behind and not access.may_see_contact(db(), person(), chosen):
                abort(404)
        put_to(db(), number, chosen, person().name, utcnow())
    except ValueError:
        abort(400)
    except ContactError as error:
        db().rollback()
        flash(told(error.message))
        return redirect(here, 303)
    db().commit()
    flash(_("The ticket and its calls are this person's now."))
    return redirect(here, 303)


def _number_of(ticket: int) -> str | None:
    """From which number the ticket's latest call came."""
    query = select(Call.caller_number, Call.line).where(Call.ticket_number == ticket)
    for raw, line in db().execute(query.order_by(Call.arrived_at.desc()).limit(5)):
        if found := contact_number(raw, country_of(settings(), line)):
            return found
    return None
