"""Which calls an erasure is about, as they are at the moment: to be done, held, going on. Reads rows, writes none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.numbers import contact_number, country_of
from contacts.merging import shells_of
from contacts.models import ContactPoint
from contacts.service import find_by_number
from recording.erasing import busy
from retention import holds
from retention.models import Erasure
from ringback.config import Settings
from ringback.store.base import utcnow


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls that an erasure is about, as they are now."""

    todo: list[str]
    held: list[str]
    """Left out: under a legal hold."""
    open: list[str]
    """Going on, or being worked on after their end."""
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = ()


def plan_of(session: Session, settings: Settings, row: Erasure, until: datetime) -> Plan:
    """The erasure's calls now; of a person those that arrived before `until`."""
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = ()
    call_ids = [str(call_id) for call_id in row.call_ids]
    if row.cause == "person":
        person = person_of_erasure(session, row)
        contacts, addresses = person.contacts, person.addresses
        call_ids, spellings = _calls_of(session, settings, person, until)
        numbers = (*person.numbers, *spellings)
    kept = holds.held_among(session, call_ids)
    going_on = _going_on(session, call_ids)
    todo = [call_id for call_id in call_ids if call_id not in kept and call_id not in going_on]
    return Plan(todo, kept, sorted(going_on - set(kept)), numbers, addresses, contacts)


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Whom an erasure is about."""

    numbers: tuple[str, ...]
    """Those that nobody else has."""
    addresses: tuple[str, ...]
    contacts: tuple[UUID, ...]


def person_of_erasure(session: Session, row: Erasure) -> ErasedPerson:
    """The person with everything that was merged, and with all the numbers and addresses of it, whichever was named.

    Of a number or an address that others have, too, only what is known to be this person's goes.
    """
    assert row.number is not None
    found = [row.contact_id] if row.contact_id else find_by_number(session, row.number)
    contacts = [*found, *shells_of(session, found)]
    mine = select(ContactPoint).where(ContactPoint.contact_id.in_(contacts))
    points = list(session.scalars(mine.order_by(ContactPoint.created_at, ContactPoint.id)))
    theirs = select(ContactPoint.kind, ContactPoint.value).where(
        ContactPoint.value.in_([point.value for point in points]), ContactPoint.contact_id.not_in(contacts)
    )
    shared = set(session.execute(theirs).tuples())
    alone = dict.fromkeys((point.kind, point.value) for point in points if (point.kind, point.value) not in shared)
    named = {} if row.contact_id else {row.number: None}
    numbers = dict.fromkeys([*named, *(value for kind, value in alone if kind == "phone")])
    addresses = tuple(value for kind, value in alone if kind != "phone")
    return ErasedPerson(tuple(numbers), addresses, tuple(contacts))


def _calls_of(
    session: Session, settings: Settings, person: ErasedPerson, until: datetime
) -> tuple[list[str], list[str]]:
    """A person's calls that still tell who it was, oldest first, and how the numbers are spelled in them.

    Of a number that this person alone has all calls count, whoever they were put to.
    """
    ending = or_(
        Call.contact_id.in_(person.contacts),
        *(Call.caller_number.endswith(number[-6:], autoescape=True) for number in person.numbers),
    )
    query = select(Call.call_id, Call.caller_number, Call.line, Call.contact_id).where(
        and_(Call.arrived_at <= until, ending)
    )
    found, spellings = [], set()
    for call_id, caller_number, line, contact_id in session.execute(query.order_by(Call.arrived_at)):
        if contact_number(caller_number, country_of(settings, line)) in person.numbers:
            spellings.add(caller_number)
        elif contact_id not in person.contacts:
            continue
        found.append(call_id)
    return found, sorted(spellings - set(person.numbers))


def _going_on(session: Session, call_ids: list[str]) -> set[str]:
    """Calls that have not settled, and those whose recording somebody has in hands."""
    open_ = or_(Call.ended_at.is_(None), Call.snapshot.is_not(None))
    found = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(call_ids), open_)))
    return found | busy(session, call_ids, utcnow())
