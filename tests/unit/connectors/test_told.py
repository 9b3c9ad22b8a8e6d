"""What another system is told: facts in the owner's language, people's notes, and never what was said on the phone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, Contact
from connectors.erasing import erase
from connectors.known import outside_tickets
from connectors.models import OutsideTicket
from connectors.polling import ALARM
from connectors.receiver import ConnectorReceiver
from connectors.service import check, poll, receivers, tidy
from outbox.models import OutboxDelivery, OutboxReceiver
from outbox.receivers import Delivered, Outgoing
from outbox.service import ask_again, register
from ringback.config import Settings
from ringback.config.connectors import Connector
from ringback.secrets import load_or_create
from ringback.store.base import utcnow, uuid7
from ringback.store.erasing import Scope
from tests.support.beside import CONNECTOR, Beside
from tests.support.desk_servers import PASSWORD, USER, DeskServer
from tests.support.hooks import courier_of
from tickets import work
from tickets.models import Ticket

SAID = "my card number is 4111"


def add_call(beside: Beside, number: int | None, call_id: str = "1.2") -> Outgoing:
    """A call of two minutes with Anna; returns the event of its end."""
    with beside.store() as session, session.begin():
        call = Call(
            call_id=call_id,
            line="1000",
            language="en",
            caller_number="+12025550123",
            caller_name="x",
            state="settled",
            arrived_at=beside.at,
            agent="anna",
            ticket_number=number,
        )
        call.connected_at, call.ended_at = beside.at, beside.at + timedelta(seconds=125)
        session.add(call)
    return Outgoing(uuid7(), "call.ended", f"call:{call_id}", beside.at, {})


def text_of(beside: Beside) -> str:
    (ticket,) = beside.desk.tickets.values()
    return ticket.text


def notes_of(beside: Beside) -> list[str]:
    (ticket,) = beside.desk.tickets.values()
    return [note.partition("\n")[2] for note in ticket.notes]


@pytest.fixture
def number(beside: Beside) -> int:
    with beside.store() as session, session.begin():
        contact = Contact(number="+12025550123", name="=cmd()\r\n<b>Анна</b>", language="en")
        session.add(contact)
        session.flush()
        contact_id = contact.id
    return beside.ticket(contact_id=contact_id, queue="support")


def test_a_new_ticket_has_the_facts_and_the_way_back(beside: Beside, number: int) -> None:
    add_call(beside, number)
    beside.tell(number, "ticket.opened")
    assert text_of(beside).splitlines() == [
        f"Ringback ticket #{number}: http://127.0.0.1:8080/tickets/{number}",
        "Caller: +12025550123 =cmd() <b>Анна</b>",
        "Queue: Support",
        "Opened: 2026-03-01 12:00 UTC",
        "Call of 2026-03-01 12:00 UTC, 2:05 with Anna: http://127.0.0.1:8080/calls/1.2",
    ]


def test_notes_are_what_people_wrote_changed_and_did(beside: Beside, number: int) -> None:
    beside.tell(number, "ticket.opened")
    beside.tell(number, "ticket.note", by="anna", note="two\r\nlines\x00")
    changes = {
        "owner": {"from": None, "to": "boris"},
        "priority": {"from": "normal", "to": "high"},
        "status": {"from": "open", "to": "waiting"},
        "due_at": {"from": "2026-01-01", "to": None},
    }
    beside.tell(number, by="anna", changes=changes)
    beside.tell(number, by="anna", changes={"status": {"from": "open", "to": "waiting"}})
    beside.deliver(add_call(beside, number))
    ready = Outgoing(uuid7(), "transcript.ready", "call:1.2", beside.at, {"text": SAID})
    assert beside.deliver(ready) == Delivered()
    assert notes_of(beside) == [
        "Anna wrote: two\nlines",
        "Anna changed Owner: Boris, Priority: high, Due: –",
        "Call of 2026-03-01 12:00 UTC, 2:05 with Anna: http://127.0.0.1:8080/calls/1.2",
        "The call was written down: http://127.0.0.1:8080/calls/1.2",
    ]


def test_it_is_told_in_the_language_of_the_owner(beside: Beside, number: int) -> None:
    beside.connector = CONNECTOR.model_copy(update={"language": "ru"})
    beside.restart()
    beside.tell(number, "ticket.opened")
    assert "Клиент: +12025550123" in text_of(beside)


def test_events_of_nothing_that_is_known_are_taken_and_tell_nothing(beside: Beside) -> None:
    for key in ("ticket:999", "ticket:x", "ticket:", "call:of nobody", "other"):
        for kind in ("ticket.changed", "call.ended", "ticket.note"):
            assert beside.deliver(Outgoing(uuid7(), kind, key, beside.at, {"changes": 1, "note": None})) == Delivered()
    beside.deliver(add_call(beside, None))
    assert beside.desk.asked == []


def test_erasing_a_person_takes_the_subject_that_was_told(beside: Beside, number: int) -> None:
    beside.tell(number, "ticket.opened")
    other = beside.ticket()
    beside.tell(other, "ticket.opened")
    with beside.store() as session, session.begin():
        contact = session.get_one(Ticket, number).contact_id
        assert contact is not None
        scope = Scope(call_ids=(), contacts=(contact,), numbers=(), kept=(), person=True)
        assert [each.count for each in erase(session, beside.settings, scope)] == [1]
    assert (beside.row(number).subject, beside.row(other).subject != "") == ("", True)


@pytest.fixture
def served(settings: Settings) -> Iterator[tuple[DeskServer, Settings]]:
    """Request Tracker's answers, and settings that lead there, with the wrong password."""
    with DeskServer("rt") as server:
        facts: dict[str, Any] = {"kind": "rt", "url": server.url, "project": "General", "user": USER}
        connector = Connector(**facts, allow_private=True, seconds=5, poll_seconds=5)
        changed = settings.model_copy(update={"connectors": {"desk": connector}})
        load_or_create(changed)
        set_password(changed, "wrong")
        yield server, changed


def set_password(settings: Settings, password: str) -> None:
    from ringback import secrets

    secrets.set_named(settings, "connector_passwords", "desk", password)


def test_behind_the_courier_a_wrong_password_loses_nothing(
    sqlite_store: sessionmaker[Session], served: tuple[DeskServer, Settings], until: Any
) -> None:
    server, settings = served
    store = sqlite_store
    (receiver,) = receivers(settings, store)
    assert isinstance(receiver, ConnectorReceiver)
    with store() as session, session.begin():
        register(session, [receiver.name], utcnow())

    def locked_out() -> bool:
        with store() as session:
            return session.get_one(OutboxReceiver, receiver.name).locked_out_at is not None

    def states() -> list[str]:
        with store() as session:
            return list(session.scalars(select(OutboxDelivery.state)))

    with courier_of(store, receiver):
        with store() as session, session.begin():
            ticket = Ticket(subject="Printer", contact_id=None, queue="support")
            session.add(ticket)
            session.flush()
            number = ticket.number
            work.change(session, number, "anna", {"status": "open"}, {"status": "solved"}, settings=settings)
        until(locked_out)
        assert (states(), server.tickets) == (["waiting"], {})
        set_password(settings, PASSWORD)
        with store() as session, session.begin():
            ask_again(session, receiver.name, utcnow())
        until(lambda: states() == ["delivered"])
    (there,) = server.tickets.values()
    assert there.status == "resolved"
    server.turn("1", "open")
    assert poll(store, settings, "desk") is True
    assert poll(store, settings, "desk") is None, "it is not time"
    with store() as session:
        assert session.get_one(Ticket, number).status == "open"
        (row,) = outside_tickets(session, number)
        assert (row.state, row.status_seen, row.url) == ("there", "open", f"{server.url}/Ticket/Display.html?id=1")
    check(settings, "desk", store)
    tidy(store, settings)
    assert ALARM == "connector.unread"
    with store() as session:
        assert session.scalars(select(OutsideTicket.connector)).all() == ["desk"]
