"""The work list: tickets by views, from an address, over any number of them.

Every page of a view is read from the end of an index: a view is a union of branches (a status, a queue, an owner),
each of which has its order in an index of `Ticket`, and each is asked for one page alone. Who may see which tickets is
handed in as a `Range` by `web/access.py`.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from tickets.errors import TicketError
from tickets.models import ACTIVE, DONE, WAITING, Ticket, TicketMention

View = Literal["mine", "mentions", "queues", "unowned", "due", "overdue", "waiting", "open", "closed"]
"""mine: active ones that one owns; mentions: in which one is named and has not looked since; queues: active ones of
one's queues; unowned: active ones that nobody sees to; due: whose next step has a time, the soonest first; overdue:
those whose time is past; waiting: for the customer; open: all active ones; closed: solved and closed ones."""
VIEWS: tuple[View, ...] = get_args(View)
BY_TIME = ("due", "overdue")
"""Views in the order of what is due; the others by what happened last."""
MOST_COUNTED = 100
"""A view is counted so far; beyond that it is "more"."""


@dataclass(frozen=True)
class Range:
    """The tickets that may be listed to somebody: all, or those of some queues, of nobody's queue, and one's own."""

    person: str
    queues: tuple[str, ...] | None = None
    """None: all tickets."""
    own_queues: tuple[str, ...] = ()
    """Of the view `queues`."""


@dataclass(frozen=True)
class TicketFilter:
    """What a view is narrowed to."""

    queue: str | None = None
    owner: str | None = None
    priority: str | None = None
    category: str | None = None
    contact: Any = None
    """Id of a contact."""

    def narrows(self) -> list[ColumnElement[bool]]:
        given = [(name, getattr(self, name)) for name in ("queue", "owner", "priority", "category")]
        found = [getattr(Ticket, name) == value for name, value in given if value]
        return found + ([Ticket.contact_id == self.contact] if self.contact is not None else [])


ANY = TicketFilter()


def list_tickets(
    session: Session,
    view: View,
    seen: Range,
    now: datetime,
    *,
    only: TicketFilter = ANY,
    limit: int = 50,
    after: str | None = None,
) -> tuple[list[Ticket], str | None]:
    """A page of a view, and the cursor of the next one; None: there is none.

    Raises TicketError for a cursor that is none of ours.
    """
    cursor = None if after is None else _read_cursor(after)
    order = (Ticket.due_at, Ticket.number) if view in BY_TIME else (Ticket.updated_at, Ticket.number)
    ends = order if view in BY_TIME else tuple(each.desc() for each in order)
    branches = _branches(view, seen, now, only)
    if not branches:
        return [], None
    if cursor is not None:
        branches = [and_(branch, _beyond(view, cursor)) for branch in branches]
    parts = [select(Ticket.number).where(branch).order_by(*ends).limit(limit + 1).subquery() for branch in branches]
    numbers = union_all(*(select(part.c.number) for part in parts)).subquery()
    query = select(Ticket).where(Ticket.number.in_(select(numbers.c.number))).order_by(*ends).limit(limit + 1)
    found = list(session.scalars(query))
    more = len(found) > limit
    return found[:limit], _cursor_of(view, found[limit - 1]) if more else None


def count_tickets(session: Session, view: View, seen: Range, now: datetime, only: TicketFilter = ANY) -> int:
    """How many tickets a view has, at the most MOST_COUNTED."""
    branches = _branches(view, seen, now, only)
    if not branches:
        return 0
    # In the order of the list: without one SQLite looks for what is due among all tickets of a queue.
    order = Ticket.due_at if view in BY_TIME else Ticket.updated_at.desc()
    parts = [select(Ticket.number).where(each).order_by(order).limit(MOST_COUNTED).subquery() for each in branches]
    numbers = union_all(*(select(part.c.number) for part in parts)).subquery()
    distinct = select(numbers.c.number).distinct().limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(distinct)) or 0


# -- branches --------------------------------------------------------------------------------------------


def _branches(view: View, seen: Range, now: datetime, only: TicketFilter) -> list[ColumnElement[bool]]:
    """Conditions whose tickets together are the view; each begins with what leads an index."""
    owned: list[list[ColumnElement[bool]]] = [[]]
    if view == "mine":
        owned = [[Ticket.owner == seen.person]]
    elif view == "unowned":
        owned = [[Ticket.owner.is_(None)]]
    elif view == "mentions":
        numbers = select(TicketMention.ticket_number).where(
            TicketMention.person == seen.person, TicketMention.seen_at.is_(None)
        )
        return [and_(Ticket.number.in_(numbers), *only.narrows())]
    whose = _whose(view, seen)
    if view in BY_TIME:
        timed = Ticket.due_at < now if view == "overdue" else Ticket.due_at.is_not(None)
        return [and_(timed, *each, *only.narrows()) for each in whose]
    statuses = DONE if view == "closed" else (WAITING,) if view == "waiting" else ACTIVE
    return [
        and_(Ticket.status == status, *each, *mine, Ticket.merged_into.is_(None), *only.narrows())
        for status in statuses
        for each in whose
        for mine in owned
    ]


def _whose(view: View, seen: Range) -> list[list[ColumnElement[bool]]]:
    """The tickets that may be seen, by queue; [[]]: all."""
    if view == "mine":
        return [[]]
    if view == "queues":
        return [[Ticket.queue == queue] for queue in seen.own_queues]
    if seen.queues is None:
        return [[]]
    return [
        *([Ticket.queue == queue] for queue in seen.queues),
        [Ticket.queue.is_(None), Ticket.owner.is_(None)],
        [Ticket.owner == seen.person],
    ]


# -- cursors ---------------------------------------------------------------------------------------------


def _beyond(view: View, cursor: tuple[datetime, int]) -> ColumnElement[bool]:
    at, number = cursor
    if view in BY_TIME:
        return or_(Ticket.due_at > at, and_(Ticket.due_at == at, Ticket.number > number))
    # The first part alone is what an index is entered by; the second leaves out what was shown.
    return and_(Ticket.updated_at <= at, or_(Ticket.updated_at < at, Ticket.number < number))


def _cursor_of(view: View, ticket: Ticket) -> str:
    at = ticket.due_at if view in BY_TIME else ticket.updated_at
    assert at is not None
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), ticket.number]).encode()).decode().rstrip("=")


def _read_cursor(said: str) -> tuple[datetime, int]:
    try:
        at, number = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(number, int) or not 0 < number < 1 << 31:
            raise ValueError(said)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise TicketError("tickets.no_cursor") from error
    return moment, number
