"""Calibrations: begun, scored by each of their people alone, closed; what they came to, and what leads score beside.

Works in the caller's transaction. Until a calibration is closed nobody learns what somebody else gave. It is closed by
itself when everybody has handed in everything, or by whoever may.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from calls.models import Call
from calls.service import agents_of
from scoring import evaluations
from scoring.agreement import alpha, drift
from scoring.cards import criteria_of, in_force
from scoring.errors import ScoringError
from scoring.models import Calibration, CalibrationCall, Evaluation, ScorecardVersion
from scoring.policy import Criterion, Given

MOST_CALLS = 20
MOST_REVIEWERS = 12
MOST_TITLE = 120
SKIPPED = "does not apply"
Key = tuple[str, str]
"""Call and reviewer."""


@dataclass(frozen=True)
class CriterionAgreement:
    """How far they agree in one criterion, or in all."""

    key: str
    """Empty: all of them."""
    title: str
    interval: float | None
    """Krippendorff's alpha by the size of differences, of the shares of points."""
    nominal: float | None
    """By same or not; that it does not apply is a value, too."""
    values: int
    """Given by all of them together."""


@dataclass(frozen=True)
class CalibrationResult:
    """What a calibration that is over came to."""

    agreement: list[CriterionAgreement] = field(default_factory=list)
    """All criteria together, then each."""
    drift: dict[str, tuple[float, int]] = field(default_factory=dict)
    """By reviewer: points of 100 more than the others give, and of how many calls."""
    percents: dict[Key, float | None] = field(default_factory=dict)
    given: dict[Key, dict[str, Given]] = field(default_factory=dict)


def begin(
    session: Session, title: str, card: UUID, calls: Sequence[str], reviewers: Sequence[str], by: str, at: datetime
) -> Calibration:
    """By the version in force. Raises ScoringError."""
    title = " ".join(title.split())
    reviewers, calls = list(dict.fromkeys(reviewers)), list(dict.fromkeys(calls))
    if not 1 <= len(title) <= MOST_TITLE:
        raise ScoringError("scoring.no_title", most=MOST_TITLE)
    if not 2 <= len(reviewers) <= MOST_REVIEWERS:
        raise ScoringError("scoring.too_few_reviewers", most=MOST_REVIEWERS)
    version = in_force(session, card)
    if version is None:
        raise ScoringError("scoring.card_gone")
    talked = agents_of(session, calls)
    ended = set(session.scalars(select(Call.call_id).where(Call.call_id.in_(calls), Call.ended_at.is_not(None))))
    found = {call: talked[call][0] for call in calls if call in ended and talked[call]}
    found = {call: agent for call, agent in found.items() if agent not in reviewers}
    if not 1 <= len(found) <= MOST_CALLS:
        raise ScoringError("scoring.calibration_calls", most=MOST_CALLS)
    row = Calibration(title=title, version_id=version.id, reviewers=reviewers, begun_by=by, begun_at=at)
    session.add(row)
    session.flush()
    session.add_all(CalibrationCall(calibration_id=row.id, call_id=call, agent=agent) for call, agent in found.items())
    session.flush()
    return row


def listing(session: Session, *, limit: int) -> list[Calibration]:
    """The newest first."""
    query = select(Calibration).order_by(Calibration.begun_at.desc(), Calibration.id.desc())
    return list(session.scalars(query.limit(limit)))


def calls_of(session: Session, key: UUID) -> list[CalibrationCall]:
    """In the order in which they were chosen."""
    query = select(CalibrationCall).where(CalibrationCall.calibration_id == key).order_by(CalibrationCall.id)
    return list(session.scalars(query))


def evaluations_of(session: Session, key: UUID) -> dict[Key, Evaluation]:
    """Drafts among them."""
    query = select(Evaluation).where(Evaluation.about == key, Evaluation.kind == "calibration")
    return {(row.call_id, row.person): row for row in session.scalars(query)}


def score(session: Session, row: Calibration, call_id: str, by: str, at: datetime) -> Evaluation:
    """The person's own evaluation of one of the calls. Raises ScoringError."""
    if row.closed_at is not None:
        raise ScoringError("scoring.calibration_over")
    place = next((each for each in calls_of(session, row.id) if each.call_id == call_id), None)
    if place is None or by not in row.reviewers:
        raise ScoringError("scoring.not_of_it")
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
    version = session.get_one(ScorecardVersion, row.version_id)
    return evaluations.begin(session, call, version, by, at, agent=place.agent, kind="calibration", about=row.id)


def look(session: Session, row: Calibration, at: datetime) -> None:
    """Closes it once everybody has handed in everything."""
    calls = len(calls_of(session, row.id))
    done = select(func.count()).where(
        Evaluation.about == row.id, Evaluation.kind == "calibration", Evaluation.done_at.is_not(None)
    )
    if row.closed_at is None and calls and (session.scalar(done) or 0) >= calls * len(row.reviewers):
        row.closed_at = at
        session.flush()


def close(row: Calibration, at: datetime) -> None:
    """What is not handed in stays out. Raises ScoringError."""
    if row.closed_at is not None:
        raise ScoringError("scoring.calibration_over")
    row.closed_at = at


def result(session: Session, row: Calibration) -> CalibrationResult:
    """Of what was handed in; nothing before it is over."""
    if row.closed_at is None:
        return CalibrationResult()
    found = {key: each for key, each in evaluations_of(session, row.id).items() if each.done_at is not None}
    points = evaluations.given_of(session, [each.id for each in found.values()])
    given = {key: points[each.id] for key, each in found.items()}
    scores: dict[str, dict[str, float]] = {}
    for (call, person), each in found.items():
        if each.percent is not None:
            scores.setdefault(call, {})[person] = each.percent
    return CalibrationResult(
        agreement=agreement(criteria_of(session.get_one(ScorecardVersion, row.version_id)), given),
        drift=drift(scores),
        percents={key: each.percent for key, each in found.items()},
        given=given,
    )


def agreement(criteria: Sequence[Criterion], given: dict[Key, dict[str, Given]]) -> list[CriterionAgreement]:
    """Of all criteria together, each of a call being one unit, then of each."""
    calls = list(dict.fromkeys(call for call, _person in given))
    shares: dict[str, list[list[float | str]]] = {}
    values: dict[str, list[list[float | str]]] = {}
    for criterion in criteria:
        for call in calls:
            marks = [each.get(criterion.key, Given()) for (one, _person), each in given.items() if one == call]
            counted: list[float | str] = [
                mark.points / criterion.points for mark in marks if not mark.skipped and mark.points is not None
            ]
            skipped: list[float | str] = [SKIPPED for mark in marks if mark.skipped]
            shares.setdefault(criterion.key, []).append(counted)
            values.setdefault(criterion.key, []).append([*counted, *skipped])

    def of(key: str, title: str, keys: Sequence[str]) -> CriterionAgreement:
        by_size = [unit for each in keys for unit in shares.get(each, [])]
        by_kind = [unit for each in keys for unit in values.get(each, [])]
        return CriterionAgreement(
            key, title, alpha(by_size, "interval"), alpha(by_kind), sum(len(unit) for unit in by_kind)
        )

    return [of("", "", [each.key for each in criteria]), *(of(each.key, each.title, [each.key]) for each in criteria)]


@dataclass(frozen=True)
class GraderFigures:
    """How far a reviewer's finished reviews agree with what leads gave beside them."""

    reviews: int
    """That a lead scored, too."""
    same: int
    """Criteria that have the same points, or that both say do not apply."""
    criteria: int
    drift: float | None
    """Points of 100 that the reviewer gives more."""


def graded(session: Session) -> dict[str, GraderFigures]:
    """By reviewer."""
    beside = select(Evaluation).where(Evaluation.kind == "grade", Evaluation.done_at.is_not(None))
    grades = list(session.scalars(beside.order_by(Evaluation.id.desc()).limit(1000)))
    about = [row.about for row in grades if row.about is not None]
    reviews = {row.id: row for row in session.scalars(select(Evaluation).where(Evaluation.id.in_(about)))}
    points = evaluations.given_of(session, [row.id for row in (*grades, *reviews.values())])
    found: dict[str, list[tuple[int, int, float | None]]] = {}
    for row in grades:
        review = reviews.get(row.about) if row.about else None
        if review is None:
            continue
        same, count = alike(points[row.id], points[review.id])
        more = None if None in (row.percent, review.percent) else (review.percent or 0.0) - (row.percent or 0.0)
        found.setdefault(review.person, []).append((same, count, more))
    figures = {}
    for who, each in found.items():
        differences = [more for _, _, more in each if more is not None]
        mean = sum(differences) / len(differences) if differences else None
        figures[who] = GraderFigures(len(each), sum(one[0] for one in each), sum(one[1] for one in each), mean)
    return figures


def alike(one: dict[str, Given], other: dict[str, Given]) -> tuple[int, int]:
    """How many criteria have the same points, of how many that both decided."""
    both = [key for key in one if key in other]
    return sum((one[key].points, one[key].skipped) == (other[key].points, other[key].skipped) for key in both), len(
        both
    )
