"""Days of calls in seconds: scripted callers and agents on the very line that serves real ones.

Callers arrive at random at a rate that changes by the hour, wait as long as their patience lasts, and talk
as long as was drawn for them when they arrived: so two runs with the same seed meet the same callers,
whatever the settings make of them. Or they are given one by one, as those who really called. Whoever is offered
a call back takes it or does not, gives up the wait and keeps the place; an agent whose turn it is dials. Agents
come and go by their shifts, and say at once how a talk went. Leaves every decision to `Router`.
"""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from queueing.decisions import Decision, Kind, Offer, Overflow
from queueing.router import Device, Router
from ringback.config import Need


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
    needs: tuple[Need, ...] = ()
    """Skills that the caller's own choice asks for, besides those of the queue."""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class GivenCaller:
    """A caller who comes at a time that is known, as one who really called."""

    at: float
    """Epoch seconds."""
    queue: str
    handling: float
    """Seconds of talk, if an agent answers."""
    patience: float
    """Seconds until the caller gives up; infinite: never."""
    needs: tuple[Need, ...] = ()
    priority: int = 0
    takes: float = 1.0
    """0..1: the caller takes a call back that more than this share of callers takes."""
    reachable: float = 0.0
    """0..1: the caller answers it where more than this share does."""


@dataclass(frozen=True, slots=True)
class CallbackOffer:
    """A queue's promise to call back, as callers who wait are offered it."""

    after_seconds: float
    """Into the wait."""
    taken: float
    """The share of those who are still there that takes it, 0..1."""
    reached: float = 1.0
    """The share of those who took it that answers when called."""
    dial_seconds: float = 0.0
    """From the agent's turn until the customer answers, or nobody does: the agent is busy with it."""


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
    """`callback` or `message`, where a limit sent the caller there, or the caller took the offer."""
    needs: tuple[Need, ...] = ()
    priority: int = 0
    takes: float = 1.0
    reachable: float = 0.0
    called_at: float | None = None
    """When an agent dialled for the promise; `connected_at` follows if the customer answered."""


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
        callers: Iterable[GivenCaller] = (),
        offers: Mapping[str, CallbackOffer] | None = None,
    ) -> None:
        """`router` is new. `watch` is told each of its decisions as it is made, before it is carried out;
        `waits` of each caller who has just arrived and found no free agent. `callers` come besides those of
        `demands`, in the order of time. `offers` by queue: whom a limit sends to a callback there is called, too.
        """
        self.router = router
        self.now = starts_at
        self.outcome = SimulationOutcome()
        self._starts_at = starts_at
        self._random = Random(seed)
        self._watch = watch
        self._waits = waits
        self._offers = offers or {}
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
        self._await_given(iter(callers))

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
        chances = (self._random.random(), self._random.random()) if demand.queue in self._offers else (1.0, 0.0)
        given = GivenCaller(at, demand.queue, handling, patience, demand.needs, demand.priority, *chances)

        def arrive() -> None:
            self._await_caller(demand, self.now)
            self._arrive(given)

        self._at(at, arrive)

    def _await_given(self, callers: Iterator[GivenCaller]) -> None:
        given = next(callers, None)
        if given is None:
            return

        def arrive() -> None:
            self._await_given(callers)
            self._arrive(given)

        self._at(max(given.at, self.now), arrive)

    def _draw(self, mean: float, spread: float) -> float:
        if spread == 1.0:
            return self._random.expovariate(1.0 / mean)
        sigma = math.sqrt(math.log1p(spread**2))
        return self._random.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)

    def _arrive(self, given: GivenCaller) -> None:
        call = f"call-{len(self.outcome.callers)}"
        caller = SimulatedCaller(
            call,
            given.queue,
            self.now,
            given.handling,
            given.patience,
            needs=given.needs,
            priority=given.priority,
            takes=given.takes,
            reachable=given.reachable,
        )
        self.outcome.callers.append(caller)
        self._callers[call] = caller
        if given.patience < math.inf:
            self._at(self.now + given.patience, lambda: self._lose_patience(call))
        offer = self._offers.get(given.queue)
        if offer is not None and given.takes < offer.taken:
            self._at(self.now + offer.after_seconds, lambda: self._take_offer(caller))
        join = self.router.join
        self._do(join(call, given.queue, self.now, self.now, priority=given.priority, needs=given.needs))
        if self._waits is not None and self.router.position(call) is not None:
            self._waits(caller, self.now)

    def _lose_patience(self, call: str) -> None:
        caller = self._callers.get(call)
        if caller is not None and caller.connected_at is None and caller.sent_to is None:
            self._leave(caller)

    def _leave(self, caller: SimulatedCaller) -> None:
        caller.left_at = self.now
        del self._callers[caller.call]
        if caller.agent is not None and self.router.settings.queues[caller.queue].disposition_required:
            self._do(self.router.disposed(caller.agent, self.now))
        self._do(self.router.leave(caller.call, self.now))

    # -- promises ----------------------------------------------------------------------------------

    def _take_offer(self, caller: SimulatedCaller) -> None:
        if caller.left_at is None and caller.sent_to is None and self.router.position(caller.call) is not None:
            self._send_on(caller, "callback")

    def _send_on(self, caller: SimulatedCaller, to: str) -> None:
        caller.sent_to = to
        entry = self.router.waiting[caller.call]
        self._leave(caller)
        if to == "callback" and entry.queue in self._offers:
            back = f"{caller.call}-back"
            self._callers[back] = caller
            self._do(
                self.router.join(
                    back,
                    entry.queue,
                    caller.arrived_at,
                    self.now,
                    kind=Kind.CALLBACK,
                    priority=caller.priority,
                    needs=caller.needs,
                )
            )

    def _dial(self, call: str, agent: str) -> None:
        """The agent whose turn it is calls the customer."""
        caller = self._callers[call]
        caller.called_at, caller.call = self.now, call
        offer = self._offers[self.router.waiting[call].queue]
        answered = caller.reachable < offer.reached
        happen = (lambda: self._connect(caller, agent)) if answered else (lambda: self._leave(caller))
        self._at(self.now + offer.dial_seconds, happen)

    # -- decisions ---------------------------------------------------------------------------------

    def _do(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            if self._watch is not None:
                self._watch(decision, self.now)
            match decision:
                case Offer(call, agent, kind=Kind.CALLBACK):
                    self._dial(call, agent)
                case Offer(call, agent):
                    self._connect(self._callers[call], agent)
                case Overflow(call, to) if to in ("callback", "message") and call in self._callers:
                    self._send_on(self._callers[call], to)
                case _:
                    pass

    def _connect(self, caller: SimulatedCaller, agent: str) -> None:
        caller.connected_at, caller.agent = self.now, agent
        self._at(self.now + caller.handling, lambda: self._leave(caller))
        self._do(self.router.connected(caller.call, agent, self.now))
