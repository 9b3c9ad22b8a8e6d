"""A ticket in systems beside, as its page shows it: where it is there, how it stands, what keeps it from being told."""

from dataclasses import dataclass

from connectors.known import outside_tickets
from connectors.models import CREATING, GONE
from ringback.messages import Message
from web.context import db, settings
from web.documents.facts import iso

JIRA_PAGE = "/browse/"
"""Before what people there call a ticket, which changes where it is moved: Ringback keeps the number that stays."""


@dataclass(frozen=True)
class OutsideShown:
    """One ticket there."""

    system: str
    """The connector's name."""
    id: str
    """What people there call it; empty while it is not known."""
    url: str
    """Its page there; empty: there is none that a browser opens."""
    status: str
    """In their words; empty: not seen yet."""
    seen_at: str | None
    is_coming: bool
    """It is being made there."""
    is_gone: bool
    """It was deleted there."""
    opened_as: int | None
    """The ticket of ours that it was made for, where that is another."""
    fault: Message | None


def outside_shown(number: int) -> list[OutsideShown]:
    """Those of a ticket."""
    return [
        OutsideShown(
            row.connector,
            row.url.rpartition(JIRA_PAGE)[2] if JIRA_PAGE in row.url else row.outside_id or "",
            row.url if row.url.startswith(("http://", "https://")) else "",
            row.status_seen or "",
            iso(row.synced_at),
            row.state == CREATING,
            row.state == GONE,
            row.opened_as if row.opened_as != number else None,
            row.error,
        )
        for row in outside_tickets(db(), number)
        if row.connector in settings().connectors or row.outside_id is not None
    ]
