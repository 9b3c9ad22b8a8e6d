"""What erasing takes from the rows of outside tickets: the subject that was told, with the person.

What stands in the other system is its owner's to erase; docs/connectors.md says so.
"""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.models import OutsideTicket
from ringback.config import Settings
from ringback.store.erasing import Removed, Room, Scope, changed, quietly
from tickets.models import Ticket


def erase(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """See ringback.store.erasing.Room.erase."""
    if not scope.contacts:
        return []
    own = select(Ticket.number).where(Ticket.contact_id.in_(scope.contacts))
    told = update(OutsideTicket).where(OutsideTicket.ticket_number.in_(own), OutsideTicket.subject != "")
    return changed("told subject", quietly(session, told.values(subject="")))


ROOM = Room(
    name="connectors",
    erased={"outside_ticket": "the subject that another system was told, with the person"},
    harmless={"connector_state": "how far other systems were asked"},
    erase=erase,
)
