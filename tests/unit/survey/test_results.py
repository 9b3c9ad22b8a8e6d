"""Results over many calls on both databases: what is counted, and what tells it apart."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, SelfCall
from survey.models import SurveyAnswer, SurveyRun
from survey.results import Group, Results, ResultsFilter, comments, results

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 2)
MONTH = ResultsFilter(date(2026, 11, 1), date(2026, 11, 30))
NOON = datetime(2026, 11, 3, 12, tzinfo=ZONE)


def add(session: Session, number: int, key: str | None = None, **changes: Any) -> None:
    """A run, with an answer where `key` is given."""
    at = changes.pop("at", NOON)
    path, language = changes.pop("path", "Help"), changes.pop("language", "en")
    number_shown = changes.pop("shown", f"+1202555{number:04}")
    outcome = changes.pop("outcome", "answered" if key else "silent")
    call_id = f"1763764800.{number}"
    session.add(
        Call(
            call_id=call_id,
            line="1000",
            language=language,
            caller_number=number_shown,
            caller_name="",
            state="ended",
            result="served",
            menu_path=[{"menu": "main", "key": "1", "label": path}],
            arrived_at=at - timedelta(minutes=3),
        )
    )
    session.flush()
    run = {"survey": "solved", "agent": "anna", "queue": "support", "poor": key == "3", **changes}
    session.add(SurveyRun(call_id=call_id, at=at, outcome=outcome, **run))
    if key:
        means = {"1": "good", "2": "fair", "3": "poor"}[key]
        given = {"question": "Solved?", "key": key, "label": {"1": "Yes", "2": "Partly", "3": "No"}[key]}
        session.add(SurveyAnswer(call_id=call_id, survey="solved", name="solved", means=means, at=at, **given))


@pytest.fixture
def filled(store: sessionmaker[Session]) -> sessionmaker[Session]:
    with store() as session, session.begin():
        for number in range(12):
            add(session, number, "1")
        for number in range(12, 15):
            add(session, number, "3", agent="boris", path="Bill", comment_from=60.0, comment_to=70.0, follow_up=True)
        add(session, 15, "2", queue="billing", language="ru", at=NOON + timedelta(days=14))
        add(session, 16, outcome="hung_up")
        add(session, 17, outcome="opted_out")
        add(session, 18)
        add(session, 19, outcome="not_asked", not_asked="lately")
        add(session, 20, "1", at=NOON - timedelta(days=30))
        add(session, 21, "1", shown="token")
        session.add(SelfCall(token="token", line="1000", slot="x"))
    return store


def found(store: sessionmaker[Session], wanted: ResultsFilter = MONTH, only: str | None = None) -> Results:
    with store() as session:
        return results(session, wanted, ZONE, only_agent=only)


def test_outcomes_and_answers_are_counted(filled: sessionmaker[Session]) -> None:
    made = found(filled)
    outcomes = made.outcomes()
    assert (outcomes.asked, outcomes.stayed) == (19, 18)
    assert dict(outcomes.counts) == {"answered": 16, "hung_up": 1, "opted_out": 1, "silent": 1}
    assert (dict(outcomes.not_asked), outcomes.follow_ups) == ({"lately": 1}, 3)
    assert (outcomes.answered.count, outcomes.answered.n) == (16, 19)
    [answers] = made.questions().values()
    assert (answers.n, dict(answers.keys)) == (16, {"1": 12, "2": 1, "3": 3})
    assert (answers.words, answers.labels) == ("Solved?", {"1": "Yes", "2": "Partly", "3": "No"})
    assert answers.satisfied.share == 0.75
    assert answers.promoters.score == pytest.approx(100 * 9 / 16)


def test_what_an_answer_means_may_be_said_later(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        for number, key in enumerate("1112233333"):
            add(session, number, key)
        session.execute(update(SurveyAnswer).where(SurveyAnswer.key != "2").values(means=None))
    [answers] = found(store).questions().values()
    assert (dict(answers.means), dict(answers.unmeant)) == ({"fair": 2}, {"1": 3, "3": 5})
    answers.give_means({"1": "good", "3": None})
    answers.give_means({"1": "good", "3": None})
    assert (dict(answers.means), dict(answers.unmeant)) == ({"fair": 2, "good": 3}, {"3": 5}), "counted once"


def test_results_are_told_apart(filled: sessionmaker[Session]) -> None:
    made = found(filled)

    def by(name: str) -> dict[Any, int]:
        groups = made.by(lambda group: getattr(group, name))
        return {value: sum(each.n for each in made.questions(of).values()) for value, of in groups.items()}

    assert by("agent") == {"anna": 13, "boris": 3}
    assert by("queue") == {"support": 15, "billing": 1}
    assert by("language") == {"en": 15, "ru": 1}
    assert by("path") == {"Help": 13, "Bill": 3}
    assert by("week") == {MONDAY: 15, MONDAY + timedelta(weeks=2): 1}


NARROWED: list[tuple[dict[str, Any], str | None, int]] = [
    ({"agent": "boris"}, None, 3),
    ({"queue": "billing"}, None, 1),
    ({"language": "ru"}, None, 1),
    ({"path": "Bill"}, None, 3),
    ({"survey": "other"}, None, 0),
    ({"first": date(2026, 10, 1)}, None, 17),
    ({"last": date(2026, 11, 3)}, None, 15),
    ({}, "boris", 3),
    ({"agent": "anna"}, "boris", 0),
]


def test_filters_narrow_what_is_counted(filled: sessionmaker[Session]) -> None:
    for changes, only, n in NARROWED:
        wanted = ResultsFilter(**{"first": MONTH.first, "last": MONTH.last, **changes})
        assert sum(each.n for each in found(filled, wanted, only).questions().values()) == n, (changes, only)


def test_days_and_weeks_begin_by_the_owners_clock(store: sessionmaker[Session]) -> None:
    with store() as session, session.begin():
        add(session, 1, "1", at=datetime(2026, 11, 8, 23, 30, tzinfo=ZONE))  # a Sunday; Monday is another week
        add(session, 2, "1", at=datetime(2026, 11, 9, 0, 30, tzinfo=ZONE))  # 8 November in UTC
    weeks = found(store).by(lambda group: group.week)
    assert sorted(weeks) == [MONDAY, MONDAY + timedelta(weeks=1)]
    day = ResultsFilter(date(2026, 11, 9), date(2026, 11, 9))
    assert found(store, day).outcomes().asked == 1


def test_words_of_ones_own_come_newest_first(filled: sessionmaker[Session]) -> None:
    with filled() as session:
        told = comments(session, MONTH, ZONE, most=2)
        assert [run.call_id for run, _ in told] == sorted((run.call_id for run, _ in told), reverse=True)
        assert {run.agent for run, _ in told} == {"boris"} and len(told) == 2
        assert comments(session, ResultsFilter(MONTH.first, MONTH.last, path="Help"), ZONE) == []
        assert len(comments(session, ResultsFilter(MONTH.first, MONTH.last, path="Bill"), ZONE)) == 3
        assert comments(session, MONTH, ZONE, only_agent="anna") == []


def test_where_nobody_was_asked_there_is_nothing(store: sessionmaker[Session]) -> None:
    made = found(store)
    assert (made.outcomes().asked, made.questions(), made.by(Group.__hash__)) == (0, {}, {})
    assert made.outcomes().answered.share is None
