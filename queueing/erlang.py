"""Erlang's formulas: what a waiting line does in the long run, for staffing and to hold the simulator against.

Calls arrive at random at a constant rate, handling times are exponential, agents are alike and serve in
order of arrival. Erlang C: everybody waits as long as it takes. Erlang A: patience is exponential too.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

_STEPS = 4000
"""Even number of steps of the numerical integrals below."""


def erlang_b(agents: int, load: float) -> float:
    """The probability that all agents are busy where nobody can wait. `load` is calls/s times handling seconds.

    By the recursion B(0) = 1, B(n) = a B(n-1) / (n + a B(n-1)).
    """
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """The probability that a caller has to wait; 1 where the load is more than the agents can do.

    A. K. Erlang, 1917; from the formula B as C = n B / (n - a (1 - B)).
    """
    if load >= agents:
        return 1.0
    blocked = erlang_b(agents, load)
    return agents * blocked / (agents - load * (1.0 - blocked))


def erlang_c_service_level(agents: int, calls_per_second: float, handling_seconds: float, within: float) -> float:
    """The share of callers answered within this many seconds: 1 - C exp(-(n - a) t / handling)."""
    load = calls_per_second * handling_seconds
    if load >= agents:
        return 0.0
    return 1.0 - erlang_c(agents, load) * math.exp(-(agents - load) * within / handling_seconds)


def erlang_c_mean_wait(agents: int, calls_per_second: float, handling_seconds: float) -> float:
    """The mean wait over all callers, seconds: C handling / (n - a); infinite where the line only grows."""
    load = calls_per_second * handling_seconds
    return math.inf if load >= agents else erlang_c(agents, load) * handling_seconds / (agents - load)


@dataclass(frozen=True)
class ErlangA:
    """A waiting line whose callers give up (M/M/n+M), C. Palm 1957.

    From the density of the wait that is offered, that of a caller who would never give up: for t > 0 it is
    f(t) = lambda p exp((lambda / theta) (1 - exp(-theta t)) - n mu t), with p the probability that exactly
    n - 1 agents are busy (F. Baccelli and G. Hebuterne, "On queues with impatient customers", 1981; in the
    notation of S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers", 2005).
    """

    agents: int
    calls_per_second: float
    handling_seconds: float
    patience_seconds: float
    """Mean time until a caller gives up."""

    @cached_property
    def wait_probability(self) -> float:
        """The share of callers who find all agents busy."""
        return self._one_free * self.calls_per_second * self._all_waits

    @cached_property
    def abandonment(self) -> float:
        """The share of callers who give up."""
        answered = 1.0 - self.wait_probability + self._one_free * self.calls_per_second * self._weigh(math.inf, 1.0)
        return max(0.0, 1.0 - answered)

    @property
    def mean_wait(self) -> float:
        """The mean wait over all callers, seconds, those who give up among them: who waits gives up at one rate, so
        the share that does is the mean wait by the mean patience."""
        return self.abandonment * self.patience_seconds

    def service_level(self, within: float) -> float:
        """The share of all callers who are answered within this many seconds."""
        at_once = 1.0 - self.wait_probability
        return at_once + self._one_free * self.calls_per_second * self._weigh(within, 1.0)

    @cached_property
    def _one_free(self) -> float:
        """The probability that exactly one agent is free."""
        load = self.calls_per_second * self.handling_seconds
        # 1 / B(n-1) = sum over j < n of (a^j / j!) / (a^(n-1) / (n-1)!)
        return 1.0 / (1.0 / erlang_b(self.agents - 1, load) + self.calls_per_second * self._all_waits)

    @cached_property
    def _all_waits(self) -> float:
        return self._weigh(math.inf, 0.0)

    def _weigh(self, until: float, patient: float) -> float:
        """The integral of exp(...) over the wait; with `patient` = 1 over those who have not given up by then."""
        theta, mu = 1.0 / self.patience_seconds, 1.0 / self.handling_seconds
        rate, capacity = self.calls_per_second, self.agents * mu

        def log_density(t: float) -> float:
            return rate / theta * -math.expm1(-theta * t) - capacity * t - patient * theta * t

        top = max(0.0, math.log(rate / capacity) / theta) if rate > capacity else 0.0
        end = top + 1.0 / capacity
        while log_density(end) > log_density(top) - 40.0:
            end *= 1.5
        end = min(end, until)
        if end <= 0:
            return 0.0
        width = end / _STEPS
        times = np.linspace(0.0, end, _STEPS + 1)
        values = np.exp(-rate / theta * np.expm1(-theta * times) - (capacity + patient * theta) * times)
        whole = values[0] + values[-1] + 4.0 * values[1:-1:2].sum() + 2.0 * values[2:-1:2].sum()
        return float(width / 3.0 * whole)


def agents_needed(calls_per_second: float, handling_seconds: float, within: float, share: float) -> int:
    """The fewest agents with whom `share` (0..1) of the callers are answered within this many seconds, by Erlang C.

    Raises ValueError for a share that no number of agents reaches.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"a service level is from 0 to below 1, not {share}")
    agents = max(int(calls_per_second * handling_seconds), 0) + 1
    while erlang_c_service_level(agents, calls_per_second, handling_seconds, within) < share:
        agents += 1
    return agents
