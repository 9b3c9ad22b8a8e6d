"""Scorecards as rows: drafts change, what was published stays, each call has the cards that are for it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from ringback.store.base import utcnow
from scoring import cards
from scoring.errors import ScoringError
from scoring.models import Scorecard
from scoring.policy import Criterion

NOW = utcnow()
Sessions = sessionmaker[Session]


def refused(session: Session, do: Callable[[], object]) -> str:
    with pytest.raises(ScoringError) as error, session.begin_nested():
        do()
    return error.value.code


def published(session: Session, title: str = "Support", *criteria: Criterion) -> Scorecard:
    row = cards.create(session, title, "tom", NOW)
    for each in criteria or (Criterion("", "Greets"),):
        cards.put(session, row.id, each, "tom", NOW)
    cards.publish(session, row.id, "tom", NOW)
    return row


def test_a_published_version_never_changes_and_the_next_one_begins_as_it(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        card = published(session, "Support", Criterion("", "Greets"), Criterion("", "Solves", points=5))
        first = cards.in_force(session, card.id)
        assert first is not None
        before = list(first.criteria)
        greets, solves = cards.criteria_of(first)
        assert refused(session, lambda: cards.move(session, card.id, solves.key, -1, "tom", NOW)) == "scoring.no_draft"
        cards.begin_draft(session, card.id, "eva", NOW)
        cards.move(session, card.id, solves.key, -1, "eva", NOW)
        cards.put(session, card.id, Criterion(greets.key, "Greets by name", points=2), "eva", NOW)
        assert cards.in_force(session, card.id) == first
        assert first.criteria == before
        second = cards.publish(session, card.id, "eva", NOW)
        assert [each.title for each in cards.criteria_of(second)] == ["Solves", "Greets by name"]
        assert [each.key for each in cards.criteria_of(second)] == [solves.key, greets.key]
        assert (first.criteria, second.number) == (before, 2)


def test_a_draft_is_dropped_and_what_is_in_force_stays(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        card = published(session)
        draft = cards.begin_draft(session, card.id, "tom", NOW)
        assert cards.begin_draft(session, card.id, "tom", NOW) == draft
        (only,) = cards.criteria_of(draft)
        cards.take_out(session, card.id, only.key, "tom", NOW)
        assert refused(session, lambda: cards.publish(session, card.id, "tom", NOW)) == "scoring.no_criteria"
        cards.drop_draft(session, card.id)
        assert cards.draft_of(session, card.id) is None
        assert cards.in_force(session, card.id) is not None


def test_a_call_is_scored_by_cards_for_its_queue_first(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        everybody, support, other = published(session, "All"), published(session), published(session, "Other line")
        cards.describe(session, support.id, "Support", ["support"], [])
        cards.describe(session, other.id, "Other line", [], ["1001"])
        cards.create(session, "Never published", "tom", NOW)
        assert [card for card, _ in cards.for_call(session, "support", "1000")] == [support, everybody]
        assert [card for card, _ in cards.for_call(session, "billing", "1001")] == [everybody, other]
        cards.retire(session, everybody.id, NOW)
        assert [card for card, _ in cards.for_call(session, "billing", "1000")] == []
        assert cards.listing(session) == [other, support] or len(cards.listing(session)) == 3


def test_cards_that_say_nothing_are_refused(sqlite_store: Sessions) -> None:
    with sqlite_store.begin() as session:
        row = cards.create(session, "Support", "tom", NOW)

        def put(**other: object) -> str:
            asked = Criterion(**{"key": "", "title": "Greets", **other})  # type: ignore[arg-type]
            return refused(session, lambda: cards.put(session, row.id, asked, "tom", NOW))

        assert put(title=" ") == "scoring.no_title"
        assert put(points=0.0) == put(points=101.0) == put(points=float("nan")) == "scoring.no_points"
        assert put(weight=-1.0) == "scoring.no_weight"
        assert put(causes=("x",) * 3 + tuple(map(str, range(30)))) == "scoring.many_choices"
        assert put(key="other") == "scoring.criterion_gone"
        assert refused(session, lambda: cards.publish(session, row.id, "tom", NOW)) == "scoring.no_criteria"
        assert refused(session, lambda: cards.drop_draft(session, row.id)) == "scoring.only_draft"
        cards.remove(session, row.id)
        assert cards.listing(session) == []
        kept = published(session)
        assert refused(session, lambda: cards.remove(session, kept.id)) == "scoring.published"
