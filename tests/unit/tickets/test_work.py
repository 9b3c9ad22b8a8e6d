"""What people do with tickets: fields, notes, the end by itself; two at once; on both stores."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from ringback.config import Settings
from ringback.config.queues import Queue
from ringback.config.tickets import TicketWord
from tickets import work
from tickets.errors import TicketError
from tickets.models import Ticket, TicketEntry, TicketMention
from tickets.work import FieldConflict, TicketChange

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SETTINGS = Settings(
    queues={
        "support": Queue(
            name="Support",
            agents=["anna"],
            categories={"login": TicketWord(label="Signing in", labels={"ru": "Вход"})},
            dispositions={"helped": TicketWord(label="Helped"), "nothing": TicketWord(label="Nothing to do")},
        ),
        "billing": Queue(name="Billing", agents=["boris"]),
    }
)
Sessions = sessionmaker[Session]


def add_ticket(store: Sessions, **facts: Any) -> int:
    with store() as session, session.begin():
        ticket = Ticket(
            **(
                {"subject": "Printer", "contact_id": None, "queue": "support", "updated_at": NOW, "created_at": NOW}
                | facts
            )
        )
        session.add(ticket)
        session.flush()
        return ticket.number


def change(store: Sessions, number: int, base: dict[str, Any], new: dict[str, Any], who: str = "anna") -> TicketChange:
    with store() as session, session.begin():
        return work.change(session, number, who, base, new, settings=SETTINGS, at=LATER)


def ticket_of(store: Sessions, number: int) -> Ticket:
    with store() as session:
        return session.get_one(Ticket, number)


def told(store: Sessions, number: int, language: str = "en") -> list[str]:
    with store() as session:
        query = select(TicketEntry).where(TicketEntry.ticket_number == number).order_by(TicketEntry.id)
        return [each.said.worded(language) if each.said else each.text for each in session.scalars(query)]


def test_each_change_is_a_line_with_who_and_when(store: Sessions) -> None:
    number = add_ticket(store)
    new = {"owner": "anna", "status": "waiting", "priority": "high", "category": "login", "next_step": "Call Ann"}
    base = {"owner": None, "status": "open", "priority": "normal", "category": None, "next_step": None}
    assert change(store, number, base, new, "boris").applied == ("owner", "status", "priority", "category", "next_step")
    ticket = ticket_of(store, number)
    assert (ticket.owner, ticket.status, ticket.priority, ticket.category) == ("anna", "waiting", "high", "login")
    assert (ticket.next_step, ticket.version, ticket.updated_at) == ("Call Ann", 6, LATER)
    assert told(store, number)[:2] == ["Owner: – → Anna", "Status: open → waiting for the customer"]
    assert told(store, number, "ru")[1] == "Статус: открыто → ждёт клиента"
    with store() as session:
        assert {(each.author, each.at) for each in session.scalars(select(TicketEntry))} == {("boris", LATER)}


def test_what_is_already_so_is_no_change(store: Sessions) -> None:
    number = add_ticket(store, owner="anna")
    assert change(store, number, {"owner": "anna"}, {"owner": "anna"}) == TicketChange((), {})
    assert change(store, number, {"owner": None}, {"owner": "anna"}) == TicketChange((), {})
    assert told(store, number) == []


def test_two_who_change_different_fields_both_have_their_way(store: Sessions) -> None:
    number = add_ticket(store)
    base = {"owner": None, "priority": "normal"}
    assert change(store, number, base, base | {"owner": "anna"}, "anna").applied == ("owner",)
    assert change(store, number, base, base | {"priority": "high"}, "boris") == TicketChange(("priority",), {})
    assert (ticket_of(store, number).owner, ticket_of(store, number).priority) == ("anna", "high")


def test_who_comes_second_is_told_what_it_is_now(store: Sessions) -> None:
    number = add_ticket(store)
    change(store, number, {"subject": "Printer"}, {"subject": "Printer on fire"}, "anna")
    second = change(store, number, {"subject": "Printer"}, {"subject": "Printer is slow"}, "boris")
    assert second == TicketChange((), {"subject": FieldConflict("Printer on fire", "Printer is slow")})
    assert ticket_of(store, number).subject == "Printer on fire"
    assert told(store, number) == ["Subject: Printer → Printer on fire"]


def test_of_many_at_once_one_takes_a_ticket(store: Sessions) -> None:
    number, names = add_ticket(store), [f"agent{n}" for n in range(6)]
    together = Barrier(len(names))

    def take(name: str) -> TicketChange:
        together.wait()
        return change(store, number, {"owner": None}, {"owner": name}, name)

    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(take, names))
    winners = [name for name, result in zip(names, results, strict=True) if result.applied]
    assert winners == [ticket_of(store, number).owner]
    assert all(result.conflicts["owner"].theirs == winners[0] for result in results if not result.applied)


def test_solved_has_no_next_step_and_knows_since_when(store: Sessions) -> None:
    number = add_ticket(store, next_step="Call", due_at=LATER)
    change(store, number, {"status": "open"}, {"status": "solved"})
    ticket = ticket_of(store, number)
    assert (ticket.solved_at, ticket.next_step, ticket.due_at) == (LATER, None, None)
    with pytest.raises(TicketError, match="next step"):
        change(store, number, {"due_at": None}, {"due_at": LATER})
    change(store, number, {"status": "solved"}, {"status": "open"})
    assert ticket_of(store, number).solved_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "gone"),
        ("status", ""),
        ("priority", "9"),
        ("queue", "nowhere"),
        ("category", "helped"),
        ("disposition", "login"),
        ("due_at", "tomorrow"),
        ("subject", " \x00\n "),
    ],
)
def test_a_value_that_cannot_be_changes_nothing(store: Sessions, field: str, value: str) -> None:
    number = add_ticket(store)
    was = {"status": "open", "priority": "normal", "queue": "support", "subject": "Printer"}.get(field)
    with pytest.raises(TicketError):
        change(store, number, {field: was, "owner": None}, {field: value, "owner": "anna"})
    assert (ticket_of(store, number).owner, ticket_of(store, number).version) == (None, 1)


@pytest.mark.parametrize("number", [0, -1, 999_999, 1 << 31, 1 << 70])
def test_a_ticket_that_there_is_not(store: Sessions, number: int) -> None:
    with pytest.raises(TicketError, match="no ticket"):
        change(store, number, {"owner": None}, {"owner": "anna"})


def test_words_are_cleaned_and_bounded(store: Sessions) -> None:
    number = add_ticket(store)
    change(store, number, {"subject": "Printer"}, {"subject": "a\x00b\ud800\n c" + "x" * 1000})
    assert ticket_of(store, number).subject == "ab c" + "x" * 196


def test_a_note_names_people_who_are_there(store: Sessions) -> None:
    number = add_ticket(store)
    words = "Ask @boris, or @boris and @eva. Write to mail@anna.example or @nobody"
    with store() as session, session.begin():
        assert work.note(session, number, "anna", words, people=("anna", "boris", "eva"), at=LATER) == ("boris", "eva")
    with store() as session, session.begin():
        assert work.seen(session, number, "boris", LATER)
        assert not work.seen(session, number, "boris", LATER)
        assert not work.seen(session, number, "anna", LATER)
        unseen = session.scalars(select(TicketMention.person).where(TicketMention.seen_at.is_(None))).all()
    assert unseen == ["eva"] and ticket_of(store, number).updated_at == LATER


@pytest.mark.parametrize("words", ["", " \n\t ", "x" * 10_001])
def test_a_note_says_something_and_ends(store: Sessions, words: str) -> None:
    number = add_ticket(store)
    with store() as session, session.begin(), pytest.raises(TicketError):
        work.note(session, number, "anna", words, people=())
    assert told(store, number) == []


@pytest.mark.parametrize("status", ["waiting", "solved", "closed"])
def test_an_answer_of_the_customers_opens_it_once(store: Sessions, status: str) -> None:
    number = add_ticket(store, status=status, solved_at=None if status == "waiting" else NOW)
    for _ in range(2):
        with store() as session, session.begin():
            work.customer_wrote(session, number, "mail", "It is back", source_key="mail:1", at=LATER)
    ticket = ticket_of(store, number)
    assert (ticket.status, ticket.solved_at, ticket.updated_at) == ("open", None, LATER)
    assert told(store, number) == ["It is back", "Opened again."]


def close_all(store: Sessions, now: datetime, settings: Settings = SETTINGS) -> list[int]:
    with store() as session, session.begin():
        due = work.to_close(session, settings, now)
        return [int(each) for each in due if work.close_by_itself(session, int(each), settings, now)]


def test_solved_and_forgotten_ones_are_closed_by_themselves(store: Sessions) -> None:
    solved = add_ticket(store, status="solved", solved_at=NOW)
    quiet = add_ticket(store)
    waiting = add_ticket(store, status="waiting")
    planned = add_ticket(store, due_at=NOW + timedelta(days=90), next_step="Look again")
    assert close_all(store, NOW + timedelta(days=6.9)) == []
    assert close_all(store, NOW + timedelta(days=7.1)) == [solved]
    assert close_all(store, NOW + timedelta(days=31)) == [quiet, waiting]
    assert [ticket_of(store, each).status for each in (solved, quiet, waiting, planned)] == ["closed"] * 3 + ["open"]
    assert told(store, quiet) == ["Closed by itself: nothing has happened for a long time."]


def test_nothing_is_closed_by_itself_where_the_owner_says_so(store: Sessions) -> None:
    never = Settings.model_validate({"tickets": {"close_solved_days": 0, "close_quiet_days": 0}})
    add_ticket(store), add_ticket(store, status="solved", solved_at=NOW)
    assert close_all(store, NOW + timedelta(days=3000), never) == []
