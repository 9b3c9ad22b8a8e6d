"""The expected wait: from the past and the present, told as a bound, silent where it has been wrong."""

import json
import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.expected_wait import run
from queueing.accuracy import Accuracy, Forecast, ForecastOutcome
from queueing.decisions import OVER_AN_HOUR
from queueing.expected_wait import STEPS, ExpectedWait, Prediction, Situation, spoken_minutes
from queueing.history import HALF_HOUR, SLOTS, History

MONDAY = 1_800_230_400.0
WEEK = 7 * 86400.0


def known(handling: float = 200.0, patience: float | None = None) -> History:
    history = History()
    for _ in range(1000):
        history.learn("q", MONDAY, handled=handling)
    if patience is not None:
        history.learn("q", MONDAY, waited=patience * 1000)
        for _ in range(1000):
            history.learn("q", MONDAY, waited=0.0, abandoned=True)
    return history


def outcome(waited: float, bound: int = 10, served: bool = True) -> ForecastOutcome:
    return ForecastOutcome(Forecast("c", "q", MONDAY, 1, 300.0, bound, True), waited, served)


# -- prediction ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [0, 1, 7, 60])
@pytest.mark.parametrize("agents", [1, 4, 30])
def test_the_mean_is_the_sum_over_the_departures_ahead(ahead: int, agents: int) -> None:
    expected = ExpectedWait(known(200.0, patience=400.0))
    prediction = expected.predict(Situation("q", ahead + 1, float(ahead), agents), MONDAY)
    assert prediction is not None
    rates = [agents / 200.0 + j / 400.0 for j in range(ahead + 1)]
    assert prediction.mean == pytest.approx(sum(1 / rate for rate in rates), rel=0.01)
    assert prediction.variance >= sum(1 / rate**2 for rate in rates)


def test_a_caller_waits_as_long_as_a_simulated_one() -> None:
    """Agents with exponential talks, callers ahead with exponential patience, one in endless patience."""
    random, agents, ahead, handling, patience = Random(1), 5, 12, 200.0, 300.0
    waits = []
    for _ in range(4000):
        at, left = 0.0, ahead
        while left >= 0:
            rate = agents / handling + left / patience
            at += random.expovariate(rate)
            left -= 1
        waits.append(at)
    prediction = ExpectedWait(known(handling, patience)).predict(Situation("q", ahead + 1, 12.0, agents), MONDAY)
    assert prediction is not None
    assert prediction.mean == pytest.approx(sum(waits) / len(waits), rel=0.03)
    assert sum(wait <= prediction.quantile(0.9) for wait in waits) / len(waits) == pytest.approx(0.92, abs=0.04)


def test_an_agent_in_wrap_up_is_free_when_it_ends() -> None:
    expected = ExpectedWait(known(200.0))
    soon = expected.predict(Situation("q", 1, 0.0, 1, (5.0,)), MONDAY)
    late = expected.predict(Situation("q", 1, 0.0, 1, (100.0,)), MONDAY)
    alone = expected.predict(Situation("q", 1, 0.0, 1), MONDAY)
    assert soon is not None and late is not None and alone is not None
    assert soon.mean <= 5.0 < late.mean < 100.0 < alone.mean


def test_the_next_half_hour_is_staffed_as_it_usually_is() -> None:
    history = known(200.0)
    history.learn("q", MONDAY, agents=10, seconds=HALF_HOUR)
    before = ExpectedWait(history).predict(Situation("q", 100, 99.0, 10), MONDAY)
    history.learn("q", MONDAY + HALF_HOUR, agents=5, seconds=HALF_HOUR)
    after = ExpectedWait(history).predict(Situation("q", 100, 99.0, 10), MONDAY)
    assert before is not None and after is not None
    assert before.mean == pytest.approx(2000.0)
    assert after.mean == pytest.approx(1800 + 200 * 2, rel=0.02)


@pytest.mark.parametrize("situation", [Situation("q", 1, 0.0, 0), Situation("new", 1, 0.0, 3)])
def test_nothing_is_told_where_nothing_is_known(situation: Situation) -> None:
    assert ExpectedWait(known()).announce("c", situation, MONDAY) is None


@given(st.floats(0, 1e5))
def test_minutes_are_rounded_up_to_what_can_be_spoken(seconds: float) -> None:
    minutes = spoken_minutes(seconds)
    assert minutes in (*STEPS, OVER_AN_HOUR)
    if minutes != OVER_AN_HOUR:
        assert seconds <= minutes * 60
        assert all(step * 60 < seconds for step in STEPS if step < minutes)
    else:
        assert seconds > 3600


@pytest.mark.parametrize(("shape", "level", "quantile"), [(1, 0.9, 2.302585), (2, 0.9, 3.88972), (10, 0.95, 15.70522)])
def test_quantiles_are_those_of_the_gamma_distribution(shape: int, level: float, quantile: float) -> None:
    # -ln(0.1) for shape 1; the others from 1 - exp(-x) sum of x^j / j! over j < shape
    tail = math.exp(-quantile) * sum(quantile**j / math.factorial(j) for j in range(shape))
    assert tail == pytest.approx(1 - level, abs=1e-5)
    assert Prediction(shape, shape).quantile(level) == pytest.approx(quantile, rel=0.02)


# -- accuracy ------------------------------------------------------------------------------------------


def test_three_of_ten_wrong_by_more_than_half_silence_it_until_it_is_right() -> None:
    accuracy = Accuracy()
    for waited in (901.0, 899.0, 901.0, 10.0):
        accuracy.observe(outcome(waited))
    assert not accuracy.silent
    accuracy.observe(outcome(901.0))
    assert accuracy.silent
    for _ in range(5):
        accuracy.observe(outcome(300.0))
    assert accuracy.silent, "three of the last ten"
    accuracy.observe(outcome(300.0))
    assert not accuracy.silent, "the oldest of the three is forgotten"


def test_who_leaves_before_the_bound_says_nothing_and_who_leaves_after_it_does() -> None:
    accuracy = Accuracy()
    level = accuracy.level
    accuracy.observe(outcome(599.0, served=False))
    assert (len(accuracy.wrong), accuracy.level, accuracy.mean_error) == (0, level, None)
    accuracy.observe(outcome(601.0, served=False))
    assert (list(accuracy.wrong), accuracy.mean_error) == ([False], None)
    assert accuracy.level > level
    accuracy.observe(outcome(500.0))
    assert accuracy.mean_error == 200.0


def test_more_than_an_hour_is_never_wrong() -> None:
    long = outcome(9000.0, OVER_AN_HOUR)
    assert (long.kept, long.wrong_by_half) == (True, False)


def test_bounds_get_wider_where_they_are_passed_and_narrower_where_they_are_kept() -> None:
    late, early = Accuracy(), Accuracy()
    for _ in range(30):
        late.observe(outcome(601.0))
        early.observe(outcome(100.0))
    assert early.level < 0.9 < late.level


def test_it_goes_silent_and_speaks_again_in_the_line_of_events() -> None:
    expected = ExpectedWait(known(60.0))
    situation = Situation("q", 2, 1.0, 2)
    told = []
    for number in range(20):
        at = MONDAY + number * 1000
        told.append(expected.announce(f"c{number}", situation, at))
        waited = 900.0 if number < 3 else 30.0
        expected.wait_is_over(f"c{number}", "q", waited, True, at + waited)
    assert None not in told[:3]
    assert told[3:11] == [None] * 8
    assert None not in told[11:], "the first of the three is ten waits ago"
    outcomes = expected.take_outcomes()
    assert [outcome.forecast.told for outcome in outcomes] == [minutes is not None for minutes in told]
    assert [outcome.waited for outcome in outcomes] == [900.0] * 3 + [30.0] * 17
    assert expected.take_outcomes() == []


def test_it_survives_being_killed() -> None:
    expected = ExpectedWait(known())
    expected.staffed("q", 3, MONDAY)
    expected.announce("c", Situation("q", 2, 1.0, 2), MONDAY)
    expected.accuracy["q"].observe(outcome(901.0))
    history = History.restore(json.loads(json.dumps(expected.history.snapshot())))
    again = ExpectedWait(history)
    again.restore(json.loads(json.dumps(expected.snapshot())))
    for one in (expected, again):
        one.wait_is_over("c", "q", 30.0, True, MONDAY + 30)
        one.staffed("q", 2, MONDAY + 60)
    assert again.take_outcomes() == expected.take_outcomes()
    assert (again.accuracy, again.history.snapshot()) == (expected.accuracy, expected.history.snapshot())


# -- history -------------------------------------------------------------------------------------------


def test_half_hours_are_those_of_the_owners_clock() -> None:
    assert History().slot(MONDAY) == 0
    assert History().slot(MONDAY - 1) == SLOTS - 1
    berlin = History("Europe/Berlin")
    winter, summer = MONDAY + 8 * 3600, MONDAY + 26 * WEEK + 7 * 3600
    assert berlin.slot(winter) == berlin.slot(summer) == 18, "nine o'clock stays nine o'clock"


def test_a_half_hour_learns_its_own_and_borrows_from_the_rest() -> None:
    history = History()
    assert history.handling_seconds("q", MONDAY) is None
    for _ in range(100):
        history.learn("q", MONDAY, handled=100.0)
        history.learn("q", MONDAY + 86400, handled=300.0)
    assert history.handling_seconds("q", MONDAY) == pytest.approx(100, rel=0.15)
    assert history.handling_seconds("q", MONDAY + 86400) == pytest.approx(300, rel=0.15)
    assert history.handling_seconds("q", MONDAY + 2 * 86400) == pytest.approx(200)


def test_old_weeks_fade() -> None:
    history = History()
    for week in range(8):
        for _ in range(100):
            history.learn("q", MONDAY + week * WEEK, handled=100.0 if week < 4 else 200.0)
    assert history.handling_seconds("q", MONDAY) == pytest.approx(180, abs=15)


def test_impatience_counts_those_who_were_served_too() -> None:
    history = History()
    assert history.abandonment_rate("q", MONDAY) == 0.0
    random = Random(1)
    for _ in range(5000):
        patience, wait = random.expovariate(1 / 240), random.uniform(0, 300)
        history.learn("q", MONDAY, waited=min(patience, wait), abandoned=patience < wait)
    assert history.abandonment_rate("q", MONDAY) == pytest.approx(1 / 240, rel=0.05)


def test_staffing_is_the_mean_over_time_also_across_half_hours() -> None:
    expected = ExpectedWait(History())
    for agents, at in ((4, 0.0), (8, 900.0), (6, 1800.0 + 900.0), (0, 3600.0)):
        expected.staffed("q", agents, MONDAY + at)
    assert expected.history.agents("q", MONDAY) == pytest.approx(6.0)
    assert expected.history.agents("q", MONDAY + HALF_HOUR) == pytest.approx(7.0)
    assert expected.history.agents("q", MONDAY + 2 * HALF_HOUR) is None


def test_over_simulated_weeks_it_beats_what_others_tell_and_keeps_nine_in_ten() -> None:
    figures = run(quick=True)
    assert all(figures["met"].values()), figures
