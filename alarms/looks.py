"""What people have opened of what waits for a person: the first look at a message or a promise, and whose it was."""

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from alarms.models import FirstLook
from callback.models import OPEN_STATES, Callback
from calls.models import Call
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow

MESSAGE, PROMISE = "message", "promise"


def call_opened(session: Session, call_ids: Iterable[str], by: str) -> bool:
    """Somebody has opened the pages of these calls, or a ticket with them: notes those in which a message was left.
    Whether there was anything to note; the caller commits."""
    unseen = ~exists().where(FirstLook.kind == MESSAGE, FirstLook.key == Call.call_id)
    found = select(Call.call_id).where(Call.call_id.in_(list(call_ids)), Call.result == "message", unseen)
    return _note(session, MESSAGE, list(session.scalars(found)), by)


def promise_opened(session: Session, key: str, by: str) -> bool:
    """Somebody has opened the page of a promise, or called its customer: as `call_opened`."""
    known = exists().where(FirstLook.kind == PROMISE, FirstLook.key == key)
    return not session.scalar(select(known)) and _note(session, PROMISE, [key], by)


def ticket_opened(session: Session, number: int, by: str) -> bool:
    """Somebody has opened a ticket: its messages and the promises on it are seen."""
    calls = list(session.scalars(select(Call.call_id).where(Call.ticket_number == number)))
    seen = call_opened(session, calls, by)
    mine = (Callback.ticket_number == number) | Callback.asked_call_id.in_(calls)
    for key in session.scalars(select(Callback.id).where(mine, Callback.state.in_(OPEN_STATES))):
        seen = promise_opened(session, str(key), by) or seen
    return seen


def _note(session: Session, kind: str, keys: list[str], by: str) -> bool:
    for key in keys:
        session.execute(insert_or_leave(FirstLook).values(kind=kind, key=key, by=by, at=utcnow()))
    return bool(keys)
