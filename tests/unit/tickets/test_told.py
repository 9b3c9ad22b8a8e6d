"""What systems beside are told of tickets: one event for each change, with it or not at all; on both stores."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from outbox.models import OutboxEvent
from outbox.service import register
from tests.unit.tickets.test_merging import NOW, conversation
from tests.unit.tickets.test_work import add_ticket, change
from tickets import merging, work

Sessions = sessionmaker[Session]


@pytest.fixture
def told(store: Sessions) -> Sessions:
    """A store with one receiver."""
    with store() as session, session.begin():
        register(session, ["webhook:crm"], NOW)
    return store


def events(store: Sessions) -> list[tuple[str, str, dict[str, Any]]]:
    with store() as session:
        query = select(OutboxEvent.kind, OutboxEvent.key, OutboxEvent.body).order_by(OutboxEvent.id)
        return [row for row in session.execute(query).tuples() if row[0].startswith("ticket.")]


def test_a_call_opens_a_ticket_and_says_so(told: Sessions) -> None:
    number = conversation(told, "1.1", "+12025550101")
    (event,) = events(told)
    assert event[:2] == ("ticket.opened", f"ticket:{number}")
    assert event[2]["ticket"]["subject"] == "Something does not work"
    assert event[2]["ticket"]["contact"] == {"number": "+12025550101", "name": "Ann", "language": "en"}


def test_a_change_is_one_event_with_what_was_and_what_is(told: Sessions) -> None:
    number = add_ticket(told)
    change(told, number, {"owner": None, "priority": "normal"}, {"owner": "anna", "priority": "high"}, "eva")
    change(told, number, {"owner": None}, {"owner": "anna"}, "eva")
    ((kind, key, body),) = events(told)
    assert (kind, key, body["by"]) == ("ticket.changed", f"ticket:{number}", "eva")
    assert body["changes"] == {"owner": {"from": None, "to": "anna"}, "priority": {"from": "normal", "to": "high"}}
    assert (body["ticket"]["owner"], body["ticket"]["version"]) == ("anna", 3)


def test_what_is_rolled_back_is_told_to_nobody(told: Sessions) -> None:
    number = add_ticket(told)
    with told() as session:
        work.note(session, number, "eva", "Hello", people=())
        session.rollback()
    assert events(told) == []


def test_notes_merges_and_answers_are_told(told: Sessions) -> None:
    one, two = conversation(told, "1.1", "+12025550101"), add_ticket(told, status="solved")
    with told() as session, session.begin():
        work.note(session, one, "eva", "Hello", people=())
        work.customer_wrote(session, two, "mail", "Again", source_key="mail:1")
        move = merging.merge(session, one, two, "eva", NOW).id
    with told() as session, session.begin():
        merging.undo(session, move, "eva", NOW)
    kinds = [(kind, key) for kind, key, _ in events(told)]
    assert kinds == [
        ("ticket.opened", f"ticket:{one}"),
        ("ticket.note", f"ticket:{one}"),
        ("ticket.changed", f"ticket:{two}"),
        ("ticket.merged", f"ticket:{one}"),
        *([("ticket.changed", f"ticket:{one}"), ("ticket.changed", f"ticket:{two}")]),
    ]


def test_where_nobody_is_told_nothing_is_written(store: Sessions) -> None:
    number = add_ticket(store)
    change(store, number, {"owner": None}, {"owner": "anna"})
    assert events(store) == []
