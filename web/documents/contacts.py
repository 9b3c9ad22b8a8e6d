"""Persons as JSON documents: of the list, and one with everything that hangs on it. Reads only."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call, Contact
from contacts.merging import merges_of
from contacts.models import ContactPoint
from contacts.service import AT_ONCE, points_of
from tickets.models import Ticket
from web.documents.facts import Document, call_facts, iso, ticket_facts

MOST = 20
"""Calls, tickets and callbacks that a person is shown with: the latest."""


def person_facts(person: Contact, points: Sequence[ContactPoint] = ()) -> Document:
    """A person with the numbers and addresses."""
    return {
        "id": str(person.id),
        "name": person.name,
        "number": person.number or next((point.value for point in points if point.kind == "phone"), None),
        "language": person.language,
        "points": [point_facts(point) for point in points],
    }


def point_facts(point: ContactPoint) -> Document:
    return {
        "id": str(point.id),
        "kind": point.kind,
        "value": point.value,
        "label": point.label,
        "consent": point.consent,
        "consent_at": iso(point.consent_at),
        "consent_by": point.consent_by,
        "consent_how": point.consent_how,
    }


def persons_document(session: Session, persons: Sequence[Contact]) -> list[Document]:
    """The persons of a page of the list, each with `last_call_at`."""
    ids = [person.id for person in persons]
    points = points_of(session, ids)
    last = select(Call.contact_id, func.max(Call.arrived_at)).where(Call.contact_id.in_(ids)).group_by(Call.contact_id)
    called = dict(session.execute(last).tuples().all())
    return [{**person_facts(each, points[each.id]), "last_call_at": iso(called.get(each.id))} for each in persons]


def person_document(session: Session, person: Contact) -> Document:
    """One person: `points` with `others`, who have the same; the latest calls, tickets and callbacks; `merges`."""
    points = points_of(session, [person.id])[person.id]
    others = others_with(session, person.id, points)
    calls = session.scalars(
        select(Call).where(Call.contact_id == person.id).order_by(Call.arrived_at.desc()).limit(MOST)
    )
    tickets = select(Ticket).where(Ticket.contact_id == person.id).order_by(Ticket.number.desc()).limit(MOST)
    found = [ticket_facts(ticket) or {} for ticket in session.scalars(tickets)]
    numbers = [point.value for point in points if point.kind == "phone"]
    named = or_(Callback.number.in_(numbers), Callback.ticket_number.in_([ticket["number"] for ticket in found]))
    promises = session.scalars(select(Callback).where(named).order_by(Callback.requested_at.desc()).limit(MOST))
    return {
        **person_facts(person, points),
        "notes": person.notes,
        "named_by": person.named_by,
        "version": person.version,
        "created_at": iso(person.created_at),
        "points": [{**point_facts(point), "others": others.get((point.kind, point.value), [])} for point in points],
        "calls": [call_facts(call) for call in calls],
        "tickets": found,
        "promises": [
            {
                "id": str(row.id),
                "number": row.number,
                "state": row.state,
                "requested_at": iso(row.requested_at),
                "notes": row.notes,
                "reason": None,
            }
            for row in promises
        ],
        "merges": [
            {
                "id": str(row.id),
                "by": row.by,
                "at": iso(row.at),
                "name": row.before["loser"]["name"],
                "undone_at": iso(row.undone_at),
                "undone_by": row.undone_by,
            }
            for row in merges_of(session, person.id)
        ],
    }


def others_with(
    session: Session, person: uuid.UUID, points: Iterable[ContactPoint]
) -> dict[tuple[str, str], list[Document]]:
    """By kind and value who else has these numbers and addresses, with id and name."""
    found: dict[tuple[str, str], list[Document]] = {}
    wanted = {(point.kind, point.value) for point in points}
    query = (
        select(ContactPoint.kind, ContactPoint.value, Contact.id, Contact.name)
        .join(Contact, Contact.id == ContactPoint.contact_id)
        .where(ContactPoint.value.in_([value for _, value in wanted]), Contact.id != person)
        .limit(AT_ONCE)
    )
    for kind, value, id_, name in session.execute(query):
        if (kind, value) in wanted:
            found.setdefault((kind, value), []).append({"id": str(id_), "name": name})
    return found
