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


def _by_name(
    session: Session, place: tuple[str, uuid.UUID] | None, limit: int, only: Select[Any] | None
) -> ContactPage:
    query = select(Contact).where(Contact.sorted_by.is_not(None))
    if only is not None:
        query = query.where(Contact.id.in_(only))
    if place:
        query = query.where(tuple_(Contact.sorted_by, Contact.id) > place)
    rows = list(session.scalars(query.order_by(Contact.sorted_by, Contact.id).limit(limit + 1)))
    return _page(rows, [(row.sorted_by or "", row.id) for row in rows], limit)


def _found(
    session: Session,
    groups: Sequence[Sequence[str]],
    place: tuple[str, uuid.UUID] | None,
    limit: int,
    only: Select[Any] | None,
) -> ContactPage:
    """From the longest word, which few have, on."""
    first, *others = sorted(groups, key=lambda group: -max(map(len, group)))
    earlier = aliased(ContactWord)
    seen_before = exists().where(
        earlier.contact_id == ContactWord.contact_id, earlier.word < ContactWord.word, _begins(earlier, first)
    )
    query = select(ContactWord.word, ContactWord.contact_id).where(_begins(ContactWord, first), ~seen_before)
    for group in others:
        also = aliased(ContactWord)
        query = query.where(exists().where(also.contact_id == ContactWord.contact_id, _begins(also, group)))
    if only is not None:
        query = query.where(ContactWord.contact_id.in_(only))
    if place:
        query = query.where(tuple_(ContactWord.word, ContactWord.contact_id) > place)
    order = query.order_by(ContactWord.word, ContactWord.contact_id).limit(limit + 1)
    places = [(word, contact_id) for word, contact_id in session.execute(order)]
    rows = {row.id: row for row in session.scalars(select(Contact).where(Contact.id.in_([each for _, each in places])))}
    return _page([rows[each] for _, each in places], places, limit)


def _begins(word: type[ContactWord], beginnings: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(and_(word.word >= each, word.word < each + BEYOND) for each in beginnings))


def _page(rows: list[Contact], places: list[tuple[str, uuid.UUID]], limit: int) -> ContactPage:
    more = len(rows) > limit
    return ContactPage(rows[:limit], f"{places[limit - 1][1]}~{places[limit - 1][0]}" if more else None)


def _read(cursor: str) -> tuple[str, uuid.UUID]:
    key, _, word = cursor.partition("~")
    return word.replace("\0", ""), uuid.UUID(key)
