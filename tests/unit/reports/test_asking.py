"""Times of reports, across days that are no 24 hours; what cannot be asked."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from reports.asking import Asked, before, times_of, weeks_before
from reports.errors import ReportError

BERLIN = ZoneInfo("Europe/Berlin")
AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2026, 7, 1), 24)])
def test_a_day_has_the_hours_of_its_clock(day: date, hours: int) -> None:
    times = times_of(Asked(day, day, "hour"), BERLIN)
    assert len(times) == hours
    assert times[-1].ends - times[0].begins == timedelta(hours=hours)
    assert all(first.ends == second.begins for first, second in pairwise(times))


def test_half_hours_are_those_of_the_local_clock() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")
    times = times_of(Asked(AUTUMN, AUTUMN, "half"), kathmandu)
    assert len(times) == 48
    assert {time.begins.astimezone(kathmandu).minute for time in times} == {0, 30}


def test_a_day_without_midnight_begins_when_its_clock_begins() -> None:
    """In Beirut the clock jumped from midnight to one."""
    times = times_of(Asked(date(2026, 3, 29), date(2026, 3, 29), "day"), ZoneInfo("Asia/Beirut"))
    assert times[0].begins == datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert times[0].ends - times[0].begins == timedelta(hours=23)


def test_weeks_months_and_years_are_cut_where_the_report_is() -> None:
    weeks = times_of(Asked(date(2026, 11, 25), date(2026, 12, 8), "week"), BERLIN)
    assert [time.begins.astimezone(BERLIN).date() for time in weeks] == [
        date(2026, 11, 25),
        date(2026, 11, 30),
        date(2026, 12, 7),
    ]  # a Wednesday, and two Mondays
    months = times_of(Asked(date(2026, 1, 15), date(2027, 2, 1), "month"), BERLIN)
    assert len(months) == 14
    assert len(times_of(Asked(date(2026, 1, 15), date(2027, 2, 1), "year"), BERLIN)) == 2


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(date(2026, 2, 1), date(2026, 1, 1)), "reports.upside_down"),
        (Asked(date(2026, 1, 1), date(2226, 1, 1), "year"), "reports.too_long"),
        (Asked(date(1, 1, 1), date(1, 1, 2)), "reports.too_long"),
        (Asked(date(2026, 1, 1), date(2026, 12, 31), "quarter"), "reports.too_fine"),
        (Asked(date(2026, 1, 1), date(2026, 1, 1), by="topic", agents=frozenset({"anna"})), "reports.agents_alone"),
        (Asked(date(2026, 1, 1), date(2026, 1, 1), "week_hours", "topic"), "reports.hours_alone"),
    ],
)
def test_what_cannot_be_told_is_a_sentence(asked: Asked, code: str) -> None:
    with pytest.raises(ReportError) as refused:
        asked.checked()
    assert refused.value.code == code


def test_the_time_before_is_as_long_or_the_month_before() -> None:
    asked = before(Asked(date(2026, 11, 10), date(2026, 11, 16)))
    assert (asked.since, asked.until) == (date(2026, 11, 3), date(2026, 11, 9))
    month = before(Asked(date(2026, 3, 1), date(2026, 3, 31)))
    assert (month.since, month.until) == (date(2026, 2, 1), date(2026, 2, 28))
    weekday = weeks_before(Asked(date(2026, 11, 10), date(2026, 11, 10)), 4)
    assert weekday.since.weekday() == date(2026, 11, 10).weekday()
