"""What people have opened of promises that are due: the first look at one, and whose it was."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from alarms.models import FirstLook
from callback.models import OPEN_STATES, Callback
from calls.models import Call
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow

PROMISE = "promise"


def promise_opened(session: Session, key: str, by: str) -> bool:
    """Somebody has opened the page of a promise, or called its customer. Whether that was to be noted; the caller
    commits."""
    known = exists().where(FirstLook.kind == PROMISE, FirstLook.key == key)
    if session.scalar(select(known)):
        return False
    session.execute(insert_or_leave(FirstLook).values(kind=PROMISE, key=key, by=by, at=utcnow()))
    return True


def ticket_opened(session: Session, number: int, by: str) -> bool:
    """Somebody has opened a ticket: the promises on it are seen."""
    calls = list(session.scalars(select(Call.call_id).where(Call.ticket_number == number)))
    mine = (Callback.ticket_number == number) | Callback.asked_call_id.in_(calls)
    seen = False
    for key in session.scalars(select(Callback.id).where(mine, Callback.state.in_(OPEN_STATES))):
        seen = promise_opened(session, str(key), by) or seen
    return seen
