"""Forecasts of calls by half hours: weeks, holidays, gaps, storms, days of 23 and 25 hours, the interval."""

import math
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from staffing.forecast import ExpectedCalls, PastCalls, fit, forecast, huber_mean, quantile
from staffing.half_hours import ClockHalfHour, clock_of, days_between, half_hours_of

BERLIN = ZoneInfo("Europe/Berlin")
FIRST, WEEKS = date(2026, 6, 1), 12  # a Monday
LAST = FIRST + timedelta(weeks=WEEKS, days=-1)
OPEN = range(18, 36)
WEEK = (1.3, 1.1, 1.0, 1.0, 0.9, 0.4, 0.0)
Days = dict[date, dict[int, int]]


def usual(first: date = FIRST, last: date = LAST, daily: float = 360.0, growth: float = 0.0) -> Days:
    """Calls by day and half hour, without chance: the same each week, but for its growth."""
    days: Days = {}
    for day in days_between(first, last):
        level = daily / len(OPEN) * WEEK[day.weekday()] * (1 + growth) ** ((day - first).days / 7)
        days[day] = {slot: round(level * (1.5 if slot < 24 else 0.75)) for slot in OPEN}
    return days


def past(days: Days, zone: ZoneInfo = BERLIN) -> PastCalls:
    """An hour that comes twice has the calls of its half hours twice."""
    half_hours = [each for day in days for each in half_hours_of(day, zone)]
    return PastCalls(half_hours, {each.begins: days[each.day].get(each.slot, 0) for each in half_hours})


def ahead(weeks: int = 1, zone: ZoneInfo = BERLIN, after: date = LAST) -> list[ClockHalfHour]:
    return [
        h
        for day in days_between(after + timedelta(days=1), after + timedelta(weeks=weeks))
        for h in half_hours_of(day, zone)
    ]


def expected(days: Days, holidays: frozenset[date] = frozenset(), weeks: int = 1) -> list[ExpectedCalls]:
    return forecast(past(days), ahead(weeks), holidays.__contains__, lambda _: True)


def by_day(found: list[ExpectedCalls]) -> list[float]:
    days = dict.fromkeys(each.half_hour.day for each in found)
    return [sum(each.calls for each in found if each.half_hour.day == day) for day in days]


USUAL = [sum(usual()[FIRST + timedelta(days=at)].values()) for at in range(7)]


def test_a_week_like_all_others_is_expected_again() -> None:
    found = expected(usual())
    assert by_day(found) == pytest.approx(USUAL, rel=0.03, abs=2)
    monday = {each.half_hour.slot: each.calls for each in found if each.half_hour.day.weekday() == 0}
    assert monday[20] == pytest.approx(usual()[FIRST][20], rel=0.05)
    assert monday[30] == pytest.approx(usual()[FIRST][30], rel=0.05)
    assert monday[10] == 0
    assert all(each.low <= each.calls <= each.high for each in found if each.calls > 1)


def test_growth_goes_on_and_fades() -> None:
    grown = by_day(expected(usual(growth=0.02), weeks=4))
    now = sum(sum(usual(growth=0.02)[LAST - timedelta(days=at)].values()) for at in range(7))
    weeks = [sum(grown[at : at + 7]) / now for at in range(0, 28, 7)]
    assert 1.005 < weeks[0] < 1.04
    steps = [after - before for before, after in pairwise(weeks)]
    assert all(step > 0 for step in steps) and steps[-1] < steps[0]


def test_a_storm_an_outage_and_a_lost_day_change_little() -> None:
    days = usual()
    days[LAST - timedelta(days=5)] = dict.fromkeys(OPEN, 400)  # a storm of calls, last Tuesday
    days[LAST - timedelta(days=4)] |= dict.fromkeys(range(18, 27), 0)  # nothing was written until 13:30
    days[LAST - timedelta(days=3)] = {}
    assert by_day(expected(days)) == pytest.approx(USUAL, rel=0.08, abs=3)


def test_a_holiday_is_expected_as_holidays_were_and_one_in_the_past_changes_no_other_day() -> None:
    days, christmas = usual(), LAST + timedelta(days=3)
    past_holidays = [FIRST + timedelta(days=at) for at in (8, 30, 52)]
    for day in past_holidays:
        days[day] = {slot: count // 5 for slot, count in days[day].items()}
    found = by_day(expected(days, frozenset({*past_holidays, christmas})))
    assert found[2] < 0.3 * USUAL[2]
    assert [*found[:2], *found[3:]] == pytest.approx([*USUAL[:2], *USUAL[3:]], rel=0.05, abs=2)


def test_where_the_queue_is_closed_nobody_is_expected() -> None:
    found = forecast(past(usual()), ahead(), lambda _: False, lambda half_hour: half_hour.slot != 20)
    closed = [each for each in found if each.half_hour.slot == 20]
    assert len(closed) == 7 and all((each.calls, each.low, each.high) == (0, 0, 0) for each in closed)


def test_of_two_weeks_something_is_said_and_of_less_nothing() -> None:
    short = usual(LAST - timedelta(days=13), LAST)
    assert by_day(expected(short))[:5] == pytest.approx(USUAL[:5], rel=0.1)
    assert expected(usual(LAST - timedelta(days=12), LAST)) == []
    assert expected({day: {} for day in usual()}) == []


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 7, 1), 24)])
def test_a_day_has_the_half_hours_that_its_clock_gives_it(day: date, hours: int) -> None:
    found = half_hours_of(day, BERLIN)
    assert len(found) == 2 * hours
    assert [b.begins - a.begins for a, b in pairwise(found)] == [1800.0] * (2 * hours - 1)
    assert [found[0].clock, found[-1].clock] == ["00:00", "23:30"]
    twice = [each.slot for each in found if sum(other.slot == each.slot for other in found) == 2]
    assert sorted({*twice}) == ([4, 5] if hours == 25 else [])
    assert (4 in {each.slot for each in found}) == (hours != 23)
    assert clock_of(5) == "02:30"


def test_an_hour_that_comes_twice_teaches_nothing_false_and_is_expected_twice() -> None:
    """A night line with ten calls in each half hour, the night of the change among the days, then one ahead."""
    night = dict.fromkeys(range(48), 10)
    first = date(2026, 8, 3)
    after = date(2026, 10, 24)
    found = forecast(
        past(dict.fromkeys(days_between(first, after), night)), ahead(after=after), lambda _: False, lambda _: True
    )
    sunday = [each for each in found if each.half_hour.day == date(2026, 10, 25)]
    assert len(sunday) == 50
    assert [each.calls for each in sunday] == pytest.approx([10.0] * 50, rel=0.03)
    later = dict.fromkeys(days_between(first, date(2026, 11, 1)), night)
    monday = forecast(past(later), ahead(after=date(2026, 11, 1)), lambda _: False, lambda _: True)[:48]
    assert [each.calls for each in monday] == pytest.approx([10.0] * 48, rel=0.03)


def test_a_zone_whose_half_hours_are_not_those_of_utc_has_48_of_its_own() -> None:
    found = half_hours_of(date(2026, 7, 1), ZoneInfo("Asia/Kathmandu"))
    assert len(found) == 48 and found[0].begins % 3600 == 900
    assert [each.slot for each in found] == [*range(48)]


def test_what_came_lies_in_the_interval_about_as_often_as_it_says() -> None:
    random, days = np.random.default_rng(3), usual()
    noisy = {
        day: {s: int(random.poisson(n * random.gamma(100, 0.01))) for s, n in row.items()} for day, row in days.items()
    }
    found = [each for each in expected(noisy, weeks=2) if each.half_hour.slot in OPEN and each.calls > 3]
    really = [days[FIRST + timedelta(days=each.half_hour.day.weekday())][each.half_hour.slot] for each in found]
    inside = np.mean([each.low <= random.poisson(n) <= each.high for each, n in zip(found, really, strict=True)])
    assert 0.72 <= inside <= 0.95


@pytest.mark.parametrize(("mean", "spread"), [(0.4, 0.0), (3.0, 0.2), (40.0, 0.01), (150.0, 0.05), (500.0, 0.01)])
def test_the_quantiles_are_those_of_drawn_numbers(mean: float, spread: float) -> None:
    random = np.random.default_rng(1)
    rates = mean if spread == 0 else random.gamma(1 / spread, spread * mean, 40_000)
    drawn = random.poisson(rates, 40_000)
    for level in (0.1, 0.9):
        found = quantile(mean, spread, level)
        assert found == pytest.approx(np.quantile(drawn, level), abs=max(1.0, 0.05 * mean))
    assert quantile(0.0, spread, 0.9) == 0.0


@given(st.lists(st.floats(0, 1000), min_size=3, max_size=12), st.floats(1e4, 1e6))
@hypothesis(max_examples=30, deadline=None)
def test_one_value_however_far_away_moves_the_mean_only_as_far_as_the_others_are_apart(
    values: list[float], far: float
) -> None:
    ones = np.ones(len(values) + 1)
    found = huber_mean(np.array([*values, far]), ones)
    assert min(values) - 1e-6 <= found <= max(values) + 3 * (max(values) - min(values)) + 1e-6


@given(st.lists(st.integers(0, 30), min_size=28, max_size=28), st.integers(0, 27))
@hypothesis(max_examples=8, deadline=None)
def test_whatever_came_the_forecast_is_a_number_and_in_its_interval(counts: list[int], gap: int) -> None:
    first = date(2026, 6, 1)
    days = {first + timedelta(days=at): {20: count, 30: count // 2} for at, count in enumerate(counts)}
    days[first + timedelta(days=gap)] = {}
    fitted = fit(past(days, ZoneInfo("UTC")), lambda day: day.day == 13)
    for half_hour in ahead(2, ZoneInfo("UTC"), first + timedelta(days=27)) if fitted else ():
        assert fitted is not None
        each = fitted.expect(half_hour, is_open=True)
        assert math.isfinite(each.calls) and 0 <= each.low <= each.high and each.calls >= 0
        assert each.calls <= 40 * 3
