"""What a change of the plan would make of the same callers: the real line, run twice over them. Pure.

Each run has the same callers with the same talks, patience and answers to an offer, so that what differs is the plan.
Of a caller who was answered it is known that he or she would have waited at least as long; how much longer is drawn
from the Kaplan-Meier curve of the queue (`queueing/patience.py`). A caller who was not answered talks as long as one
who was. What is drawn is drawn anew in every pair of runs; the difference has an interval over the pairs. What a
simulation gets wrong it gets wrong in both runs of a pair: so the difference is told, and not the second figure alone.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, stdev

from queueing.patience import Patience
from queueing.router import Router
from queueing.simulator import CallbackOffer, GivenCaller, Shift, SimulatedCaller, Simulation
from ringback.config import Settings
from ringback.config.queues import Agent, Queue
from staffing.past import PastVisitor

AFTER_SECONDS = 4 * 3600.0
"""A run goes on for so long after the last caller: whoever waits then has been forgotten by the plan."""
NEVER = 10 * 365 * 86400.0
STUDENT = (math.inf, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12)
"""97.5 % of Student's t by degrees of freedom."""
DIAL_SECONDS = 20.0
"""From an agent's turn until the customer answers a promised call, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who takes calls when, and what callers are offered."""

    shifts: tuple[Shift, ...]
    offers: Mapping[str, CallbackOffer]


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """What became of the callers of one queue in one run."""

    calls: int
    answered: int
    """In the line; promised calls that were kept are told apart."""
    abandoned: float
    """Share of all callers."""
    service_level: float
    """Answered within the seconds, of those who did not leave for a promise or a message."""
    mean_wait: float
    """Seconds in the line until answered, of those who were."""
    p90_wait: float
    promised: int
    kept: int
    promise_wait: float
    """Mean seconds from the arrival until a promised call was made."""


MEASURES = ("service_level", "mean_wait", "p90_wait", "abandoned", "promised", "promise_wait")


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure before and after, as means over the pairs."""

    before: float
    after: float
    low: float
    """The difference is between these with 95 % confidence."""
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the difference has one direction."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What the change makes of the callers of one queue."""

    calls: int
    pairs: int
    measures: Mapping[str, Compared]
    """By the names in MEASURES."""


def compare(
    settings: Settings,
    callers: Sequence[PastVisitor],
    before: Roster,
    after: Roster,
    queue: str,
    *,
    since: float,
    within: float,
    pairs: int,
) -> PlanAnswer:
    """Runs both plans over the same callers `pairs` times; counted are those of `queue` from `since` on.

    `callers` are of every queue, since agents serve several. Agents who are on a shift and not in the settings are
    added to them, with every skill that queues ask for.
    """
    settings = planned_settings(settings, [*before.shifts, *after.shifts])
    patience, talks = _learned(callers)
    found: list[tuple[PlanFigures, PlanFigures]] = []
    for seed in range(pairs):
        drawn = draw(callers, patience, talks, seed)
        runs = [run(settings, drawn, plan, queue, since, within, seed) for plan in (before, after)]
        found.append((runs[0], runs[1]))
    measures = {name: _compared([(getattr(a, name), getattr(b, name)) for a, b in found]) for name in MEASURES}
    return PlanAnswer(found[0][0].calls, pairs, measures)


def draw(
    callers: Iterable[PastVisitor], patience: Patience, talks: Mapping[str, Sequence[float]], seed: int
) -> list[GivenCaller]:
    """The callers, with what is not known of them drawn: the same for the same seed."""
    random, found = Random(seed), []
    for number, each in enumerate(callers):
        chances = random.random(), random.random(), random.random()
        known = talks.get(each.queue) or talks[""]
        talk = each.talk if each.talk is not None else known[int(chances[0] * len(known))]
        waits = each.wait if each.outcome == "abandoned" else patience.beyond(each.queue, each.wait, f"{seed} {number}")
        found.append(GivenCaller(each.at, each.queue, talk, waits, takes=chances[1], reachable=chances[2]))
    return found


def run(
    settings: Settings,
    callers: Sequence[GivenCaller],
    plan: Roster,
    queue: str,
    since: float,
    within: float,
    seed: int,
) -> PlanFigures:
    """One plan over given callers."""
    begins = callers[0].at if callers else since
    ends = callers[-1].at if callers else since
    simulation = Simulation(
        Router(settings), (), _in_time(plan.shifts, begins), begins, seed, callers=callers, offers=plan.offers
    )
    outcome = simulation.run(ends + AFTER_SECONDS)
    return figures([each for each in outcome.callers if each.queue == queue and each.arrived_at >= since], within)


def figures(callers: Sequence[SimulatedCaller], within: float) -> PlanFigures:
    """What became of these."""
    answered = [c for c in callers if c.connected_at is not None and c.sent_to is None]
    waits = sorted((c.connected_at or 0.0) - c.arrived_at for c in answered)
    promised = [c for c in callers if c.sent_to == "callback"]
    called = [c.called_at - c.arrived_at for c in promised if c.called_at is not None]
    stayed = sum(c.sent_to is None for c in callers)
    gone = sum(c.connected_at is None and c.sent_to is None and c.left_at is not None for c in callers)
    return PlanFigures(
        calls=len(callers),
        answered=len(answered),
        abandoned=gone / max(len(callers), 1),
        service_level=sum(wait <= within for wait in waits) / stayed if stayed else 1.0,
        mean_wait=fmean(waits) if waits else 0.0,
        p90_wait=waits[min(len(waits) - 1, int(0.9 * len(waits)))] if waits else 0.0,
        promised=len(promised),
        kept=sum(c.connected_at is not None for c in promised),
        promise_wait=fmean(called) if called else 0.0,
    )


def with_more(shifts: Iterable[Shift], queue: str, count: int, times: Sequence[tuple[float, float]]) -> list[Shift]:
    """So many more agents for a queue at these times (from, to); fewer where `count` is below 0."""
    if count >= 0:
        more = [Shift(extra_name(n), begins, ends, (queue,)) for begins, ends in times for n in range(count)]
        return sorted([*shifts, *more], key=lambda shift: (shift.begins, shift.agent))
    found: list[Shift] = list(shifts)
    for begins, ends in times:
        found = _cut(found, queue, -count, begins, ends)
    return sorted(found, key=lambda shift: (shift.begins, shift.agent))


def extra_name(number: int) -> str:
    """Of an agent who is on the plan and in no settings."""
    return f"planned-{number + 1}"


def planned_settings(settings: Settings, shifts: Iterable[Shift]) -> Settings:
    """The settings with everybody on a shift; nothing is announced, as nobody listens."""
    known = {agent.name for agent in settings.agents}
    added = sorted({shift.agent for shift in shifts} - known)
    skills = {need.skill: 100 for queue in settings.queues.values() for need in queue.needs}
    agents = [
        Agent.model_construct(name=name, display=name, extension=f"9{number:06}", skills=dict(skills))
        for number, name in enumerate(added)
    ]
    queues: dict[str, Queue] = {
        name: queue.model_copy(update={"announce_first_seconds": NEVER}) for name, queue in settings.queues.items()
    }
    return settings.model_copy(update={"agents": [*settings.agents, *agents], "queues": queues})


def _learned(callers: Iterable[PastVisitor]) -> tuple[Patience, dict[str, list[float]]]:
    patience, talks = Patience(), defaultdict[str, list[float]](list)
    for each in callers:
        patience.add(each.queue, each.wait, gave_up=each.outcome == "abandoned")
        if each.talk is not None:
            talks[each.queue].append(each.talk)
            talks[""].append(each.talk)
    talks[""] = talks[""] or [180.0]
    return patience, dict(talks)


def _in_time(shifts: Iterable[Shift], begins: float) -> list[Shift]:
    return [replace(each, begins=max(each.begins, begins)) for each in shifts if each.ends > begins]


def _cut(shifts: Sequence[Shift], queue: str, count: int, begins: float, ends: float) -> list[Shift]:
    """Takes the first so many agents of the queue, by name, off their shifts between two times."""
    there = sorted({s.agent for s in shifts if queue in (s.queues or ()) and s.begins < ends and s.ends > begins})
    gone, found = set(there[:count]), []
    for shift in shifts:
        if shift.agent not in gone or shift.ends <= begins or shift.begins >= ends:
            found.append(shift)
            continue
        if shift.begins < begins:
            found.append(replace(shift, ends=begins))
        if shift.ends > ends:
            found.append(replace(shift, begins=ends))
    return found


def _compared(pairs: Sequence[tuple[float, float]]) -> Compared:
    differences = [after - before for before, after in pairs]
    mean, several = fmean(differences), len(differences)
    half = math.inf
    if several > 1:
        half = STUDENT[min(several - 1, len(STUDENT) - 1)] * stdev(differences) / math.sqrt(several)
    return Compared(fmean(a for a, _ in pairs), fmean(b for _, b in pairs), mean - half, mean + half)
