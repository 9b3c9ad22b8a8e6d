"""What the team does well and what it does not: averages of criteria with their counts, who is far from the others, and
what came after somebody was given something to hear.

Shares of points are compared by the bootstrap of the difference of two means (`bootstrap.py`); shares of calls by R. G.
Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17 (1998),
method 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from calls.models import Call
from library.models import Assignment
from scoring import bootstrap
from scoring.bootstrap import Run
from scoring.cards import criteria_of, versions_of
from scoring.models import Evaluation, EvaluationPoint, ScorecardVersion
from scoring.policy import Criterion
from survey.figures import wilson
from survey.models import SurveyAnswer

FEWEST = 5
"""Of fewer values no average is told: it would be of one call or two."""
DAYS = 90
"""That the averages are of."""
EFFECT_DAYS = 60
"""Before somebody was given something, and after it was heard."""


@dataclass(frozen=True, slots=True)
class Average:
    """Of shares of points, 0 to 1."""

    n: int
    mean: float | None
    """None: too few."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two times, or between one and the others."""

    before: Average
    after: Average
    low: float | None = None
    """Between what the true difference lies, with 95 %; None: too few to tell."""
    high: float | None = None

    @property
    def value(self) -> float | None:
        """Of `after` less `before`."""
        return None if None in (self.before.mean, self.after.mean) else (self.after.mean or 0) - (self.before.mean or 0)

    @property
    def told(self) -> bool:
        """Whether it is more than chance does."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True)
class CriterionFigures:
    """One criterion of a card."""

    criterion: Criterion
    all: Average
    outliers: list[tuple[str, Difference]] = field(default_factory=list)
    """Agents who differ from the others by more than chance does, the farthest first; `before`: the others."""


@dataclass(frozen=True)
class Effect:
    """What came after an assignment, of its person."""

    criterion: Difference
    first_contact: Difference
    """Of calls whose caller did not call again in time."""
    survey: Difference
    """Of answers that are good, of those that are good or poor."""


def average(values: Sequence[float]) -> Average:
    return _average(_sums(_runs(values)))


def difference(before: Sequence[float], after: Sequence[float]) -> Difference:
    """Of means, with its interval by the bootstrap."""
    return _difference(_runs(before), _runs(after))


def _difference(before: Sequence[Run], after: Sequence[Run]) -> Difference:
    found = Difference(_average(_sums(before)), _average(_sums(after)))
    return found if found.value is None else Difference(found.before, found.after, *bootstrap.interval(before, after))


def _runs(values: Sequence[float]) -> list[Run]:
    return [(value, 1) for value in values]


def difference_of_shares(before: tuple[int, int], after: tuple[int, int]) -> Difference:
    """Each so many of so many; by Newcombe."""
    one, other = (Average(n, count / n if n >= FEWEST else None) for count, n in (before, after))
    found = Difference(one, other)
    if found.value is None:
        return found
    (low, high), (then_low, then_high) = wilson(*after), wilson(*before)
    now, then = after[0] / after[1], before[0] / before[1]
    below = sqrt((now - low) ** 2 + (then_high - then) ** 2)
    above = sqrt((high - now) ** 2 + (then - then_low) ** 2)
    return Difference(one, other, found.value - below, found.value + above)


def figures(
    session: Session, card: UUID, since: datetime, queues: frozenset[str] | None = None
) -> list[CriterionFigures]:
    """Of the criteria as they are in force, through all versions of the card. `queues`: of their calls alone."""
    versions = versions_of(session, card)
    now = next((each for each in versions if each.published_at is not None), None)
    if now is None:
        return []
    values = _values(session, versions, since, queues)
    found = []
    for criterion in criteria_of(now):
        of_agents = values.get(criterion.key, {})
        whole = _sums([run for runs in of_agents.values() for run in runs])
        found.append(CriterionFigures(criterion, _average(whole), _outliers(of_agents, whole)))
    return found


def by_queue(
    session: Session, card: UUID, since: datetime, queues: frozenset[str] | None = None
) -> list[tuple[str | None, Average]]:
    """Of each queue the scores of its calls by the card, as shares; last those of no queue."""
    query = (
        select(Evaluation.queue, func.count(), func.sum(Evaluation.percent))
        .where(*_counted(versions_of(session, card), since, queues), Evaluation.percent.is_not(None))
        .group_by(Evaluation.queue)
    )
    found = [(queue, _average((n, (total or 0.0) / 100, 0.0))) for queue, n, total in session.execute(query).tuples()]
    return sorted(found, key=lambda each: (each[0] is None, each[0] or ""))


def _outliers(of_agents: dict[str, list[Run]], whole: "Sums") -> list[tuple[str, Difference]]:
    found = []
    for agent, own in sorted(of_agents.items()):
        sums = _sums(own)
        rest = (whole[0] - sums[0], whole[1] - sums[1], whole[2] - sums[2])
        if sums[0] < FEWEST or rest[0] < FEWEST or not _may_differ(sums, rest):
            continue
        others = [run for who, runs in of_agents.items() if who != agent for run in runs]
        if (apart := _difference(others, own)).told:
            found.append((agent, apart))
    return sorted(found, key=lambda each: -abs(each[1].value or 0.0))


Sums = tuple[int, float, float]
"""Of values: how many, their sum, the sum of their squares."""


def _sums(runs: Sequence[Run]) -> Sums:
    n = sum(count for _value, count in runs)
    return n, sum(value * count for value, count in runs), sum(value * value * count for value, count in runs)


def _average(sums: Sums) -> Average:
    n, total, _squares = sums
    return Average(n, total / n if n >= FEWEST else None)


def _may_differ(one: Sums, other: Sums) -> bool:
    """Whether drawing lots is worth it: means that are apart by less than their errors never differ by more than
    chance does."""
    means, errors = [], 0.0
    for n, total, squares in (one, other):
        means.append(total / n)
        errors += max(0.0, squares / n - (total / n) ** 2) / n
    return abs(means[0] - means[1]) > sqrt(errors)


def _counted(
    versions: Sequence[ScorecardVersion], since: datetime, queues: frozenset[str] | None
) -> list[ColumnElement[bool]]:
    """Of a query over Evaluation: reviews that were handed in since then."""
    counted = [
        Evaluation.kind == "review",
        Evaluation.done_at >= since,
        Evaluation.version_id.in_([row.id for row in versions]),
    ]
    return counted if queues is None else [*counted, Evaluation.queue.in_(queues)]


def _values(
    session: Session, versions: Sequence[ScorecardVersion], since: datetime, queues: frozenset[str] | None
) -> dict[str, dict[str, list[Run]]]:
    """By criterion and agent: shares of points of the reviews that were handed in. The store counts them."""
    most = {(row.id, each.key): each.points for row in versions for each in criteria_of(row)}
    told = (EvaluationPoint.criterion, EvaluationPoint.points, Evaluation.agent, Evaluation.version_id)
    query = (
        select(*told, func.count())
        .join(Evaluation, Evaluation.id == EvaluationPoint.evaluation_id)
        .where(*_counted(versions, since, queues), EvaluationPoint.points.is_not(None))
        .group_by(*told)
        .order_by(*told)
    )
    found: dict[str, dict[str, list[Run]]] = {}
    for key, points, agent, version, count in session.execute(query).tuples():
        run = (points or 0.0) / most[version, key], count
        found.setdefault(key, {}).setdefault(agent, []).append(run)
    return found


# -- what came after an assignment -----------------------------------------------------------------------


def effect(session: Session, given: Assignment, card: UUID, criterion: str, now: datetime, again_hours: int) -> Effect:
    """Of the person of an assignment, in the days before it was given and since it was done."""
    done = given.done_at or now
    span = timedelta(days=EFFECT_DAYS)
    times = ((given.given_at - span, given.given_at), (done, min(now, done + span)))
    shares = [_shares(session, card, criterion, given.person, *time) for time in times]
    helped = [_helped(session, given.person, *time, now, again_hours) for time in times]
    good = [_good(session, given.person, *time) for time in times]
    return Effect(difference(*shares), difference_of_shares(*helped), difference_of_shares(*good))


def _shares(session: Session, card: UUID, criterion: str, agent: str, begins: datetime, ends: datetime) -> list[float]:
    """Of reviews of calls of that time: by when the call was, and not by when it was scored."""
    versions = versions_of(session, card)
    most = {row.id: each.points for row in versions for each in criteria_of(row) if each.key == criterion}
    query = (
        select(EvaluationPoint.points, Evaluation.version_id)
        .join(Evaluation, Evaluation.id == EvaluationPoint.evaluation_id)
        .join(Call, Call.call_id == Evaluation.call_id)
        .where(
            Evaluation.kind == "review",
            Evaluation.done_at.is_not(None),
            Evaluation.agent == agent,
            EvaluationPoint.criterion == criterion,
            EvaluationPoint.points.is_not(None),
            Evaluation.version_id.in_(list(most)),
            Call.arrived_at >= begins,
            Call.arrived_at < ends,
        )
    )
    return [(points or 0.0) / most[version] for points, version in session.execute(query).tuples()]


def _of_agent(agent: str, begins: datetime, ends: datetime) -> list[Any]:
    return [Call.agent == agent, Call.result == "served", Call.arrived_at >= begins, Call.arrived_at < ends]


def _helped(
    session: Session, agent: str, begins: datetime, ends: datetime, now: datetime, hours: int
) -> tuple[int, int]:
    """Served calls of people who are known, old enough to tell, whose caller did not call again in `hours`; and of how
    many. Times are compared here: each store counts hours in a way of its own."""
    later = aliased(Call)
    last = min(ends, now - timedelta(hours=hours))
    query = (
        select(Call.call_id, Call.arrived_at, later.arrived_at)
        .outerjoin(
            later,
            (later.contact_id == Call.contact_id)
            & (later.arrived_at > Call.arrived_at)
            & later.ended_at.is_not(None)
            & later.result.is_distinct_from("told"),
        )
        .where(*_of_agent(agent, begins, last), Call.contact_id.is_not(None))
    )
    again: dict[str, bool] = {}
    for call_id, at, next_at in session.execute(query).tuples():
        soon = next_at is not None and next_at - at <= timedelta(hours=hours)
        again[call_id] = again.get(call_id, False) or soon
    return sum(not each for each in again.values()), len(again)


def _good(session: Session, agent: str, begins: datetime, ends: datetime) -> tuple[int, int]:
    answered = exists().where(Call.call_id == SurveyAnswer.call_id, *_of_agent(agent, begins, ends))
    query = select(SurveyAnswer.means).where(SurveyAnswer.means.in_(("good", "poor")), answered)
    means = session.scalars(query).all()
    return sum(each == "good" for each in means), len(means)
