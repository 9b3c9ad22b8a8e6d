"""What systems outside have of our tickets, for who shows it. Loads nothing that speaks to them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.models import OutsideTicket


def outside_tickets(session: Session, number: int) -> Sequence[OutsideTicket]:
    """Those of a ticket, by connector, its own first."""
    query = select(OutsideTicket).where(OutsideTicket.ticket_number == number)
    rows = session.scalars(query.limit(50)).all()
    return sorted(rows, key=lambda row: (row.connector, row.opened_as != number, row.opened_as))
