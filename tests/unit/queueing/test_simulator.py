"""The simulator: the same line as in service, held against the formulas that are known to be true."""

import math
from collections.abc import Sequence

import pytest

from queueing.erlang import ErlangA, agents_needed, erlang_b, erlang_c, erlang_c_mean_wait, erlang_c_service_level
from queueing.router import Router
from queueing.simulator import Demand, Shift, Simulation, SimulationOutcome
from ringback.config import Settings

T = 1_800_000_000.0
HANDLING = 180.0
WITHIN = 20.0


def settings(agents: int, **queue: object) -> Settings:
    names = [f"a{number}" for number in range(agents)]
    return Settings.model_validate(
        {
            "agents": [{"name": name, "display": name, "extension": str(200 + i)} for i, name in enumerate(names)],
            "queues": {"q": {"name": "Q", "agents": names, "wrap_up_seconds": 0, **queue}},
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q"}}, "operator_queue": "q"}
            },
        }
    )


def run(
    agents: int, per_hour: Sequence[float], hours: float, patience: float | None = None, seed: int = 1, **queue: object
) -> SimulationOutcome:
    router = Router(settings(agents, **queue))
    shifts = [Shift(agent, T, math.inf) for agent in router.agents]
    return Simulation(router, [Demand("q", per_hour, HANDLING, patience_seconds=patience)], shifts, T, seed).run(
        T + hours * 3600
    )


# The variance of a mean over a queue that forgets slowly grows with 1 / (1 - load)^2: high loads take more calls.
@pytest.mark.parametrize(
    ("agents", "load", "calls"),
    [(3, 0.5, 20_000), (3, 0.8, 60_000), (10, 0.7, 20_000), (10, 0.85, 60_000), (25, 0.8, 30_000), (25, 0.9, 80_000)],
)
def test_the_service_level_is_that_of_erlang_c_where_nobody_gives_up(agents: int, load: float, calls: int) -> None:
    rate = agents * load / HANDLING
    outcome = run(agents, [rate * 3600], calls / rate / 3600)
    expected = erlang_c_service_level(agents, rate, HANDLING, WITHIN)
    assert outcome.abandonment == 0
    assert outcome.service_level(WITHIN) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("patience", [60.0, 300.0])
@pytest.mark.parametrize(("agents", "load"), [(3, 0.8), (10, 0.9), (10, 1.1), (25, 0.95), (25, 1.2)])
def test_the_service_level_is_that_of_erlang_a_where_callers_give_up(agents: int, load: float, patience: float) -> None:
    rate = agents * load / HANDLING
    outcome = run(agents, [rate * 3600], 25_000 / rate / 3600, patience)
    expected = ErlangA(agents, rate, HANDLING, patience)
    assert outcome.service_level(WITHIN) == pytest.approx(expected.service_level(WITHIN), abs=0.02)
    assert outcome.abandonment == pytest.approx(expected.abandonment, abs=0.02)


def test_a_day_of_ten_thousand_calls_can_be_run_again_to_the_same_end() -> None:
    by_hour = [0.0] * 8 + [600, 900, 1100, 1100, 900, 800, 900, 1000, 900, 800, 600, 400] + [0.0] * 4
    first, again, other = (run(60, by_hour, 24, 120.0, seed) for seed in (1, 1, 2))
    assert len(first.callers) == pytest.approx(sum(by_hour), rel=0.05)
    assert first.callers == again.callers
    assert first.callers != other.callers
    for caller in first.callers:
        hour = int((caller.arrived_at - T) // 3600)
        assert by_hour[hour] > 0
        assert caller.connected_at is None or caller.connected_at >= caller.arrived_at


def test_agents_come_and_go_by_their_shifts() -> None:
    router = Router(settings(2))
    shifts = [Shift("a0", T, T + 3600), Shift("a1", T + 7200, T + 10800)]
    outcome = Simulation(router, [Demand("q", [60.0], 60.0, 0.0, 30.0)], shifts, T, 1).run(T + 14400)
    for caller in outcome.callers:
        if caller.connected_at is not None:
            shift = shifts[0] if caller.agent == "a0" else shifts[1]
            assert shift.begins <= caller.connected_at < shift.ends
            assert caller.left_at is None or caller.left_at == pytest.approx(caller.connected_at + 60.0)
    assert {caller.agent for caller in outcome.callers} == {None, "a0", "a1"}


def test_callers_are_sent_where_the_limits_say() -> None:
    outcome = run(1, [120.0], 2, None, most_callers={"callers": 2, "to": "message"})
    sent = [caller for caller in outcome.callers if caller.sent_to == "message"]
    assert sent and all(caller.left_at == caller.arrived_at for caller in sent)
    assert outcome.abandonment == 0


def test_known_values_of_the_formulas() -> None:
    # One line: a / (1 + a) blocked, a waiting; two agents with one erlang: 1/5 and 1/3 (by hand from the definitions).
    assert erlang_b(1, 0.5) == pytest.approx(1 / 3)
    assert erlang_c(1, 0.5) == pytest.approx(0.5)
    assert erlang_b(2, 1.0) == pytest.approx(1 / 5)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert erlang_c_mean_wait(1, 0.5 / 60, 60.0) == pytest.approx(60.0)
    assert (erlang_c(3, 3.0), erlang_c_mean_wait(3, 3.0, 1.0)) == (1.0, math.inf)
    assert erlang_c_service_level(3, 4.0, 1.0, 20.0) == 0.0


@pytest.mark.parametrize(
    ("agents", "load", "patience"), [(1, 0.5, 100.0), (8, 7.0, 60.0), (8, 12.0, 200.0), (20, 19.0, 1e6)]
)
def test_erlang_a_is_the_stationary_state_of_its_chain(agents: int, load: float, patience: float) -> None:
    """By another way: the balance of arrivals and departures, state by state."""
    rate = load / HANDLING
    chain, k = [1.0], 0
    while k < 5000 and (k < 50 or chain[-1] > 1e-18 * max(chain)):
        k += 1
        chain.append(chain[-1] * rate / (min(k, agents) / HANDLING + max(k - agents, 0) / patience))
    total = sum(chain)
    waiting = sum((k - agents) * share for k, share in enumerate(chain) if k > agents) / total
    formula = ErlangA(agents, rate, HANDLING, patience)
    assert formula.wait_probability == pytest.approx(sum(chain[agents:]) / total, rel=1e-6)
    assert formula.abandonment == pytest.approx(waiting / patience / rate, rel=1e-4, abs=1e-7)
    assert formula.service_level(1e9) == pytest.approx(1 - formula.abandonment)


def test_erlang_a_without_impatience_is_erlang_c() -> None:
    rate = 8.0 / HANDLING
    assert ErlangA(10, rate, HANDLING, 1e8).service_level(WITHIN) == pytest.approx(
        erlang_c_service_level(10, rate, HANDLING, WITHIN), abs=1e-4
    )


def test_the_agents_needed_are_just_enough() -> None:
    rate = 100 / 3600
    needed = agents_needed(rate, HANDLING, WITHIN, 0.8)
    levels = [erlang_c_service_level(agents, rate, HANDLING, WITHIN) for agents in (needed - 1, needed)]
    assert levels[0] < 0.8 <= levels[1]
    with pytest.raises(ValueError, match="service level"):
        agents_needed(rate, HANDLING, WITHIN, 1.0)
