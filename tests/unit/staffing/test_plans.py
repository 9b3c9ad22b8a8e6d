"""What a change of the plan makes of the same callers: more agents, fewer, a call back, skills and priorities."""

import math
from dataclasses import replace
from statistics import fmean, stdev
from typing import Any

import pytest

from queueing.erlang import ErlangA, erlang_c_service_level
from queueing.patience import Patience
from queueing.router import Router
from queueing.simulator import CallbackOffer, Demand, GivenCaller, Shift, Simulation
from ringback.config import Need, Settings
from staffing.past import PastVisitor
from staffing.plans import Roster, compare, draw, figures, planned_settings, run, with_more

T = 1_800_000_000.0
HANDLING = 180.0


def skills(number: int) -> dict[str, int]:
    return {"english": 10 * number, "russian": 90 if number == 0 else 0}


def settings(agents: int = 3, **queues: dict[str, Any]) -> Settings:
    names = [f"a{number}" for number in range(agents)]
    usual = {"name": "Q", "agents": names, "wrap_up_seconds": 0}
    return Settings.model_validate(
        {
            "agents": [
                {
                    "name": name,
                    "display": name,
                    "extension": str(200 + i),
                    "skills": {"english": 10 * i, "russian": 90 * (i == 0)},
                }
                for i, name in enumerate(names)
            ],
            "queues": {name: {**usual, **changes} for name, changes in (queues or {"q": {}}).items()},
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q"}}, "operator_queue": "q"}
            },
        }
    )


def shifts(agents: int, ends: float = T + 9e4) -> tuple[Shift, ...]:
    return tuple(Shift(f"a{number}", T, ends) for number in range(agents))


def steady(
    count: int, every: float = 60.0, queue: str = "q", wait: float = 0.0, talk: float = 150.0
) -> list[PastVisitor]:
    """Callers at even distances; every fifth gave up after 40 s."""
    return [
        PastVisitor(T + 60 + at * every, queue, 40.0, "abandoned", None)
        if at % 5 == 0
        else PastVisitor(T + 60 + at * every, queue, wait, "answered", talk)
        for at in range(count)
    ]


def answer(given: Settings, before: Roster, after: Roster, callers: list[PastVisitor], pairs: int = 3) -> Any:
    return compare(given, callers, before, after, "q", since=T, within=20.0, pairs=pairs)


def test_the_same_plan_makes_no_difference_at_all() -> None:
    plan = Roster(shifts(2), {})
    found = answer(settings(), plan, plan, steady(120))
    assert found.calls == 120
    for measure in found.measures.values():
        assert measure.before == measure.after and (measure.low, measure.high) == (0.0, 0.0)
        assert not measure.is_sure


def test_one_agent_more_lets_more_be_answered_in_time_and_one_fewer_the_reverse() -> None:
    callers, hours = steady(240), [(T, T + 4 * 3600)]
    before = Roster(shifts(2), {})
    more = answer(settings(), before, Roster(tuple(with_more(before.shifts, "q", 1, hours)), {}), callers)
    assert more.measures["service_level"].low > 0
    assert more.measures["mean_wait"].high < 0
    assert more.measures["abandoned"].is_sure and more.measures["abandoned"].high < 0
    named = tuple(replace(shift, queues=("q",)) for shift in before.shifts)
    fewer = answer(settings(), Roster(named, {}), Roster(tuple(with_more(named, "q", -1, hours)), {}), callers)
    assert fewer.measures["service_level"].high < 0


def test_agents_who_are_to_be_fewer_are_off_for_these_hours_alone() -> None:
    day = [Shift("a0", 0, 100, ("q",)), Shift("a1", 0, 100, ("other",)), Shift("a2", 50, 100, ("q",))]
    found = with_more(day, "q", -2, [(40, 60)])
    assert found == [
        Shift("a0", 0, 40, ("q",)),
        Shift("a1", 0, 100, ("other",)),
        Shift("a0", 60, 100, ("q",)),
        Shift("a2", 60, 100, ("q",)),
    ]
    assert with_more(day, "q", -9, [(0, 100)]) == [Shift("a1", 0, 100, ("other",))]


def test_a_call_back_for_those_who_wait_is_taken_and_fewer_give_up() -> None:
    """Two agents who cannot do it: those who are called keep their place, so the others wait for less."""
    callers = steady(100, every=60.0, talk=170.0)
    before = Roster(shifts(2), {})
    after = Roster(shifts(2), {"q": CallbackOffer(20.0, 0.5, 1.0, 20.0)})
    found = answer(settings(), before, after, callers)
    assert found.measures["promised"].before == 0
    assert found.measures["promised"].after > 5
    assert found.measures["abandoned"].after < found.measures["abandoned"].before
    assert found.measures["promise_wait"].after > 60


def test_who_takes_a_call_back_keeps_the_place_and_is_called_by_a_free_agent() -> None:
    given = [GivenCaller(T + at, "q", 100.0, math.inf, takes=takes) for at, takes in ((1, 1.0), (2, 0.0), (3, 1.0))]
    simulation = Simulation(
        Router(settings(1)), (), shifts(1), T, 1, callers=given, offers={"q": CallbackOffer(30.0, 0.5, 1.0, 15.0)}
    )
    first, taker, waiter = simulation.run(T + 2000).callers
    assert taker.sent_to == "callback"
    assert (first.connected_at, taker.called_at, taker.connected_at) == (T + 1, T + 101, T + 116)
    assert taker.left_at == T + 216
    assert waiter.connected_at == T + 216, "the promise went first, as its call had come first"


def test_a_customer_who_does_not_answer_costs_the_ringing_alone() -> None:
    given = [
        GivenCaller(T + 1, "q", 100.0, math.inf),
        GivenCaller(T + 2, "q", 50.0, math.inf, takes=0.0, reachable=0.9),
    ]
    given.append(GivenCaller(T + 50, "q", 10.0, math.inf))
    simulation = Simulation(
        Router(settings(1)), (), shifts(1), T, 1, callers=given, offers={"q": CallbackOffer(30.0, 0.5, 0.8, 25.0)}
    )
    _, missed, last = simulation.run(T + 2000).callers
    assert missed.connected_at is None and missed.left_at == T + 126
    assert last.connected_at == T + 126
    counted = figures([missed, last], 20.0)
    assert (counted.promised, counted.kept, counted.abandoned) == (1, 0, 0.0)


def test_a_limit_of_the_queue_that_promises_a_call_is_kept_too() -> None:
    given = [GivenCaller(T + 1, "q", 100.0, math.inf), GivenCaller(T + 2, "q", 60.0, math.inf)]
    limited = settings(1, q={"longest_wait": {"seconds": 20, "to": "callback"}})
    offers = {"q": CallbackOffer(1e6, 0.0, 1.0, 5.0)}
    _, promised = Simulation(Router(limited), (), shifts(1), T, 1, callers=given, offers=offers).run(T + 2000).callers
    assert promised.sent_to == "callback" and promised.connected_at == T + 106


def test_skills_and_priorities_hold_in_a_simulation_as_in_service() -> None:
    """The only agent who speaks enough English serves the one who needs it; who goes first is not overtaken."""
    need = (Need(skill="english", level=20),)
    given = [
        GivenCaller(T + 1, "q", 100.0, math.inf),
        GivenCaller(T + 2, "q", 100.0, math.inf),
        GivenCaller(T + 3, "q", 100.0, math.inf, needs=need),
        GivenCaller(T + 10, "q", 100.0, math.inf),
        GivenCaller(T + 20, "q", 100.0, math.inf, priority=5),
    ]
    found = Simulation(Router(settings(3)), (), shifts(3), T, 1, callers=given).run(T + 2000).callers
    assert found[2].agent == "a2"
    assert found[4].connected_at == T + 101 and found[3].connected_at == T + 102
    english = [GivenCaller(T + at, "q", 100.0, math.inf, needs=need) for at in (1, 2)]
    both = Simulation(Router(settings(3)), (), shifts(3), T, 1, callers=english).run(T + 2000).callers
    assert [each.agent for each in both] == ["a2", "a2"] and both[1].connected_at == T + 101


def test_agents_of_the_plan_alone_have_every_skill_and_a_number_of_nobody() -> None:
    asked = settings(2, q={"needs": [{"skill": "russian", "level": 80}]})
    planned = planned_settings(asked, [Shift("planned-1", T, T + 1, ("q",))])
    assert planned.agents[-1].skills == {"russian": 100}
    assert len({agent.extension for agent in planned.agents}) == 3
    given = [GivenCaller(T + 1, "q", 100.0, math.inf)]
    outcome = run(planned, given, Roster((Shift("planned-1", T, T + 50, ("q",)),), {}), "q", T, 20.0, 1)
    assert outcome.answered == 1, "an agent whose shift is over finishes the talk"


def test_an_agent_who_is_to_say_how_it_went_says_so_at_once() -> None:
    given = [GivenCaller(T + at, "q", 100.0, math.inf) for at in (1, 2)]
    asked = settings(
        1,
        q={
            "disposition_required": True,
            "wrap_up_seconds": 10,
            "disposition_grace_seconds": 300,
            "dispositions": {"solved": {"label": "Solved"}},
        },
    )
    assert Simulation(Router(asked), (), shifts(1), T, 1, callers=given).run(T + 900).callers[1].connected_at == T + 111


def test_what_is_not_known_of_a_caller_is_drawn_and_what_is_known_is_not() -> None:
    patience = Patience()
    for wait in range(60):
        patience.add("q", wait, gave_up=wait % 2 == 0)
    callers = [PastVisitor(T, "q", 30.0, "answered", 77.0), PastVisitor(T + 1, "q", 12.0, "abandoned", None)]
    first, again, other = (draw(callers, patience, {"q": [50.0, 60.0], "": [1.0]}, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first[0].handling == 77.0 and first[0].patience >= 30.0
    assert first[1].patience == 12.0 and first[1].handling in (50.0, 60.0)


@pytest.mark.parametrize(("agents", "load", "patience"), [(6, 0.75, None), (6, 0.95, 120.0)])
def test_a_plain_plan_agrees_with_erlang_c_and_a_within_its_interval(
    agents: int, load: float, patience: float | None
) -> None:
    rate = agents * load / HANDLING
    demand = Demand("q", [rate * 3600], HANDLING, patience_seconds=patience)
    levels = []
    for seed in range(10, 18):
        line = Router(planned_settings(settings(agents), ()))
        callers = Simulation(line, [demand], shifts(agents, math.inf), T, seed).run(T + 1000 / rate).callers
        levels.append(figures(callers, 20.0).service_level)
    mean, error = fmean(levels), stdev(levels) / math.sqrt(len(levels))
    formula = ErlangA(agents, rate, HANDLING, patience).service_level(20.0) if patience else None
    expected = erlang_c_service_level(agents, rate, HANDLING, 20.0) if formula is None else formula
    assert abs(mean - expected) < 3 * error < 0.06
