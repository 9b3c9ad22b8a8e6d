"""Days of calls in seconds: scripted callers and agents on the very line that serves real ones.

Callers arrive at random at a rate that changes by the hour, wait as long as their patience lasts, and talk
as long as was drawn for them when they arrived: so two runs with the same seed meet the same callers,
whatever the settings make of them. Agents come and go by their shifts. Leaves every decision to `Router`.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from queueing.decisions import Decision, Offer, Overflow
from queueing.router import Device, Router


@dataclass(frozen=True, slots=True)
class Demand:
    """The callers of one queue."""

    queue: str
    calls_per_hour: Sequence[float]
    """Hour by hour from the start, begun again when used up: 24 for days alike, 168 for weeks."""
    handling_seconds: float
    """Mean talk."""
    handling_spread: float = 1.0
    """Deviation / mean. 1: exponential; others: log-normal, 0: all the same."""
    patience_seconds: float | None = None
    """Mean, exponential; None: nobody gives up."""
    handling_by_hour: Sequence[float] = (1.0,)
    """Factors on the mean talk, as `calls_per_hour`."""


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent takes calls from `begins` to `ends` (epoch seconds); a talk that goes on is finished."""

    agent: str
    begins: float
    ends: float
    queues: tuple[str, ...] | None = None
    """None: those of the settings."""


@dataclass(slots=True)
class SimulatedCaller:
    """What a simulated caller brings along, and what became of the call."""

    call: str
    queue: str
    arrived_at: float
    handling: float
    patience: float
    connected_at: float | None = None
    left_at: float | None = None
    agent: str | None = None
    sent_to: str | None = None
    """`callback` or `message`, where a limit sent the caller there."""


@dataclass
class SimulationOutcome:
    """All callers of a run, by arrival."""

    callers: list[SimulatedCaller] = field(default_factory=list)

    def service_level(self, within: float) -> float:
        """The share of all callers who were answered within `within` seconds."""
        quick = sum(1 for c in self.callers if c.connected_at is not None and c.connected_at - c.arrived_at <= within)
        return quick / max(len(self.callers), 1)

    @property
    def abandonment(self) -> float:
        """The share of all callers who gave up."""
        gone = sum(1 for c in self.callers if c.connected_at is None and c.left_at is not None and c.sent_to is None)
        return gone / max(len(self.callers), 1)


class Simulation:
    """One run. The same arguments and seed give the same outcome."""

    def __init__(
        self,
        router: Router,
        demands: Iterable[Demand],
        shifts: Iterable[Shift],
        starts_at: float,
        seed: int,
        watch: Callable[[Decision, float], None] | None = None,
        waits: Callable[[SimulatedCaller, float], None] | None = None,
    ) -> None:
        """`router` is new. `watch` is told each of its decisions as it is made, before it is carried out;
        `waits` of each caller who has just arrived and found no free agent.
        """
        self.router = router
        self.now = starts_at
        self.outcome = SimulationOutcome()
        self._starts_at = starts_at
        self._random = Random(seed)
        self._watch = watch
        self._waits = waits
        self._callers: dict[str, SimulatedCaller] = {}
        self._numbers = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        for agent in router.agents:
            router.logout(agent, starts_at)
            router.device(agent, Device.IDLE, starts_at)
        for shift in shifts:
            self._at(shift.begins, lambda shift=shift: self._begin(shift))  # type: ignore[misc]
            self._at(shift.ends, lambda shift=shift: self._do(router.logout(shift.agent, self.now)))  # type: ignore[misc]
        for demand in demands:
            self._await_caller(demand, starts_at)

    def run(self, until: float) -> SimulationOutcome:
        """Lets time pass; may be called again with a later time. Callers still waiting have no `left_at`."""
        while True:
            timer = self.router.next_timer()
            event = self._events[0][0] if self._events else math.inf
            if timer is not None and timer <= event:
                if timer > until:
                    break
                self.now = max(timer, self.now)
                self._do(self.router.tick(self.now))
            else:
                if event > until:
                    break
                self.now, _, happen = heapq.heappop(self._events)
                happen()
        self.now = until
        return self.outcome

    # -- what happens ------------------------------------------------------------------------------

    def _at(self, time: float, happen: Callable[[], None]) -> None:
        self._numbers += 1
        heapq.heappush(self._events, (time, self._numbers, happen))

    def _begin(self, shift: Shift) -> None:
        queues = None if shift.queues is None else list(shift.queues)
        self._do(self.router.login(shift.agent, self.now, queues))

    def _await_caller(self, demand: Demand, after: float) -> None:
        """Draws the next arrival: at the rate of the hour, drawn again from the hour's end if it is later."""
        rates, at = demand.calls_per_hour, after
        if not any(rate > 0 for rate in rates):
            return
        while True:
            hour = int((at - self._starts_at) // 3600)
            rate = rates[hour % len(rates)] / 3600.0
            end = self._starts_at + (hour + 1) * 3600.0
            at = min(at + self._random.expovariate(rate), end) if rate > 0 else end
            if at < end:
                break
        factor = demand.handling_by_hour[hour % len(demand.handling_by_hour)]
        handling = self._draw(demand.handling_seconds * factor, demand.handling_spread)
        patience = math.inf if demand.patience_seconds is None else self._draw(demand.patience_seconds, 1.0)
        self._at(at, lambda: self._arrive(demand, handling, patience))

    def _draw(self, mean: float, spread: float) -> float:
        if spread == 1.0:
            return self._random.expovariate(1.0 / mean)
        sigma = math.sqrt(math.log1p(spread**2))
        return self._random.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)

    def _arrive(self, demand: Demand, handling: float, patience: float) -> None:
        call = f"call-{len(self.outcome.callers)}"
        caller = SimulatedCaller(call, demand.queue, self.now, handling, patience)
        self.outcome.callers.append(caller)
        self._callers[call] = caller
        if patience < math.inf:
            self._at(self.now + patience, lambda: self._lose_patience(call))
        self._await_caller(demand, self.now)
        self._do(self.router.join(call, demand.queue, self.now, self.now))
        if self._waits is not None and self.router.position(call) is not None:
            self._waits(caller, self.now)

    def _lose_patience(self, call: str) -> None:
        caller = self._callers.get(call)
        if caller is not None and caller.connected_at is None:
            self._leave(caller)

    def _leave(self, caller: SimulatedCaller) -> None:
        caller.left_at = self.now
        del self._callers[caller.call]
        self._do(self.router.leave(caller.call, self.now))

    def _do(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            if self._watch is not None:
                self._watch(decision, self.now)
            match decision:
                case Offer(call, agent):
                    self._connect(self._callers[call], agent)
                case Overflow(call, to) if to in ("callback", "message") and call in self._callers:
                    self._callers[call].sent_to = to
                    self._leave(self._callers[call])
                case _:
                    pass

    def _connect(self, caller: SimulatedCaller, agent: str) -> None:
        caller.connected_at, caller.agent = self.now, agent
        self._at(self.now + caller.handling, lambda: self._leave(caller))
        self._do(self.router.connected(caller.call, agent, self.now))
