"""Evaluations and disputes as rows: what is kept, who may do what and until when, what goes with a call."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from library import erasing as library_erasing
from library import marks
from library.models import Mark
from retention import holds
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.erasing import Scope
from scoring import cards, disputes, erasing, evaluations
from scoring.errors import ScoringError
from scoring.evaluations import Evidence
from scoring.models import Evaluation, EvaluationDispute, EvaluationEvidence, EvaluationPoint, Scorecard
from scoring.policy import Criterion, Given
from scoring.suggestions import nearest, watched
from summary.sentences import SaidSentence
from tests.support.recordings import add_call
from tests.support.scoring import add_card, add_dispute, add_evaluation, keys_of
from transcripts.text.moments import Moment

NOW = utcnow()
ONE = "1700000000.1"
Sessions = sessionmaker[Session]


@pytest.fixture
def scoring(sqlite_store: Sessions) -> Sessions:
    add_call(sqlite_store, 60.0, ONE)
    with sqlite_store.begin() as session:
        session.scalars(select(Call)).one().agent = "anna"
        add_card(session, draft=False)
    return sqlite_store


def refused(session: Session, do: Callable[[], object]) -> str:
    with pytest.raises(ScoringError) as error, session.begin_nested():
        do()
    return error.value.code


def card_of(session: Session) -> Scorecard:
    return session.scalars(select(Scorecard)).one()


def test_an_evaluation_keeps_the_version_that_it_was_made_by(scoring: Sessions) -> None:
    with scoring.begin() as session:
        card = card_of(session)
        row = add_evaluation(session, card, ONE, "anna")
        assert row.percent == pytest.approx(100 * (1 + 1 + 8) / (2 + 1 + 10), abs=0.01)
        cards.begin_draft(session, card.id, "tom", NOW)
        for key in keys_of(session, card)[:2]:
            cards.take_out(session, card.id, key, "tom", NOW)
        cards.publish(session, card.id, "tom", NOW)
        assert len(evaluations.criteria(session, row)) == 3
        assert evaluations.standing(session, row).percent == row.percent


def test_it_is_handed_in_once_everything_is_decided_and_not_written_any_more(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", points=(2, 1), done=False)
        assert refused(session, lambda: evaluations.hand_in(session, row, NOW)) == "scoring.not_decided"
        assert evaluations.listing(session, limit=9) == []
        keys = keys_of(session, card_of(session))
        evaluations.write(session, row, {keys[0]: Given(2), keys[1]: Given(1), keys[2]: Given(skipped=True)}, "")
        assert evaluations.hand_in(session, row, NOW).percent == 100
        assert refused(session, lambda: evaluations.write(session, row, {}, "")) == "scoring.handed_in"
        assert refused(session, lambda: evaluations.discard(session, row)) == "scoring.handed_in"
        assert evaluations.listing(session, limit=9) == evaluations.of_agent(session, "anna", limit=9) == [row]
        assert refused(session, lambda: add_evaluation(session, card_of(session), ONE, "anna")) == "scoring.scored"


def test_points_that_cannot_be_are_refused_and_causes_are_kept_where_points_are_lost(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", done=False)
        first, must, _last = keys_of(session, card_of(session))

        def write(key: str, mark: Given) -> str:
            return refused(session, lambda: evaluations.write(session, row, {key: mark}, ""))

        assert write(first, Given(2.5)) == write(first, Given(-1)) == "scoring.other_points"
        assert write(must, Given(skipped=True)) == "scoring.always_applies"
        assert write(first, Given(comment="x" * 2001)) == "scoring.long_words"
        evaluations.write(session, row, {first: Given(2, causes=("hurry",))}, "")
        assert evaluations.given_of(session, [row.id])[row.id][first].causes == ()
        evaluations.write(session, row, {first: Given(1, causes=("hurry", "made up"))}, "")
        assert evaluations.given_of(session, [row.id])[row.id][first].causes == ("hurry",)


def test_nobody_scores_a_call_of_his_or_her_own_or_one_in_which_nobody_talked(scoring: Sessions) -> None:
    with scoring.begin() as session:
        card = card_of(session)
        assert refused(session, lambda: add_evaluation(session, card, ONE, "anna", by="anna")) == "scoring.own_call"
        assert refused(session, lambda: add_evaluation(session, card, ONE, "boris")) == "scoring.no_agent"


def test_evidence_is_private_in_a_draft_and_shared_with_the_review(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", done=False)
        (mark,) = evaluations.evidence_of(session, row)[keys_of(session, card_of(session))[0]]
        assert marks.of_call(session, ONE, "anna") == []
        evaluations.hand_in(session, row, NOW)
        assert marks.of_call(session, ONE, "anna") == [mark]
        silent = add_evaluation(session, card_of(session), ONE, "anna", by="eva", kind="calibration")
        assert [each.shared for each in evaluations.evidence_of(session, silent).popitem()[1]] == [False]


def test_a_draft_goes_with_its_evidence_unless_its_call_is_held(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", done=False)
        first = keys_of(session, card_of(session))[0]
        more = evaluations.show(session, row, Evidence(first, 5.0, 6.0), NOW, 60.0)
        evaluations.hide(session, row, more.id)
        assert refused(session, lambda: evaluations.hide(session, row, more.id)) == "scoring.evidence_gone"
        hold = holds.place(session, Settings(), "call", ONE, "court", "eva", NOW, has_ticket=lambda *_: True)
        assert refused(session, lambda: evaluations.discard(session, row)) == "scoring.held"
        session.delete(hold)
        session.flush()
        evaluations.discard(session, row)
        assert [session.scalars(select(rows)).all() for rows in (Evaluation, EvaluationEvidence, Mark)] == [[], [], []]


def test_a_second_person_answers_a_dispute_once_and_the_score_follows(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", points=(1, 0, 5))
        assert (row.percent, row.failed) == (0, True)
        must = keys_of(session, card_of(session))[1]
        made = disputes.dispute(session, row, must, "anna", "I did.", NOW, days=7, answer=7)
        again = lambda: disputes.dispute(session, row, must, "anna", "Really.", NOW, days=7, answer=7)  # noqa: E731
        assert refused(session, again) == "scoring.disputed"
        assert disputes.count_open(session, "tom") == 0
        assert disputes.count_open(session, "eva") == 1
        for name in ("tom", "anna"):
            assert refused(session, lambda name=name: disputes.answer(session, made.id, name, "No.", None, NOW)) == (
                "scoring.second_person"
            )
        answer = lambda points: disputes.answer(session, made.id, "eva", "She did.", points, NOW)  # noqa: E731
        assert refused(session, lambda: answer(9.0)) == "scoring.other_points"
        answer(1.0)
        assert refused(session, lambda: answer(0.0)) == "scoring.dispute_over"
        assert (made.state, made.points_before, made.points_after) == ("changed", 0, 1)
        assert (row.percent, row.failed) == (pytest.approx(100 * 12 / 13, abs=0.01), False)


def test_a_late_dispute_is_refused_and_one_without_an_answer_becomes_late(scoring: Sessions) -> None:
    with scoring.begin() as session:
        row = add_evaluation(session, card_of(session), ONE, "anna", days_ago=8)
        assert refused(session, lambda: add_dispute(session, row)) == "scoring.too_late"
        assert row.done_at is not None
        made = disputes.dispute(
            session, row, keys_of(session, card_of(session))[0], "anna", "No.", row.done_at, days=7, answer=2
        )
        assert disputes.standing(made, row.done_at + timedelta(days=1)) == "open"
        assert disputes.standing(made, NOW) == "late"
        disputes.answer(session, made.id, "eva", "It stays.", None, NOW)
        assert (disputes.standing(made, NOW), made.points_after) == ("kept", 1)
        assert refused(session, lambda: add_dispute(session, row)) == "scoring.too_late"


def test_what_was_scored_goes_with_the_content_of_its_call(scoring: Sessions) -> None:
    with scoring.begin() as session:
        add_dispute(session, add_evaluation(session, card_of(session), ONE, "anna"))
        scope = Scope(call_ids=(ONE,))
        assert [(each.kind, each.count) for each in erasing.erase(session, Settings(), scope)] == [("evaluation", 1)]
        library_erasing.erase(session, Settings(), scope)
        kept = (Evaluation, EvaluationPoint, EvaluationEvidence, EvaluationDispute, Mark)
        assert [session.scalars(select(rows)).all() for rows in kept] == [[]] * 5
        assert erasing.erase(session, Settings(), Scope()) == []


def test_the_nearest_sentence_is_pointed_out_whatever_its_words() -> None:
    said = [
        SaidSentence(0, 0, 3, "agent", 1.0, 3.0, "The weather is fine today."),
        SaidSentence(2, 0, 3, "agent", 8.0, 10.5, "Good evening, this is Anna of the support team."),
    ]
    (found,) = nearest({"a": ("Hello, my name is Anna from support", "Good morning, this is the help desk")}, said)
    assert (found.criterion, found.kind, found.begin, found.end) == ("a", "said", 8.0, 10.5)
    assert 0.4 < (found.likeness or 0) <= 1
    assert nearest({}, said) == nearest({"a": ("x",)}, []) == []


def test_what_a_criterion_watches_is_pointed_out_with_its_seconds() -> None:
    criterion = Criterion("a", "No dead air", watch="silence")
    found = watched(criterion, [Moment("hold", 3.0, 20.0), Moment("silence", 30.0, 9.5)])
    assert (found.kind, found.begin, found.end) == ("silence", 30.0, 39.5)
    assert watched(criterion, []).kind == "none"
