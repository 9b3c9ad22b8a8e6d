"""A ticket of the evening as two systems beside have it: one that takes its status, one that does not."""

from connectors.models import OutsideTicket
from ringback.messages import message
from ringback.store.base import utcnow
from tests.support.calls import TICKET, Store


def seed_outside(store: Store) -> None:
    why = message("connectors.no_way", status="Done", ways="In Progress, To Do")
    fault = message("connectors.status_refused", system="boards", status="Done", why=why)
    desk = OutsideTicket(
        connector="desk",
        ticket_number=TICKET,
        opened_as=TICKET,
        state="there",
        outside_id="4711",
        url="https://rt.example/Ticket/Display.html?id=4711",
        status_seen="stalled",
        synced_at=utcnow(),
    )
    boards = OutsideTicket(
        connector="boards",
        ticket_number=TICKET,
        opened_as=TICKET + 5,
        state="there",
        outside_id="10012",
        url="https://jira.example/browse/SUP-12",
        status_seen="In Progress",
        synced_at=utcnow(),
        error=fault,
    )
    with store.sessions() as session, session.begin():
        session.add_all([desk, boards, OutsideTicket(connector="glpi", ticket_number=TICKET, opened_as=TICKET)])
