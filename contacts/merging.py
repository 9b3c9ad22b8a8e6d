"""Two rows of one person are made one, because somebody said so; and two again, if that was a mistake.

Everything that names a contact goes along: calls, tickets, points, and the rows of every other table that refers to
contacts, found in the schema, so that a room that comes later need not be named here. Callbacks hang on numbers and
follow the points. The row that was merged stays as a shell without anything, so that what is just being written for it
is found to be the other's (`contacts.service.current`). Works inside the caller's transaction.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlalchemy.orm import Session

from calls.models import Contact
from contacts.errors import ContactError
from contacts.models import ContactMerge, ContactPoint, ContactWord
from contacts.service import settle
from ringback.store.base import utcnow
from ringback.store.erasing import quietly
from ringback.store.schema import metadata

OWN = frozenset(each.__tablename__ for each in (Contact, ContactMerge, ContactPoint, ContactWord))
AT_ONCE = 500
STRICTEST = ("no", "yes", "unknown")
"""Of two answers about one address: what was refused stays refused."""
POINT_FACTS = ("kind", "value", "label", "is_first", "source")


def merge(session: Session, winner_id: uuid.UUID, loser_id: uuid.UUID, by: str) -> ContactMerge:
    """All that `loser_id` has is `winner_id`'s from now on. Raises ContactError if it is the same, or one is gone."""
    if winner_id == loser_id:
        raise ContactError("contacts.same")
    winner, loser = _both(session, winner_id, loser_id)
    before = {"winner": _facts(winner), "loser": _facts(loser), "points": []}
    moved = {table.name: _move(session, table, column, loser.id, winner.id) for table, column in _referring()}
    session.expire_all()
    moved[ContactPoint.__tablename__] = _move_points(session, winner, loser, before)
    if not winner.name or (winner.named_by is None and loser.named_by is not None):
        winner.name, winner.named_by = loser.name, loser.named_by
    winner.language = winner.language or loser.language
    winner.notes = "\n\n".join(filter(None, dict.fromkeys((winner.notes, loser.notes))))
    before["after"] = _facts(winner)
    loser.merged_into = winner.id
    loser.notes = ""
    # The shell keeps the name that it had, for whoever takes the merge back; it is in no list and found by no word.
    settle(session, loser, winner)
    made = ContactMerge(winner_id=winner.id, loser_id=loser.id, by=by, moved=moved, before=before)
    session.add(made)
    session.flush()
    return made


def undo(session: Session, merge_id: uuid.UUID, by: str) -> uuid.UUID:
    """Makes the merged one a person again, with all that it had and that nobody moved on since; its id.

    What came after the merge stays where it is. Raises ContactError: it was undone, or there is a later merge of the
    same persons, which goes first.
    """
    made = session.get(ContactMerge, merge_id)
    if made is None or made.undone_at is not None:
        raise ContactError("contacts.undone")
    winner, loser = session.get_one(Contact, made.winner_id), session.get_one(Contact, made.loser_id)
    if winner.merged_into is not None or loser.merged_into != winner.id:
        raise ContactError("contacts.merged_on")
    _hold(session, winner.id, loser.id)
    won = update(ContactMerge).where(ContactMerge.id == merge_id, ContactMerge.undone_at.is_(None))
    if not quietly(session, won.values(undone_at=utcnow(), undone_by=by)).rowcount:
        raise ContactError("contacts.undone")
    session.refresh(winner)
    session.refresh(loser)
    tables = {table.name: (table, column) for table, column in _referring()}
    tables[ContactPoint.__tablename__] = (_table(ContactPoint), _table(ContactPoint).c.contact_id)
    for name, keys in made.moved.items():
        if name in tables:
            _move_back(session, *tables[name], keys, winner.id, loser.id)
    session.expire_all()
    _points_again(session, made.before, winner, loser)
    after, old = made.before.get("after", {}), made.before["winner"]
    for field in ("name", "notes", "language"):
        if getattr(winner, field) == after.get(field):  # nobody corrected it since
            setattr(winner, field, old[field])
            if field == "name":
                winner.named_by = old["named_by"]
    loser.merged_into, loser.notes = None, made.before["loser"]["notes"]
    settle(session, winner, loser)
    return loser.id


def merges_of(session: Session, contact_id: uuid.UUID) -> list[ContactMerge]:
    """Into this person, the latest first."""
    query = select(ContactMerge).where(ContactMerge.winner_id == contact_id).order_by(ContactMerge.at.desc())
    return list(session.scalars(query))


def shells_of(session: Session, contact_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """All rows that were merged into these persons, also by way of others."""
    found: list[uuid.UUID] = []
    looked = list(contact_ids)
    while looked:
        looked = list(session.scalars(select(Contact.id).where(Contact.merged_into.in_(looked))))
        found += looked
    return found


def _both(session: Session, winner_id: uuid.UUID, loser_id: uuid.UUID) -> tuple[Contact, Contact]:
    """Both rows, alone: whoever is about to write something for one of them has done so, or waits."""
    _hold(session, winner_id, loser_id)
    here = select(Contact).where(Contact.id.in_((winner_id, loser_id)), Contact.merged_into.is_(None))
    rows = {row.id: row for row in session.scalars(here.execution_options(populate_existing=True))}
    if len(rows) < 2:
        raise ContactError("contacts.gone")
    return rows[winner_id], rows[loser_id]


def _hold(session: Session, *ids: uuid.UUID) -> None:
    """In the order of the keys, so that two merges never wait for each other. On SQLite the first writer is alone."""
    for each in sorted(ids):
        # Not the version alone: a row of PostgreSQL that others refer to is held by FOR UPDATE.
        session.execute(select(Contact.id).where(Contact.id == each).with_for_update())
        quietly(session, update(Contact).where(Contact.id == each).values(version=Contact.version + 1))


def _facts(person: Contact) -> dict[str, Any]:
    return {field: getattr(person, field) for field in ("name", "named_by", "language", "notes")}


def _table(kind: Any) -> Table:
    found: Table = kind.__table__
    return found


def _referring() -> Iterator[tuple[Table, Column[Any]]]:
    """Every other table with the column that names a contact."""
    target = _table(Contact).c.id
    for table in metadata().sorted_tables:
        if table.name not in OWN:
            for column in table.columns:
                if any(key.column is target for key in column.foreign_keys):
                    yield table, column


def _move(session: Session, table: Table, column: Column[Any], old: uuid.UUID, new: uuid.UUID) -> list[Any]:
    key = next(iter(table.primary_key.columns))
    keys = list(session.scalars(select(key).where(column == old)))
    quietly(session, update(table).where(column == old).values({column.name: new}))
    return [str(each) if isinstance(each, uuid.UUID) else each for each in keys]


def _move_back(
    session: Session, table: Table, column: Column[Any], keys: list[Any], old: uuid.UUID, new: uuid.UUID
) -> None:
    key = next(iter(table.primary_key.columns))
    wanted = [uuid.UUID(each) if key.type.python_type is uuid.UUID else each for each in keys]
    for begin in range(0, len(wanted), AT_ONCE):
        here = update(table).where(key.in_(wanted[begin : begin + AT_ONCE]), column == old)
        quietly(session, here.values({column.name: new}))


def _move_points(session: Session, winner: Contact, loser: Contact, before: dict[str, Any]) -> list[str]:
    """The loser's points; of one that both have the winner's stays, with the stricter answer."""
    query = select(ContactPoint).where(ContactPoint.contact_id == winner.id)
    mine = {(point.kind, point.value): point for point in session.scalars(query)}
    moved = []
    for point in session.scalars(select(ContactPoint).where(ContactPoint.contact_id == loser.id)).all():
        both = mine.get((point.kind, point.value))
        if both is None:
            point.contact_id = winner.id
            moved.append(str(point.id))
            continue
        facts = {name: getattr(point, name) for name in POINT_FACTS}
        before["points"].append({**facts, "kept": str(both.id)})
        first = point.is_first
        consent = min((both, point), key=lambda each: STRICTEST.index(each.consent))
        if consent is point:
            both.consent, both.consent_at = point.consent, point.consent_at
            both.consent_by, both.consent_how = point.consent_by, point.consent_how
        session.delete(point)
        session.flush()
        if first:
            both.is_first = True
    session.flush()
    return moved


def _points_again(session: Session, before: dict[str, Any], winner: Contact, loser: Contact) -> None:
    """What both had, both have again; the answers about it stay the stricter ones: nobody is asked twice."""
    for facts in before["points"]:
        kept = session.get(ContactPoint, uuid.UUID(facts["kept"]))
        if kept is None or kept.contact_id != winner.id:
            continue
        if facts["is_first"]:
            kept.is_first = False
            session.flush()
        session.add(
            ContactPoint(
                contact_id=loser.id,
                kind=facts["kind"],
                value=facts["value"],
                label=facts["label"],
                is_first=facts["is_first"],
                source=facts["source"],
                consent=kept.consent,
                consent_at=kept.consent_at,
                consent_by=kept.consent_by,
                consent_how=kept.consent_how,
            )
        )
    session.flush()
