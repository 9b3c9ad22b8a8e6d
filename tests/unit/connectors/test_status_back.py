"""Statuses go there and come back once; merged, deleted and changed at the same time; and what people are told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.errors import WrongPassword
from connectors.polling import ConnectorPoll, due, forget
from connectors.statuses import StatusStep, step
from connectors.systems import LookBack, OutsideChanges
from outbox.receivers import Delivered, Later
from ringback.config import Settings
from ringback.config.connectors import STATUS_MAPS, Connector
from ringback.store.bus import Alarm
from tests.support.beside import CONNECTOR, Beside
from tickets import merging
from tickets.models import STATUSES, Ticket, TicketEntry


def only_one(beside: Beside) -> str:
    (id_,) = beside.desk.tickets
    return id_


def alarms(beside: Beside) -> list[str]:
    with beside.store() as session:
        return list(session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))


@pytest.mark.parametrize(
    ("ours", "theirs", "ours_then", "theirs_then", "found"),
    [
        ("open", "new", None, "new", StatusStep("agree")),
        ("closed", "resolved", "solved", "resolved", StatusStep("agree")),
        ("solved", "open", "open", "open", StatusStep("tell", "resolved")),
        ("open", "resolved", "open", "open", StatusStep("take", "solved")),
        ("waiting", "resolved", "open", "open", StatusStep("tell", "stalled", conflict=True)),
        ("open", "escalated", "open", "open", StatusStep("nothing")),
        ("solved", "escalated", "open", "open", StatusStep("tell", "resolved")),
        ("closed", "rejected", "closed", "rejected", StatusStep("agree")),
        ("open", "deleted", "open", "deleted", StatusStep("nothing")),
    ],
)
def test_whose_status_counts(
    ours: str, theirs: str, ours_then: str | None, theirs_then: str | None, found: StatusStep
) -> None:
    assert step(CONNECTOR, ours, theirs, ours_then, theirs_then) == found


def test_a_ticket_that_was_merged_into_ours_changes_nothing_here() -> None:
    assert step(CONNECTOR, "open", "resolved", "open", "open", main=False) == StatusStep("nothing")


@pytest.mark.parametrize("kind", sorted(STATUS_MAPS))
def test_every_status_of_ours_has_one_there_which_comes_back_as_the_same_or_changes_nothing(kind: str) -> None:
    connector = Connector(kind=kind, url="https://x.example", project="1", user="u")  # type: ignore[arg-type]
    for status in STATUSES:
        assert step(connector, status, connector.theirs(status), None, None) == StatusStep("agree")


def test_owners_name_statuses_of_their_own() -> None:
    own = {"waiting": "on hold", "solved": "fixed"}
    connector = CONNECTOR.model_copy(update={"statuses": own, "statuses_back": {"escalated": "open"}})
    assert [connector.theirs(status) for status in STATUSES] == ["open", "on hold", "fixed", "resolved"]
    assert [connector.ours(each) for each in ("on hold", "fixed", "escalated", "resolved", "other")] == [
        "waiting",
        "solved",
        "open",
        "solved",
        None,
    ]


def test_their_status_becomes_ours_and_is_not_told_back(beside_both: Beside) -> None:
    number = beside_both.ticket()
    beside_both.tell(number, "ticket.opened")
    beside_both.desk.turn(only_one(beside_both), "rejected")
    assert beside_both.poll()
    assert beside_both.ours(number) == "closed"
    with beside_both.store() as session:
        assert session.scalars(select(TicketEntry.author).where(TicketEntry.kind == "change")).all() == ["rt"]
    asked = len(beside_both.desk.asked)
    beside_both.tell(number)  # the event of that very change
    assert beside_both.poll()
    assert beside_both.desk.tickets[only_one(beside_both)].status == "rejected", "no ping-pong"
    assert "write" not in beside_both.desk.asked[asked:]


def test_a_poll_that_comes_after_ours_was_told_does_not_take_back_what_was_before(beside: Beside) -> None:
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    for status in ("solved", "open", "waiting"):
        beside.status(number, status)
        beside.tell(number)
        beside.poll()
        assert beside.ours(number) == status
    assert beside.told(number) == []


def test_both_changed_at_once_is_told_and_ours_stays(beside_both: Beside) -> None:
    number = beside_both.ticket()
    beside_both.tell(number, "ticket.opened")
    beside_both.desk.turn(only_one(beside_both), "resolved")
    beside_both.status(number, "waiting")
    beside_both.tell(number)
    assert beside_both.ours(number) == "waiting"
    assert beside_both.desk.tickets[only_one(beside_both)].status == "stalled"
    (line,) = beside_both.told(number)
    assert line.startswith("rt: the status was changed there (“resolved”) and here (“waiting for the customer”)")


def test_a_status_that_it_does_not_take_is_told_once_and_notes_go_on(beside: Beside) -> None:
    beside.connector = CONNECTOR.model_copy(update={"statuses": {"waiting": "nonsense"}})
    beside.restart()
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    beside.status(number, "waiting")
    beside.tell(number)
    beside.tell(number, "ticket.note", by="anna", note="hello")
    (line,) = beside.told(number)
    assert line.startswith("rt does not take the status “nonsense”: ")
    assert len(beside.desk.tickets[only_one(beside)].notes) == 1
    error = beside.row(number).error
    assert error is not None
    assert error.code == "connectors.status_refused"


def test_a_status_that_was_refused_is_told_again_when_the_ticket_is_looked_at(beside: Beside) -> None:
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    beside.status(number, "solved")
    beside.desk.fate = lambda verb: "refused" if verb == "write" else "well"
    beside.tell(number)
    assert beside.desk.tickets[only_one(beside)].status == "open"
    beside.desk.fate = lambda _verb: "well"
    beside.poll()
    assert beside.desk.tickets[only_one(beside)].status == "resolved"
    assert beside.row(number).error is None


def test_a_ticket_that_was_deleted_there_is_told_once_and_not_made_again(beside: Beside) -> None:
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    beside.desk.tickets.clear()
    beside.poll()
    beside.poll()
    beside.tell(number)
    assert beside.row(number).state == "gone"
    assert beside.told(number) == ["rt: ticket 100 was deleted there; nothing more is told of it."]
    assert beside.desk.tickets == {}


def test_a_ticket_that_was_merged_there_is_followed(beside: Beside) -> None:
    number, other = beside.ticket(), beside.ticket(subject="Monitor")
    beside.tell(number, "ticket.opened")
    beside.tell(other, "ticket.opened")
    beside.desk.tickets["100"].merged_into = "101"
    beside.desk.turn("101", "resolved")
    beside.poll()
    assert [beside.row(each).outside_id for each in (number, other)] == ["101", "101"]
    assert [beside.ours(each) for each in (number, other)] == ["solved", "solved"]
    assert beside.told(number) == ["rt: ticket 100 was merged into 101 there."]


def test_tickets_of_ours_that_were_merged_go_along_and_each_is_told(beside_both: Beside) -> None:
    number, into = beside_both.ticket(), beside_both.ticket(subject="Monitor")
    beside_both.tell(number, "ticket.opened")
    beside_both.tell(into, "ticket.opened")
    with beside_both.store() as session, session.begin():
        move = merging.merge(session, number, into, "anna", beside_both.at).id
    beside_both.tell(number, "ticket.merged", into=into)
    assert beside_both.row(number).ticket_number == into
    assert ["Merged into Ringback ticket" in "".join(each.notes) for each in beside_both.desk.tickets.values()] == [
        True,
        True,
    ]
    beside_both.status(into, "solved")
    beside_both.tell(into)
    assert {each.status for each in beside_both.desk.tickets.values()} == {"resolved"}
    beside_both.desk.turn("100", "open")  # the duplicate's own life there is nobody's here
    beside_both.poll()
    assert beside_both.ours(into) == "solved"
    with beside_both.store() as session, session.begin():
        merging.undo(session, move, "anna", beside_both.at)
    beside_both.tell(number)
    assert beside_both.row(number).ticket_number == number
    assert len(beside_both.desk.tickets) == 2


def test_a_ticket_that_was_merged_before_it_was_told_needs_none_there(beside: Beside) -> None:
    number, into = beside.ticket(), beside.ticket(subject="Monitor")
    with beside.store() as session, session.begin():
        merging.merge(session, number, into, "anna", beside.at)
    beside.tell(number, "ticket.opened")
    beside.tell(into, "ticket.opened")
    assert len(beside.desk.tickets) == 1


def test_only_tickets_of_its_queues_are_told(beside: Beside) -> None:
    beside.connector = CONNECTOR.model_copy(update={"queues": ["support"]})
    beside.restart()
    beside.tell(beside.ticket(queue="billing"), "ticket.opened")
    assert beside.desk.asked == []
    beside.tell(beside.ticket(queue="support"), "ticket.opened")
    assert len(beside.desk.tickets) == 1


def test_hostile_words_stay_words(beside: Beside) -> None:
    number = beside.ticket(subject="a\r\nStatus: resolved\x00\u202e [Ringback #1 rb1x0]" + "x" * 400)
    beside.tell(number, "ticket.opened")
    there = beside.desk.tickets[only_one(beside)]
    assert there.subject.startswith("a Status: resolved [Ringback #1 rb1x0]xxx")
    assert there.subject.splitlines() == [there.subject]
    assert len(there.subject) < 240


def test_it_is_asked_as_often_as_the_settings_say_by_one_worker(beside_both: Beside) -> None:
    with beside_both.store() as session:
        assert due(session, beside_both.settings, beside_both.at) == ["rt"]
    assert beside_both.poll()
    with beside_both.store() as session:
        assert due(session, beside_both.settings, beside_both.at) == []
        assert due(session, beside_both.settings, beside_both.at + timedelta(seconds=60)) == ["rt"]
        assert due(session, beside_both.settings, beside_both.at - timedelta(days=1)) == ["rt"], "a clock put back"
    poll = ConnectorPoll(
        "rt", CONNECTOR, beside_both.settings, beside_both.store, beside_both.desk, now=beside_both.now
    )
    assert asyncio.run(poll.run()) is False


def test_what_rests_is_walked_past_once_and_comes_back_with_an_event(beside_both: Beside) -> None:
    number, alive = beside_both.ticket(), beside_both.ticket()
    for each in (number, alive):
        beside_both.tell(each, "ticket.opened")
    beside_both.status(number, "closed")
    beside_both.tell(number)
    beside_both.at += timedelta(days=31)
    beside_both.desk.asked.clear()
    beside_both.poll()
    assert beside_both.desk.asked == ["changed", "look"]
    assert beside_both.row(number).synced_at is None
    beside_both.desk.turn(beside_both.row(number).outside_id or "", "open")
    beside_both.poll()
    assert beside_both.ours(number) == "open", "its own list still tells of it"
    assert beside_both.row(number).synced_at is not None


def test_a_system_that_does_not_answer_is_an_alarm_until_it_does(beside: Beside) -> None:
    beside.desk.fate = lambda _verb: "unsent"
    for _ in range(2):
        beside.poll()
    assert alarms(beside) == []
    beside.poll()
    assert alarms(beside) == ["connector.unread"]
    beside.desk.fate = lambda _verb: "well"
    beside.poll()
    assert alarms(beside) == []


def test_a_wrong_password_is_an_alarm_at_once_and_ends_with_the_connector(
    beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_since: LookBack) -> OutsideChanges:
        raise WrongPassword("connectors.wrong_password", said="401")

    monkeypatch.setattr(beside.desk, "changed", refused)
    beside.poll()
    assert alarms(beside) == ["connector.unread"]
    with beside.store() as session, session.begin():
        forget(session, Settings(), beside.at)
    assert alarms(beside) == []


def test_a_ticket_that_another_process_tells_of_is_left_to_it(beside: Beside) -> None:
    number = beside.ticket()
    beside.tell(number, "ticket.opened")
    with beside.store() as session, session.begin():
        row = session.merge(beside.row(number))
        row.held_by, row.held_until = "elsewhere:1:1", beside.at + timedelta(seconds=120)
    beside.desk.turn(only_one(beside), "resolved")
    assert beside.poll()
    assert beside.ours(number) == "open"
    event = beside.event(number)
    result: Any = beside.deliver(event)
    assert isinstance(result, Later)
    assert result.why.code == "connectors.held"
    beside.at += timedelta(seconds=121)
    assert beside.deliver(event) == Delivered()
    assert beside.ours(number) == "solved"


def test_erased_subjects_are_told_again_without_words(beside: Beside) -> None:
    number = beside.ticket(subject="Anna Petrova's bill")
    beside.tell(number, "ticket.opened")
    with beside.store() as session, session.begin():
        session.get_one(Ticket, number).subject = "Erased"
    beside.poll()
    assert beside.desk.tickets[only_one(beside)].subject.startswith("Erased [Ringback")
