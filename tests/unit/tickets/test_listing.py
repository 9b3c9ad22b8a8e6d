"""The work list: every view has what it says, page by page, and no page leaves anything out; on both stores."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.unit.tickets.test_work import add_ticket
from tickets import work
from tickets.errors import TicketError
from tickets.listing import ANY, MOST_COUNTED, VIEWS, Range, TicketFilter, View, count_tickets, list_tickets
from tickets.models import Ticket

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALL = Range("anna", None, ("support",))
OWN = Range("anna", ("support",), ("support",))
"""What an agent of one queue may see."""
Sessions = sessionmaker[Session]

HOLDS: dict[View, Callable[[Ticket], bool]] = {
    "mine": lambda each: each.owner == "anna" and each.status in ("open", "waiting"),
    "mentions": lambda each: each.subject == "mentioned",
    "queues": lambda each: each.queue == "support" and each.status in ("open", "waiting"),
    "unowned": lambda each: each.owner is None and each.status in ("open", "waiting"),
    "due": lambda each: each.due_at is not None,
    "overdue": lambda each: each.due_at is not None and each.due_at < NOW,
    "waiting": lambda each: each.status == "waiting",
    "open": lambda each: each.status in ("open", "waiting"),
    "closed": lambda each: each.status in ("solved", "closed") and each.merged_into is None,
}
"""What a view says, asked of one ticket."""


def may_see(ticket: Ticket) -> bool:
    return ticket.queue == "support" or (ticket.queue, ticket.owner) == (None, None) or ticket.owner == "anna"


@pytest.fixture
def tickets(store: Sessions) -> list[Ticket]:
    """120 tickets of every kind, several of which changed at the same moment."""
    pick = random.Random(7).choice
    with store() as session, session.begin():
        for _ in range(120):
            status = pick(["open", "open", "waiting", "solved", "closed"])
            active = status in ("open", "waiting")
            session.add(
                Ticket(
                    subject="Printer",
                    contact_id=None,
                    status=status,
                    queue=pick(["support", "billing", None]),
                    owner=pick(["anna", "boris", None]),
                    priority=pick(["normal", "high"]),
                    updated_at=NOW - timedelta(hours=pick(range(9))),
                    due_at=NOW + timedelta(hours=pick(range(-4, 5))) if active and pick([True, False]) else None,
                )
            )
        session.flush()
    gone = add_ticket(store, status="closed", merged_into=1001)
    named = add_ticket(store, subject="mentioned", queue="billing", owner="boris", status="waiting")
    with store() as session, session.begin():
        work.note(session, named, "boris", "@anna, have a look", people=("anna",), at=NOW)
    assert gone < named
    with store() as session:
        return list(session.query(Ticket))


def whole(store: Sessions, view: View, seen: Range, only: TicketFilter = ANY, limit: int = 7) -> list[Ticket]:
    """Every page of a view, one after the other."""
    found: list[Ticket] = []
    after = None
    while True:
        with store() as session:
            page, after = list_tickets(session, view, seen, NOW, only=only, limit=limit, after=after)
        found += page
        assert len(page) == limit or after is None
        if after is None:
            return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seen", [ALL, OWN], ids=["all", "an agent"])
def test_a_view_has_what_it_says(store: Sessions, tickets: list[Ticket], view: View, seen: Range) -> None:
    wanted = [each for each in tickets if HOLDS[view](each) and (seen is ALL or view == "mentions" or may_see(each))]
    if view in ("due", "overdue"):
        wanted.sort(key=lambda each: (each.due_at, each.number))
    else:
        wanted.sort(key=lambda each: (each.updated_at, each.number), reverse=True)
    assert [each.number for each in whole(store, view, seen)] == [each.number for each in wanted]
    assert wanted
    with store() as session:
        assert count_tickets(session, view, seen, NOW) == min(len(wanted), MOST_COUNTED)


@pytest.mark.parametrize(
    "only",
    [TicketFilter(queue="billing"), TicketFilter(owner="boris", priority="high"), TicketFilter(category="login")],
)
def test_a_view_is_narrowed(store: Sessions, tickets: list[Ticket], only: TicketFilter) -> None:
    given: dict[str, Any] = {name: getattr(only, name) for name in ("queue", "owner", "priority", "category")}
    asked = {name: value for name, value in given.items() if value}
    wanted = {each.number for each in tickets if HOLDS["open"](each) and asked.items() <= vars(each).items()}
    assert {each.number for each in whole(store, "open", ALL, only)} == wanted
    assert bool(wanted) == (only.category is None)


def test_what_changes_meanwhile_is_not_shown_twice_and_nothing_else_is_left_out(
    store: Sessions, tickets: list[Ticket]
) -> None:
    with store() as session:
        first, after = list_tickets(session, "open", ALL, NOW, limit=10)
    with store() as session, session.begin():
        work.touch(session, first[-1].number, NOW + timedelta(hours=1))
    with store() as session:
        rest, _ = list_tickets(session, "open", ALL, NOW, limit=100, after=after)
    wanted = {each.number for each in tickets if HOLDS["open"](each)}
    assert {each.number for each in (*first, *rest)} == wanted and len(first) + len(rest) == len(wanted)


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "bnVsbA", "WyIyMDI2IiwgMV0", "\ud800", "[" * 100, "WyIyMDI2LTAzLTAxVDEyOjAwOjAwKzAwOjAwIiwgLTFd"],
)
def test_a_cursor_that_is_none(store: Sessions, cursor: str) -> None:
    with store() as session, pytest.raises(TicketError, match="no page"):
        list_tickets(session, "open", ALL, NOW, after=cursor)


def test_an_agent_without_queues_has_no_queue_view(store: Sessions, tickets: list[Ticket]) -> None:
    assert tickets and whole(store, "queues", Range("eva", (), ())) == []
