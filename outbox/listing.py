"""How receivers are, and what they have not taken: for pages and the command line. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from outbox.models import OutboxDelivery, OutboxEvent, OutboxReceiver
from ringback.messages import Message

LATE = timedelta(minutes=1)
"""What has been due for longer makes its receiver a slow one."""
MOST_COUNTED = 10_000
"""Nobody needs to know how many more."""
MOST_SHOWN = 20
"""Deliveries of a receiver that are listed."""


@dataclass(frozen=True)
class TroubledDelivery:
    """One that waits after a try that failed, or was given up."""

    id: int
    event_id: UUID
    kind: str
    key: str
    at: datetime
    """When it happened."""
    state: str
    """waiting, dead"""
    attempts: int
    tried_at: datetime | None
    due_at: datetime
    error: Message | None


@dataclass(frozen=True)
class ReceiverState:
    """How it is with one receiver."""

    name: str
    """webhook:crm"""
    state: str
    """works, slow, away, password (refused), disabled, gone (the settings do not name it)"""
    since: datetime | None
    """Since when it is so, where that is known."""
    waiting: int
    """At most MOST_COUNTED + 1, which means more."""
    oldest_at: datetime | None
    """When the oldest that waits happened."""
    dead: int
    delivered_at: datetime | None
    error: Message | None
    """Why the newest failure was one."""
    failed_at: datetime | None
    troubled: tuple[TroubledDelivery, ...]
    """The newest first."""

    @property
    def sort(self) -> str:
        """webhook, connector, channel"""
        return self.name.partition(":")[0]

    @property
    def title(self) -> str:
        """Its name in the settings."""
        return self.name.partition(":")[2] or self.name


def receiver_states(session: Session, now: datetime, names: Iterable[str] | None = None) -> list[ReceiverState]:
    """Every receiver, or those named; the ones that the settings do not name only where something is left for them."""
    query = select(OutboxReceiver).order_by(OutboxReceiver.name)
    if names is not None:
        query = query.where(OutboxReceiver.name.in_(list(names)))
    found = [_state(session, row, now) for row in session.scalars(query)]
    return [each for each in found if each.state != "gone" or each.waiting or each.dead]


def _state(session: Session, row: OutboxReceiver, now: datetime) -> ReceiverState:
    mine = OutboxDelivery.receiver == row.name
    waits, is_dead = (mine, OutboxDelivery.state == "waiting"), (mine, OutboxDelivery.state == "dead")
    oldest = session.execute(
        select(OutboxEvent.at, OutboxDelivery.due_at)
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)
        .where(*waits)
        .order_by(OutboxDelivery.id)
        .limit(1)
    ).first()
    state, since = _word(row, None if oldest is None else oldest.due_at, now)
    return ReceiverState(
        name=row.name,
        state=state,
        since=since,
        waiting=_count(session, *waits),
        oldest_at=None if oldest is None else oldest.at,
        dead=_count(session, *is_dead),
        delivered_at=row.delivered_at,
        error=row.error,
        failed_at=row.failed_at,
        troubled=tuple(_troubled(session, row.name)),
    )


def _word(row: OutboxReceiver, oldest_due: datetime | None, now: datetime) -> tuple[str, datetime | None]:
    for state, since in (
        ("gone", row.gone_at),
        ("disabled", row.disabled_at),
        ("password", row.locked_out_at),
        ("away", row.away_at),
    ):
        if since is not None:
            return state, since
    is_slow = row.slow_until is not None and row.slow_until > now
    is_late = oldest_due is not None and oldest_due < now - LATE
    return ("slow" if is_slow or is_late else "works"), None


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    some = select(OutboxDelivery.id).where(*which).limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _troubled(session: Session, name: str) -> Iterable[TroubledDelivery]:
    failed = or_(OutboxDelivery.state == "dead", OutboxDelivery.error.is_not(None))
    query = (
        select(OutboxDelivery, OutboxEvent)
        .join(OutboxEvent, OutboxEvent.id == OutboxDelivery.event_id)
        .where(OutboxDelivery.receiver == name, OutboxDelivery.state.in_(("waiting", "dead")), failed)
        .order_by(OutboxDelivery.id.desc())
        .limit(MOST_SHOWN)
    )
    for row, event in session.execute(query).tuples():
        names = ("id", "key", "state", "attempts", "tried_at", "due_at", "error")
        of_row = {name: getattr(row, name) for name in names}
        yield TroubledDelivery(event_id=event.id, kind=event.kind, at=event.at, **of_row)
