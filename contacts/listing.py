"""The list of persons: searched, and read page by page.

A page costs about the same wherever it lies. Without a search persons come by their names (`Contact.sorted_by`); with
one by the word that was found, each person once, at the first of the words that fit.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from calls.models import Contact
from contacts.models import ContactWord
from contacts.words import BEYOND, asked

PAGE = 50
Place = tuple[str, uuid.UUID]
"""Of a row in the list: what it stands by, and the person."""


@dataclass(frozen=True)
class ContactPage:
    """A page of the list."""

    persons: list[Contact]
    next: str | None
    """The `cursor` with which the next page is asked for; None: this is the last one."""


def list_contacts(
    session: Session,
    text: str = "",
    cursor: str | None = None,
    limit: int = PAGE,
    *,
    countries: Iterable[str] = ("US",),
    only: Select[Any] | None = None,
) -> ContactPage:
    """A page of those who fit the typed text. `only`: the ids of whom alone whoever asks may see.

    Raises ValueError for a cursor that is none.
    """
    place = _read(cursor) if cursor else None
    if not text.strip():
        return _by_name(session, place, limit, only)
    groups = asked(text, countries)
    return _found(session, groups, place, limit, only) if groups else ContactPage([], None)


def _by_name(session: Session, place: Place | None, limit: int, only: Select[Any] | None) -> ContactPage:
    name = Contact.sorted_by + "" if _from_few(session, only) else Contact.sorted_by
    query = select(Contact).where(Contact.sorted_by.is_not(None))
    if only is not None:
        query = query.where(Contact.id.in_(only))
    if place:
        query = query.where(tuple_(name, Contact.id) > place)
    rows = list(session.scalars(query.order_by(name, Contact.id).limit(limit + 1)))
    return _page(rows, [(row.sorted_by or "", row.id) for row in rows], limit)


def _found(
    session: Session, groups: Sequence[Sequence[str]], place: Place | None, limit: int, only: Select[Any] | None
) -> ContactPage:
    """From the longest word on, which few have: each of its beginnings is one range of the words, read in order."""
    first, *others = sorted(groups, key=lambda group: -max(map(len, group)))
    places: list[Place] = []
    apart = _apart(first)
    from_few = _from_few(session, only)
    for some in [apart] if from_few else [[each] for each in apart]:
        if len(places) <= limit and (place is None or place[0] < some[-1] + BEYOND):
            word = ContactWord.word + "" if from_few else ContactWord.word
            query = _words(_begins(word, some), first, others, only)
            if place and place[0] >= some[0]:
                query = query.where(tuple_(ContactWord.word, ContactWord.contact_id) > place)
            places += session.execute(query.limit(limit + 1 - len(places))).tuples()
    rows = {row.id: row for row in session.scalars(select(Contact).where(Contact.id.in_([each for _, each in places])))}
    return _page([rows[each] for _, each in places], places, limit)


def _from_few(session: Session, only: Select[Any] | None) -> bool:
    """Whether the store is to begin with those whom somebody may see, who are few: SQLite would begin with everybody in
    the order of the list, unless that is an expression. PostgreSQL knows how many there are."""
    return only is not None and session.get_bind().dialect.name == "sqlite"


def _words(
    begins: ColumnElement[bool], first: Sequence[str], others: Sequence[Sequence[str]], only: Select[Any] | None
) -> Select[tuple[str, uuid.UUID]]:
    """The words that begin so, in their order, but for persons who have an earlier one that fits."""
    earlier = aliased(ContactWord)
    seen_before = exists().where(
        earlier.contact_id == ContactWord.contact_id, earlier.word < ContactWord.word, _begins(earlier.word, first)
    )
    query = select(ContactWord.word, ContactWord.contact_id).where(begins, ~seen_before)
    for group in others:
        also = aliased(ContactWord)
        query = query.where(exists().where(also.contact_id == ContactWord.contact_id, _begins(also.word, group)))
    if only is not None:
        query = query.where(ContactWord.contact_id.in_(only))
    return query.order_by(ContactWord.word, ContactWord.contact_id)


def _apart(beginnings: Iterable[str]) -> list[str]:
    """The beginnings in their order, without those that begin with another one: no word has two of the rest."""
    found: list[str] = []
    for each in sorted(beginnings):
        if not found or not each.startswith(found[-1]):
            found.append(each)
    return found


def _begins(word: Any, beginnings: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(and_(word >= each, word < each + BEYOND) for each in beginnings))


def _page(rows: list[Contact], places: list[Place], limit: int) -> ContactPage:
    more = len(rows) > limit
    return ContactPage(rows[:limit], f"{places[limit - 1][1]}~{places[limit - 1][0]}" if more else None)


def _read(cursor: str) -> Place:
    key, _, word = cursor.partition("~")
    return word.replace("\0", ""), uuid.UUID(key)
