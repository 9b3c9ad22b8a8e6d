"""Agents needed: whole, just enough, by published figures, and what shrinkage adds."""

import pytest

from queueing.erlang import ErlangA, erlang_b, erlang_c, erlang_c_mean_wait, erlang_c_service_level
from staffing.goals import Goal, agents_for

EIGHTY = Goal("service_level", 0.8, 20.0)


@pytest.mark.parametrize(
    ("agents", "load"),
    [(1, 0.0101), (2, 0.153), (3, 0.455), (5, 1.36), (10, 4.46), (20, 12.0), (50, 37.9), (100, 84.1)],
)
def test_loads_that_one_call_in_a_hundred_is_lost_at_are_those_of_the_printed_table(agents: int, load: float) -> None:
    """The column of 1 % of the Erlang B table, as every book on teletraffic prints it to three figures."""
    assert erlang_b(agents, load) == pytest.approx(0.01, rel=0.025)


def test_worked_examples_that_were_published_come_out_alike() -> None:
    """Call Centre Helper, "Erlang C Formula, made simple with an easy worked example": 100 calls in half an hour
    of 180 s, 14 agents. Mitan, "The Erlang-C Formula": 360 calls in half an hour of 240 s, 55 agents, within 15 s."""
    rate = 100 / 1800
    assert erlang_c(14, 10.0) == pytest.approx(0.174, abs=0.0005)
    assert erlang_c_service_level(14, rate, 180.0, 20.0) == pytest.approx(0.888, abs=0.0005)
    assert erlang_c_mean_wait(14, rate, 180.0) == pytest.approx(7.8, abs=0.05)
    rate = 360 / 1800
    assert erlang_c(55, 48.0) == pytest.approx(0.239, abs=0.0005)
    assert erlang_c_service_level(55, rate, 240.0, 15.0) == pytest.approx(0.846, abs=0.0005)
    assert erlang_c_mean_wait(55, rate, 240.0) == pytest.approx(8.2, abs=0.05)


def test_the_worked_example_asks_for_fourteen_agents_and_twenty_on_the_plan() -> None:
    """The same source puts 30 % shrinkage on them."""
    needed = agents_for(100, 180.0, EIGHTY, None, 0.3)
    assert (needed.agents, needed.planned) == (14, 20)
    assert needed.occupancy == pytest.approx(10 / 14)
    assert needed.load == pytest.approx(10.0, rel=1e-3)


@pytest.mark.parametrize("patience", [None, 90.0])
@pytest.mark.parametrize(
    "goal", [EIGHTY, Goal("service_level", 0.95, 10.0), Goal("mean_wait", 15.0), Goal("abandonment", 0.03)]
)
@pytest.mark.parametrize(("calls", "handling"), [(1, 300.0), (12, 200.0), (140, 260.0)])
def test_one_agent_fewer_would_not_do(calls: float, handling: float, goal: Goal, patience: float | None) -> None:
    needed = agents_for(calls, handling, goal, patience, 0.0)
    rate = round(calls, 2) / 1800

    def reaches(agents: int) -> bool:
        if patience is not None:
            line = ErlangA(agents, rate, handling, patience)
            reached = {"service_level": line.service_level(goal.seconds), "mean_wait": line.mean_wait}
            reached["abandonment"] = line.abandonment
        else:
            reached = {"service_level": erlang_c_service_level(agents, rate, handling, goal.seconds)}
            reached["mean_wait"] = erlang_c_mean_wait(agents, rate, handling)
            reached["abandonment"] = 0.0 if rate * handling < agents else 1.0
        value = reached[goal.kind]
        return value >= goal.value if goal.kind == "service_level" else value <= goal.value

    assert reaches(needed.agents)
    assert needed.agents == 1 or not reaches(needed.agents - 1)


def test_callers_who_give_up_ask_for_fewer_agents() -> None:
    patient, impatient = (agents_for(60, 300.0, EIGHTY, patience, 0.0) for patience in (None, 60.0))
    assert impatient.agents < patient.agents
    assert impatient.abandonment > 0 == patient.abandonment


def test_nobody_is_needed_where_nobody_calls_and_one_where_somebody_may() -> None:
    assert agents_for(0.0, 180.0, EIGHTY, None, 0.3).planned == 0
    assert agents_for(5.0, 0.0, EIGHTY, None, 0.3).agents == 0
    assert agents_for(0.05, 180.0, EIGHTY, None, 0.0).agents == 1
    assert agents_for(0.05, 180.0, EIGHTY, None, 0.3).planned == 2


def test_shrinkage_that_divides_evenly_adds_no_agent_by_rounding() -> None:
    needed = agents_for(100, 180.0, EIGHTY, None, 0.3)
    assert agents_for(100, 180.0, EIGHTY, None, 1 - 14 / 20).planned == 20
    assert agents_for(100, 180.0, EIGHTY, None, 0.0).planned == needed.agents


def test_a_goal_that_no_number_of_agents_reaches_ends() -> None:
    assert agents_for(2.0, 60.0, Goal("mean_wait", -1.0), None, 0.0).agents == 20_000
