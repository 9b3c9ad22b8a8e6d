"""What other rooms call: something happened, or something is to be sent to one receiver; which receivers there are.

Each is one INSERT in the caller's transaction, so that what is told is what happened: rolled back together, committed
together. Everything further is the courier's (`outbox/courier.py`).
"""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, exists, insert, literal, null, select, update
from sqlalchemy.orm import Session

from outbox.errors import BodyTooLarge
from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from ringback.store.alarms import clear_alarm, insert_or_leave
from ringback.store.base import utcnow, uuid7

Executor = Session | Connection
MOST_BYTES = 16 * 1024
"""Of a published body as JSON: with what a webhook puts around it, it stays under 20 KB."""
MOST_SENT_BYTES = 256 * 1024
"""Of the body of what is sent to one receiver."""
RECEIVER_AWAY = "receiver.away"
"""The kind of an alarm: a receiver takes nothing."""
RECEIVER_UNSENT = "receiver.unsent"
"""... something for it was given up."""
CUT = "cut"
"""The field of a body, true where texts of it were cut because it was too large."""
SHORTEST = 64
"""Characters of a text that are always left when a body is cut."""

_table = cast("Table", OutboxEvent.__table__)
_columns = [_table.c.id, _table.c.kind, _table.c.key, _table.c.at, _table.c.body, _table.c.receiver]
_somebody = exists(select(literal(1)).select_from(OutboxReceiver).where(OutboxReceiver.gone_at.is_(None)))
_ANYBODY = select(_somebody)
_given = [bindparam(f"new_{each.name}", type_=each.type) for each in _columns[:-1]]
_PUBLISH = (
    insert(_table)
    .from_select(_columns, select(*_given, null().label("receiver")).where(_somebody))
    .returning(_table.c.id)
)
"""Where nobody receives anything, nothing is written. Made once: it is part of every call."""


def publish(executor: Executor, kind: str, key: str, body: Mapping[str, Any]) -> uuid.UUID | None:
    """Something of `kind` ("ticket.changed") happened to `key` ("ticket:12"), in the caller's transaction. Its id;
    None: there is nobody to be told.

    `body` is ready for JSON: facts alone, no text made of speech that was not masked. A change never fails because its
    news is too large: the longest texts are cut, and `cut` is true.
    """
    event_id = uuid7()
    values = {"id": event_id, "kind": kind, "key": key, "at": utcnow(), "body": fitted(body)}
    return executor.scalar(_PUBLISH, {f"new_{name}": value for name, value in values.items()})


@dataclass(frozen=True)
class NewEvent:
    """As `publish` is given one."""

    kind: str
    key: str
    body: Mapping[str, Any]


def publish_all(executor: Executor, events: Sequence[NewEvent]) -> int:
    """`publish` for several at once, in their order; how many: none where there is nobody to be told."""
    if not events or not executor.scalar(_ANYBODY):
        return 0
    now = utcnow()
    rows = [
        {"id": uuid7(), "kind": each.kind, "key": each.key, "at": now, "body": fitted(each.body)} for each in events
    ]
    executor.execute(insert(_table), rows)
    return len(rows)


def send(executor: Executor, receiver: str, key: str, body: Mapping[str, Any], *, kind: str = "message") -> uuid.UUID:
    """Something for one receiver alone, e.g. a message to a customer, in the caller's transaction. Its id, by which the
    receiver's results can be found (`OutboxDelivery.event_id`).

    It waits where the receiver is not there just now. Raises BodyTooLarge.
    """
    size = _size(body)
    if size > MOST_SENT_BYTES:
        raise BodyTooLarge("outbox.body_too_large", bytes=size, most=MOST_SENT_BYTES)
    event_id = uuid7()
    row = {"id": event_id, "kind": kind, "key": key, "at": utcnow(), "body": dict(body), "receiver": receiver}
    executor.execute(insert(_table), row)
    return event_id


def register(session: Session, names: Iterable[str], now: datetime) -> None:
    """These are the receivers that the settings name now, in the caller's transaction. From here on events are kept for
    them; those that are named no more get nothing new."""
    named = set(names)
    known = {row.name: row for row in session.scalars(select(OutboxReceiver))}
    for name in sorted(named - known.keys()):
        session.execute(insert_or_leave(OutboxReceiver).values(name=name))
    back = update(OutboxReceiver).where(OutboxReceiver.name.in_(named), OutboxReceiver.gone_at.is_not(None))
    gone = update(OutboxReceiver).where(OutboxReceiver.name.not_in(named), OutboxReceiver.gone_at.is_(None))
    if any(row.gone_at is not None for name, row in known.items() if name in named):
        session.execute(back.values(gone_at=None))
    left = [name for name, row in known.items() if name not in named and row.gone_at is None]
    if left:
        session.execute(gone.values(gone_at=now))
    for name in left:
        clear_alarm(session, RECEIVER_AWAY, name, now)  # nobody's trouble any more


def ask_again(session: Session, receiver: str, now: datetime) -> bool:
    """Somebody wants a receiver to be tried now, and whatever waits for it; one that is disabled is given things again.
    False: nobody knows it."""
    enabled = update(OutboxReceiver).where(OutboxReceiver.name == receiver)
    if not _rows(session, enabled.values(asked_at=now, disabled_at=None)):
        return False
    waiting = (OutboxDelivery.receiver == receiver, OutboxDelivery.state == "waiting", OutboxDelivery.due_at > now)
    _rows(session, update(OutboxDelivery).where(*waiting).values(due_at=now))
    return True


def resend(session: Session, receiver: str, now: datetime, delivery: int | None = None) -> int:
    """Sends again what was given up, with all its tries: one delivery, or all of a receiver; how many."""
    given_up = [OutboxDelivery.receiver == receiver, OutboxDelivery.state == "dead"]
    if delivery is not None:
        given_up.append(OutboxDelivery.id == delivery)
    again = update(OutboxDelivery).where(*given_up).values(state="waiting", attempts=0, due_at=now, error=None)
    count = _rows(session, again)
    if count and session.scalar(select(exists().where(*given_up[:2]))) is False:
        clear_alarm(session, RECEIVER_UNSENT, receiver, now)
    if count:
        _rows(session, update(OutboxReceiver).where(OutboxReceiver.name == receiver).values(asked_at=now))
    return count


def _rows(session: Session, statement: Any) -> int:
    done = session.execute(statement, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def fitted(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body that is small enough, its longest texts cut where it was not."""
    left = _size(body) - MOST_BYTES
    if left <= 0:
        return dict(body)
    made: dict[str, Any] = {**json.loads(json.dumps(body)), CUT: True}
    while _size(made) > MOST_BYTES:
        found = max(_texts(made), key=lambda each: len(each[0][each[1]]), default=None)
        if found is None or len(found[0][found[1]]) <= SHORTEST:
            return {CUT: True}  # so many facts that no text is to blame
        holder, name = found
        holder[name] = f"{holder[name][: max(SHORTEST, len(holder[name]) // 2) - 1]}…"
    return made


def _texts(found: Any) -> Iterable[tuple[Any, Any]]:
    """Every text in a JSON value: what it stands in, and where there."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(found, dict):
        inside = found.items()
    elif isinstance(found, list):
        inside = enumerate(found)
    for name, value in inside:
        if isinstance(value, str):
            yield found, name
        else:
            yield from _texts(value)


def _size(body: Mapping[str, Any]) -> int:
    return len(json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
