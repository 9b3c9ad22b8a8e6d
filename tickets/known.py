"""What callers are told or known by: who calls, asked before the first word of every call in a few short queries, and
how a ticket of theirs stands. Of a number that several persons have nobody is assumed to call."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import last_agent
from contacts.service import find_by_number, the_one_of
from tickets.models import ACTIVE, Ticket
from tickets.service import current

JOINED_WITHIN = timedelta(days=30)
"""A ticket on which nobody has called for longer is not asked about."""


@dataclass(frozen=True)
class KnownCaller:
    """The person who alone has a number."""

    called_before: bool = False
    last_agent: str | None = None
    language: str | None = None
    """That of the last call."""
    ticket: int | None = None
    """The open ticket of the last call that is on one."""
    ticket_queue: str | None = None
    """The queue in which that call was."""


def status_of(session: Session, ticket: int, number: str) -> str | None:
    """How a ticket of somebody stands who has this number (E.164).

    None: there is no such ticket, or it is somebody else's, which nobody is told apart. One that was merged stands as
    the ticket that has everything of it.
    """
    own = select(Ticket.number).where(Ticket.number == ticket, Ticket.contact_id.in_(find_by_number(session, number)))
    if session.scalar(own) is None:
        return None
    return session.scalar(select(Ticket.status).where(Ticket.number == current(session, ticket)))


def who_calls(session: Session, number: str, now: datetime) -> KnownCaller:
    """What is known of the person who has this number (E.164)."""
    person = the_one_of(session, number)
    if person is None:
        return KnownCaller()
    query = (
        select(Call.language, Call.queue, Call.arrived_at, Ticket.number, Ticket.status)
        .join(Ticket, Ticket.number == Call.ticket_number)
        .where(Call.contact_id == person)
        .order_by(Call.arrived_at.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return KnownCaller()
    language, queue, at, ticket, status = row
    is_open = status in ACTIVE and at >= now - JOINED_WITHIN
    agent = last_agent(session, person)
    return KnownCaller(True, agent, language, ticket if is_open else None, queue if is_open else None)
