"""Disputes: an agent disputes a criterion, a second person answers. Works in the caller's transaction.

The second person is never who scored, and never the agent. Points that are changed are changed in the evaluation, and
what they were stays on the dispute.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from letters import service as letters
from ringback.store.erasing import quietly
from scoring import evaluations
from scoring.errors import ScoringError
from scoring.models import Evaluation, EvaluationDispute, EvaluationPoint

Standing = Literal["open", "late", "kept", "changed"]
MOST_WORDS = 2000


def until(row: Evaluation, days: float) -> datetime | None:
    """Until when a review can be disputed; None: it cannot."""
    return None if row.done_at is None or row.kind != "review" else row.done_at + timedelta(days=days)


def dispute(
    session: Session,
    row: Evaluation,
    criterion: str,
    by: str,
    reason: str,
    at: datetime,
    *,
    days: float,
    answer: float,
    told: Iterable[str] = (),
) -> EvaluationDispute:
    """`days` after it was handed in at the latest; to be answered within `answer` days by one of those of `told` who
    neither scored it nor had the call. They are written to. Raises ScoringError."""
    last = until(row, days)
    if last is None or row.agent != by:
        raise ScoringError("scoring.not_yours")
    if at > last:
        raise ScoringError("scoring.too_late", days=int(days))
    reason = _words(reason)
    mark = evaluations.given_of(session, [row.id])[row.id].get(criterion)
    if mark is None or mark.points is None:
        raise ScoringError("scoring.nothing_to_dispute")
    same = EvaluationDispute.evaluation_id == row.id, EvaluationDispute.criterion == criterion
    if session.scalar(select(EvaluationDispute.id).where(*same)) is not None:
        raise ScoringError("scoring.disputed")
    made = EvaluationDispute(
        evaluation_id=row.id,
        criterion=criterion,
        person=by,
        reason=reason,
        at=at,
        due_at=at + timedelta(days=answer),
        points_before=mark.points,
    )
    session.add(made)
    session.flush()
    for name in told:
        if name not in (row.person, row.agent, by):
            letters.tell(session, "disputed", name, made.id, at)
    return made


def answer(session: Session, key: UUID, by: str, words: str, points: float | None, at: datetime) -> EvaluationDispute:
    """`points`: what it gets instead; None: it is kept. Once. Both sides are written to. Raises ScoringError."""
    row = session.get(EvaluationDispute, key, with_for_update=True, populate_existing=True)
    if row is None or row.state != "open":
        raise ScoringError("scoring.dispute_over")
    scored = session.get_one(Evaluation, row.evaluation_id, with_for_update=True)
    if by in (scored.person, scored.agent, row.person):
        raise ScoringError("scoring.second_person")
    row.answer, row.answered_by, row.answered_at = _words(words), by, at
    row.state, row.points_after = "kept", row.points_before
    if points is not None and points != row.points_before:
        asked = next(each for each in evaluations.criteria(session, scored) if each.key == row.criterion)
        if not 0 <= points <= asked.points:
            raise ScoringError("scoring.other_points", title=asked.title, most=f"{asked.points:g}")
        row.state, row.points_after = "changed", round(points, 2)
        of = EvaluationPoint.evaluation_id == scored.id, EvaluationPoint.criterion == row.criterion
        quietly(session, update(EvaluationPoint).where(*of).values(points=row.points_after))
        session.expire_all()
        found = evaluations.standing(session, scored)
        scored.percent, scored.failed = found.percent, bool(found.failed)
    session.flush()
    for name in (row.person, scored.person):
        letters.tell(session, "answered", name, row.id, at)
    return row


def standing(row: EvaluationDispute, at: datetime) -> Standing:
    """late: nobody answered in time, and it is still to be answered."""
    if row.state == "open":
        return "late" if at > row.due_at else "open"
    return "changed" if row.state == "changed" else "kept"


def open_ones(session: Session, *, limit: int) -> Sequence[tuple[EvaluationDispute, Evaluation]]:
    """To be answered, by their day."""
    query = (
        select(EvaluationDispute, Evaluation)
        .join(Evaluation, Evaluation.id == EvaluationDispute.evaluation_id)
        .where(EvaluationDispute.state == "open")
        .order_by(EvaluationDispute.due_at, EvaluationDispute.id)
    )
    return session.execute(query.limit(limit)).tuples().all()


def count_open(session: Session, by: str) -> int:
    """How many the person can answer."""
    mine = EvaluationDispute.state == "open", Evaluation.person != by, Evaluation.agent != by
    query = (
        select(func.count())
        .select_from(EvaluationDispute)
        .join(Evaluation, Evaluation.id == EvaluationDispute.evaluation_id)
    )
    return session.scalar(query.where(*mine)) or 0


def _words(text: str) -> str:
    words = text.strip()
    if not words:
        raise ScoringError("scoring.no_words")
    if len(words) > MOST_WORDS:
        raise ScoringError("scoring.long_words", most=MOST_WORDS)
    return words
