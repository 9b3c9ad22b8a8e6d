"""A promise to call back that was broken, on the ticket of the customer to whom it was given.

Which promises are broken, and what is said of them, is the callback room's. Works inside the caller's
transaction; safe to repeat.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.config import Settings
from tickets.continuing import FindCallback
from tickets.entries import add_entry
from tickets.models import Ticket
from tickets.service import current, open_callback_ticket, open_ticket
from tickets.work import reopen


def callback_ticket(
    session: Session,
    *,
    key: str,
    number: str,
    language: str,
    line: str,
    arrived_at: datetime,
    ticket_number: int | None,
    call_id: str | None,
    subject: str,
    text: str,
    settings: Settings,
    promised: FindCallback | None = None,
) -> int:
    """Writes `text` on the ticket, which is open and urgent from now on; returns its number.

    It is the ticket that the promise has, else that of the call `call_id` in which it was given, else a new one
    about `subject`. `key` names the promise: its line is written once.
    """
    found = ticket_number or _ticket_of_call(session, call_id, settings, promised)
    if found is None:
        found = open_callback_ticket(session, number, language, line, arrived_at, subject, settings=settings).number
    found = current(session, found)
    urgent = (
        update(Ticket).where(Ticket.number == found, Ticket.priority.in_(("low", "normal"))).values(priority="high")
    )
    session.execute(urgent.execution_options(synchronize_session=False))
    reopen(session, found)
    add_entry(session, found, "callback", text, source_key=f"{key}:broken")
    return found


def _ticket_of_call(
    session: Session, call_id: str | None, settings: Settings, promised: FindCallback | None
) -> int | None:
    there = session.scalar(select(Call.id).where(Call.call_id == call_id)) if call_id else None
    if there is None or call_id is None:
        return None
    return open_ticket(session, call_id, settings=settings, promised=promised).number
