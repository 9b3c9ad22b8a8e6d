"""Expected waits told to callers, held against the waits that followed, over a simulated month.

Two queues that share some agents; calls by the hour and day of the week, busy and quiet days, handling
times that change over the day, callers who give up, agents with shifts who are sometimes absent. The line
learns for some weeks, then is measured for four. Peers: what callers are told elsewhere, the wait of the
last caller to enter service (LES) and that of the caller at the head of the line (HOL), both as defined
by R. Ibrahim and W. Whitt, "Real-time delay estimation based on delay history", M&SOM 11, 2009.
"""

import math
import time
from dataclasses import dataclass, field
from random import Random
from typing import Any

from queueing.accuracy import ForecastOutcome
from queueing.decisions import Decision, Offer
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from queueing.router import Router
from queueing.simulator import Demand, Shift, SimulatedCaller, Simulation
from ringback.config import Settings

MONDAY = 1_800_230_400.0
"""2027-01-18 00:00 UTC."""
DAY = 86400.0
OPEN = range(8, 20)
BY_HOUR = {
    8: 0.7,
    9: 1.25,
    10: 1.4,
    11: 1.25,
    12: 0.95,
    13: 0.9,
    14: 1.05,
    15: 1.1,
    16: 1.0,
    17: 0.85,
    18: 0.6,
    19: 0.4,
}
BY_DAY = (1.25, 1.05, 1.0, 0.95, 1.0, 0.45, 0.3)
HANDLING_BY_HOUR = [1.0] * 8 + [0.9, 0.95, 1.0, 1.0, 1.05, 1.05, 1.0, 1.0, 1.1, 1.15, 1.2, 1.2] + [1.0] * 4
QUEUES = {"support": (45.0, 300.0, 420.0), "billing": (20.0, 210.0, 300.0)}
"""Calls in an average open hour, mean talk, mean patience (seconds)."""
WRAP_UP = 20
AGENTS = {**{f"s{i}": ["support"] for i in range(7)}, **{f"m{i}": ["support", "billing"] for i in range(4)}}
AGENTS |= {f"b{i}": ["billing"] for i in range(2)}


def settings() -> Settings:
    """The two queues and their agents."""
    return Settings.model_validate(
        {
            "agents": [{"name": n, "display": n, "extension": str(200 + i)} for i, n in enumerate(AGENTS)],
            "queues": {
                queue: {
                    "name": queue,
                    "agents": [name for name, queues in AGENTS.items() if queue in queues],
                    "wrap_up_seconds": WRAP_UP,
                }
                for queue in QUEUES
            },
            "menus": {
                "main": {
                    "prompt": "menu-main",
                    "options": {"1": {"label": "Support", "queue": "support"}},
                    "operator_queue": "support",
                }
            },
        }
    )


def demands(days: int, random: Random) -> list[Demand]:
    """Calls by hour; some days are busier than their weekday for no reason that anybody knows."""
    busy = [random.lognormvariate(-0.01, 0.15) for _ in range(days)]
    out = []
    for queue, (calls, handling, patience) in QUEUES.items():
        hours = [
            calls * BY_HOUR.get(hour, 0.0) * BY_DAY[day % 7] * busy[day] for day in range(days) for hour in range(24)
        ]
        out.append(Demand(queue, hours, handling, 0.8, patience, HANDLING_BY_HOUR))
    return out


def shifts(days: int, random: Random) -> list[Shift]:
    """Early, middle and late shifts that rotate by the week; one agent in twelve is absent."""
    out = []
    for day in range(days):
        for number, agent in enumerate(AGENTS):
            if random.random() < 1 / 12 or (day % 7 >= 5 and (number + day) % 3):
                continue
            begins = MONDAY + day * DAY + (8.0, 9.0, 9.0, 11.5)[(number + day // 7) % 4] * 3600
            lunch = begins + (3.5 + random.random()) * 3600
            out.append(Shift(agent, begins + random.random() * 300, lunch))
            out.append(Shift(agent, lunch + 1800, begins + 8.5 * 3600))
    return out


@dataclass
class Watch:
    """What was predicted for each caller when the wait began, by three ways."""

    router: Router
    measures_from: float
    guesses: dict[str, tuple[SimulatedCaller, float, float, float]] = field(default_factory=dict)
    """SimulatedCaller, ours, LES, HOL (seconds)."""
    last_wait: dict[str, float] = field(default_factory=dict)
    unknown: int = 0

    def decided(self, decision: Decision, now: float) -> None:
        """Keeps the wait of the last caller to enter service, by queue."""
        if isinstance(decision, Offer):
            entry = self.router.waiting[decision.call]
            self.last_wait[entry.queue] = now - entry.arrived_at

    def waits(self, caller: SimulatedCaller, now: float) -> None:
        """One more has to wait."""
        if now < self.measures_from:
            return
        prediction = self.router.prediction(caller.call, now)
        if prediction is None:
            self.unknown += 1
            return
        head = self.router.waiting[self.router.calls_in(caller.queue)[0]]
        last = self.last_wait.get(caller.queue, 0.0)
        self.guesses[caller.call] = (caller, prediction.mean, last, now - head.arrived_at)


def kept(outcomes: list[ForecastOutcome]) -> float:
    """The share of bounds that were kept, of those of which that could be seen."""
    seen = [outcome.kept for outcome in outcomes if outcome.kept is not None]
    return sum(seen) / len(seen) if seen else math.nan


def judge(watch: Watch, outcomes: list[ForecastOutcome]) -> dict[str, Any]:
    """The three ways against the real waits of those who were served; bounds against everybody's wait."""
    served = [
        (caller.connected_at - caller.arrived_at, ours, last, head)
        for caller, ours, last, head in watch.guesses.values()
        if caller.connected_at is not None
    ]
    outcomes = [outcome for outcome in outcomes if outcome.forecast.at >= watch.measures_from]
    told = [outcome for outcome in outcomes if outcome.forecast.told]
    first = list({outcome.forecast.call: outcome for outcome in reversed(told)}.values())
    return {
        "waited_and_served": len(served),
        "mean_wait_seconds": sum(wait for wait, *_ in served) / len(served),
        "mae_seconds": sum(abs(wait - ours) for wait, ours, _, _ in served) / len(served),
        "mae_les_seconds": sum(abs(wait - last) for wait, _, last, _ in served) / len(served),
        "mae_hol_seconds": sum(abs(wait - head) for wait, _, _, head in served) / len(served),
        "callers_told": len(first),
        "mean_bound_seconds": sum(outcome.forecast.bound * 60.0 for outcome in first) / len(first),
        "kept_share": kept(first),
        "kept_share_all_announcements": kept(told),
        "silent_share": 1 - len(told) / max(len(outcomes), 1),
        "callers_without_prediction": watch.unknown,
    }


def run(quick: bool) -> dict[str, Any]:
    """Simulates, prints the figures and returns them. `quick`: a week of learning and one of measuring."""
    learning, measured = (7, 7) if quick else (28, 28)
    days, random = learning + measured, Random(20270118)
    line = Router(settings(), ExpectedWait(History()))
    watch = Watch(line, MONDAY + learning * DAY)
    simulation = Simulation(
        line, demands(days, random), shifts(days, random), MONDAY, 1, watch=watch.decided, waits=watch.waits
    )
    began = time.perf_counter()
    result = simulation.run(MONDAY + days * DAY)
    took = time.perf_counter() - began
    figures = {
        "days": measured,
        "calls": len(result.callers),
        "abandoned_share": result.abandonment,
        **judge(watch, line.take_outcomes()),
        "simulated_calls_per_second": len(result.callers) / took,
    }
    figures["met"] = {
        "error below both peers": figures["mae_seconds"] < min(figures["mae_les_seconds"], figures["mae_hol_seconds"]),
        "85-95% waited no longer than told": 0.85 <= figures["kept_share"] <= 0.95,
    }
    for name, value in figures.items():
        print(f"{name:32} {value:.4g}" if isinstance(value, float) else f"{name:32} {value}")
    return figures


if __name__ == "__main__":
    run(quick=False)
