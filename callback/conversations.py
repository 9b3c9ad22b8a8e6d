"""Which promise a call belongs to: it keeps one, or its caller has one and calls in before. Reads only.

With it the ticket of who was promised a call goes on when the call comes; tickets themselves are another room's.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callback.models import Callback, JoinedRequest

AT_ONCE = timedelta(seconds=60)
"""A promise that is due later than so was made for another time."""


def left_by(call_id: str) -> str:
    """The `source_key` of what the fallback wrote down in this call: its file's name (`callback/spool.py`)."""
    return f"{call_id}.json"


def continued_by(session: Session, call_id: str, number: str | None, arrived_at: datetime) -> Callback | None:
    """The promise that call `call_id` keeps, that the fallback gave in it, or that stood as its caller, of `number`
    (E.164), called in."""
    key = left_by(call_id)
    joined = select(JoinedRequest.callback_id).where(JoinedRequest.source_key == key)
    # Each by an index: EXISTS would have the store go through every promise there ever was, for each ticket.
    own = or_(Callback.connected_call_id == call_id, Callback.source_key == key, Callback.id.in_(joined))
    found = session.scalars(select(Callback).where(own)).first()
    if found is not None or number is None:
        return found
    stood = select(Callback).where(
        Callback.number == number,
        Callback.requested_at < arrived_at,
        or_(Callback.ended_at.is_(None), Callback.ended_at > arrived_at),
        or_(Callback.attempts > 0, Callback.due_at <= arrived_at + AT_ONCE),
        or_(Callback.asked_call_id.is_(None), Callback.asked_call_id != call_id),
    )
    return session.scalars(stood.order_by(Callback.requested_at.desc())).first()


def asked_in(session: Session, promise: Callback, call_id: str) -> bool:
    """Whether the fallback gave this promise in the call `call_id`."""
    key = left_by(call_id)
    return promise.source_key == key or session.get(JoinedRequest, key) is not None
