"""Plans tried on the real line: a month of 50,000 calls, and the simulator beside Erlang C and A.

The month has five queues with needs and priorities, twenty agents, of whom each serves two, callers who give up, and
promises to call back: everything that the router decides by. The formulas are asked for what they are true of: agents
alike, exponential talks and patience; `away` is the distance in standard errors over independent runs.
"""

import math
import time
from random import Random
from statistics import fmean, stdev
from typing import Any

from bench.report import Figure
from queueing.erlang import ErlangA, erlang_c_service_level
from queueing.router import Router
from queueing.simulator import CallbackOffer, Demand, GivenCaller, Shift, Simulation
from ringback.config import Need, Settings
from staffing.plans import planned_settings

T = 1_800_000_000.0
DAYS, CALLS = 30, 50_000
QUEUES, AGENTS = 5, 20
HANDLING = 240.0
WITHIN = 20.0
BY_HOUR = [0.0] * 8 + [6, 9, 11, 11, 9, 8, 9, 10, 9, 8, 6, 4] + [0.0] * 4


def month_settings() -> Settings:
    """Agents of two queues each; the first queue goes first, the second asks for a skill that fewer have at first."""
    names = [f"a{number}" for number in range(AGENTS)]
    queues: dict[str, Any] = {
        f"q{at}": {
            "name": "Q",
            "agents": [name for n, name in enumerate(names) if n % QUEUES in (at, (at + 1) % QUEUES)],
        }
        for at in range(QUEUES)
    }
    queues["q0"]["priority"] = 10
    queues["q1"]["needs"] = [{"skill": "english", "level": 60, "after": {"45": 0}}]
    return Settings.model_validate(
        {
            "agents": [
                {"name": name, "display": name, "extension": str(2000 + at), "skills": {"english": 10 * (at % 10)}}
                for at, name in enumerate(names)
            ],
            "queues": queues,
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q0"}}, "operator_queue": "q0"}
            },
        }
    )


def month_callers() -> list[GivenCaller]:
    """Fifty thousand, each drawn once, by the hours of days."""
    random, total = Random(1), sum(BY_HOUR)
    found = []
    for _ in range(CALLS):
        hour = random.choices(range(24), BY_HOUR)[0] if total else 0
        at = T + 86400 * random.randrange(DAYS) + 3600 * (hour + random.random())
        needs = (Need(skill="english", level=30),) if random.random() < 0.1 else ()
        found.append(
            GivenCaller(
                at,
                f"q{random.randrange(QUEUES)}",
                random.expovariate(1 / HANDLING),
                random.expovariate(1 / 180),
                needs,
                5 if random.random() < 0.05 else 0,
                random.random(),
                random.random(),
            )
        )
    return sorted(found, key=lambda caller: caller.at)


def month() -> tuple[float, dict[str, float]]:
    """Seconds of processor time, and what came of the callers."""
    callers, settings = month_callers(), planned_settings(month_settings(), ())
    shifts = [
        Shift(f"a{number}", T + 86400 * day + 3600 * 8, T + 86400 * day + 3600 * 20)
        for day in range(DAYS)
        for number in range(AGENTS)
        if (day + number) % 7 < 5
    ]
    offers = {f"q{at}": CallbackOffer(60.0, 0.3, 0.85, 20.0) for at in range(QUEUES)}
    began = time.process_time()
    outcome = Simulation(Router(settings), (), shifts, T, 1, callers=callers, offers=offers).run(T + 86400 * (DAYS + 1))
    seconds = time.process_time() - began
    kept = [each for each in outcome.callers if each.called_at is not None]
    return seconds, {
        "callers": len(outcome.callers),
        "service_level": outcome.service_level(WITHIN),
        "abandonment": outcome.abandonment,
        "called_back": len(kept),
    }


def beside_the_formula(
    agents: int, load: float, patience: float | None, runs: int, calls: int
) -> tuple[float, float, float]:
    """Service level by simulation, by formula, and how many standard errors lie between them."""
    names = [f"a{number}" for number in range(agents)]
    settings = Settings.model_validate(
        {
            "agents": [{"name": name, "display": name, "extension": str(2000 + at)} for at, name in enumerate(names)],
            "queues": {"q": {"name": "Q", "agents": names, "wrap_up_seconds": 0}},
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q"}}, "operator_queue": "q"}
            },
        }
    )
    rate, levels = agents * load / HANDLING, []
    for seed in range(runs):
        demand = Demand("q", [rate * 3600], HANDLING, patience_seconds=patience)
        shifts = [Shift(name, T, math.inf) for name in names]
        line = Simulation(Router(planned_settings(settings, ())), [demand], shifts, T, 100 + seed)
        levels.append(line.run(T + calls / rate).service_level(WITHIN))
    formula = (
        erlang_c_service_level(agents, rate, HANDLING, WITHIN)
        if patience is None
        else ErlangA(agents, rate, HANDLING, patience).service_level(WITHIN)
    )
    mean, error = fmean(levels), stdev(levels) / math.sqrt(runs)
    return mean, formula, abs(mean - formula) / error


def run(quick: bool) -> dict[str, Any]:
    """The month once, and each formula over several runs."""
    seconds, came = month()
    figures = [
        Figure(
            "a month of 50,000 calls, processor time", seconds, "s", "", None, seconds, "s", "under 10 s", seconds < 10
        )
    ]
    runs, calls = (6, 2000) if quick else (20, 10_000)
    for agents, load, patience in ((10, 0.8, None), (10, 1.05, 180.0), (30, 0.9, None), (30, 1.0, 90.0)):
        mean, formula, away = beside_the_formula(agents, load, patience, runs, calls)
        name = "Erlang C" if patience is None else "Erlang A"
        figures.append(
            Figure(
                f"{agents} agents, load {load:.0%}: service level",
                mean,
                "",
                name,
                formula,
                away,
                "errors",
                "under 3",
                away < 3,
            )
        )
    return {"figures": figures, "details": {"month": came, "runs": runs, "calls": calls}}
