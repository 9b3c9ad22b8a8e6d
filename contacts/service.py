"""Who is behind a number or an address, in the store: asked, and made where nobody is.

Works inside the caller's transaction and in several workers at once: one person is made of a new number, because one
row alone can be its first (`ContactPoint.is_first`). Of a number that several persons have nobody is assumed: whoever
asks gets all of them, or None where one was wanted.
"""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from calls.lookup import sorted_by
from calls.models import Contact
from calls.numbers import clean_name
from contacts.models import ContactPoint, ContactWord
from contacts.words import words_of
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7

AT_ONCE = 500
"""Values of one question to the store."""


def find(session: Session, kind: str, value: str) -> list[uuid.UUID]:
    """Everybody who has this number or address, who had it first before the others."""
    query = (
        select(ContactPoint.contact_id)
        .where(ContactPoint.kind == kind, ContactPoint.value == value)
        .order_by(ContactPoint.is_first.desc(), ContactPoint.created_at, ContactPoint.id)
    )
    return list(session.scalars(query))


def find_by_number(session: Session, number: str) -> list[uuid.UUID]:
    """`find`, of a number as `calls.numbers.contact_number` reads it."""
    return find(session, "phone", number)


def the_one_of(session: Session, number: str) -> uuid.UUID | None:
    """The person who alone has this number; None: nobody has it, or several do."""
    found = find_by_number(session, number)
    return found[0] if len(found) == 1 else None


def has(session: Session, contact_id: uuid.UUID | None, number: str) -> bool:
    """Whether the person has this number, alone or with others."""
    return contact_id is not None and contact_id in find_by_number(session, number)


def is_shared(session: Session, number: str) -> bool:
    """Whether several persons are behind a number."""
    return len(find_by_number(session, number)) > 1


def person_of(
    session: Session, kind: str, value: str, *, name: str = "", language: str | None = None, source: str = "call"
) -> uuid.UUID | None:
    """The person who has this number or address, made if nobody has it; None: several have it.

    `name` is what the network says: it stands until somebody corrects it. Until the end of the transaction nobody can
    merge the person away.
    """
    found = find(session, kind, value) or [_made(session, kind, value, clean_name(name), language, source)]
    if len(found) > 1:
        return None
    person = current(session, found[0])
    if (told := clean_name(name)) and person.named_by is None and person.name != told:
        rename = update(Contact).where(Contact.id == person.id, Contact.named_by.is_(None))
        session.execute(rename.values(name=told), execution_options={"synchronize_session": False})
        session.refresh(person)
        settle(session, person)
    return person.id


def _made(session: Session, kind: str, value: str, name: str | None, language: str | None, source: str) -> uuid.UUID:
    """Makes the person; whoever comes second finds the first one's."""
    contact_id = uuid7()
    session.execute(insert(Contact).values(id=contact_id, name=name, language=language, notes="", created_at=utcnow()))
    row = {
        "id": uuid7(),
        "contact_id": contact_id,
        "kind": kind,
        "value": value,
        "label": "",
        "is_first": True,
        "source": source,
        "consent": "unknown",
        "consent_how": "",
        "created_at": utcnow(),
    }
    won = session.execute(insert_or_leave(ContactPoint).values(row).returning(ContactPoint.id)).first()
    if won is None:
        session.execute(delete(Contact).where(Contact.id == contact_id))
        return find(session, kind, value)[0]
    settle(session, session.get_one(Contact, contact_id))
    return contact_id


def current(session: Session, contact_id: uuid.UUID) -> Contact:
    """The person's row, kept from being merged or erased until the end of the transaction; of one that was merged into
    another, the other's."""
    # Written without a change, because that holds the row on every store.
    held = update(Contact).where(Contact.id == contact_id).values(version=Contact.version)
    session.execute(held, execution_options={"synchronize_session": False})
    person = session.get_one(Contact, contact_id, populate_existing=True)
    return person if person.merged_into is None else current(session, person.merged_into)


def points_of(session: Session, contact_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[ContactPoint]]:
    """The numbers and addresses of each, numbers first, in the order in which they came."""
    ids = list(contact_ids)
    found: dict[uuid.UUID, list[ContactPoint]] = {each: [] for each in ids}
    for begin in range(0, len(ids), AT_ONCE):
        some = ContactPoint.contact_id.in_(ids[begin : begin + AT_ONCE])
        query = select(ContactPoint).where(some).execution_options(populate_existing=True)
        for point in session.scalars(query.order_by(ContactPoint.created_at, ContactPoint.id)):
            found[point.contact_id].append(point)
    return {
        each: sorted(points, key=lambda point: ("phone", "email", "telegram").index(point.kind))
        for each, points in found.items()
    }


def names_of(session: Session, numbers: Iterable[str]) -> dict[str, str]:
    """What the persons with these numbers (E.164) are called, but for numbers of several and those without a name."""
    query = (
        select(ContactPoint.value, Contact.name)
        .join(Contact, Contact.id == ContactPoint.contact_id)
        .where(ContactPoint.kind == "phone", ContactPoint.value.in_(list(numbers)))
    )
    found: dict[str, list[str | None]] = {}
    for number, name in session.execute(query):
        found.setdefault(number, []).append(name)
    return {number: names[0] for number, names in found.items() if len(names) == 1 and names[0]}


# -- what follows from a change ------------------------------------------------------------------------


def settle(session: Session, *persons: Contact) -> None:
    """Brings the number to show, the place in the list and the words of these rows in line with names and points."""
    session.flush()
    points = points_of(session, [person.id for person in persons])
    numbers = {person.id: _first_number(points[person.id]) for person in persons}
    # Given up before others take it: a number stands in one row.
    for person in persons:
        if person.number is not None and person.number != numbers[person.id]:
            person.number = None
    session.flush()
    for person in persons:
        mine = points[person.id]
        person.number = numbers[person.id]
        shown = next((point.value for point in mine), None)
        person.sorted_by = None if person.merged_into else sorted_by(person.name, shown)
        write_words(session, person, mine)
    session.flush()


def _first_number(points: Sequence[ContactPoint]) -> str | None:
    return next((point.value for point in points if point.kind == "phone" and point.is_first), None)


def write_words(session: Session, person: Contact, points: Sequence[ContactPoint]) -> None:
    """The words by which the person is found, as name and points are now."""
    wanted = words_of(person.name, [(point.kind, point.value) for point in points])
    wanted = set() if person.merged_into else wanted
    there = set(session.scalars(select(ContactWord.word).where(ContactWord.contact_id == person.id)))
    if gone := there - wanted:
        here = delete(ContactWord).where(ContactWord.contact_id == person.id, ContactWord.word.in_(gone))
        session.execute(here, execution_options={"synchronize_session": False})
    if fresh := wanted - there:
        rows = [{"word": word, "contact_id": person.id} for word in sorted(fresh)]
        session.execute(insert_or_leave(ContactWord).values(rows))


def pass_on(session: Session, kind: str, value: str) -> Contact | None:
    """Of a number or address that its first person gave up, the next who has it is the first from now on."""
    rest = [*session.scalars(select(ContactPoint).where(ContactPoint.kind == kind, ContactPoint.value == value))]
    if not rest or any(point.is_first for point in rest):
        return None
    first = min(rest, key=lambda point: (point.created_at, point.id))
    first.is_first = True
    session.flush()
    return session.get_one(Contact, first.contact_id)
