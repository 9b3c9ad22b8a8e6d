"""Goals of figures: what may be one, how far it is, and what became of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from reports import cells
from reports import measures as m
from reports.asking import Asked
from reports.cells import LAYOUT
from reports.errors import ReportError
from reports.figures import DEFINITIONS, FIGURES, Unit
from reports.goals import policy, service
from reports.goals.models import ReportGoal
from reports.models import ReportCell, ReportCounting
from reports.slots import day_bounds
from reports.tally import Tally
from ringback.config import Settings

Sessions = sessionmaker[Session]
ZONE = ZoneInfo("UTC")
TODAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUSE = Settings(timezone="UTC")
SLOW = hypothesis_settings(max_examples=60, deadline=None)


def counted(store: Sessions, quick: dict[date, int], until: date = TODAY) -> None:
    """Of ten answered calls of each day so many within 20 seconds, in the queue `support`."""
    with store() as session, session.begin():
        for day, count in quick.items():
            tally = Tally()
            tally.add(m.OFFERED, 10)
            tally.add(m.OUTCOME + "answered", 10)
            for seconds in [10.0] * count + [50.0] * (10 - count):
                tally.spend(m.WAIT_ANSWERED, seconds)
            begins, ends = day_bounds(day, ZONE)
            packed = cells.pack({("support", ""): tally})
            session.add(ReportCell(level="day", kind="total", begins_at=begins, ends_at=ends, packed=packed))
        found = session.get(ReportCounting, 1)
        begins, _ = day_bounds(until, ZONE)
        if found is None:
            values = {"counted_from": datetime(2026, 1, 1, tzinfo=UTC), "zone": "UTC", "layout": LAYOUT}
            session.add(ReportCounting(id=1, counted_until=begins, complete=True, **values))
        else:
            found.counted_until = begins


def days(first: date, count: int, quick: int) -> dict[date, int]:
    return {first + timedelta(days=at): quick for at in range(count)}


def add(store: Sessions, typed: str = "80", queue: str = "", by_date: date = date(2026, 12, 20), at: datetime = NOW):  # type: ignore[no-untyped-def]
    with store() as session, session.begin():
        return service.set_goal(session, HOUSE, "service_level", queue, (typed, ""), by_date, "eva", at).id


def test_a_goal_says_where_it_began_where_it_is_and_whether_that_is_fast_enough(store: Sessions) -> None:
    began = datetime(2026, 11, 10, 12, tzinfo=UTC)
    counted(store, days(date(2026, 11, 3), 7, 4) | days(date(2026, 11, 23), 7, 7))
    add(store, at=began)
    with store() as session:
        [goal] = service.goals_for(session, Asked(TODAY, TODAY), HOUSE, NOW)
    assert (goal.start.value, goal.value.value, goal.value.n) == (0.4, 0.7, 70)
    assert goal.share == pytest.approx(0.75)
    assert (goal.standing, goal.days_left) == ("on_track", 20)


def test_a_goal_that_is_slower_than_its_time_is_behind(store: Sessions) -> None:
    counted(store, days(date(2026, 11, 3), 7, 4) | days(date(2026, 11, 23), 7, 5))
    add(store, at=datetime(2026, 11, 10, 12, tzinfo=UTC))
    with store() as session:
        assert [goal.standing for goal in service.open_goals(session, HOUSE, NOW)] == ["behind"]


@pytest.mark.parametrize(("quick", "became", "value"), [(8, "reached", 0.8), (7, "missed", 0.7), (0, "missed", 0.0)])
def test_what_became_of_it_is_kept_when_its_day_is_over_and_counted(
    sqlite_store: Sessions, quick: int, became: str, value: float
) -> None:
    counted(sqlite_store, days(date(2026, 12, 14), 7, quick), until=date(2026, 12, 20))
    key = add(sqlite_store)
    later = datetime(2026, 12, 21, 0, 1, tzinfo=UTC)
    with sqlite_store() as session, session.begin():
        assert service.settle(session, HOUSE, later) == 0  # its last day is not counted yet
    counted(sqlite_store, {}, until=date(2026, 12, 21))
    with sqlite_store() as session, session.begin():
        assert service.settle(session, HOUSE, later) == 1
        assert service.settle(session, HOUSE, later) == 0
    with sqlite_store() as session:
        row = session.get_one(ReportGoal, key)
        assert (row.state, row.value, row.n) == (became, value, 70)
        assert [each.id for each in service.history(session)] == [key]


def test_of_nothing_no_goal_is_reached_or_missed(sqlite_store: Sessions) -> None:
    counted(sqlite_store, {}, until=date(2026, 12, 21))
    key = add(sqlite_store)
    with sqlite_store() as session, session.begin():
        assert service.settle(session, HOUSE, datetime(2026, 12, 21, 1, tzinfo=UTC)) == 1
        assert session.get_one(ReportGoal, key).state == "not_known"


def test_there_is_one_goal_of_a_figure_and_queue_at_a_time(store: Sessions) -> None:
    key = add(store)
    with pytest.raises(ReportError):
        add(store, "90")
    add(store, queue="support")
    with store() as session, session.begin():
        assert service.withdraw(session, key, "olga", NOW)
        assert not service.withdraw(session, key, "olga", NOW)
    add(store, "90")
    with store() as session:
        assert len(service.open_goals(session, HOUSE, NOW)) == 2
        assert [row.ended_by for row in service.history(session)] == ["olga"]


def test_who_sees_some_queues_sees_their_goals_alone(sqlite_store: Sessions) -> None:
    add(sqlite_store)
    add(sqlite_store, queue="support")
    with sqlite_store() as session:
        only = frozenset({"support"})
        assert [goal.queue for goal in service.open_goals(session, HOUSE, NOW, only)] == ["support"]
        assert service.open_goals(session, HOUSE, NOW, frozenset()) == ()
        assert service.goals_for(session, Asked(TODAY, TODAY, agents=frozenset({"anna"})), HOUSE, NOW) == ()


def test_a_figure_that_is_gone_from_the_program_breaks_nothing(sqlite_store: Sessions) -> None:
    key = add(sqlite_store)
    with sqlite_store() as session, session.begin():
        session.execute(update(ReportGoal).values(figure="gone"))
    with sqlite_store() as session, session.begin():
        assert service.open_goals(session, HOUSE, NOW) == ()
        assert service.settle(session, HOUSE, datetime(2027, 1, 1, tzinfo=UTC)) == 1
        assert session.get_one(ReportGoal, key).state == "not_known"


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("80", "share", 0.8),
        ("80 %", "share", 0.8),
        ("79,5", "share", 0.795),
        ("20", "seconds", 20.0),
        ("0:20", "seconds", 20.0),
        ("1:02:03", "seconds", 3723.0),
        ("-12.5", "score", -12.5),
        ("4.2", "mos", 4.2),
        ("\u221210", "score", -10.0),
        ("1000000000", "count", 1e9),
    ],
)
def test_a_target_is_read_as_people_write_it(typed: str, unit: Unit, value: float) -> None:
    assert policy.target_of(typed, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed",
    ["", "nan", "inf", "-inf", "1e9", "0x10", "٨٠", "８０", "1_000", "80%%", "101", "-1", "9" * 400, "8\n0", "=80"],
)
def test_a_number_that_is_none_or_cannot_be_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ReportError) as found:
        policy.target_of(typed, "share")
    assert found.value.message.worded("ru")


@SLOW
@given(st.text("0123456789.,:%+-eEnaif ٣\u2212", max_size=12), st.sampled_from(sorted(policy.LIMITS)))
def test_whatever_is_typed_is_a_number_within_the_limits_or_refused(typed: str, unit: Unit) -> None:
    low, high = policy.LIMITS[unit]
    try:
        assert low <= policy.target_of(typed, unit) <= high
    except ReportError:
        return


@SLOW
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_the_way_is_done_just_when_the_target_is_met(start: float, value: float, target: float, more: bool) -> None:
    done = policy.way_done(start, value, target, more)
    assert done is not None and 0 <= done <= 1
    if policy.is_met(value, target, more):
        assert done == 1.0
    same = policy.way_done(1 - start, 1 - value, 1 - target, not more)
    assert same == pytest.approx(done, abs=1e-6) or abs(target - start) < 1e-9 or abs(value - target) < 1e-9


def test_what_is_neither_good_nor_bad_by_itself_asks_for_a_way() -> None:
    for figure in DEFINITIONS:
        if figure.better is None:
            with pytest.raises(ReportError):
                policy.direction(figure, "")
            assert policy.direction(figure, "at_most") is False
        else:
            assert policy.direction(figure, "at_most") == policy.direction(figure, "at_least")


def test_figures_that_are_known_late_are_of_the_seven_last_days_that_are_known() -> None:
    assert policy.window(TODAY, "asa", 168) == (date(2026, 11, 24), TODAY)
    assert policy.window(TODAY, "first_contact", 168) == (date(2026, 11, 17), date(2026, 11, 23))
    assert policy.window(TODAY, "repeats", 25)[1] == date(2026, 11, 28)
    assert set(policy.KNOWN_LATE) <= FIGURES.keys()


@pytest.mark.parametrize("day", [TODAY, date(2026, 1, 1), date(2199, 1, 1), date.max])
def test_a_day_that_is_over_or_too_far_is_refused(day: date) -> None:
    with pytest.raises(ReportError):
        policy.check_day(day, TODAY)


def test_a_goal_of_nothing_we_know_is_refused(sqlite_store: Sessions) -> None:
    with sqlite_store() as session, session.begin():
        for figure, queue in (("x' OR 1=1", ""), ("asa", "no such"), ("asa", "<b>")):
            with pytest.raises(ReportError):
                service.set_goal(session, HOUSE, figure, queue, ("20", ""), date(2026, 12, 20), "eva", NOW)
