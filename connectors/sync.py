"""One outside ticket and ours brought together: status and subject told, status taken back, what is gone noticed.

Everybody who tells or asks goes through here, with the row held, and looks at the outside ticket first: what is told is
never older than what is taken back. What people should know is a line on the ticket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from connectors.errors import OutsideTicketGone, SystemRefuses
from connectors.models import GONE, OutsideTicket
from connectors.rows import OutsideRow, OutsideRows
from connectors.statuses import StatusStep, step
from connectors.systems import OutsideFacts, TicketSystem
from connectors.telling import TicketTold, ticket_told
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.messages import Message, message
from tickets import work
from tickets.entries import add_entry
from tickets.errors import TicketError


@dataclass(frozen=True)
class TicketSync:
    """Of one connector."""

    name: str
    connector: Connector
    settings: Settings
    rows: OutsideRows
    system: TicketSystem
    now: Callable[[], datetime]

    async def told(self, row: OutsideRow) -> TicketTold:
        """Our ticket, as it is now."""
        return await self.rows.within(
            lambda session: ticket_told(session, row.number, row.opened_as, self.connector, self.settings)
        )

    async def sync(self, row: OutsideRow) -> OutsideRow:
        """Brings the held row's two tickets together. Raises what the system raises."""
        assert row.outside_id is not None
        try:
            facts = await self.system.look(row.outside_id)
        except OutsideTicketGone:
            return await self._gone(row)
        told = await self.told(row)
        row = await self._seen(row, facts)
        found = step(self.connector, told.status, facts.status, row.status_ours, row.status_seen, main=row.is_main)
        if found.what == "take":
            row = await self._take(row, facts, told, found)
        elif found.what == "tell":
            row = await self._tell(row, facts, told, found)
        else:
            agreed = {"status_ours": told.status, "error": None} if found.what == "agree" else {}
            row = await self.rows.write(row, status_seen=facts.status, **agreed)
        if told.subject != row.subject:
            await self.system.write(facts.id, subject=told.subject)
            row = await self.rows.write(row, subject=told.subject)
        return row

    async def _seen(self, row: OutsideRow, facts: OutsideFacts) -> OutsideRow:
        """It is there; maybe as another one, into which it was merged."""
        if row.outside_id != facts.id:
            said = message("connectors.merged_there", system=self.name, was=row.outside_id, now=facts.id)
            await self._say(row, said, key=f"merged:{facts.id}")
        return await self.rows.write(row, outside_id=facts.id, url=facts.url, synced_at=self.now())

    async def _gone(self, row: OutsideRow) -> OutsideRow:
        await self._say(row, message("connectors.gone", system=self.name, id=row.outside_id), key="gone")
        return await self.rows.write(row, state=GONE, synced_at=self.now())

    async def _take(self, row: OutsideRow, facts: OutsideFacts, told: TicketTold, found: StatusStep) -> OutsideRow:
        """Their status becomes ours, in one transaction with what the row knows of it."""
        values = {"status_seen": facts.status, "status_ours": found.status, "error": None}

        def take(session: Session) -> bool:
            try:
                done = work.change(
                    session,
                    row.number,
                    self.name,
                    {"status": told.status},
                    {"status": found.status},
                    settings=self.settings,
                    at=self.now(),
                )
            except TicketError:
                return False  # merged away this moment: what was moved is told next time
            if done.conflicts:
                return False  # somebody was quicker, and that is told with the event of it
            session.execute(update(OutsideTicket).where(OutsideTicket.id == row.id).values(**values))
            return True

        return await self.rows.read(row.id) if await self.rows.within(take) else row

    async def _tell(self, row: OutsideRow, facts: OutsideFacts, told: TicketTold, found: StatusStep) -> OutsideRow:
        if found.conflict:
            said = message(
                "connectors.conflict",
                system=self.name,
                theirs=facts.status,
                ours=message(f"tickets.status_{told.status}"),
            )
            await self._say(row, said, key=f"conflict:{facts.updated}:{facts.status}")
        try:
            await self.system.write(facts.id, status=found.status)
        except SystemRefuses as error:
            # Told once; the ticket's page shows it. What else is told goes on.
            said = message("connectors.status_refused", system=self.name, status=found.status, why=error.message)
            await self._say(row, said, key=f"refused:{found.status}")
            return await self.rows.write(row, status_seen=facts.status, error=said)
        return await self.rows.write(row, status_seen=found.status, status_ours=told.status, error=None)

    async def _say(self, row: OutsideRow, said: Message, *, key: str) -> None:
        """A line on our ticket, once."""

        def add(session: Session) -> None:
            source = f"outside:{row.id}:{key}"
            add_entry(session, row.number, "outside", str(said), at=self.now(), source_key=source, said=said)

        await self.rows.within(add)
