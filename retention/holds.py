"""Legal holds: on a call, on all calls of a ticket, on all that a number has here. Placed, released, never deleted.

Works in the caller's transaction. What is held is asked at the moment of erasing, in the transaction that erases.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select, text, update
from sqlalchemy.orm import Session

from calls.models import Call
from calls.numbers import typed_contact
from contacts.models import ContactPoint
from retention.errors import RetentionError
from retention.models import LegalHold
from ringback.config import Settings
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7

MOST = 500
"""Characters of a reason."""
MISSING = {"call": "retention.no_call", "ticket": "retention.no_ticket", "number": "retention.no_number"}
"""What is said where there is no such thing to hold."""


def place(
    session: Session,
    settings: Settings,
    kind: str,
    subject: str,
    reason: str,
    by: str,
    now: datetime,
    *,
    has_ticket: Callable[[Session, int], bool],
) -> LegalHold:
    """`has_ticket` tells whether there is a ticket of a number. Raises RetentionError: no such thing, no reason, or it
    is held already."""
    reason = _reason(reason)
    subject = _subject(session, settings, kind, subject.strip(), has_ticket)
    row = {"id": uuid7(), "kind": kind, "subject": subject, "reason": reason, "placed_by": by, "placed_at": now}
    made = session.scalar(insert_or_leave(LegalHold).values(row).returning(LegalHold.id))
    if made is None:
        raise RetentionError("retention.held_already")
    return session.get_one(LegalHold, made)


def release(session: Session, hold_id: uuid.UUID, reason: str, by: str, now: datetime) -> LegalHold:
    """Raises RetentionError: there is no such hold, it was released before, or no reason was given."""
    values = {"released_by": by, "released_at": now, "release_reason": _reason(reason)}
    stands = (
        update(LegalHold)
        .where(LegalHold.id == hold_id, LegalHold.released_at.is_(None))
        .values(values)
        .returning(LegalHold.id)
    )
    if session.execute(stands, execution_options={"synchronize_session": False}).first() is None:
        raise RetentionError("retention.not_held")
    return session.get_one(LegalHold, hold_id, populate_existing=True)


def holds(session: Session, *, standing: bool, limit: int = 200) -> list[LegalHold]:
    """Newest first."""
    which = LegalHold.released_at.is_(None) if standing else LegalHold.released_at.is_not(None)
    return list(session.scalars(select(LegalHold).where(which).order_by(LegalHold.placed_at.desc()).limit(limit)))


def stay_as_they_are(session: Session) -> None:
    """Until the end of this transaction nobody places or releases a hold; who is doing so just now is waited for.

    On SQLite who has written something is alone already. Nobody may erase beside another, who would wait for the same.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {LegalHold.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def is_held() -> ColumnElement[bool]:
    """Of a query over Call: whether a hold stands on the call, its ticket or its caller's number."""
    return exists().where(_stands_on_call()).correlate(Call)


def held_among(session: Session, call_ids: Iterable[str]) -> list[str]:
    """Which of these calls are under a legal hold."""
    return sorted(session.scalars(select(Call.call_id).where(Call.call_id.in_(list(call_ids)), is_held())))


def of_call(session: Session, call_id: str) -> list[LegalHold]:
    """The holds that stand on a call, whatever they name."""
    query = select(LegalHold).select_from(LegalHold, Call).where(Call.call_id == call_id, _stands_on_call())
    return list(session.scalars(query.order_by(LegalHold.placed_at)))


def on(session: Session, kind: str, subject: str) -> LegalHold | None:
    """The hold that stands on just this."""
    stands = LegalHold.kind == kind, LegalHold.subject == subject, LegalHold.released_at.is_(None)
    return session.scalars(select(LegalHold).where(*stands)).one_or_none()


def may_be_on_orphans(session: Session) -> bool:
    """Whether sound of which nobody knows whose it is may be under a legal hold: one stands on any number."""
    standing = select(LegalHold.id).where(LegalHold.kind == "number", LegalHold.released_at.is_(None)).limit(1)
    return session.scalar(standing) is not None


def _stands_on_call() -> ColumnElement[bool]:
    numbers = select(ContactPoint.value).where(ContactPoint.contact_id == Call.contact_id).correlate(Call)
    return and_(
        LegalHold.released_at.is_(None),
        or_(
            and_(LegalHold.kind == "call", LegalHold.subject == Call.call_id),
            and_(LegalHold.kind == "ticket", LegalHold.subject == cast(Call.ticket_number, String)),
            and_(
                LegalHold.kind == "number", or_(LegalHold.subject == Call.caller_number, LegalHold.subject.in_(numbers))
            ),
        ),
    )


def _reason(given: str) -> str:
    reason = " ".join(given.split())
    if len(reason) < 3:
        raise RetentionError("retention.no_reason")
    return reason[:MOST]


def _subject(
    session: Session, settings: Settings, kind: str, subject: str, has_ticket: Callable[[Session, int], bool]
) -> str:
    if kind == "call" and session.scalar(select(Call.id).where(Call.call_id == subject)):
        return subject
    is_number = subject.isascii() and subject.isdigit() and len(subject) < 10
    if kind == "ticket" and is_number and has_ticket(session, int(subject)):
        return str(int(subject))
    if kind == "number" and (number := typed_contact(subject, settings.lines[0].default_country)):
        return number
    raise RetentionError(MISSING[kind])
