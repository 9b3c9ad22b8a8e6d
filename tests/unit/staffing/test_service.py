"""A forecast and a plan of what the store has, on SQLite and on PostgreSQL: what is counted, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import AgentStateChange, QueueVisit
from history.models import HistoryImport, ImportedVisit
from ringback.config import Settings
from ringback.store.base import utc, uuid7
from staffing import arrivals, past
from staffing.errors import StaffingError
from staffing.goals import Goal
from staffing.half_hours import midnight
from staffing.service import Hours, WhatIf, staff_plan, what_if
from tests.support.staffing import BY_SLOT, DAILY, seed_weeks

ZONE = ZoneInfo("Europe/Berlin")
LAST = date(2026, 10, 30)
"""A Friday; summer time has ended in its week."""
NOW = datetime(2026, 10, 31, 9, tzinfo=UTC)
GOAL = Goal("service_level", 0.8, 20.0)
WEDNESDAY = LAST - timedelta(days=2)


def settings(**changes: Any) -> Settings:
    return Settings.model_validate(
        {
            "timezone": "Europe/Berlin",
            "hours": {"day": {"week": {"mon-sat": ["09:00-17:00"]}, "holidays": "DE-BY"}},
            "lines": [{"number": "1000", "name": "Support", "hours": "day"}],
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q"}}, "operator_queue": "q"}
            },
            "queues": {"q": {"name": "Q", "agents": ["anna", "boris"], "wrap_up_seconds": 20}},
            "agents": [
                {"name": name, "display": name, "extension": str(200 + at)} for at, name in enumerate(("anna", "boris"))
            ],
            **changes,
        }
    )


@pytest.fixture
def session(sqlite_store: sessionmaker[Session]) -> Iterator[Session]:
    seed_weeks(sqlite_store, "q", LAST, 6, ZONE)
    with sqlite_store() as opened:
        yield opened


def test_both_stores_say_the_same_of_calls_talks_patience_and_shifts(store: sessionmaker[Session]) -> None:
    seed_weeks(store, "q", LAST, 1, ZONE, busy=2.0)
    with store() as session:
        came = arrivals.past_calls(session, "q", WEDNESDAY, WEDNESDAY, ZONE)
        assert {half.slot: came.calls[half.begins] for half in came.half_hours if half.begins in came.calls} == {
            slot: 2 * count for slot, count in BY_SLOT.items()
        }
        handling = arrivals.handling(session, "q", 20.0, NOW, ZONE)
        assert (round(handling.mean), handling.talks) == (591, 368)
        assert round(arrivals.mean_patience(session, "q", NOW) or 0) == 332
        since = utc(midnight(WEDNESDAY, ZONE))
        assert len(past.visitors(session, since, since + timedelta(days=1), 2000)) == 2 * DAILY
        assert len(past.visitors(session, since, since + timedelta(days=1), 10)) == 11
        assert len(past.shifts(session, since, since + timedelta(days=1))) == 2


def test_a_plan_has_the_calls_to_come_and_the_agents_for_them_and_says_how_far_it_was_off(session: Session) -> None:
    plan = staff_plan(session, settings(), "q", 2, GOAL, 0.2, NOW)
    assert plan.known is not None and plan.known.last == LAST
    by_day = {day: [h for h in plan.half_hours if h.expected.half_hour.day == day] for day in plan.days}
    assert len(by_day) == 14 and plan.days[0] == date(2026, 10, 31)
    tuesday = by_day[date(2026, 11, 3)]
    assert sum(h.expected.calls for h in tuesday) == pytest.approx(DAILY, rel=0.1)
    assert all(h.needed.planned == 0 for day in by_day.values() for h in day if not h.is_open)
    assert all(h.needed.planned > h.needed.agents >= 1 for h in tuesday if h.is_open)
    assert sum(h.expected.calls for h in by_day[date(2026, 11, 1)]) == 0, "All Saints, and a Sunday"
    assert 540 < plan.handling.mean < 680 and plan.patience is not None and 250 < plan.patience < 700
    assert plan.missed is not None and plan.missed.ours < 0.1 > plan.missed.naive
    assert [each.day for each in plan.past][-1] == LAST and len(plan.past) == 14
    assert sum(each.low <= each.came <= each.high for each in plan.past) >= 11


def test_calls_count_by_the_clock_of_the_place_and_not_those_of_promises_or_closed_queues(session: Session) -> None:
    came = arrivals.past_calls(session, "q", LAST - timedelta(days=6), LAST, ZONE)
    sunday = [each for each in came.half_hours if each.day.weekday() == 6]
    assert len(sunday) == 50 and not any(each.begins in came.calls for each in sunday)
    monday = {each.slot: came.calls.get(each.begins, 0) for each in came.half_hours if each.day.weekday() == 0}
    assert {slot: count for slot, count in monday.items() if count} == BY_SLOT
    before = arrivals.past_calls(session, "q", LAST - timedelta(days=8), LAST - timedelta(days=8), ZONE)
    assert sum(before.calls.values()) == DAILY, "a day of summer time"
    visit = {
        "call_id": f"0.{LAST - timedelta(days=6 * 7 - 1):%y%m%d}",
        "queue": "q",
        "entered_at": NOW - timedelta(days=1),
    }
    first = session.query(QueueVisit.call_id).order_by(QueueVisit.entered_at).first()
    assert first is not None
    more = [
        visit | {"id": uuid7(), "call_id": first[0], "seq": seq, "came_by": came_by, "outcome": outcome}
        for seq, (came_by, outcome) in enumerate((("callback", "answered"), ("menu", "closed")), 5)
    ]
    session.execute(insert(QueueVisit), more)
    assert sum(arrivals.past_calls(session, "q", LAST, LAST, ZONE).calls.values()) == DAILY


def test_a_plan_is_tried_on_the_callers_and_the_staff_that_there_were(session: Session) -> None:
    more = what_if(session, settings(), WhatIf("q", WEDNESDAY, WEDNESDAY, more=2, begins=20, ends=24), NOW)
    assert more.calls == DAILY and more.pairs >= 3
    assert more.measures["service_level"].after > more.measures["service_level"].before
    assert more.measures["mean_wait"].after < more.measures["mean_wait"].before
    offered = what_if(session, settings(), WhatIf("q", WEDNESDAY, WEDNESDAY, offer_after=30.0, offer_taken=0.9), NOW)
    assert offered.measures["promised"].after > offered.measures["promised"].before


def test_shifts_are_cut_at_the_time_and_know_who_was_there_before_it(session: Session) -> None:
    noon = utc(midnight(WEDNESDAY, ZONE) + 12 * 3600)
    found = past.shifts(session, noon, noon + timedelta(hours=1))
    assert [(s.agent, s.begins, s.ends, s.queues) for s in found] == [
        (agent, noon.timestamp(), noon.timestamp() + 3600, ("q",)) for agent in ("anna", "boris")
    ]
    away = {"agent": "anna", "queues": ["q"], "reachable": True, "reason": "lunch"}
    changes = [(noon + timedelta(minutes=10), "paused"), (noon + timedelta(minutes=40), "free")]
    session.execute(
        insert(AgentStateChange), [{**away, "id": uuid7(), "at": at, "state": state} for at, state in changes]
    )
    during = past.shifts(session, noon, noon + timedelta(hours=1))
    anna = [(s.begins - noon.timestamp(), s.ends - noon.timestamp()) for s in during if s.agent == "anna"]
    assert anna == [(0, 600), (2400, 3600)]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (WhatIf("none", WEDNESDAY, WEDNESDAY, more=1), "staffing.no_queue"),
        (WhatIf("q", WEDNESDAY, WEDNESDAY - timedelta(days=1), more=1), "staffing.upside_down"),
        (WhatIf("q", WEDNESDAY - timedelta(days=9), WEDNESDAY, more=1), "staffing.too_long"),
        (WhatIf("q", date(1826, 1, 1), WEDNESDAY, more=1), "staffing.too_long"),
        (WhatIf("q", NOW.date(), NOW.date(), more=1), "staffing.not_over"),
        (WhatIf("q", WEDNESDAY, WEDNESDAY, more=1, begins=24, ends=20), "staffing.upside_down"),
        (WhatIf("q", WEDNESDAY, WEDNESDAY), "staffing.no_change"),
        (WhatIf("q", date(2026, 1, 7), date(2026, 1, 7), more=1), "staffing.nobody_called"),
        (WhatIf("q", date(1, 1, 2), date(1, 1, 2), more=1), "staffing.nobody_called"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_a_reason(
    sqlite_store: sessionmaker[Session], asked: WhatIf, code: str
) -> None:
    with sqlite_store() as session, pytest.raises(StaffingError) as refused:
        what_if(session, settings(), asked, NOW)
    assert refused.value.message.code == code


def test_without_calls_there_is_no_plan_and_with_few_it_says_since_when(
    sqlite_store: sessionmaker[Session],
) -> None:
    with sqlite_store() as session:
        empty = staff_plan(session, settings(), "q", 2, GOAL, 0.2, NOW)
        assert empty.known is None and empty.half_hours == () == empty.past
    seed_weeks(sqlite_store, "q", LAST, 1, ZONE)
    with sqlite_store() as session:
        short = staff_plan(session, settings(), "q", 2, GOAL, 0.2, NOW)
        assert short.known is not None and short.learned_days < 14 and short.half_hours == ()
        with pytest.raises(StaffingError):
            staff_plan(session, settings(), "gone", 2, GOAL, 0.2, NOW)
        session.execute(delete(AgentStateChange))
        with pytest.raises(StaffingError) as refused:
            what_if(session, settings(), WhatIf("q", WEDNESDAY, WEDNESDAY, more=1), NOW)
        assert refused.value.message.code == "staffing.nobody_worked"


def test_a_queue_is_open_when_it_is_and_any_line_is() -> None:
    week = {"early": {"week": {"mon-fri": ["08:00-10:00"]}}, "late": {"week": {"mon-fri": ["09:00-12:00"]}}}
    lines = [{"number": str(1000 + at), "name": "L", "hours": "late"} for at in range(2)]
    given = settings(hours=week, lines=lines)
    queue = given.queues["q"].model_copy(update={"hours": "early"})
    hours = Hours(given.model_copy(update={"queues": {"q": queue}}), "q")
    found = arrivals.half_hours_of(LAST, ZONE)
    assert [each.clock for each in found if hours.is_open(each)] == ["09:00", "09:30"]


def test_calls_of_the_system_before_are_counted_with_their_talks_until_they_are_taken_back(
    sqlite_store: sessionmaker[Session],
) -> None:
    brought = HistoryImport(kind="csv", files=[], sha256="0" * 64, by="eva", state="complete")
    with sqlite_store() as session, session.begin():
        session.add(brought)
        session.flush()
        session.execute(insert(ImportedVisit), [visit | {"import_id": brought.id} for visit in visits_before()])
    with sqlite_store() as session:
        plan = staff_plan(session, settings(), "q", 1, GOAL, 0.0, NOW)
        tuesday = [h for h in plan.half_hours if h.expected.half_hour.day == date(2026, 11, 3)]
        assert sum(h.expected.calls for h in tuesday) == pytest.approx(DAILY, rel=0.1)
        assert max(tuesday, key=lambda h: h.expected.calls).expected.half_hour.slot in range(20, 24)
        assert (plan.handling.mean, plan.patience) == (300.0, pytest.approx(50.0))
        session.execute(update(HistoryImport).values(state="undone"))
        assert staff_plan(session, settings(), "q", 1, GOAL, 0.0, NOW).known is None


def visits_before() -> list[dict[str, Any]]:
    """Four weeks of a system before, Sundays without any: nine of ten answered after 5 s, the tenth gave up at 5 s."""
    found: list[dict[str, Any]] = []
    for day in arrivals.days_between(LAST - timedelta(days=27), LAST):
        for half_hour in arrivals.half_hours_of(day, ZONE) if day.weekday() < 6 else ():
            for _ in range(BY_SLOT.get(half_hour.slot, 0)):
                number, gave_up = len(found), len(found) % 10 == 0
                found.append(
                    {
                        "source_key": f"{number:032}",
                        "call_key": f"{number:024}",
                        "queue": "q",
                        "wait_seconds": 5.0,
                        "entered_at": utc(half_hour.begins + number % 1800),
                        "outcome": "abandoned" if gave_up else "answered",
                        "talk_seconds": None if gave_up else 280.0,
                        "wrap_seconds": None if gave_up else 20.0,
                    }
                )
    return found
