"""A store with tickets of ours, a desk beside that gets them, and a clock that only the test moves."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from connectors.models import OutsideTicket
from connectors.polling import ConnectorPoll
from connectors.receiver import ConnectorReceiver
from outbox.receivers import Delivered, DeliveryResult, Outgoing
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.store.base import uuid7
from tests.support.desk import MemoryDesk
from tickets import work
from tickets.models import Ticket, TicketEntry

BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CONNECTOR = Connector(kind="rt", url="https://rt.example", project="General", user="ringback")


@dataclass
class Beside:
    """The system is called rt."""

    store: sessionmaker[Session]
    connector: Connector = CONNECTOR
    settings: Settings = field(default_factory=lambda: Settings(connectors={"rt": CONNECTOR}))
    at: datetime = BEGIN

    def __post_init__(self) -> None:
        self.desk = MemoryDesk(self.now)
        self.restart()

    def now(self) -> datetime:
        return self.at

    def restart(self) -> None:
        """Another process does the work from here on."""
        self.receiver = ConnectorReceiver(
            "rt", self.connector, self.settings, self.store, self.desk, now=self.now, wait_seconds=0
        )

    def ticket(self, **facts: Any) -> int:
        with self.store() as session, session.begin():
            values: dict[str, Any] = {"subject": "Printer", "contact_id": None, "created_at": self.at}
            ticket = Ticket(**{**values, "updated_at": self.at, **facts})
            session.add(ticket)
            session.flush()
            return ticket.number

    def status(self, number: int, status: str, who: str = "anna") -> None:
        """Somebody of us changes it."""
        with self.store() as session, session.begin():
            was = session.get_one(Ticket, number).status
            work.change(session, number, who, {"status": was}, {"status": status}, settings=self.settings, at=self.at)

    def ours(self, number: int) -> str:
        with self.store() as session:
            return session.get_one(Ticket, number).status

    def event(self, number: int, kind: str = "ticket.changed", **body: Any) -> Outgoing:
        return Outgoing(uuid7(), kind, f"ticket:{number}", self.at, {"ticket": number, **body})

    def deliver(self, event: Outgoing) -> DeliveryResult:
        return asyncio.run(self.receiver.deliver(event))

    def tell(self, number: int, kind: str = "ticket.changed", **body: Any) -> None:
        """An event that nothing keeps from being taken."""
        result = self.deliver(self.event(number, kind, **body))
        assert result == Delivered(), result

    def poll(self) -> bool:
        """One look at what changed there, after the time for it."""
        self.at += timedelta(seconds=self.connector.poll_seconds)
        poll = ConnectorPoll("rt", self.connector, self.settings, self.store, self.desk, now=self.now)
        return asyncio.run(poll.run())

    def row(self, number: int) -> OutsideTicket:
        with self.store() as session:
            return session.scalars(select(OutsideTicket).where(OutsideTicket.opened_as == number)).one()

    def told(self, number: int) -> list[str]:
        """Lines of our ticket that tell of the system."""
        query = select(TicketEntry.text).where(TicketEntry.ticket_number == number, TicketEntry.kind == "outside")
        with self.store() as session:
            return list(session.scalars(query.order_by(TicketEntry.at, TicketEntry.id)))
