"""Which promise a call belongs to: it keeps one, or its caller has one and calls in before. Reads only.

With it the ticket of who was promised a call goes on when the call comes; tickets themselves are another room's.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callback.models import Callback

AT_ONCE = timedelta(seconds=60)
"""A promise that is due later than so was made for another time."""


def continued_by(session: Session, call_id: str, number: str | None, arrived_at: datetime) -> Callback | None:
    """The promise that call `call_id` keeps, or that stood as its caller, of `number` (E.164), called in."""
    kept = session.scalars(select(Callback).where(Callback.connected_call_id == call_id)).first()
    if kept is not None or number is None:
        return kept
    stood = select(Callback).where(
        Callback.number == number,
        Callback.requested_at < arrived_at,
        or_(Callback.ended_at.is_(None), Callback.ended_at > arrived_at),
        or_(Callback.attempts > 0, Callback.due_at <= arrived_at + AT_ONCE),
        or_(Callback.asked_call_id.is_(None), Callback.asked_call_id != call_id),
    )
    return session.scalars(stood.order_by(Callback.requested_at.desc())).first()
