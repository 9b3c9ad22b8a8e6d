"""Scorecards for tests: one that was published, with the next version begun."""

from sqlalchemy.orm import Session

from ringback.store.base import utcnow
from scoring import cards
from scoring.models import Scorecard
from scoring.policy import Criterion

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
