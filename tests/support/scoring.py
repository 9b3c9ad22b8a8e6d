"""Scoring for tests: a card that was published, a call that was scored by it, and one criterion disputed."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.models import Call
from ringback.store.base import utcnow
from scoring import cards, disputes, evaluations
from scoring.evaluations import Evidence, Kind
from scoring.models import Evaluation, EvaluationDispute, Scorecard
from scoring.policy import Criterion, Given

GREETS = Criterion(
    "",
    "Greets",
    "Name and company",
    points=2,
    causes=("hurry", "no headset"),
    comments=("Well done",),
    wordings=("good evening this is", "good morning this is"),
)
CHECKS = Criterion("", "Checks who calls", points=1, must_pass=True, may_skip=False)
SOLVES = Criterion("", "Solves it", points=5, weight=2, watch="silence")


def add_card(session: Session, title: str = "Support", *criteria: Criterion, draft: bool = True) -> Scorecard:
    """A card with a version in force."""
    row = cards.create(session, title, "tom", utcnow())
    for each in criteria or (GREETS, CHECKS, SOLVES):
        cards.put(session, row.id, each, "tom", utcnow())
    cards.publish(session, row.id, "tom", utcnow())
    if draft:
        cards.begin_draft(session, row.id, "tom", utcnow())
    return row


def keys_of(session: Session, card: Scorecard) -> list[str]:
    """Of its criteria, in their order."""
    version = cards.in_force(session, card.id)
    assert version is not None
    return [each.key for each in cards.criteria_of(version)]


def add_evaluation(
    session: Session,
    card: Scorecard,
    call_id: str,
    agent: str,
    *,
    by: str = "tom",
    points: tuple[float | None, ...] = (1, 1, 4),
    done: bool = True,
    kind: Kind = "review",
    about: UUID | None = None,
    days_ago: float = 0.0,
) -> Evaluation:
    """What somebody gives a call, by criterion (None: does not apply), with evidence for the first."""
    call = session.scalars(select(Call).where(Call.call_id == call_id)).one()
    version, at = cards.in_force(session, card.id), utcnow() - timedelta(days=days_ago)
    assert version is not None
    row = evaluations.begin(session, call, version, by, at, agent=agent, kind=kind, about=about)
    keys = keys_of(session, card)
    given = {
        key: Given(skipped=True) if got is None else Given(got, causes=("hurry",), comment="Said too fast.")
        for key, got in zip(keys, points, strict=False)
    }
    evaluations.write(session, row, given, "Well done.")
    evaluations.show(session, row, Evidence(keys[0], 1.0, 2.0, "agent"), at, None)
    if done:
        evaluations.hand_in(session, row, at)
    return row


def add_dispute(session: Session, row: Evaluation, reason: str = "I said it.") -> EvaluationDispute:
    """Of the first criterion, by the agent."""
    key = evaluations.criteria(session, row)[0].key
    return disputes.dispute(session, row, key, row.agent, reason, utcnow(), days=7, answer=7)
