"""The rows of outside tickets as work needs them: one worker at a time has one, for as long as a delivery may take.

Short transactions of their own, run beside the event loop by whoever awaits.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from connectors.errors import SystemBusy
from connectors.marks import mark_of
from connectors.models import CREATING, OutsideTicket
from outbox.receivers import MOST_SECONDS
from ringback.store import lease
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from tickets.models import Ticket

HELD_SECONDS = MOST_SECONDS + 15
"""A row is held no longer: a delivery has been ended by then."""
BUSY_SECONDS = 2.0
T = TypeVar("T")


@dataclass(frozen=True)
class OutsideRow:
    """A row and what it needs of its ticket, read together."""

    id: uuid.UUID
    number: int
    """The ticket's, now."""
    opened_as: int
    mark: str
    state: str
    asked_at: datetime | None
    outside_id: str | None
    status_seen: str | None
    status_ours: str | None
    subject: str
    noting: uuid.UUID | None
    noted: uuid.UUID | None

    @property
    def is_main(self) -> bool:
        """Whether its status is taken back. What a merge brought along is only told: who closes a duplicate there does
        not end the conversation here."""
        return self.opened_as == self.number


class OutsideRows:
    """Those of one connector."""

    def __init__(self, store: sessionmaker[Session], connector: str, now: Callable[[], datetime]) -> None:
        self._store, self._connector, self._now = store, connector, now
        self._owner = lease.owner()
        self._locks: dict[uuid.UUID, asyncio.Lock] = {}

    async def made_for(self, number: int) -> uuid.UUID:
        """The row of the ticket that was opened as `number`; made where there is none."""

        def make(session: Session) -> uuid.UUID:
            values = {"connector": self._connector, "ticket_number": number, "opened_as": number, "state": CREATING}
            session.execute(insert_or_leave(OutsideTicket).values(_new(values)))
            return session.scalars(
                select(OutsideTicket.id).where(
                    OutsideTicket.connector == self._connector, OutsideTicket.opened_as == number
                )
            ).one()

        return await self.within(make)

    async def of_ticket(self, number: int) -> Sequence[uuid.UUID]:
        """Rows of a ticket, its own first."""
        query = select(OutsideTicket.id, OutsideTicket.opened_as).where(
            OutsideTicket.connector == self._connector, OutsideTicket.ticket_number == number
        )
        found = await self.within(lambda session: session.execute(query).all())
        return [row.id for row in sorted(found, key=lambda row: (row.opened_as != number, row.opened_as))]

    @asynccontextmanager
    async def held(self, key: uuid.UUID) -> AsyncIterator[OutsideRow]:
        """The row, nobody else's meanwhile. Raises SystemBusy where another process has it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                await self.within(lambda session: self._take(session, key))
                try:
                    yield await self.read(key)
                finally:
                    await asyncio.shield(self.within(lambda session: self._let_go(session, key)))
        finally:
            if not lock.locked():
                self._locks.pop(key, None)

    async def read(self, key: uuid.UUID) -> OutsideRow:
        """As it is now."""

        def read(session: Session) -> OutsideRow:
            row = session.get_one(OutsideTicket, key)
            opened_at = session.scalars(select(Ticket.created_at).where(Ticket.number == row.opened_as)).one()
            return OutsideRow(
                row.id,
                row.ticket_number,
                row.opened_as,
                mark_of(row.opened_as, opened_at),
                row.state,
                row.asked_at,
                row.outside_id,
                row.status_seen,
                row.status_ours,
                row.subject,
                row.noting,
                row.noted,
            )

        return await self.within(read)

    async def write(self, row: OutsideRow, **values: Any) -> OutsideRow:
        """Changes it; returns it as it is then."""
        changed = update(OutsideTicket).where(OutsideTicket.id == row.id).values(**values)
        await self.within(lambda session: session.execute(changed))
        known = {name: value for name, value in values.items() if name in OutsideRow.__dataclass_fields__}
        return replace(row, **known)

    async def within(self, work: Callable[[Session], T]) -> T:
        """Something in a transaction, beside the loop."""

        def run() -> T:
            with self._store() as session, session.begin():
                return work(session)

        return await asyncio.to_thread(run)

    def _take(self, session: Session, key: uuid.UUID) -> None:
        now = self._now()
        holder = session.scalar(select(OutsideTicket.held_by).where(OutsideTicket.id == key))
        free = or_(OutsideTicket.held_by.is_(None), OutsideTicket.held_until <= now)
        if holder is not None and (holder == self._owner or lease.is_dead(holder)):
            free = or_(free, OutsideTicket.held_by == holder)
        taken = (
            update(OutsideTicket)
            .where(and_(OutsideTicket.id == key, free))
            .values(held_by=self._owner, held_until=now + timedelta(seconds=HELD_SECONDS))
            .returning(OutsideTicket.id)
        )
        if session.execute(taken).first() is None:
            raise SystemBusy("connectors.held").after(BUSY_SECONDS)

    def _let_go(self, session: Session, key: uuid.UUID) -> None:
        mine = update(OutsideTicket).where(OutsideTicket.id == key, OutsideTicket.held_by == self._owner)
        session.execute(mine.values(held_by=None, held_until=None))


def _new(values: dict[str, Any]) -> dict[str, Any]:
    """With what an INSERT of its own does not fill in."""
    return {"id": uuid7(), "url": "", "subject": "", "created_at": utcnow(), **values}
