"""Evaluations and disputes as rows: what is kept, who may do what and until when, what goes with a call."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from library import erasing as library_erasing
from library import marks
from library.models import Assignment, Mark
from recording.models import Recording
from retention import holds, receipts
from ringback.config import Settings
from ringback.store.base import utcnow, uuid7
from ringback.store.erasing import Scope
from scoring import bootstrap, calibrations, candidates, cards, disputes, erasing, evaluations, team
from scoring.errors import ScoringError
from scoring.evaluations import Evidence
from scoring.models import Evaluation, EvaluationDispute, EvaluationEvidence, EvaluationPoint, Scorecard
from scoring.policy import Criterion, Given
from scoring.suggestions import Suggestion, nearest, watched
from summary.sentences import SaidSentence
from survey.models import SurveyAnswer
from tests.support.recordings import add_call
from tests.support.scoring import add_card, add_dispute, add_evaluation, keys_of
from transcripts.models import Transcript
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


def test_suggestions_are_sought_again_where_the_text_has_changed_and_what_was_decided_stays(
    scoring: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = iter([10.0, 20.0, 30.0])

    def seek(_session: Session, _call: Call, asked: list[Criterion]) -> list[Suggestion]:
        begin = next(at)
        return [Suggestion(each.key, "said", begin, begin + 1, 0.5) for each in reversed(asked)]

    monkeypatch.setattr(evaluations, "suggest", seek)
    with scoring.begin() as session:
        transcript = session.scalars(select(Transcript)).one_or_none()
        if transcript is None:
            transcript = Transcript(call_id=ONE, state="done", language="en")
            session.add(transcript)
            session.flush()
        row = add_evaluation(session, card_of(session), ONE, "anna", points=(1,), done=False)
        keys = keys_of(session, card_of(session))

        def places() -> list[tuple[str, float]]:
            return [(each["criterion"], each["begin"]) for each in row.suggestions]

        assert {begin for _, begin in places()} == {10.0}
        assert not evaluations.suggest_again(session, row)
        transcript.revision += 1
        assert evaluations.suggest_again(session, row) and not evaluations.suggest_again(session, row)
        assert places() == [(keys[0], 10.0), (keys[1], 20.0), (keys[2], 20.0)]
        assert evaluations.given_of(session, [row.id])[row.id][keys[0]].points == 1
        assert list(evaluations.evidence_of(session, row)) == [keys[0]]
        row.suggested_of = None
        assert evaluations.suggest_again(session, row), "from before it was stored"
        row.done_at, transcript.revision = NOW, 9
        assert not evaluations.suggest_again(session, row), "it was handed in"


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


# calibrations, goals, averages


def test_a_calibration_is_over_when_the_last_one_hands_in_and_tells_nothing_before(scoring: Sessions) -> None:
    with scoring.begin() as session:
        card = card_of(session)
        row = calibrations.begin(session, "Monday", card.id, [ONE], ["tom", "eva"], "eva", NOW)
        add_evaluation(session, card, ONE, "anna", kind="calibration", about=row.id, points=(2, 1, 5))
        calibrations.look(session, row, NOW)
        assert row.closed_at is None
        assert calibrations.result(session, row).given == {}
        add_evaluation(session, card, ONE, "anna", by="eva", kind="calibration", about=row.id, points=(0, 1, 5))
        calibrations.look(session, row, NOW)
        found = calibrations.result(session, row)
        assert row.closed_at == NOW
        assert found.percents == {(ONE, "tom"): 100.0, (ONE, "eva"): pytest.approx(84.62)}
        assert found.drift["tom"] == (pytest.approx(15.38), 1)
        assert refused(session, lambda: calibrations.score(session, row, ONE, "tom", NOW)) == "scoring.calibration_over"
        assert evaluations.listing(session, limit=9) == [], "it is about reviewers, and no agent's score"
        erasing.erase(session, Settings(), Scope(call_ids=(ONE,)))
        session.refresh(row)
        assert (row.gone, calibrations.calls_of(session, row.id)) == (1, [])


def test_calibrations_that_compare_nothing_are_refused(scoring: Sessions) -> None:
    with scoring.begin() as session:
        card = card_of(session)

        def begin(title: str, calls: list[str], people: list[str]) -> str:
            return refused(session, lambda: calibrations.begin(session, title, card.id, calls, people, "eva", NOW))

        assert begin("x", [ONE], ["tom", "tom"]) == "scoring.too_few_reviewers"
        assert begin("x", [], ["tom", "eva"]) == begin("x", [ONE], ["tom", "anna"]) == "scoring.calibration_calls"
        assert begin(" ", [ONE], ["tom", "eva"]) == "scoring.no_title"


def test_a_lead_beside_a_review_tells_how_far_its_reviewer_agrees(scoring: Sessions) -> None:
    with scoring.begin() as session:
        review = add_evaluation(session, card_of(session), ONE, "anna", points=(2, 1, 5))
        add_evaluation(
            session, card_of(session), ONE, "anna", by="eva", points=(2, 1, None), kind="grade", about=review.id
        )
        found = calibrations.graded(session)["tom"]
        assert (found.reviews, found.same, found.criteria, found.drift) == (1, 2, 3, 0.0)


def test_calls_that_were_scored_or_heard_are_offered_no_more(scoring: Sessions) -> None:
    zone = ZoneInfo("UTC")
    with scoring.begin() as session:
        call = session.scalars(select(Call)).one()
        call.result, call.talk_seconds = "served", 60.0
        session.add(Recording(call_id=ONE, state="stored", seconds=60.0))
        text = Transcript(call_id=ONE, state="done", language="en")
        session.add(text)
        session.add(SurveyAnswer(call_id=ONE, survey="s", question="?", key="2", label="No", at=NOW, means="poor"))
        session.flush()
        later = call.arrived_at + timedelta(days=1)

        def offered(who: str) -> list[tuple[str, ...]]:
            return [each.risks for each in candidates.candidates(session, later, zone, who, 168)]

        assert offered("tom") == [("unhappy",)]
        receipt = receipts.give(
            session,
            Settings(),
            ONE,
            person="tom",
            role="trainer",
            what="listen",
            reason="quality",
            address="",
            seconds=60.0,
            now=NOW,
        )
        session.flush()
        assert (offered("tom"), offered("eva")) == ([], [("unhappy",)])
        session.delete(receipt)
        add_evaluation(session, card_of(session), ONE, "anna", by="eva", done=False)
        assert offered("tom") == offered("eva") == []


def test_goals_are_set_counted_by_the_week_and_taken_away(scoring: Sessions) -> None:
    with scoring.begin() as session:
        week, monday = candidates.week_of(NOW, ZoneInfo("Europe/Berlin"))
        assert monday <= NOW < monday + timedelta(days=7, hours=1)
        assert week.startswith(f"{monday.isocalendar().year}-W")
        candidates.set_goal(session, "tom", 5, "eva", NOW)
        add_evaluation(session, card_of(session), ONE, "anna")
        assert candidates.goals(session) == {"tom": 5}
        assert candidates.done_since(session, monday, ["tom"])["tom"] == 1
        assert candidates.scored_lately(session, NOW + timedelta(minutes=1)) == {"anna": 1}
        assert refused(session, lambda: candidates.set_goal(session, "tom", 1000, "eva", NOW)) == "scoring.no_goal"
        candidates.set_goal(session, "tom", 0, "eva", NOW)
        assert candidates.goals(session) == {}


def test_of_too_few_no_average_is_told_and_differences_have_their_interval() -> None:
    assert team.average([1.0] * 4) == team.Average(4, None)
    assert team.average([1.0, 0.5] * 5).mean == 0.75
    found = team.difference([0.2, 0.4, 0.3] * 10, [0.8, 0.9, 1.0] * 10)
    assert found.value == pytest.approx(0.6)
    assert found.low is not None and found.high is not None
    assert 0.5 < found.low < 0.6 < found.high < 0.7
    assert found.told
    assert team.difference([0.2, 0.4, 0.3] * 10, [0.8, 0.9, 1.0] * 10) == found, "the lots are fixed"
    assert not team.difference([0.2, 0.9] * 5, [0.3, 0.8] * 5).told
    assert team.difference([1.0], [0.0] * 9).value is None


def test_shares_differ_by_the_interval_of_newcombe() -> None:
    """Table II of the paper, 56/70 and 48/80, by method 10: 0.0524 to 0.3339."""
    found = team.difference_of_shares((48, 80), (56, 70))
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=0.0001), pytest.approx(0.3339, abs=0.0001))


def test_the_team_comes_first_and_only_then_who_is_far_from_it(scoring: Sessions) -> None:
    with scoring.begin() as session:
        card = card_of(session)
        version = cards.in_force(session, card.id)
        assert version is not None
        first = keys_of(session, card)[0]
        for number in range(24):
            agent = "anna" if number % 2 else "boris"
            row = Evaluation(
                call_id=ONE, version_id=version.id, kind="review", person="tom", agent=agent, done_at=NOW, percent=50.0
            )
            session.add(row)
            session.flush()
            session.add(EvaluationPoint(evaluation_id=row.id, criterion=first, points=2.0 if number % 2 else 0.5))
        greets, checks, _solves = team.figures(session, card.id, NOW - timedelta(days=1))
        assert (greets.all.n, greets.all.mean) == (24, pytest.approx(0.625))
        elsewhere = team.figures(session, card.id, NOW - timedelta(days=1), frozenset({"billing"}))
        assert [each.all.n for each in elsewhere] == [0, 0, 0]
        assert [(agent, each.value) for agent, each in greets.outliers] == [
            ("anna", pytest.approx(0.75)),
            ("boris", pytest.approx(-0.75)),
        ]
        assert (checks.all, checks.outliers) == (team.Average(0, None), [])
        after = session.scalars(select(Call.arrived_at)).one() + timedelta(days=1)
        given = Assignment(playlist_id=uuid7(), person="anna", given_by="tom", given_at=after, done_at=after)
        found = team.effect(session, given, card.id, first, after + timedelta(days=90), 168)
        assert (found.criterion.before.n, found.criterion.value, found.first_contact.before.n) == (12, None, 0)


def test_the_team_s_figures_are_those_of_every_value_counted_by_itself(scoring: Sessions) -> None:
    """Random evaluations by two versions with other points, of agents with few and many; others in between do not
    count: drafts, older ones, those of calibrations, of other cards and queues, points that were not given."""
    random, since = Random(3), NOW - timedelta(days=90)
    skill = {"anna": 0.85, "boris": 0.6, "clara": 0.75, "dora": 0.3, "emil": 0.72}
    of_agent = {"anna": 230, "boris": 40, "clara": 15, "dora": 4, "emil": 120}
    with scoring.begin() as session:
        card, other = card_of(session), add_card(session, draft=False)
        cards.begin_draft(session, card.id, "tom", NOW)
        key = keys_of(session, card)[0]
        cards.put(session, card.id, Criterion(key, "Greets", points=5), "tom", NOW)
        cards.publish(session, card.id, "tom", NOW)
        points_of = {row.id: 5 if row.number > 1 else 2 for row in cards.versions_of(session, card.id)}
        others = cards.versions_of(session, other.id)[0].id
        counted, percents = [], dict[str, list[float]]()
        for agent, version in (
            (agent, version) for agent, count in of_agent.items() for version in points_of for _ in range(count)
        ):
            most = points_of[version]
            points = None if random.random() < 0.1 else float(sum(random.random() < skill[agent] for _ in range(most)))
            told: dict[str, Any] = {"version_id": version, "kind": "review", "queue": "support", "done_at": NOW}
            if random.random() < 0.2:
                told |= random.choice(
                    [
                        {"done_at": None},
                        {"done_at": since - timedelta(seconds=1)},
                        {"kind": "calibration"},
                        {"queue": "billing"},
                        {"version_id": others},
                    ]
                )
            elif points is not None:
                counted.append((points, agent, version, points / most))
            percent = None if random.random() < 0.1 else float(random.randint(0, 100))
            row = Evaluation(call_id=ONE, person="tom", agent=agent, percent=percent, **told)
            if percent is not None and row.kind == "review" and row.version_id != others and row.done_at == NOW:
                percents.setdefault(str(row.queue), []).append(percent)
            session.add(row)
            session.flush()
            session.add(EvaluationPoint(evaluation_id=row.id, criterion=key, points=points))
        session.flush()
        greets = team.figures(session, card.id, since, frozenset({"support"}))[0]
        scores = team.by_queue(session, card.id, since)
        assert team.by_queue(session, card.id, since, frozenset({"billing"})) == scores[:1]
    assert [(queue, each.n) for queue, each in scores] == [(queue, len(of)) for queue, of in sorted(percents.items())]
    assert [each.mean for _, each in scores] == [
        pytest.approx(sum(of) / len(of) / 100) for _, of in sorted(percents.items())
    ]
    counted.sort(key=lambda each: each[:3])
    shares = {agent: [share for _, who, _, share in counted if who == agent] for agent in of_agent}
    assert greets.all.n == len(counted)
    assert greets.all.mean == pytest.approx(sum(each[3] for each in counted) / len(counted))
    found, expected = dict(greets.outliers), {}
    for agent, own in shares.items():
        rest = [share for who in dict.fromkeys(each[1] for each in counted) if who != agent for share in shares[who]]
        low, high = bootstrapped(rest, own)
        if len(own) >= team.FEWEST and not low <= 0 <= high:
            expected[agent] = (len(rest), len(own), low, high)
    assert {"anna", "boris"} <= expected.keys() == found.keys()
    for agent, (of_rest, of_own, low, high) in expected.items():
        each = found[agent]
        assert (each.before.n, each.after.n) == (of_rest, of_own)
        assert (each.low, each.high) == (pytest.approx(low), pytest.approx(high))


def bootstrapped(before: list[float], after: list[float]) -> tuple[float, float]:
    """The interval of the difference of two means by lots of single values; of many by the normal distribution."""
    lots, means = np.random.default_rng(bootstrap.SEED), []
    for values in map(np.asarray, (before, after)):
        n = len(values)
        if n <= bootstrap.MOST_LOTS:
            means.append(values[lots.integers(0, n, (bootstrap.ROUNDS, n))].mean(axis=1))
        else:
            means.append(values.mean() + lots.standard_normal(bootstrap.ROUNDS) * values.std(ddof=1) / np.sqrt(n))
    low, high = np.percentile(means[1] - means[0], [2.5, 97.5])
    return float(low), float(high)
