"""The list of calls narrows, sorts and pages as asked, on SQLite and PostgreSQL alike, and from indexes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, CallSegment, QueueVisit
from calls.service import OwnCalls
from ringback.config import Agent, Settings
from survey.models import SurveyAnswer
from tickets.models import Ticket
from web.documents.call_list import CallFilter, CallOrder, call_list, every_call
from web.errors import BadCursor

BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
CALLERS = [
    ("Пётр Кузнецов", "+12025550115"),
    ("Dana Whitfield", "2025550115"),
    ("КУЗНЕЦОВА ЕЛЕНА", "+79123456789"),
    ("", "anonymous"),
    ("José Núñez", "+4930123456"),
]


@pytest.fixture
def setup(settings: Settings) -> Settings:
    agents = [
        Agent(name="anna", display="Анна Петрова", extension="201"),
        Agent(name="boris", display="Борис", extension="202"),
    ]
    return settings.model_copy(update={"timezone": "Europe/Berlin", "agents": agents})


@pytest.fixture
def calls(store: sessionmaker[Session]) -> Iterator[Session]:
    """Five calls, an hour apart: 0 to 4."""
    with store() as session, session.begin():
        session.add(ticket := Ticket(subject="Счёт: двойная оплата", contact_id=None))
        session.flush()
        for number, (name, caller) in enumerate(CALLERS):
            at = BEGAN + timedelta(hours=number)
            times: dict[str, Any] = {}
            if number < 3:
                times = {"queued_at": at, "connected_at": at + timedelta(seconds=30 - 10 * number)}
                times["released_at"] = times["connected_at"] + timedelta(seconds=60)
            session.add(
                Call(
                    call_id=f"176000000{number}.1",
                    line=("1000", "1001")[number % 2],
                    language="ru",
                    caller_number=caller,
                    caller_name=name,
                    state="ended",
                    result=("served", "left")[number > 2],
                    queue="support" if number < 3 else None,
                    agent=("anna", "boris", "clara", None, None)[number],
                    survey_outcome="answered" if number == 1 else None,
                    arrived_at=at,
                    ended_at=at + timedelta(seconds=120),
                    ticket_number=ticket.number if number == 2 else None,
                    **times,
                )
            )
        session.flush()
        talk: dict[str, Any] = {"started_at": BEGAN, "ended_at": BEGAN, "kind": "talk"}
        session.add(CallSegment(call_id="1760000002.1", seq=0, agent="anna", **talk))
        session.add(QueueVisit(call_id="1760000001.1", seq=0, queue="billing", entered_at=BEGAN, came_by="menu"))
        session.add(SurveyAnswer(call_id="1760000001.1", survey="s", question="q", key="1", label="Да", at=BEGAN))
    with store() as session:
        yield session


def listed(session: Session, setup: Settings, order: CallOrder = CallOrder.NEWEST, **wanted: Any) -> str:
    found = call_list(session, wanted=CallFilter(**wanted), order=order, settings=setup)
    return "".join(call["call_id"][9] for call in found)


def test_a_typed_text_finds_callers_agents_tickets_and_numbers(calls: Session, setup: Settings) -> None:
    for typed, found in {
        "+1 202 555 0115": "10",
        "(202) 555-0115": "10",
        "8 912 345-67-89": "2",
        "0115": "10",
        "петр": "0",
        "ПЁТР": "0",
        "Кузнецов Пётр": "0",
        "кузнецов": "20",
        "Елена Кузнецова": "2",
        "whitfield dana": "1",
        "nunez": "4",
        "Петрова Анна": "20",
        "анна": "20",
        "boris": "1",
        "clara": "2",
        "двойная": "2",
        "ДВОЙНАЯ оплата": "2",
        "1760000003": "3",
        "1760000003.1": "3",
        "clara елена": "2",
        "_": "",
        "%": "",
        "etr": "",
        "' OR 1=1 --": "",
    }.items():
        assert listed(calls, setup, text=typed) == found, typed


def test_every_filter_narrows(calls: Session, setup: Settings) -> None:
    for wanted, found in (
        ({"queue": "support"}, "210"),
        ({"queue": "billing"}, "1"),
        ({"line": "1001"}, "31"),
        ({"result": "left"}, "43"),
        ({"agent": "anna"}, "20"),
        ({"only": OwnCalls("anna"), "agent": "clara"}, "2"),
        ({"survey": "Да"}, "1"),
        ({"survey": "answered"}, "1"),
        ({"survey": "silent"}, ""),
        ({"first": date(2026, 11, 21)}, ""),
        ({"first": date(2026, 11, 20), "last": date(2026, 11, 20)}, "43210"),
        ({"last": date(2026, 11, 19)}, ""),
        ({"queue": "support", "line": "1000", "text": "анна", "result": "served"}, "20"),
    ):
        assert listed(calls, setup, **wanted) == found, wanted


def test_every_order_pages_without_gap_or_double(calls: Session, setup: Settings) -> None:
    for order, whole in (
        (CallOrder.NEWEST, "43210"),
        (CallOrder.OLDEST, "01234"),
        (CallOrder.WAIT, "012"),
        (CallOrder.TALK, "210"),
    ):
        assert listed(calls, setup, order) == whole, order
        paged = "".join(
            call["call_id"][9] for call in every_call(calls, CallFilter(), order=order, settings=setup, at_once=1)
        )
        assert paged == whole, order


@pytest.mark.parametrize("cursor", ["x~2026-11-20T09:00:00+00:00~1", "nan~2026-11-20T09:00:00+00:00~1", "1~1", ""])
def test_a_place_in_another_order_is_none(calls: Session, cursor: str) -> None:
    with pytest.raises(BadCursor):
        call_list(calls, before=cursor, order=CallOrder.WAIT)


def test_a_day_is_one_of_our_own_time_zone(calls: Session, setup: Settings) -> None:
    calls.add(
        Call(
            call_id="1760000009.1",
            line="1",
            language="en",
            caller_number="",
            caller_name="",
            state="ended",
            arrived_at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        )
    )
    calls.flush()
    assert listed(calls, setup, first=date(2026, 11, 21)) == "9"


def test_no_page_goes_through_the_table(calls: Session, setup: Settings) -> None:
    """SQLite says how it reads; PostgreSQL's way depends on how many rows there are."""
    engine = calls.get_bind()
    if engine.dialect.name != "sqlite":
        pytest.skip("told by SQLite's plan")
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    for order in CallOrder:
        first = call_list(calls, 1, order=order, settings=setup)
        call_list(calls, 2, first[0]["cursor"], order=order, settings=setup)
    for wanted in (
        CallFilter(line="1001"),
        CallFilter(result="left"),
        CallFilter(agent="anna"),
        CallFilter(queue="support"),
        CallFilter(survey="Да"),
        CallFilter(text="петр", first=date(2026, 11, 20)),
        CallFilter(text="2025550115"),
    ):
        call_list(calls, 2, wanted=wanted, settings=setup)
    for statement, values in [each for each in asked if each[0].startswith("SELECT")]:
        plan = calls.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert not [row[3] for row in plan if row[3] in ("SCAN call", "SCAN call_segment", "SCAN queue_visit")], (
            statement
        )
    assert len(asked) > 20


def test_lengths_and_names_follow_the_row(store: sessionmaker[Session], calls: Session) -> None:
    rows = calls.execute(text("SELECT wait_seconds, talk_seconds, found_by FROM call ORDER BY call_id")).all()
    assert [tuple(row) for row in rows[:2]] == [
        (30.0, 60.0, " петр кузнецов 12025550115"),
        (20.0, 60.0, " dana whitfield 2025550115"),
    ]
    assert [tuple(row) for row in rows[3:4]] == [(None, None, " anonymous")]
