"""Promises that were broken: never in silence. Each becomes one alarm and one entry on a ticket for a person.

Expired are promises that waited too long; failed are those whose attempts are used up or whose number cannot be
called. The controller ends a promise it looks after; what waits past its time without one is ended here, so
that an expiry is seen even while no controller runs. Told is done from the row (`reported_at`), in the
transaction of the alarm and the ticket: exactly once, whoever ended the promise. Tickets are made by a function
that is handed in.
"""

from typing import Protocol
from uuid import UUID

from sqlalchemy import and_, or_, select, update
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


def expire_due(session: Session, now: float, tell: TellOnTicket) -> list[UUID]:
    """Ends what has expired and reports whatever is broken and unreported; returns what was reported now.

    Commit afterwards; with an error nothing of it happened.
    """
    end_overdue(session, now)
    return [promise_id for promise_id in unreported(session) if report(session, promise_id, now, tell)]


def end_overdue(session: Session, now: float) -> None:
    """Ends promises that are past their time and that nobody is dialling."""
    lost = utc(now - UNDER_WAY_SECONDS)
    overdue = or_(
        and_(Callback.state.in_(WAITING_STATES), Callback.expires_at <= utc(now)),
        and_(Callback.state.in_(OPEN_STATES), Callback.expires_at <= lost),
    )
    session.execute(
        update(Callback)
        .where(overdue)
        .values(state="expired", ended_at=utc(now), end_reason="nobody could call in time")
        .execution_options(synchronize_session=False)
    )


def unreported(session: Session) -> list[UUID]:
    """Broken promises that no person was told of, oldest first."""
    query = select(Callback.id).where(Callback.state.in_(BROKEN_STATES), Callback.reported_at.is_(None))
    return list(session.scalars(query.order_by(Callback.ended_at).limit(100)))


def report(session: Session, promise_id: UUID, now: float, tell: TellOnTicket) -> bool:
    """Raises the alarm and writes the ticket of a broken promise; False: somebody did so already."""
    won = session.execute(
        update(Callback)
        .where(Callback.id == promise_id, Callback.state.in_(BROKEN_STATES), Callback.reported_at.is_(None))
        .values(reported_at=utc(now))
        .returning(Callback.id)
        .execution_options(synchronize_session=False)
    )
    if won.first() is None:
        return False
    row = session.get_one(Callback, promise_id, populate_existing=True)
    row.ticket_number = tell(session, row, *sentences(row))
    subject, text = str(row.id), sentences(row, "en")[1]
    level: Level = "red" if row.state == "expired" else "yellow"
    facts = {"number": row.number, "state": row.state, "reason": row.end_reason, "ticket": row.ticket_number}
    raise_alarm(session, "callback.broken", subject, text, level, utc(now), **facts)
    session.flush()
    return True


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
