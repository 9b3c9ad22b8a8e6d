"""A system with tickets as a receiver of the outbox: each event brings its ticket there up to date.

What an event tells is that something happened; what is told is what our ticket is when it is told, so that an event
that comes twice, late or after another changes nothing. Notes are events of their own and are looked for before they
are written again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from connectors.creating import NotSettled, ensure
from connectors.errors import ConnectorError, OutsideTicketGone, SystemBusy, WrongPassword
from connectors.marks import note_mark_of
from connectors.models import GONE
from connectors.rows import OutsideRow, OutsideRows
from connectors.sync import TicketSync
from connectors.systems import TicketSystem
from connectors.telling import KINDS, note_told, ticket_of
from outbox.receivers import Delivered, DeliveryResult, Later, LockedOut, Outgoing
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.store.base import utcnow
from tickets.models import Ticket
from tickets.service import current

SORT = "connector:"
"""How names of such receivers begin."""
MOST_AT_ONCE = 4
WAITS = 10
"""Looks, a second apart, for the ticket of a call that has just ended."""


class ConnectorReceiver:
    """One of `connectors` of the settings; see `outbox.receivers.Receiver`."""

    def __init__(
        self,
        name: str,
        connector: Connector,
        settings: Settings,
        store: sessionmaker[Session],
        system: TicketSystem,
        *,
        now: Callable[[], datetime] = utcnow,
        wait_seconds: float = 1.0,
    ) -> None:
        """`wait_seconds`: between two of WAITS."""
        self._name, self._connector, self._settings = name, connector, settings
        self._system, self._now, self._wait_seconds = system, now, wait_seconds
        self._rows = OutsideRows(store, name, now)
        self._sync = TicketSync(name, connector, settings, self._rows, system, now)

    @property
    def name(self) -> str:
        return f"{SORT}{self._name}"

    @property
    def most_at_once(self) -> int:
        return MOST_AT_ONCE

    def wants(self, kind: str) -> bool:
        return kind in KINDS

    async def deliver(self, event: Outgoing) -> DeliveryResult:
        try:
            number = await self._ticket_of(event)
            if number is not None:
                await self._tell(number, event)
        except NotSettled as error:
            return Later(error.message, error.seconds)
        except SystemBusy as error:
            return Later(error.message, error.seconds, eases=error.code == "connectors.busy")
        except WrongPassword as error:
            return LockedOut(error.message)
        except ConnectorError as error:
            return Later(error.message)
        return Delivered()

    async def close(self) -> None:
        await self._system.close()

    async def _ticket_of(self, event: Outgoing) -> int | None:
        """Of a call that ended a moment ago, the ticket may be a moment away."""
        for _ in range(WAITS):
            number = await self._rows.within(lambda session: ticket_of(session, event))
            if number is not None or event.kind != "call.ended":
                return number
            await asyncio.sleep(self._wait_seconds)
        return None

    async def _tell(self, number: int, event: Outgoing) -> None:
        number, wanted = await self._rows.within(lambda session: self._is_wanted(session, number))
        keys = list(await self._rows.of_ticket(number))
        if not keys and wanted:
            keys = [await self._rows.made_for(number)]
        for at, key in enumerate(keys):
            async with self._rows.held(key) as row:
                if row.state != GONE:
                    await self._bring(row, event, notes=at == 0 or event.kind == "ticket.merged")

    def _is_wanted(self, session: Session, number: int) -> tuple[int, bool]:
        """The ticket that has everything of it now, and whether the system is told of new ones like it."""
        number = current(session, number)
        queue = session.get_one(Ticket, number).queue
        return number, not self._connector.queues or queue in self._connector.queues

    async def _bring(self, row: OutsideRow, event: Outgoing, *, notes: bool) -> None:
        told = await self._sync.told(row)
        row = await ensure(
            self._rows, row, self._system, told.draft, told.status, self._connector.settle_seconds, self._now
        )
        try:
            if notes:
                row = await self._note(row, event)
            await self._sync.sync(row)
        except OutsideTicketGone:
            await self._sync.sync(row)  # which finds it gone, or there where the address is wrong

    async def _note(self, row: OutsideRow, event: Outgoing) -> OutsideRow:
        words = await self._rows.within(
            lambda session: note_told(session, event, row.number, self._connector, self._settings)
        )
        if words is None or row.noted == event.id:
            return row
        id_, mark = str(row.outside_id), note_mark_of(event.id)
        may_be_there = event.id == row.noting or (row.noted is not None and event.id < row.noted)
        if not (may_be_there and await self._system.has_note(id_, mark)):
            row = await self._rows.write(row, noting=event.id)
            await self._system.note(id_, words, mark)
        return await self._rows.write(row, noting=None, noted=event.id)
