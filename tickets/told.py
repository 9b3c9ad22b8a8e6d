"""What systems beside are told of tickets: one event for each change, in its transaction (`outbox/service.py`).

An event has the ticket as it is then, what changed, and who did it. Texts are those that people and menus wrote;
nothing that was said on the phone is in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Contact
from outbox.service import publish
from tickets.models import Ticket

TicketNews = Literal["ticket.opened", "ticket.changed", "ticket.note", "ticket.merged"]
FACTS = (
    "number",
    "subject",
    "status",
    "priority",
    "queue",
    "owner",
    "category",
    "disposition",
    "next_step",
    "due_at",
    "created_at",
    "solved_at",
    "merged_into",
    "version",
)
"""Of the ticket, as they stand in its row."""


def tell(session: Session, kind: TicketNews, number: int, by: str | None = None, **more: Any) -> None:
    """`more` is what is new: `changes`, `note`, `from`."""
    columns = [getattr(Ticket, name) for name in FACTS]
    query = select(*columns, Contact.number, Contact.name, Contact.language)
    of_it = query.outerjoin(Contact, Contact.id == Ticket.contact_id).where(Ticket.number == number)
    row = session.execute(of_it).one()
    *facts, phone, name, language = row
    contact = None if phone is None and name is None else {"number": phone, "name": name, "language": language}
    ticket = {key: _ready(value) for key, value in zip(FACTS, facts, strict=True)}
    publish(session, kind, f"ticket:{number}", {"ticket": ticket | {"contact": contact}, "by": by, **more})


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with what they were and what they are."""
    return {name: {"from": _ready(was.get(name)), "to": _ready(value)} for name, value in now.items()}


def _ready(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
