"""What people change of a person: name, language, notes; numbers and addresses; what the person agreed to.

Two people who change the same person at once lose nothing: each field is changed from what its editor saw, and one that
somebody else changed meanwhile is a conflict that both see. Works inside the caller's transaction.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Contact
from calls.numbers import clean_name
from contacts.errors import ContactError
from contacts.models import CONSENTS, KINDS, ContactPoint
from contacts.points import NONE_OF_KIND, value_of
from contacts.service import find, pass_on, settle
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7

FIELDS = ("name", "language", "notes")
NOTES_MOST = 4000
LABEL_MOST = 60
POINTS_MOST = 40
"""Numbers and addresses of one person."""


@dataclass(frozen=True)
class ContactChange:
    """What came of a change."""

    applied: tuple[str, ...]
    conflicts: dict[str, str]
    """Field -> what somebody else wrote there meanwhile."""


def clean(field: str, text: str) -> str:
    """A field as it is stored; empty: nothing."""
    if field == "name":
        return clean_name(text) or ""
    if field == "language":
        return text if text.isascii() and text.isalpha() and len(text) <= 8 else ""
    lines = "".join(c for c in text.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    return lines.strip()[:NOTES_MOST]


def change(
    session: Session, contact_id: uuid.UUID, by: str, base: Mapping[str, str], new: Mapping[str, str]
) -> ContactChange:
    """Writes the fields of `new` that differ from `base`, which is what `by` saw."""
    applied, conflicts = [], dict[str, str]()
    for field in FIELDS:
        seen, wanted = clean(field, base.get(field, "")), clean(field, new.get(field, base.get(field, "")))
        if seen == wanted:
            continue
        column = getattr(Contact, field)
        unchanged = column == seen if seen or field == "notes" else (column == "") | column.is_(None)
        values = {field: wanted if wanted or field == "notes" else None, "version": Contact.version + 1}
        if field == "name":
            values["named_by"] = by
        here = update(Contact).where(Contact.id == contact_id, Contact.merged_into.is_(None), unchanged).values(values)
        won = session.execute(here.returning(Contact.id), execution_options={"synchronize_session": False}).first()
        if won is not None:
            applied.append(field)
            continue
        there = session.execute(select(column).where(Contact.id == contact_id)).scalar_one_or_none() or ""
        if there != wanted:
            conflicts[field] = there
    person = session.get(Contact, contact_id, populate_existing=True)
    if person is None:
        raise ContactError("contacts.gone")
    if "name" in applied:
        settle(session, person)
    return ContactChange(tuple(applied), conflicts)


def add_point(
    session: Session,
    person: Contact,
    kind: str,
    typed: str,
    by: str,
    *,
    country: str,
    label: str = "",
    shared: bool = False,
) -> ContactPoint:
    """Gives the person one more number or address. Raises ContactError with what is wrong.

    `shared`: somebody said that another person may have it too; else one that another has is refused.
    """
    value = value_of(kind, typed, country) if kind in KINDS else None
    if value is None:
        raise ContactError(NONE_OF_KIND.get(kind, "contacts.no_kind"), typed=typed[:100])
    _touch(session, person)
    holders = find(session, kind, value)
    if person.id in holders:
        raise ContactError("contacts.has_it", value=value)
    if holders and not shared:
        raise ContactError("contacts.of_another", value=value)
    mine = session.scalars(select(ContactPoint.id).where(ContactPoint.contact_id == person.id)).all()
    if len(mine) >= POINTS_MOST:
        raise ContactError("contacts.enough_points", most=POINTS_MOST)
    row = {
        "id": uuid7(),
        "contact_id": person.id,
        "kind": kind,
        "value": value,
        "label": clean_label(label),
        "is_first": not holders,
        "source": by,
        "consent": "unknown",
        "consent_how": "",
        "created_at": utcnow(),
    }
    made = session.execute(insert_or_leave(ContactPoint).values(row).returning(ContactPoint.id)).scalar()
    if made is None:  # somebody was given it just now
        raise ContactError("contacts.of_another", value=value)
    settle(session, person)
    return session.get_one(ContactPoint, made)


def clean_label(text: str) -> str:
    """What people call a point, in one line."""
    return " ".join((clean_name(text) or "").split())[:LABEL_MOST]


def remove_point(session: Session, person: Contact, point_id: uuid.UUID) -> None:
    """Takes a number or an address from the person; if others have it, it stays theirs. Safe to repeat."""
    _touch(session, person)
    point = session.scalars(
        select(ContactPoint).where(ContactPoint.id == point_id, ContactPoint.contact_id == person.id)
    ).one_or_none()
    if point is None:
        return
    session.delete(point)
    session.flush()
    settle(session, person)
    heir = pass_on(session, point.kind, point.value)
    if heir is not None:
        settle(session, heir)


def set_consent(
    session: Session, point_id: uuid.UUID, consent: str, how: str, by: str | None, now: datetime
) -> ContactPoint | None:
    """Writes down whether the person agreed to be written to at this point, and how that came; None: it is gone."""
    if consent not in CONSENTS:
        raise ContactError("contacts.no_consent")
    if consent != "unknown" and not clean_label(how):
        raise ContactError("contacts.no_how")
    values = {"consent": consent, "consent_how": clean_label(how), "consent_by": by, "consent_at": now}
    if consent == "unknown":
        values = {"consent": consent, "consent_how": "", "consent_by": None, "consent_at": None}
    here = update(ContactPoint).where(ContactPoint.id == point_id).values(values)
    session.execute(here, execution_options={"synchronize_session": False})
    return session.get(ContactPoint, point_id, populate_existing=True)


def _touch(session: Session, person: Contact) -> None:
    """Nobody else changes this person until the end of the transaction. Raises ContactError of one that is gone."""
    here = update(Contact).where(Contact.id == person.id, Contact.merged_into.is_(None))
    held = here.values(version=Contact.version + 1).returning(Contact.id)
    if session.execute(held, execution_options={"synchronize_session": False}).first() is None:
        raise ContactError("contacts.gone")
    session.refresh(person)
