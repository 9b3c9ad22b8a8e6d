"""Which promise a call belongs to: it keeps one, or its caller takes one back by calling in. Reads only.

With it the ticket of who was promised a call goes on when the call comes; tickets themselves are another room's.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callback.models import Callback

CALLED_IN = "the customer called in"
"""`Callback.end_reason` of a promise whose customer was quicker."""
AT_ONCE = timedelta(seconds=30)
"""Such a promise ends as the call arrives; the store may have been slow."""


def continued_by(session: Session, linkedid: str, number: str | None, arrived_at: datetime) -> Callback | None:
    """The promise that call `linkedid` keeps, or that its caller, of `number` (E.164), took back by calling in."""
    kept = session.scalars(select(Callback).where(Callback.connected_linkedid == linkedid)).first()
    if kept is not None or number is None:
        return kept
    taken_back = select(Callback).where(
        Callback.number == number,
        Callback.state == "cancelled",
        Callback.end_reason == CALLED_IN,
        Callback.ended_at.between(arrived_at - AT_ONCE, arrived_at + AT_ONCE),
    )
    return session.scalars(taken_back.order_by(Callback.ended_at.desc())).first()
