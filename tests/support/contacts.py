"""Persons in the contacts, as the worker and people make them."""

from sqlalchemy.orm import Session

from calls.models import Contact
from contacts import editing, importing, merging, waiting_files
from contacts.models import ContactPoint
from contacts.service import find, find_by_number, points_of, settle
from ringback.store.base import utcnow


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


def seed_contacts(session: Session) -> dict[str, str]:
    """What pages of persons show: somebody with a family, a merge and an answer, evil words, a file that waits."""
    dana = find_by_number(session, "+14155550123")[0]
    row = session.get_one(Contact, dana)
    row.notes = "Calls after lunch.\nIs hard of hearing."
    editing.add_point(session, row, "email", "dana.whitfield@example.com", "eva", country="US", label="work")
    editing.set_consent(session, points_of(session, [dana])[dana][-1].id, "yes", "by phone", "eva", utcnow())
    add_person(session, "+14155550123", name="Robin Whitfield", named_by="eva")
    merging.merge(session, dana, add_person(session, "+14155550124", name="D WHITFIELD").id, "eva")
    evil = add_person(session, "+14155550188", "evil@example.com", name="<img src=x onerror=alert(1)> " + "x" * 150)
    text = "name,phone\nAnn,+14155550170\nCarl,no\nBob," + "+14155550123\nNobody,\n"
    row.named_by = "eva"
    file = waiting_files.keep(session, "eva", "phone book.csv", importing.read_file(text.encode(), "US"))
    return {"dana": str(dana), "evil": str(evil.id), "file": str(file.id)}
