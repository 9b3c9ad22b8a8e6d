"""Persons in the contacts, as the worker and people make them."""

from sqlalchemy.orm import Session

from calls.models import Contact
from contacts.models import ContactPoint
from contacts.service import find, settle


def add_person(
    session: Session, *points: str, name: str | None = None, named_by: str | None = None, **more: str
) -> Contact:
    """A person with these numbers and addresses; those that others have, too, are shared with them."""
    person = Contact(name=name, named_by=named_by, **more)
    session.add(person)
    session.flush()
    for value in points:
        kind = "email" if "@" in value[1:] else "telegram" if value.startswith("@") else "phone"
        session.add(ContactPoint(contact_id=person.id, kind=kind, value=value, is_first=not find(session, kind, value)))
        session.flush()
    settle(session, person)
    return person
