"""Promises that were broken: never in silence. Each becomes one alarm and one entry on a ticket for a person.

Expired are promises that waited too long; failed are those whose attempts are used up or whose number cannot be
called. The controller ends a promise it looks after; what waits past its time without one is ended here, so
that an expiry is seen even while no controller runs. Told is done from the row (`reported_at`), in the
transaction of the alarm and the ticket: exactly once, whoever ended the promise. Tickets are made by a function
that is handed in.
"""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from callback.models import BROKEN_STATES, OPEN_STATES, WAITING_STATES, Callback
from ringback.store.alarms import Level, raise_alarm
from ringback.store.base import utc

UNDER_WAY_SECONDS = 900.0
"""A promise that is being dialled is not ended for its age, unless whoever dialled it is gone for so long."""

SUBJECTS = {
    "en": "A promised call was not made: please call {number}",
    "ru": "Обещанный звонок не состоялся: позвоните на номер {number}",
}
TEXTS = {
    ("en", "expired"): "The promise to call {number} back has expired: nobody could call in time.",
    ("en", "failed"): "{number} was promised a call and could not be reached.",
    ("ru", "expired"): "Обещание перезвонить на номер {number} просрочено: вовремя никто не позвонил.",
    ("ru", "failed"): "На номер {number} обещали перезвонить, но дозвониться не удалось.",
}
ATTEMPTS = {
    "en": "Attempts: {attempts}; the last: {outcome}.",
    "ru": "Попыток: {attempts}; последняя: {outcome}.",
}
OUTCOMES = {
    "ru": {
        "busy": "занято",
        "no_answer": "нет ответа",
        "machine": "автоответчик",
        "refused": "вызов отклонён",
        "unreachable": "абонент недоступен",
        "wrong_number": "такого номера нет",
        "answered": "ответили",
    },
    "en": {"no_answer": "no answer", "machine": "answering machine", "wrong_number": "no such number"},
}


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
        {"state": "expired", "ended_at": utc(now), "end_reason": "nobody could call in time"},
    )
    untold = (Callback.id == promise_id, Callback.state.in_(BROKEN_STATES), Callback.reported_at.is_(None))
    if not _update(session, untold, {"reported_at": utc(now)}):
        return False
    row = session.get_one(Callback, promise_id, populate_existing=True)
    row.ticket_number = tell(session, row, *sentences(row))
    level: Level = "red" if row.state == "expired" else "yellow"
    facts = {"number": row.number, "state": row.state, "reason": row.end_reason, "ticket": row.ticket_number}
    raise_alarm(session, "callback.broken", str(row.id), sentences(row, "en")[1], level, utc(now), **facts)
    session.flush()
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


def sentences(row: Callback, language: str | None = None) -> tuple[str, str]:
    """Subject and text for the ticket of a broken promise, in the promise's language or another."""
    spoken = (language or row.language) if (language or row.language) in SUBJECTS else "en"
    text = TEXTS[spoken, row.state].format(number=row.number)
    if row.attempts:
        outcome = OUTCOMES[spoken].get(row.last_outcome or "", row.last_outcome or "-")
        text += " " + ATTEMPTS[spoken].format(attempts=row.attempts, outcome=outcome)
    elif row.end_reason and row.state == "failed":
        text += f" ({row.end_reason})"
    return SUBJECTS[spoken].format(number=row.number), text
