"""Messages that callers left, in the store: noted once, heard, owned by one at a time, answered.

Everything works inside the caller's transaction. Who owns a message is one UPDATE that only the first can win. Who may
see one is the pages' affair (`web/access.py`): it is the call's.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from callback.models import Callback
from calls.models import Call
from outbox.service import publish
from ringback.store.alarms import Executor, insert_or_leave
from ringback.store.base import utc, uuid7
from voicemail.errors import VoicemailError
from voicemail.models import VoiceMessage

SHORTEST_SECONDS = 1.0
"""What is shorter says nothing."""
QUIET_SECONDS = 5.0
"""So much of a message in which nothing was heard is there to listen to: it may have been said in a low voice."""
MOST_HOW = 200
"""Characters that say how a message was answered."""


def note_left(executor: Executor, call_id: str, arrived_at: float, begins: float, ends: float) -> None:
    """The caller of `call_id` left a message, from one moment to another (epoch seconds). Safe to repeat."""
    silent = ends - begins < SHORTEST_SECONDS
    begin = round(max(0.0, begins - arrived_at), 2)
    values = {
        "call_id": call_id,
        "left_at": utc(ends),
        "from_seconds": begin,
        "to_seconds": round(begin + max(ends - begins, QUIET_SECONDS if silent else 0.0), 2),
        "silent": silent,
    }
    new = insert_or_leave(VoiceMessage).values(id=uuid7(), **values).returning(VoiceMessage.id)
    if (key := executor.execute(new).scalar_one_or_none()) is not None:
        told = {"id": str(key), "call_id": call_id, "left_at": utc(ends).isoformat(), "silent": silent}
        seconds = {"seconds": round(max(0.0, ends - begins), 2)}
        publish(executor, "message.left", f"call:{call_id}", told | seconds)


def heard(session: Session, call_id: str, by: str, now: datetime) -> None:
    """Somebody is given the sound of the call: the first time is kept."""
    first = update(VoiceMessage).where(VoiceMessage.call_id == call_id, VoiceMessage.heard_at.is_(None))
    session.execute(_quietly(first, {"heard_at": now, "heard_by": by}))


def take(session: Session, key: UUID, by: str, now: datetime) -> None:
    """`by` sees to it from now on. Raises VoicemailError where somebody else does already, or it is answered."""
    free = _of(key).where(VoiceMessage.owner.is_(None), VoiceMessage.answered_at.is_(None))
    taken = session.execute(_quietly(free, {"owner": by, "owned_at": now}).returning(VoiceMessage.id)).first()
    if taken is not None:
        return
    row = session.get_one(VoiceMessage, key, populate_existing=True)
    if row.answered_at is not None:
        raise VoicemailError("voicemail.answered")
    if row.owner != by:
        raise VoicemailError("voicemail.taken", owner=row.owner or "-")


def release(session: Session, key: UUID, of: str) -> None:
    """`of`, who had it, does not see to it any more. Raises VoicemailError where somebody else has it."""
    free = _quietly(_of(key).where(VoiceMessage.owner == of), {"owner": None, "owned_at": None})
    if session.execute(free.returning(VoiceMessage.id)).first() is None:
        raise VoicemailError("voicemail.not_yours")


def answer(session: Session, key: UUID, by: str, how: str, now: datetime) -> None:
    """`by` says that it is answered, and how. Raises VoicemailError where no word says how, or it is already."""
    how = " ".join(how.split())[:MOST_HOW]
    if not how:
        raise VoicemailError("voicemail.how")
    values = {"answered_at": now, "answered_by": by, "how": how}
    open_one = _quietly(_of(key).where(VoiceMessage.answered_at.is_(None)), values)
    if session.execute(open_one.returning(VoiceMessage.id)).first() is None:
        raise VoicemailError("voicemail.answered")


def reopen(session: Session, key: UUID) -> None:
    """It is not answered after all."""
    session.execute(_quietly(_of(key), {"answered_at": None, "answered_by": None, "how": ""}))


def promised(session: Session, key: UUID, callback: UUID, by: str, now: datetime) -> None:
    """A call was promised because of it: who promised sees to it, where nobody did."""
    session.execute(_quietly(_of(key), {"callback_id": callback}))
    session.execute(_quietly(_of(key).where(VoiceMessage.owner.is_(None)), {"owner": by, "owned_at": now}))


def of_call(session: Session, call_id: str) -> VoiceMessage | None:
    """The message that was left in a call."""
    return session.scalars(select(VoiceMessage).where(VoiceMessage.call_id == call_id)).one_or_none()


def is_kept() -> ColumnElement[bool]:
    """Of a query over Callback: the customer was called back, or served before that."""
    served_before = and_(Callback.state == "cancelled", Callback.connected_call_id.is_not(None))
    return or_(Callback.state == "done", served_before)


def is_answered() -> ColumnElement[bool]:
    """Of a query over VoiceMessage."""
    kept = exists().where(Callback.id == VoiceMessage.callback_id, is_kept()).correlate(VoiceMessage)
    return or_(VoiceMessage.answered_at.is_not(None), kept)


def is_new() -> ColumnElement[bool]:
    """Of a query over VoiceMessage: nobody has heard it or sees to it, and something was said."""
    untouched = (VoiceMessage.heard_at, VoiceMessage.owner, VoiceMessage.answered_at, VoiceMessage.callback_id)
    return and_(VoiceMessage.silent.is_(False), *(column.is_(None) for column in untouched))


def new_messages(session: Session, most: int) -> list[str]:
    """The calls of messages that nobody has heard, newest first."""
    query = select(VoiceMessage.call_id).where(is_new()).order_by(VoiceMessage.left_at.desc()).limit(most)
    return list(session.scalars(query))


def unheard_since(
    session: Session, since: datetime, until: datetime
) -> Iterable[tuple[str, datetime, str, int | None]]:
    """Messages that were left in that time and nobody has heard, oldest first: call, end, line, ticket."""
    query = (
        select(VoiceMessage.call_id, VoiceMessage.left_at, Call.line, Call.ticket_number)
        .join(Call, Call.call_id == VoiceMessage.call_id)
        .where(is_new(), VoiceMessage.left_at > since, VoiceMessage.left_at <= until)
    )
    return session.execute(query.order_by(VoiceMessage.left_at)).tuples().all()


def _of(key: UUID) -> Update:
    return update(VoiceMessage).where(VoiceMessage.id == key)


def _quietly(statement: Update, values: dict[str, Any]) -> Update:
    """An UPDATE past the rows that a session has loaded."""
    return statement.values(**values).execution_options(synchronize_session=False)
