"""Merged, split, joined, undone: every call, line and promise is on exactly one ticket all the time; on both stores."""

import uuid
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from callback.models import Callback
from calls.models import Call
from ringback.config import Settings
from ringback.store.base import Base
from tests.unit.tickets.test_tickets import ARRIVED, add_call, open_ticket
from tickets import merging, service, work
from tickets.entries import add_entry
from tickets.errors import TicketError
from tickets.models import Ticket, TicketEntry, TicketLink, TicketMention, TicketMove

Sessions = sessionmaker[Session]
NOW = ARRIVED + timedelta(days=1)
SETTINGS = Settings()


def conversation(store: Sessions, call_id: str, number: str, promise: bool = False) -> int:
    """A noted call on a ticket of its own, with a promise on it where asked."""
    add_call(store, call_id, caller_number=number)
    ticket = open_ticket(store, call_id)
    with store() as session, session.begin():
        service.note_call(session, call_id, [("solved", "Solved?", "Yes", ARRIVED)], settings=SETTINGS)
        if promise:
            session.add(
                Callback(
                    number=number,
                    language="en",
                    line="1000",
                    state="done",
                    queue="support",
                    expires_at=NOW,
                    source="wait",
                    source_key=f"p:{call_id}",
                    arrived_at=ARRIVED,
                    due_at=ARRIVED,
                    asked_call_id=call_id,
                    ticket_number=ticket,
                )
            )
    return ticket


def merge(store: Sessions, number: int, into: int) -> uuid.UUID:
    with store() as session, session.begin():
        return merging.merge(session, number, into, "anna", NOW).id


def split(store: Sessions, number: int, call_ids: Collection[str]) -> int:
    with store() as session, session.begin():
        return merging.split(session, number, call_ids, "anna", settings=SETTINGS, at=NOW)


def undo(store: Sessions, key: uuid.UUID) -> None:
    with store() as session, session.begin():
        merging.undo(session, key, "boris", NOW)


def on(store: Sessions, number: int) -> dict[str, list[str]]:
    """What is on a ticket: its calls, promises, and lines that nobody wrote by hand."""
    with store() as session:
        calls = select(Call.call_id).where(Call.ticket_number == number).order_by(Call.call_id)
        promises = select(Callback.source_key).where(Callback.ticket_number == number).order_by(Callback.source_key)
        lines = select(TicketEntry.source_key).where(TicketEntry.ticket_number == number)
        keyed = lines.where(TicketEntry.source_key.is_not(None)).order_by(TicketEntry.source_key)
        return {
            name: list(session.scalars(query))
            for name, query in (("calls", calls), ("promises", promises), ("lines", keyed))
        }  # type: ignore[misc]


def told(store: Sessions, number: int) -> list[str]:
    with store() as session:
        query = select(TicketEntry.text).where(TicketEntry.ticket_number == number, TicketEntry.author.is_not(None))
        return list(session.scalars(query.order_by(TicketEntry.id)))


def test_a_merge_moves_all_and_is_undone(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101", promise=True), conversation(store, "1.2", "+12025550102")
    before, other = on(store, one), on(store, two)
    with store() as session, session.begin():
        work.note(session, one, "anna", "For @eva", people=("eva",), at=NOW)
    key = merge(store, one, two)
    assert on(store, one) == {"calls": [], "promises": [], "lines": []}
    assert on(store, two) == {name: sorted(before[name] + other[name]) for name in before}
    with store() as session:
        assert (session.get_one(Ticket, one).merged_into, session.get_one(Ticket, one).status) == (two, "closed")
        assert session.scalars(select(TicketMention.ticket_number)).all() == [two]
        assert service.current(session, one) == two
        assert [each.id for each in merging.moves_of(session, two)] == [key]
    assert told(store, two) == ["For @eva", f"Ticket {one} was merged into this one."]
    undo(store, key)
    assert (on(store, one), on(store, two)) == (before, other)
    with store() as session:
        assert (session.get_one(Ticket, one).merged_into, session.get_one(Ticket, one).status) == (None, "open")
        assert merging.moves_of(session, two) == []
    with pytest.raises(TicketError, match="nothing to undo"):
        undo(store, key)


def test_what_came_after_the_merge_stays_when_it_is_undone(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    key = merge(store, one, two)
    with store() as session, session.begin():
        add_entry(session, two, "mail", "Thank you", source_key="mail:7")
    undo(store, key)
    assert "mail:7" in on(store, two)["lines"] and "mail:7" not in on(store, one)["lines"]


def test_a_split_takes_calls_with_what_belongs_to_them(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102", promise=True)
    merge(store, two, one)
    whole = on(store, one)
    new = split(store, one, ["1.2"])
    assert on(store, new) == {
        "calls": ["1.2"],
        "promises": ["p:1.2"],
        "lines": ["answer:1.2:solved", "call:1.2", "opened:1.2"],
    }
    assert on(store, one)["calls"] == ["1.1"]
    with store() as session:
        ticket = session.get_one(Ticket, new)
        assert (ticket.subject, ticket.owner) == ("Something does not work", "anna")
        key = merging.moves_of(session, new)[0].id
    undo(store, key)
    assert on(store, one) == whole
    with store() as session:
        assert session.get_one(Ticket, new).merged_into == one


@pytest.mark.parametrize("call_ids", [[], ["1.1"], ["1.9"]])
def test_a_split_leaves_something_and_takes_what_is_there(store: Sessions, call_ids: list[str]) -> None:
    one = conversation(store, "1.1", "+12025550101")
    before = on(store, one)
    with pytest.raises(TicketError):
        split(store, one, call_ids)
    assert on(store, one) == before


def test_a_merge_with_itself_with_nothing_and_with_a_merged_one_is_refused(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    for number, into in ((one, one), (one, 99_999), (0, one), (one, 1 << 40)):
        with pytest.raises(TicketError):
            merge(store, number, into)
    merge(store, one, two)
    with pytest.raises(TicketError, match=f"merged into {two}"):
        merge(store, two, one)
    with store() as session, session.begin(), pytest.raises(TicketError, match=f"merged into {two}"):
        work.note(session, one, "anna", "Hello", people=())


def test_who_merges_the_same_from_both_sides_at_once_merges_once(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    together = Barrier(2)

    def try_merge(pair: tuple[int, int]) -> bool:
        together.wait()
        try:
            merge(store, *pair)
        except TicketError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_merge, [(one, two), (two, one)])) == [False, True]
    assert sorted((len(on(store, one)["calls"]), len(on(store, two)["calls"]))) == [0, 2]


def test_an_agent_says_that_a_call_is_about_an_open_ticket(store: Sessions) -> None:
    before, now = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550199")
    with store() as session, session.begin():
        work.change(session, before, "anna", {"status": "open"}, {"status": "solved"}, settings=SETTINGS, at=NOW)
    with store() as session, session.begin():
        assert merging.join_call(session, "1.2", before, "anna", at=NOW) == before
    assert on(store, before)["calls"] == ["1.1", "1.2"]
    with store() as session:
        assert session.get_one(Ticket, now).merged_into == before
        assert session.get_one(Ticket, before).status == "open"


def test_a_call_leaves_a_ticket_that_has_more_than_it(store: Sessions) -> None:
    one, other = conversation(store, "1.1", "+12025550101"), conversation(store, "1.3", "+12025550103")
    merge(store, conversation(store, "1.2", "+12025550102"), one)
    with store() as session, session.begin():
        merging.join_call(session, "1.2", other, "anna", at=NOW)
    assert (on(store, one)["calls"], on(store, other)["calls"]) == (["1.1"], ["1.2", "1.3"])


def test_what_comes_to_a_merged_ticket_late_is_brought_along(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    merge(store, one, two)
    with store() as session, session.begin():
        assert merging.strays(session) == []
        add_entry(session, one, "transcript", "Ready", source_key="transcript:1.1")
    with store() as session, session.begin():
        assert merging.strays(session) == [str(one)]
        assert merging.bring_along(session, one)
        assert merging.strays(session) == []
    assert "transcript:1.1" in on(store, two)["lines"]


def test_a_call_that_joins_a_ticket_that_was_merged_comes_to_the_right_one(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    merge(store, one, two)
    add_call(store, "1.3", caller_number="+12025550101", about_ticket=one)
    with store() as session, session.begin():
        session.execute(update(Call).where(Call.call_id == "1.1").values(ticket_number=two))
    assert open_ticket(store, "1.3") == two


def test_calls_that_join_a_ticket_while_it_is_merged_are_all_on_the_one_that_stays(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    call_ids = [f"3.{n}" for n in range(8)]
    for call_id in call_ids:
        add_call(store, call_id, caller_number="+12025550101", about_ticket=one, ended_at=None, state="talking")
    together = Barrier(len(call_ids) + 1)

    def do(what: str | None) -> None:
        together.wait()
        if what is None:
            merge(store, one, two)
        else:
            open_ticket(store, what)

    with ThreadPoolExecutor(len(call_ids) + 1) as pool:
        list(pool.map(do, [*call_ids[:4], None, *call_ids[4:]]))
    with store() as session, session.begin():
        for number in merging.strays(session):
            merging.bring_along(session, int(number))
    assert on(store, one) == {"calls": [], "promises": [], "lines": []}
    assert on(store, two)["calls"] == ["1.1", "1.2", *call_ids]


def test_links_are_seen_from_both_sides_and_made_once(store: Sessions) -> None:
    one, two = conversation(store, "1.1", "+12025550101"), conversation(store, "1.2", "+12025550102")
    for pair in ((one, two), (two, one)):
        with store() as session, session.begin():
            merging.link(session, *pair, "anna", NOW)
    with store() as session:
        assert [each.number for each in merging.linked_with(session, one)] == [two]
        assert [each.number for each in merging.linked_with(session, two)] == [one]
        assert session.scalar(select(func.count()).select_from(TicketLink)) == 1
    with store() as session, session.begin():
        merging.unlink(session, two, one, "anna", NOW)
    with store() as session:
        assert merging.linked_with(session, one) == []
    assert told(store, one) == [f"Linked with ticket {two}.", f"No longer linked with ticket {two}."]


def test_every_table_of_tickets_is_moved_or_said_to_stay() -> None:
    named = {table.name for table in Base.metadata.sorted_tables if "ticket_number" in table.c}
    assert named == {table.name for table in merging._tables()} | set(merging.STAYS)
    assert {"call", "callback", "ticket_entry", "ticket_mention"} <= named


STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "split", "join", "undo"]), st.integers(0, 7), st.integers(0, 7)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_every_call_and_its_lines_are_on_one_ticket_that_is_no_dead_end(
    sqlite_store: Sessions, steps: list[tuple[str, int, int]]
) -> None:
    store = sqlite_store
    _empty(store)
    call_ids = [f"2.{n}" for n in range(4)]
    for n, call_id in enumerate(call_ids):
        conversation(store, call_id, f"+1202555020{n}")
    for what, a, b in steps:
        with store() as session, session.begin():
            _step(session, what, a, b, call_ids)
    with store() as session:
        homes = dict(session.execute(select(Call.call_id, Call.ticket_number)).tuples().all())
        assert set(homes) == set(call_ids)
        assert all(session.get_one(Ticket, home).merged_into is None for home in homes.values())
        for call_id, home in homes.items():
            for key in (f"call:{call_id}", f"opened:{call_id}", f"answer:{call_id}:solved"):
                found = session.scalars(select(TicketEntry.ticket_number).where(TicketEntry.source_key == key)).all()
                assert found == [home]


def _step(session: Session, what: str, a: int, b: int, call_ids: list[str]) -> None:
    numbers = list(session.scalars(select(Ticket.number).order_by(Ticket.number)))
    number, other = numbers[a % len(numbers)], numbers[b % len(numbers)]
    moves = list(
        session.scalars(
            select(TicketMove.id).where(TicketMove.undone_at.is_(None)).order_by(TicketMove.at, TicketMove.id)
        )
    )
    with session.begin_nested() as step:
        try:
            if what == "merge":
                merging.merge(session, number, other, "anna", NOW)
            elif what == "split":
                merging.split(session, number, [call_ids[b % 4]], "anna", settings=SETTINGS, at=NOW)
            elif what == "join":
                merging.join_call(session, call_ids[a % 4], other, "anna", at=NOW)
            elif moves:
                merging.undo(session, moves[a % len(moves)], "anna", NOW)
        except TicketError:
            step.rollback()


def _empty(store: Sessions) -> None:
    with store() as session, session.begin():
        session.execute(update(Call).values(ticket_number=None))
        for kind in (TicketMove, TicketMention, TicketEntry, Callback, Call, Ticket):
            session.execute(delete(kind))
