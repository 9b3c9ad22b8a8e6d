"""How many agents a half hour takes for a goal, by Erlang C and Erlang A. Pure.

Erlang C knows no caller who gives up, so it asks for more agents than are needed, by much where few are there; Erlang A
needs to know how long callers are patient. The numbers are whole agents who take calls; whoever is at a meeting, ill or
on a break is shrinkage, for which more are put on the plan. Leaves the formulas to `queueing/erlang.py`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from queueing.erlang import ErlangA, erlang_c_mean_wait, erlang_c_service_level
from staffing.half_hours import SECONDS

GoalKind = Literal["service_level", "mean_wait", "abandonment"]
NOBODY = 0.02
"""So few calls are expected in a half hour that nobody has to be there for them."""
MOST_AGENTS = 20_000
"""No plan has more."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a plan is to reach in each half hour."""

    kind: GoalKind
    value: float
    """Of a service level the least share of callers, 0..1, who are answered within `seconds`; of a mean wait the most
    seconds; of abandonment the largest share, 0..1, that gives up."""
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class NeededAgents:
    """What the goal takes, and what comes of it."""

    agents: int
    """Who take calls, all at once."""
    planned: int
    """With those who will be missing: what is put on the plan."""
    load: float
    """Erlangs: calls a second times handling seconds."""
    service_level: float
    """Share of callers answered within the goal's seconds."""
    mean_wait: float
    """Seconds."""
    abandonment: float
    """Share of callers who give up; 0 by Erlang C."""

    @property
    def occupancy(self) -> float:
        """The share of the time in which an agent has a call, 0..1."""
        return min(1.0, self.load * (1 - self.abandonment) / self.agents) if self.agents else 0.0


@dataclass(frozen=True, slots=True)
class _Reached:
    service_level: float
    mean_wait: float
    abandonment: float


def agents_for(calls: float, handling: float, goal: Goal, patience: float | None, shrinkage: float) -> NeededAgents:
    """The fewest agents who reach the goal with so many calls in the half hour, each of `handling` seconds.

    `patience`: mean seconds until a caller gives up (Erlang A); None: by Erlang C, where nobody does.
    `shrinkage`: the share of planned agents, 0 to below 1, who are not there.
    """
    if calls < NOBODY or handling <= 0:
        return NeededAgents(0, 0, 0.0, 1.0, 0.0, 0.0)
    rate = round(calls, 2) / SECONDS
    agents = _fewest(rate, round(handling), goal, None if patience is None else round(patience))
    reached = _reached(agents, rate, round(handling), goal.seconds, patience and round(patience))
    planned = math.ceil(round(agents / (1 - shrinkage), 6))
    return NeededAgents(agents, planned, rate * round(handling), *_parts(reached))


def _parts(reached: _Reached) -> tuple[float, float, float]:
    return reached.service_level, reached.mean_wait, reached.abandonment


@lru_cache(maxsize=20_000)
def _fewest(rate: float, handling: float, goal: Goal, patience: float | None) -> int:
    enough: Callable[[int], bool] = lambda agents: _is_met(  # noqa: E731
        goal, _reached(agents, rate, handling, goal.seconds, patience)
    )
    low, high = 0, max(1, math.ceil(rate * handling))
    while not enough(high) and high < MOST_AGENTS:
        low, high = high, min(MOST_AGENTS, high + max(1, high // 8))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _is_met(goal: Goal, reached: _Reached) -> bool:
    match goal.kind:
        case "service_level":
            return reached.service_level >= goal.value
        case "mean_wait":
            return reached.mean_wait <= goal.value
        case "abandonment":
            return reached.abandonment <= goal.value


@lru_cache(maxsize=20_000)
def _reached(agents: int, rate: float, handling: float, seconds: float, patience: float | None) -> _Reached:
    if patience:
        line = ErlangA(agents, rate, handling, patience)
        return _Reached(line.service_level(seconds), line.mean_wait, line.abandonment)
    level = erlang_c_service_level(agents, rate, handling, seconds)
    return _Reached(level, erlang_c_mean_wait(agents, rate, handling), 0.0 if rate * handling < agents else 1.0)
