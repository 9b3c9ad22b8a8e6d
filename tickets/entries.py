"""Lines of a ticket's history: written once, whoever writes them, in whatever process."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from ringback.messages import Message
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from tickets.models import TicketEntry


def add_entry(
    session: Session,
    number: int,
    kind: str,
    text: str,
    *,
    at: datetime | None = None,
    author: str | None = None,
    source_key: str | None = None,
    said: Message | None = None,
    id_: uuid.UUID | None = None,
) -> bool:
    """Adds a line to a ticket's history. With a `source_key` it is added once, however often it is asked.

    `said`: the line in code and facts, for readers of every language; `text` is then its English. False: it was there.
    """
    row = {
        "id": id_ or uuid7(),
        "ticket_number": number,
        "kind": kind,
        "text": text,
        "at": at or utcnow(),
        "author": author,
        "source_key": source_key,
        "said": said,
    }
    # RETURNING, because psycopg's row count does not tell what an INSERT left out. It waits for one about to commit.
    added = session.execute(insert_or_leave(TicketEntry).values(row).returning(TicketEntry.id))
    return added.first() is not None
