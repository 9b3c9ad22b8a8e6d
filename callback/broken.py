"""Promises that were broken: never in silence. Each becomes one alarm and one entry on a ticket for a person.

Expired are promises that waited too long; failed are those whose attempts are used up or whose number cannot be
called. The controller ends a promise it looks after; what waits past its time without one is ended here, so
that an expiry is seen even while no controller runs. Told is done from the row (`reported_at`), in the
transaction of the alarm and the ticket: exactly once, whoever ended the promise. Tickets are made by a function
that is handed in.
"""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.orm import Session

from callback.announced import announce
from callback.models import BROKEN_STATES, OPEN_STATES, WAITING_STATES, Callback
from ringback.messages import Message, message, say
from ringback.store.alarms import Level, raise_alarm
from ringback.store.base import utc

UNDER_WAY_SECONDS = 900.0
"""A promise that is being dialled is not ended for its age, unless whoever dialled it is gone for so long."""


class TellOnTicket(Protocol):
    """Writes what happened on the promise's ticket within `session`'s transaction, opened if there is none.

    Returns the ticket's number.
    """

    def __call__(self, session: Session, promise: Callback, subject: str, text: str) -> int: ...


def due(session: Session, now: float) -> list[UUID]:
    """Promises that have expired and were not ended, and broken ones that no person was told of; oldest first."""
    broken = and_(Callback.state.in_(BROKEN_STATES), Callback.reported_at.is_(None))
    query = select(Callback.id).where(or_(broken, _overdue(now))).order_by(Callback.expires_at, Callback.id)
    return list(session.scalars(query.limit(100)))


def settle(session: Session, promise_id: UUID, now: float, tell: TellOnTicket) -> bool:
    """Ends the promise if it is overdue; tells people of it if it is broken.

    False: there was nothing to tell, or somebody else told it just now.
    """
    _update(
        session,
        (Callback.id == promise_id, _overdue(now)),
        {
            "state": case((Callback.once, "cancelled"), else_="expired"),
            "ended_at": utc(now),
            "end_reason": message("callback.expired"),
        },
    )
    untold = (Callback.id == promise_id, Callback.state.in_(BROKEN_STATES), Callback.reported_at.is_(None))
    if not _update(session, untold, {"reported_at": utc(now)}):
        return False
    row = session.get_one(Callback, promise_id, populate_existing=True)
    subject, said = message("callback.ticket_subject", number=row.number), _what_happened(row)
    row.ticket_number = tell(session, row, *(say(each.code, each.facts, row.language) for each in (subject, said)))
    level: Level = "red" if row.state == "expired" else "yellow"
    facts = {"number": row.number, "state": row.state, "ticket": row.ticket_number}
    reason = str(row.end_reason) if row.end_reason else None
    raise_alarm(session, "callback.broken", str(row.id), said, level, utc(now), **facts, reason=reason)
    session.flush()
    announce(session, "callback.broken", row.id)
    return True


def _overdue(now: float) -> ColumnElement[bool]:
    """Past its time, and nobody is dialling it."""
    waits = and_(Callback.state.in_(WAITING_STATES), Callback.expires_at <= utc(now))
    lost = and_(Callback.state.in_(OPEN_STATES), Callback.expires_at <= utc(now - UNDER_WAY_SECONDS))
    return or_(waits, lost)


def _update(session: Session, which: tuple[ColumnElement[bool], ...], values: dict[str, Any]) -> bool:
    """Whether a row was changed: only the first of several can."""
    statement = update(Callback).where(*which).values(**values).returning(Callback.id)
    return session.execute(statement, execution_options={"synchronize_session": False}).first() is not None


def _what_happened(row: Callback) -> Message:
    """For the ticket and the alarm of a broken promise."""
    what = message(f"callback.broken.{row.state}", number=row.number)
    if row.attempts:
        outcome = message(f"callback.outcome.{row.last_outcome}") if row.last_outcome else None
        return message("callback.after_attempts", what=what, attempts=row.attempts, outcome=outcome)
    if row.end_reason and row.state == "failed":
        return message("callback.because", what=what, why=row.end_reason)
    return what
