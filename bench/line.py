"""The waiting line's own speed: a day of 10,000 simulated calls, and the next caller found with 300 waiting."""

import time
from typing import Any

from bench.report import median, percentile
from queueing.decisions import Offer
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from queueing.router import Device, Router
from queueing.simulator import Demand, Shift, Simulation
from ringback.config import Settings

T = 1_800_000_000.0
BY_HOUR = [0.0] * 8 + [600, 900, 1100, 1100, 900, 800, 900, 1000, 900, 800, 600, 400] + [0.0] * 4
AGENTS = 100
WAITING = 300
QUEUES = 5


def settings() -> Settings:
    """A hundred agents who serve five queues, each of which asks for a skill at first."""
    names = [f"a{number}" for number in range(AGENTS)]
    need = {"skill": "english", "level": 50, "after": {"60": 0}}
    queue = {"name": "Q", "agents": names, "needs": [need]}
    return Settings.model_validate(
        {
            "agents": [
                {"name": name, "display": name, "extension": str(2000 + i), "skills": {"english": i}}
                for i, name in enumerate(names)
            ],
            "queues": {f"q{number}": queue for number in range(QUEUES)},
            "menus": {
                "main": {"prompt": "menu-main", "options": {"1": {"label": "Q", "queue": "q0"}}, "operator_queue": "q0"}
            },
        }
    )


def day() -> tuple[int, float]:
    """Calls of one simulated day with impatient callers, announcements and expected waits; seconds it took."""
    line = Router(settings(), ExpectedWait(History()))
    shifts = [Shift(agent, T, T + 86400) for agent in list(line.agents)[:60]]
    simulation = Simulation(line, [Demand("q0", BY_HOUR, 200.0, 0.8, 120.0)], shifts, T, 1)
    began = time.perf_counter()
    outcome = simulation.run(T + 86400)
    return len(outcome.callers), time.perf_counter() - began


def next_callers(times: int) -> list[float]:
    """Seconds from an agent getting free to the offer, again and again with 300 waiting."""
    line, now, number = Router(settings()), T, 0
    for agent in line.agents:
        line.device(agent, Device.IDLE, now)
    talks: list[str] = []
    took: list[float] = []

    def join() -> None:
        nonlocal number
        number += 1
        for offer in line.join(f"c{number}", f"q{number % QUEUES}", now, now):
            line.connected(offer.call, offer.agent, now)
            talks.append(offer.call)

    while len(line.waiting) < WAITING:
        now += 0.5
        line.tick(now)
        join()
    while len(took) < times:
        now += 1.0
        line.tick(now)
        call = talks.pop(0)
        (agent,) = line.assigned[call]
        line.leave(call, now)
        began = time.perf_counter()
        offers = line.resume(agent, now)
        took.append(time.perf_counter() - began)
        for offer in offers:
            assert isinstance(offer, Offer)
            line.connected(offer.call, offer.agent, now)
            talks.append(offer.call)
        join()
    return took


def run(quick: bool) -> dict[str, Any]:
    """Measures, prints the figures and returns them."""
    calls, seconds = day()
    took = next_callers(500 if quick else 5000)
    figures = {
        "day_calls": calls,
        "day_seconds": seconds,
        "day_seconds_for_10000_calls": seconds * 10_000 / calls,
        "offer_median_us": median(took) * 1e6,
        "offer_p95_us": percentile(took, 0.95) * 1e6,
        "waiting": WAITING,
        "agents": AGENTS,
        "met": {"10,000 calls of a day in under 5 s": seconds * 10_000 / calls < 5.0},
    }
    for name, value in figures.items():
        print(f"{name:32} {value:.4g}" if isinstance(value, float) else f"{name:32} {value}")
    return figures


if __name__ == "__main__":
    run(quick=False)
