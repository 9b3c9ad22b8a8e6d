"""Exactly one outside ticket each, with the last status and each note once, whatever is lost and whoever is killed."""

import asyncio
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from connectors.marks import mark_of
from connectors.models import OutsideTicket
from outbox.receivers import Delivered, Later, Outgoing
from tests.support.beside import Beside
from tests.support.desk import Fate, Killed
from tickets.models import Ticket

VERBS = ("find", "create", "look", "write", "note", "has_note")
FATES = st.fixed_dictionaries(
    {
        verb: st.lists(
            st.sampled_from([fate for fate in get_args(Fate) if (verb, fate) != ("write", "refused")]), max_size=3
        )
        for verb in VERBS
    }
)
"""What becomes of the first requests of each verb. A status that is refused is told to people, and not by this event
again (test_status_back.py)."""
PAUSES = (5, 60, 300)
"""Seconds before the next tries, as the courier has them or shorter."""
STEPS = st.lists(st.sampled_from(("open", "waiting", "solved", "closed", "note", "again", "elsewhere")), max_size=5)


def made_for(beside: Beside, number: int) -> list[str]:
    """The ids there that have our ticket's mark."""
    with beside.store() as session:
        mark = mark_of(number, session.get_one(Ticket, number).created_at)
    return [id_ for id_, each in beside.desk.tickets.items() if mark in each.subject]


def deliver_until_taken(beside: Beside, event: Outgoing, elsewhere: bool) -> None:
    """As the courier does, on a clock that jumps; after a kill another process has it, maybe on another machine."""
    for attempt in range(80):
        try:
            result = beside.deliver(event)
        except Killed:
            beside.restart()
            if elsewhere:
                with beside.store() as session, session.begin():
                    held = update(OutsideTicket).where(OutsideTicket.opened_as == int(event.key.partition(":")[2]))
                    session.execute(held.values(held_by="elsewhere:1:1", held_until=beside.at + timedelta(seconds=75)))
            continue
        if result == Delivered():
            return
        assert isinstance(result, Later), result
        beside.at += timedelta(seconds=max(PAUSES[min(attempt, 2)], result.seconds or 0.0))
    raise AssertionError("it never came through")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=FATES, steps=STEPS, lag=st.sampled_from((0, 90)), elsewhere=st.booleans())
def test_whatever_is_lost_there_is_one_ticket_with_the_last_status(
    beside: Beside, fates: dict[str, list[Fate]], steps: list[str], lag: int, elsewhere: bool
) -> None:
    number = beside.ticket()
    coming = {verb: iter(each) for verb, each in fates.items()}
    beside.desk.fate = lambda verb: next(coming[verb], "well")
    beside.desk.lag = timedelta(seconds=lag)
    beside.restart()
    first = beside.event(number, "ticket.opened")
    deliver_until_taken(beside, first, elsewhere)
    notes: list[Outgoing] = []
    for step in steps:
        if step == "note":
            notes.append(beside.event(number, "ticket.note", by="anna", note="Called back"))
            deliver_until_taken(beside, notes[-1], elsewhere)
        elif step in ("again", "elsewhere"):
            deliver_until_taken(beside, notes[0] if notes and step == "elsewhere" else first, elsewhere)
        else:
            beside.status(number, step)
            deliver_until_taken(beside, beside.event(number), elsewhere)
    (id_,) = made_for(beside, number)
    there = beside.desk.tickets[id_]
    assert there.status == beside.connector.theirs(beside.ours(number))
    assert len(there.notes) == len(notes)
    assert beside.row(number).outside_id == id_


@pytest.mark.parametrize("fate", ["lost", "killed after"])
def test_a_creation_whose_answer_was_lost_is_found_by_its_mark(beside_both: Beside, fate: Fate) -> None:
    number = beside_both.ticket()
    fates: dict[str, Fate] = {"create": fate}
    beside_both.desk.fate = lambda verb: fates.pop(verb, "well")
    event = beside_both.event(number, "ticket.opened")
    try:
        assert isinstance(beside_both.deliver(event), Later)
    except Killed:
        beside_both.restart()
    assert beside_both.row(number).state == "creating"
    assert beside_both.row(number).asked_at == beside_both.at
    assert beside_both.deliver(event) == Delivered()
    assert len(made_for(beside_both, number)) == 1
    assert beside_both.desk.asked.count("create") == 1


def test_what_its_search_does_not_know_yet_is_not_made_again_before_it_must_know(beside: Beside) -> None:
    number = beside.ticket()
    fates: dict[str, Fate] = {"create": "lost"}
    beside.desk.fate = lambda verb: fates.pop(verb, "well")
    beside.desk.lag = timedelta(seconds=90)
    event = beside.event(number, "ticket.opened")
    beside.deliver(event)
    waits = beside.deliver(event)
    assert isinstance(waits, Later)
    assert waits.why.code == "connectors.not_settled"
    assert waits.seconds == 120
    beside.at += timedelta(seconds=121)
    assert beside.deliver(event) == Delivered()
    assert beside.desk.asked.count("create") == 1


def test_what_was_refused_is_asked_again_at_once(beside: Beside) -> None:
    number = beside.ticket()
    fates: dict[str, Fate] = {"create": "refused"}
    beside.desk.fate = lambda verb: fates.pop(verb, "well")
    event = beside.event(number, "ticket.opened")
    assert isinstance(beside.deliver(event), Later)
    assert beside.row(number).asked_at is None
    assert beside.deliver(event) == Delivered()
    assert len(made_for(beside, number)) == 1


def test_events_of_one_ticket_side_by_side_make_one(beside_both: Beside) -> None:
    number = beside_both.ticket()
    events = [beside_both.event(number, "ticket.opened") for _ in range(4)]

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*map(beside_both.receiver.deliver, events))

    assert asyncio.run(all_at_once()) == [Delivered()] * 4
    assert len(made_for(beside_both, number)) == 1


def test_a_store_that_was_restored_knows_its_tickets_again_and_a_new_one_takes_none(beside: Beside) -> None:
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    with beside.store() as session, session.begin():
        session.delete(session.merge(beside.row(number)))
    beside.tell(number)
    assert len(beside.desk.tickets) == 1
    with beside.store() as session, session.begin():
        session.delete(session.merge(beside.row(number)))
        session.get_one(Ticket, number).created_at += timedelta(days=1)  # the same number, of another ticket
    beside.tell(number)
    assert len(beside.desk.tickets) == 2
