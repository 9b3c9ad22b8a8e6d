"""Which calls an erasure is about, as they are at the moment: to be done, held, going on. Reads rows, writes none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from calls.models import Call, Contact
from calls.numbers import contact_number, country_of
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
    contacts: tuple[UUID, ...] = ()


def plan_of(session: Session, settings: Settings, row: Erasure, until: datetime) -> Plan:
    """The erasure's calls now; of a person those that arrived before `until`."""
    numbers: tuple[str, ...] = ()
    contacts: tuple[UUID, ...] = ()
    call_ids = [str(call_id) for call_id in row.call_ids]
    if row.cause == "person":
        assert row.number is not None
        contacts = tuple(session.scalars(select(Contact.id).where(Contact.number == row.number)))
        call_ids, spellings = _calls_of(session, settings, row.number, contacts, until)
        numbers = (row.number, *spellings)
    kept = holds.held_among(session, call_ids)
    going_on = _going_on(session, call_ids)
    todo = [call_id for call_id in call_ids if call_id not in kept and call_id not in going_on]
    return Plan(todo, kept, sorted(going_on - set(kept)), numbers, contacts)


def _calls_of(
    session: Session, settings: Settings, number: str, contacts: tuple[UUID, ...], until: datetime
) -> tuple[list[str], list[str]]:
    """A number's calls that still tell it, oldest first, and how it is spelled in them."""
    ending = or_(Call.contact_id.in_(contacts), Call.caller_number.endswith(number[-6:], autoescape=True))
    query = select(Call.call_id, Call.caller_number, Call.line, Call.contact_id).where(
        and_(Call.arrived_at <= until, ending)
    )
    found, spellings = [], set()
    for call_id, caller_number, line, contact_id in session.execute(query.order_by(Call.arrived_at)):
        if contact_number(caller_number, country_of(settings, line)) == number:
            spellings.add(caller_number)
        elif contact_id not in contacts:
            continue
        found.append(call_id)
    return found, sorted(spellings - {number})


def _going_on(session: Session, call_ids: list[str]) -> set[str]:
    """Calls that have not settled, and those whose recording somebody has in hands."""
    open_ = or_(Call.ended_at.is_(None), Call.snapshot.is_not(None))
    found = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(call_ids), open_)))
    return found | busy(session, call_ids, utcnow())
