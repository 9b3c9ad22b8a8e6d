"""What the courier asks of the store, in short transactions of the caller's: who delivers to whom, deliveries of new
events, which of them are due, and what came of them.

A receiver is delivered to by whoever holds its lease, one courier at a time: that keeps the order, and what a courier
was doing when it was killed is still waiting for the next one. Whoever has lost a lease writes nothing any more.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from outbox.receivers import Outgoing, Receiver
from outbox.service import RECEIVER_UNSENT
from ringback.messages import Message, message
from ringback.store import lease
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.bus import Alarm

LEASE_SECONDS = 30.0
"""A courier that is silent for longer counts as dead; on the same machine its death is seen at once."""
MOST_EVENTS = 500
"""Events whose deliveries are written in one go."""
DELIVERED_KEPT = timedelta(days=7)
"""An event that everybody has is kept for as long, for whoever looks what was told."""
WAITS_MOST = timedelta(days=30)
"""What waits for longer, e.g. for a receiver that is disabled, is a dead letter."""
DEAD_KEPT = timedelta(days=60)
"""Since the event; then dead letters go."""
FARTHEST = timedelta(days=2)
"""No try is put off for as long: the clock has been set back since."""
MOST_FORGOTTEN = 1000
"""Rows that are deleted in one transaction: nobody waits for the store because of it."""
_QUIETLY = {"synchronize_session": False}
_delivery = cast("Table", OutboxDelivery.__table__)
_RESULT = (
    update(_delivery)
    .where(_delivery.c.id == bindparam("of_id"), _delivery.c.state == "waiting")
    .values(
        {
            name: bindparam(f"new_{name}", type_=_delivery.c[name].type)
            for name in ("state", "attempts", "error", "due_at", "tried_at")
        }
    )
)


@dataclass(frozen=True)
class TriedDelivery:
    """What came of one try, as its row will have it."""

    id: int
    receiver: str
    state: str
    attempts: int
    error: Message | None
    due_at: datetime
    tried_at: datetime


def hold(session: Session, names: Collection[str], owner: str, now: datetime) -> set[str]:
    """Takes or renews the leases of those receivers that nobody else delivers to; which they are."""
    held = set()
    for row in session.scalars(select(OutboxReceiver).where(OutboxReceiver.name.in_(names))):
        if row.lease_owner != owner and lease.is_held(row, now):
            continue
        seen = (
            OutboxReceiver.lease_owner.is_(None)
            if row.lease_owner is None
            else (OutboxReceiver.lease_owner == row.lease_owner)
        )
        until = now + timedelta(seconds=LEASE_SECONDS)
        taken = update(OutboxReceiver).where(OutboxReceiver.name == row.name, seen)
        values = {"lease_owner": owner, "lease_until": until}
        if session.execute(taken.values(values), execution_options=_QUIETLY).rowcount:  # type: ignore[attr-defined]
            held.add(row.name)
    return held


def let_go(session: Session, owner: str) -> None:
    """Gives all leases back, so that another courier goes on at once."""
    mine = update(OutboxReceiver).where(OutboxReceiver.lease_owner == owner)
    session.execute(mine.values(lease_owner=None, lease_until=None), execution_options=_QUIETLY)


def fan_out(session: Session, receivers: Sequence[Receiver], now: datetime) -> int:
    """Writes the deliveries of the oldest new events; how many events it were.

    Several couriers may do it at once: each begins with the oldest event that it sees, so that whatever order their
    transactions end in, no delivery is seen before that of an older event with its key.
    """
    new = select(OutboxEvent).where(OutboxEvent.fanned_at.is_(None)).order_by(OutboxEvent.id).limit(MOST_EVENTS)
    events = session.scalars(new).all()
    rows = [
        {"event_id": event.id, "receiver": name, "key": event.key, "due_at": now, "state": "waiting", "attempts": 0}
        for event in events
        for name in _names(event, receivers)
    ]
    if rows:
        session.execute(insert_or_leave(_delivery), rows)
    told = {row["event_id"] for row in rows}
    nobodys = [event.id for event in events if event.id not in told]
    if nobodys:
        session.execute(delete(OutboxEvent).where(OutboxEvent.id.in_(nobodys)), execution_options=_QUIETLY)
    if told:
        fanned = update(OutboxEvent).where(OutboxEvent.id.in_(told), OutboxEvent.fanned_at.is_(None))
        session.execute(fanned.values(fanned_at=now), execution_options=_QUIETLY)
    return len(events)


def _names(event: OutboxEvent, receivers: Iterable[Receiver]) -> list[str]:
    if event.receiver is not None:
        return [event.receiver]
    return [receiver.name for receiver in receivers if receiver.wants(event.kind)]


@dataclass(frozen=True)
class DueDelivery:
    """One that may be tried."""

    id: int
    event: Outgoing
    due_at: datetime
    counts: bool
    """Whether its time had come; else it only asks how the receiver is."""


def due(
    session: Session, name: str, most: int, now: datetime, *, but: Collection[str] = (), early: bool = False
) -> list[DueDelivery]:
    """Of one receiver the oldest deliveries that are due, each the oldest of its key; `but`: not of these keys, which
    are on their way; `early`: due or not."""
    older = aliased(OutboxDelivery)
    first = ~exists(
        select(older.id).where(
            older.receiver == OutboxDelivery.receiver,
            older.key == OutboxDelivery.key,
            older.state == "waiting",
            older.id < OutboxDelivery.id,
        )
    )
    query = (
        select(OutboxDelivery, OutboxEvent)
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)
        .where(OutboxDelivery.receiver == name, OutboxDelivery.state == "waiting", first)
        .order_by(OutboxDelivery.id)
        .limit(most + len(but))
    )
    if not early:
        query = query.where(or_(OutboxDelivery.due_at <= now, OutboxDelivery.due_at > now + FARTHEST))
    return [
        DueDelivery(
            row.id,
            Outgoing(event.id, event.kind, event.key, event.at, event.body, row.attempts + 1),
            row.due_at,
            _is_due(row.due_at, now),
        )
        for row, event in session.execute(query).tuples()
        if row.key not in but
    ][:most]


def _is_due(at: datetime, now: datetime) -> bool:
    return at <= now or at > now + FARTHEST


def next_due(session: Session, name: str, now: datetime) -> datetime | None:
    """When the next delivery of a receiver is due that is not due yet."""
    later = (OutboxDelivery.receiver == name, OutboxDelivery.state == "waiting", OutboxDelivery.due_at > now)
    return session.scalar(select(func.min(OutboxDelivery.due_at)).where(*later))


def write_results(session: Session, results: Sequence[TriedDelivery]) -> None:
    """What came of tries. A delivery that was erased or taken back meanwhile stays so."""
    taken: dict[int, list[TriedDelivery]] = {}
    for each in results:
        if each.state == "delivered":
            taken.setdefault(each.attempts, []).append(each)
    for attempts, found in taken.items():  # nearly all, and nearly all at the first try
        ids = (OutboxDelivery.id.in_([each.id for each in found]), OutboxDelivery.state == "waiting")
        told = {"state": "delivered", "attempts": attempts, "error": None, "tried_at": found[-1].tried_at}
        session.execute(update(OutboxDelivery).where(*ids).values(**told), execution_options=_QUIETLY)
    values = [
        {
            "of_id": each.id,
            "new_state": each.state,
            "new_attempts": each.attempts,
            "new_error": each.error,
            "new_due_at": each.due_at,
            "new_tried_at": each.tried_at,
        }
        for each in results
        if each.state != "delivered"
    ]
    if values:
        session.connection().execute(_RESULT, values)


def all_due(session: Session, name: str, now: datetime) -> None:
    """Whatever waits for a receiver is due now: it is back, or somebody wants it tried."""
    waiting = (OutboxDelivery.receiver == name, OutboxDelivery.state == "waiting", OutboxDelivery.due_at > now)
    session.execute(update(OutboxDelivery).where(*waiting).values(due_at=now), execution_options=_QUIETLY)


def has_dead(session: Session, name: str) -> bool:
    """Whether anything of a receiver was given up."""
    dead = select(OutboxDelivery.id).where(OutboxDelivery.receiver == name, OutboxDelivery.state == "dead")
    return session.scalar(dead.limit(1)) is not None


def tidy(session: Session, now: datetime) -> int:
    """Gives up what has waited for too long, and forgets what was kept for long enough; how many events went."""
    old = select(OutboxEvent.id).where(OutboxEvent.at < now - WAITS_MOST).scalar_subquery()
    late = update(OutboxDelivery).where(OutboxDelivery.state == "waiting", OutboxDelivery.event_id.in_(old))
    why = message("outbox.too_old", count=WAITS_MOST.days)
    given_up = late.values(state="dead", error=why).returning(OutboxDelivery.receiver)
    for name in sorted(set(session.scalars(given_up, execution_options=_QUIETLY))):
        tell_unsent(session, name, now)
    mine = select(OutboxDelivery.event_id).where(OutboxDelivery.event_id == OutboxEvent.id)
    kept = or_(
        OutboxEvent.fanned_at.is_(None),
        exists(mine.where(OutboxDelivery.state == "waiting")),
        and_(OutboxEvent.at >= now - DEAD_KEPT, exists(mine.where(OutboxDelivery.state == "dead"))),
    )
    over = select(OutboxEvent.id).where(OutboxEvent.at < now - DELIVERED_KEPT, ~kept)
    gone = list(session.scalars(over.order_by(OutboxEvent.at).limit(MOST_FORGOTTEN)))
    if gone:
        session.execute(delete(OutboxEvent).where(OutboxEvent.id.in_(gone)), execution_options=_QUIETLY)
    nothing_left = ~exists(select(OutboxDelivery.id).where(OutboxDelivery.receiver == OutboxReceiver.name))
    left = delete(OutboxReceiver).where(OutboxReceiver.gone_at.is_not(None), nothing_left)
    session.execute(left, execution_options=_QUIETLY)
    standing = select(Alarm.subject).where(Alarm.kind == RECEIVER_UNSENT, Alarm.cleared_at.is_(None))
    for name in session.scalars(standing).all():
        if not has_dead(session, name):  # erased, or kept for long enough
            clear_alarm(session, RECEIVER_UNSENT, name, now)
    return len(gone)


def tell_unsent(session: Session, name: str, now: datetime) -> None:
    """People learn that something for this receiver was given up."""
    said = message("outbox.alarm_unsent", receiver=name)
    raise_alarm(session, RECEIVER_UNSENT, name, said, "yellow", now)


@dataclass(frozen=True)
class WrittenState:
    """What the store says of a receiver: what people asked of it, and what the courier before knew."""

    asked_at: datetime | None
    disabled_at: datetime | None
    locked_out_at: datetime | None
    away_at: datetime | None
    error: Message | None
    newest: int
    """The id of the newest delivery that waits: any courier may have written it."""


def states(session: Session, names: Collection[str]) -> dict[str, WrittenState]:
    """Of receivers by name."""
    names_of = ("asked_at", "disabled_at", "locked_out_at", "away_at", "error")
    columns = [getattr(OutboxReceiver, each) for each in names_of]
    waiting = (OutboxDelivery.receiver == OutboxReceiver.name, OutboxDelivery.state == "waiting")
    newest = func.coalesce(select(func.max(OutboxDelivery.id)).where(*waiting).scalar_subquery(), 0)
    rows = session.execute(select(OutboxReceiver.name, *columns, newest).where(OutboxReceiver.name.in_(names)))
    return {name: WrittenState(*values) for name, *values in rows}


def write_state(session: Session, name: str, values: dict[str, Any]) -> None:
    """How it is with a receiver, from the courier that delivers to it."""
    mine = update(OutboxReceiver).where(OutboxReceiver.name == name)
    session.execute(mine.values(**values), execution_options=_QUIETLY)
