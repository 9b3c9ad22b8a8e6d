"""Every conversation on exactly one ticket: on both stores, with many workers, killed at any step."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, Contact
from calls.numbers import clean_name, contact_number
from ringback.config import Settings
from tickets import service
from tickets.continuing import CallbackOfCall
from tickets.errors import TicketError
from tickets.known import status_of
from tickets.models import Ticket, TicketEntry

ARRIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PATH = [{"menu": "main", "key": "1", "label": "Something does not work"}]
SETTINGS = Settings()
Sessions = sessionmaker[Session]


def add_call(store: Sessions, call_id: str = "1700000000.1", **facts: Any) -> str:
    """A call that was answered and is over, unless `facts` say otherwise."""
    call: dict[str, Any] = {
        "line": "1000", "language": "en", "caller_number": "+12025550123", "caller_name": "Ann", "state": "ended",
        "result": "served", "agent": "anna", "menu_path": PATH, "arrived_at": ARRIVED,
        "queued_at": ARRIVED + timedelta(seconds=10), "connected_at": ARRIVED + timedelta(seconds=35),
        "released_at": ARRIVED + timedelta(seconds=100), "ended_at": ARRIVED + timedelta(seconds=110),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(call_id=call_id, **(call | facts)))
    return call_id


def open_ticket(store: Sessions, call_id: str) -> int:
    with store() as session, session.begin():
        return service.open_ticket(session, call_id, settings=SETTINGS).number


def history(store: Sessions, number: int) -> list[tuple[str, str]]:
    with store() as session:
        entries = session.scalars(
            select(TicketEntry).where(TicketEntry.ticket_number == number).order_by(TicketEntry.at, TicketEntry.id)
        )
        return [(entry.kind, entry.text) for entry in entries]


@pytest.mark.parametrize(
    ("raw", "country", "number"),
    [
        ("+12025550123", "US", "+12025550123"),
        ("2025550123", "US", "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("+49 30 901820", "RU", "+4930901820"),
        ("201", "US", "201"),
        ("201", "RU", "201"),
        ("", "US", None),
        ("anonymous", "US", None),
        ("=cmd|' /C calc'!A0", "US", None),
        ("500&PJSIP/trunk/19005550123", "US", None),
        ("<img src=x onerror=alert(1)>", "US", None),
        ("+1202555012345678", "US", None),
        ("٢٠٢٥٥٥٠١٢٣", "US", None),
        ("2025550123\r\nAction: Originate", "US", None),
        ("1" * 500, "US", None),
    ],
)
def test_only_a_number_is_read_as_one(raw: str, country: str, number: str | None) -> None:
    assert contact_number(raw, country) == number


def test_a_name_keeps_its_letters_and_loses_what_no_store_takes() -> None:
    assert clean_name(" Анна\x00\r\n <b> ") == "Анна <b>"
    assert clean_name("\x00") is None
    assert len(clean_name("x" * 1000) or "") == 200


def test_lengths_are_told_as_on_a_clock() -> None:
    assert [service.clock(s) for s in (-1, 0, 65, 3600, 3725)] == ["0:00", "0:00", "1:05", "1:00:00", "1:02:05"]


def test_a_call_gets_one_ticket_and_the_first_is_1001(store: Sessions) -> None:
    call_id = add_call(store)
    assert [open_ticket(store, call_id) for _ in range(3)] == [1001, 1001, 1001]
    with store() as session:
        ticket = session.get_one(Ticket, 1001)
        assert ticket.subject == "Something does not work"
        assert ticket.contact is not None
        assert (ticket.contact.number, ticket.contact.name) == ("+12025550123", "Ann")
        assert [call.call_id for call in ticket.calls] == [call_id]
        assert service.calls_without_ticket(session) == []
    assert history(store, 1001) == [("opened", "Opened by a call from +12025550123 to line 1000.")]
    assert open_ticket(store, add_call(store, "1700000000.2")) == 1002


def test_facts_and_answer_are_noted_once_in_the_language_of_the_call(store: Sessions) -> None:
    call_id = add_call(store, language="ru", line="1001", caller_number="+74951234567", menu_path=[])
    number = open_ticket(store, call_id)
    with store() as session:
        assert service.calls_to_note(session, full=True) == [call_id]
        assert service.calls_to_note(session, full=False) == []  # it ended long ago
    answers = [("solved", "Ваш вопрос решён?", "Да", ARRIVED + timedelta(seconds=105))]
    for _ in range(2):
        with store() as session, session.begin():
            service.note_call(session, call_id, answers, settings=SETTINGS)
    assert history(store, number) == [
        ("opened", "Открыто звонком с номера +74951234567 на линию 1001."),
        ("answer", "Ваш вопрос решён? - Да"),
        ("call", "На звонок ответил оператор Anna. Длительность: 1:50. Ожидание: 0:25. Разговор: 1:05."),
    ]
    with store() as session:
        assert session.get_one(Ticket, number).subject == "Звонок без выбора в меню"
        assert service.calls_to_note(session, full=True) == []


def test_a_ticket_opened_while_the_call_goes_on_learns_its_subject_at_the_end(store: Sessions) -> None:
    call_id = add_call(store, state="waiting", ended_at=None, snapshot={"state": "waiting"}, menu_path=[])
    with store() as session:
        assert service.calls_without_ticket(session) == [call_id]
    number = open_ticket(store, call_id)
    with store() as session, session.begin():
        assert service.calls_to_note(session, full=True) == []  # not settled
        call = session.scalars(select(Call)).one()
        call.menu_path, call.snapshot, call.state, call.ended_at = PATH, None, "ended", ARRIVED
    with store() as session, session.begin():
        assert service.calls_to_note(session, full=True) == [call_id]
        service.note_call(session, call_id, [], settings=SETTINGS)
        assert session.get_one(Ticket, number).subject == "Something does not work"


@pytest.mark.parametrize("state", ["greeting", "menu"])
def test_a_caller_who_still_chooses_has_no_ticket_yet(store: Sessions, state: str) -> None:
    add_call(store, state=state, ended_at=None)
    with store() as session:
        assert service.calls_without_ticket(session) == []


def test_a_hostile_number_is_a_contact_without_one_and_is_never_lost(store: Sessions) -> None:
    hostile = "=cmd|' /C calc'!A0"
    first, second = (add_call(store, f"1700000000.{n}", caller_number=hostile, caller_name="<img>") for n in (1, 2))
    assert (open_ticket(store, first), open_ticket(store, second)) == (1001, 1002)
    with store() as session:
        contacts = session.scalars(select(Contact)).all()
        assert [(c.number, c.name) for c in contacts] == [(None, "<img>")] * 2
        assert set(session.scalars(select(Call.caller_number))) == {hostile}
        assert {call.contact_id for call in session.scalars(select(Call))} == {c.id for c in contacts}
    assert "an unknown number" in history(store, 1001)[0][1]


def test_workers_at_the_same_time_open_one_ticket_a_call_and_one_contact_a_number(store: Sessions) -> None:
    calls = [add_call(store, f"1700000000.{n}") for n in range(5)]
    workers = 4
    together = Barrier(workers)

    def work() -> None:
        together.wait()
        for call_id in calls:
            open_ticket(store, call_id)

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()
    with store() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == len(calls)
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
        assert session.scalar(select(func.count()).select_from(TicketEntry)) == len(calls)
        assert len(set(session.scalars(select(Call.ticket_number)))) == len(calls)


# -- one conversation --------------------------------------------------------------------------------------


def cut_off(store: Sessions, call_id: str, seconds_ago: float, **facts: Any) -> str:
    """A call that ended in the line so long before ARRIVED."""
    ended = ARRIVED - timedelta(seconds=seconds_ago)
    left = {"agent": None, "connected_at": None, "released_at": None, "result": "abandoned", "ended_at": ended}
    times = {"arrived_at": ended - timedelta(seconds=90), "queued_at": ended - timedelta(seconds=80)}
    return add_call(store, call_id, **(left | times | facts))


@pytest.mark.parametrize("result", ["abandoned", "pbx_lost"])
def test_who_was_cut_off_and_calls_again_stays_on_the_ticket(store: Sessions, result: str) -> None:
    cut_off(store, "1.1", 20, result=result, caller_number="(202) 555-0123")
    again = add_call(store, "1.2")
    assert open_ticket(store, again) == 1001, "the ticket of the earlier call is opened on the way"
    assert open_ticket(store, "1.1") == 1001
    with store() as session, session.begin():
        session.get_one(Ticket, 1001).status = "closed"
        service.note_call(session, again, [], settings=SETTINGS)
    third = cut_off(store, "1.3", -260)
    fourth = add_call(store, "1.4", arrived_at=ARRIVED + timedelta(seconds=270))
    assert open_ticket(store, third) == 1002, "a talk is over: what follows is another conversation"
    assert open_ticket(store, fourth) == 1002
    assert [text for kind, text in history(store, 1001) if kind in ("opened", "call")][:2] == [
        "Opened by a call from +12025550123 to line 1000.",
        "+12025550123 was cut off while waiting and called again.",
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"seconds_ago": 61},
        {"seconds_ago": 20, "caller_number": "+12025550199"},
        {"seconds_ago": 20, "result": "left", "queued_at": None},
        {"seconds_ago": 20, "result": "promised"},
        {"seconds_ago": 20, "connected_at": ARRIVED - timedelta(seconds=40)},
    ],
)
def test_other_calls_begin_a_conversation(store: Sessions, facts: dict[str, Any]) -> None:
    cut_off(store, "1.1", **facts)
    assert open_ticket(store, add_call(store, "1.2")) == 1001
    assert open_ticket(store, "1.1") == 1002


def test_callers_without_a_number_are_not_taken_for_one(store: Sessions) -> None:
    cut_off(store, "1.1", 20, caller_number="anonymous")
    assert open_ticket(store, add_call(store, "1.2", caller_number="anonymous")) == 1001
    assert open_ticket(store, "1.1") == 1002


@pytest.mark.parametrize("order", [("1.1", "1.2", "1.3"), ("1.3", "1.2", "1.1")])
def test_who_calls_a_second_time_at_once_stays_on_one_ticket(store: Sessions, order: tuple[str, ...]) -> None:
    add_call(store, "1.1", caller_number="(202) 555-0123")
    add_call(store, "1.2", arrived_at=ARRIVED + timedelta(milliseconds=80))
    add_call(store, "1.3", arrived_at=ARRIVED + timedelta(seconds=3), ended_at=None, snapshot={"state": "waiting"})
    assert [open_ticket(store, call_id) for call_id in order] == [1001] * 3
    assert [text for _, text in history(store, 1001) if "second time" in text] == [
        "+12025550123 called a second time while the first call went on."
    ] * 2


@pytest.mark.parametrize(
    "facts",
    [
        {"arrived_at": ARRIVED + timedelta(seconds=1), "caller_number": "+12025560123"},
        {"arrived_at": ARRIVED + timedelta(minutes=10)},
        {"arrived_at": ARRIVED + timedelta(seconds=1), "caller_number": ""},
        {"arrived_at": ARRIVED + timedelta(seconds=1), "caller_number": "0000000000"},
    ],
)
def test_another_number_or_a_later_call_has_a_ticket_of_its_own(store: Sessions, facts: dict[str, Any]) -> None:
    nobody = facts.get("caller_number") in ("", "0000000000")
    first = add_call(store, "1.1", caller_number=facts["caller_number"] if nobody else "+12025550123")
    assert open_ticket(store, first) == 1001
    assert open_ticket(store, add_call(store, "1.2", **facts)) == 1002


@pytest.mark.parametrize(("kept", "phrase"), [(True, "called back"), (False, "called in before")])
def test_the_call_of_a_promise_is_on_the_ticket_of_the_call_that_asked(
    store: Sessions, kept: bool, phrase: str
) -> None:
    asked = add_call(store, "1.1", result="promised")
    call = add_call(store, "1.2", arrived_at=ARRIVED + timedelta(hours=2), menu_path=[])

    def promised(_session: Session, call_id: str, number: str | None, _at: datetime) -> CallbackOfCall | None:
        assert number == "+12025550123"
        return CallbackOfCall(None, asked, kept) if call_id == call else None

    for _ in range(2):
        with store() as session, session.begin():
            assert service.open_ticket(session, call, settings=SETTINGS, promised=promised).number == 1001
    assert open_ticket(store, asked) == 1001
    assert [phrase in text for _, text in history(store, 1001)] == [False, True]


def test_a_promise_without_a_call_brings_its_own_ticket_or_none(store: Sessions) -> None:
    first, second = add_call(store, "1.1"), add_call(store, "1.2", caller_number="+12025550199")
    with store() as session, session.begin():
        args = (session, "+12025550123", "en", "1000", ARRIVED, "A bill")
        own = service.open_callback_ticket(*args, settings=SETTINGS).number
    given = {first: CallbackOfCall(own, None, True), second: CallbackOfCall(None, "never seen", True)}
    for call, number in ((first, own), (second, own + 1)):
        with store() as session, session.begin():
            promised = lambda _session, call_id, _number, _at: given[call_id]  # noqa: E731
            assert service.open_ticket(session, call, settings=SETTINGS, promised=promised).number == number
    with store() as session:
        assert session.get_one(Ticket, own).subject == "A bill"


def test_workers_at_the_same_time_put_a_cut_off_caller_on_one_ticket(store: Sessions) -> None:
    calls = [cut_off(store, f"1.{n}", 600 - 120 * n) for n in range(5)]
    together = Barrier(4)

    def work(order: list[str]) -> None:
        together.wait()
        for call_id in order:
            open_ticket(store, call_id)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, order) for order in (calls, calls[::-1], calls, calls[::-1])]:
            done.result()
    with store() as session:
        assert session.scalars(select(Call.ticket_number)).all() == [1001] * 5
        assert session.scalar(select(func.count()).select_from(Ticket)) == 1
        assert session.scalar(select(func.count()).select_from(TicketEntry)) == 5


class KilledBetween(BaseException):
    """Stands for the end of the process between two statements: what was not committed is gone."""


@pytest.mark.parametrize("caller", ["+12025550123", "nonsense"])
def test_killed_before_any_statement_the_next_try_ends_the_same(store: Sessions, caller: str) -> None:
    call_id = add_call(store, caller_number=caller)
    engine = store.kw["bind"]
    for allowed in range(100):
        if _runs_with(engine, allowed, partial(open_ticket, store, call_id)):
            break
        with store() as session:
            assert session.scalars(select(Ticket)).all() == []
            assert session.scalars(select(TicketEntry)).all() == []
    assert allowed > 4
    with store() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1
        assert len(session.scalars(select(Contact)).all()) == 1
        assert session.scalars(select(Call)).one().ticket_number is not None


def _runs_with(engine: Any, allowed: int, work: Callable[[], object]) -> bool:
    """Runs `work`, which dies before its statement number `allowed`; whether it came to its end."""
    count = 0

    def die(*_: object) -> None:
        nonlocal count
        count += 1
        if count > allowed:
            raise KilledBetween

    event.listen(engine, "before_cursor_execute", die)
    try:
        work()
    except KilledBetween:
        return False
    finally:
        event.remove(engine, "before_cursor_execute", die)
    return True


def test_a_call_that_does_not_exist_is_said_so(store: Sessions) -> None:
    with pytest.raises(TicketError, match=r"no call 1\.1"):
        open_ticket(store, "1.1")


def test_a_call_on_no_ticket_cannot_be_noted(store: Sessions) -> None:
    call_id = add_call(store)
    with store() as session, pytest.raises(TicketError, match="open one first"):
        service.note_call(session, call_id, [], settings=SETTINGS)


@pytest.mark.parametrize(("number", "known"), [("2025550123", "+12025550123"), ("what?", None)])
def test_a_promise_to_call_back_gets_a_ticket(store: Sessions, number: str, known: str | None) -> None:
    add_call(store)
    open_ticket(store, "1700000000.1")
    with store() as session, session.begin():
        ticket = service.open_callback_ticket(session, number, "en", "1000", ARRIVED, "Call back", settings=SETTINGS)
        assert (ticket.number, ticket.subject) == (1002, "Call back")
    with store() as session:
        contact = session.get_one(Ticket, 1002).contact
        assert contact is not None
        assert contact.number == known
        assert session.scalar(select(func.count()).select_from(Contact)) == (1 if known else 2)
    assert history(store, 1002)[0][1] == (
        f"Opened by a promise to call {known or number} back; asked for on line 1000."
    )


def test_an_entry_without_a_source_may_come_twice_and_one_with_comes_once(store: Sessions) -> None:
    number = open_ticket(store, add_call(store))
    with store() as session, session.begin():
        told = [service.add_entry(session, number, "note", "Called again", author="anna") for _ in range(2)]
        told += [service.add_entry(session, number, "note", "Once", source_key="x") for _ in range(2)]
    assert told == [True, True, True, False]
    assert sorted(text for kind, text in history(store, number) if kind == "note") == [
        "Called again",
        "Called again",
        "Once",
    ]


@pytest.mark.parametrize("state", ["closing", "ended"])
def test_a_call_in_which_nobody_was_there_gets_no_ticket(store: Sessions, state: str) -> None:
    add_call(store, state=state, result="no_sound", menu_path=[])
    with store() as session:
        assert service.calls_without_ticket(session) == []


def test_how_a_ticket_stands_is_told_to_its_own_caller_alone(store: Sessions) -> None:
    own, other = (
        open_ticket(store, add_call(store)),
        open_ticket(store, add_call(store, "2", caller_number="+12025550199")),
    )
    with store() as session, session.begin():
        session.get_one(Ticket, own).status = "closed"
    with store() as session:
        told = [status_of(session, ticket, "+12025550123") for ticket in (own, other, 999_999_999)]
    assert told == ["closed", None, None]
