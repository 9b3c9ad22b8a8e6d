"""Persons out of the store for a file, read in pieces: all that whoever asks may see, or one."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from calls.models import Contact
from contacts.listing import list_contacts
from contacts.models import ContactPoint
from contacts.service import points_of

AT_ONCE = 500
Persons = Iterator[tuple[Contact, Sequence[ContactPoint]]]


def everybody(session: Session, only: Select[Any] | None = None) -> Persons:
    """Everybody of the list with their points, by names."""
    cursor: str | None = None
    while True:
        page = list_contacts(session, "", cursor, AT_ONCE, only=only)
        points = points_of(session, [person.id for person in page.persons])
        yield from ((person, points[person.id]) for person in page.persons)
        session.rollback()  # no snapshot of the store is held while the next piece is sent
        session.expunge_all()
        if page.next is None:
            return
        cursor = page.next


def one(session: Session, person: Contact) -> Persons:
    """One person."""
    yield person, points_of(session, [person.id])[person.id]
