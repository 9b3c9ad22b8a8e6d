"""The questionnaire by itself: which step follows, what a key means, and who is not asked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.config import Survey
from survey.questionnaire import DAY_SECONDS, NotAsked, Reply, reply, step_after, why_not

T = 1_800_000_000.0
QUESTION: dict[str, Any] = {
    "question": "Solved?",
    "prompt": "survey-solved",
    "options": {"1": {"label": "Yes", "means": "good"}, "2": {"label": "No", "means": "poor"}},
}


def survey(questions: int = 1, **changes: Any) -> Survey:
    return Survey.model_validate({"questions": [QUESTION] * questions, **changes})


WHOLE = survey(3, comment={}, follow_up={})
COMMENT, FOLLOW_UP = 3, 4


def course(asked: Survey, keys: list[str], *, may_call: bool = True) -> list[int]:
    """The steps that a caller with these keys comes to, one key a step."""
    step: int | None = 0
    steps, meant = [], []
    for key in keys:
        assert step is not None
        steps.append(step)
        if reply(asked, step, key, 1) is Reply.ANSWER:
            meant.append(asked.questions[step].options[key].means)
        step = step_after(asked, step, meant, may_call=may_call)
        if step is None:
            break
    return steps if step is None else [*steps, step]


@pytest.mark.parametrize(
    ("asked", "keys", "steps"),
    [
        (survey(), ["1"], [0]),
        (survey(2), ["1", "2"], [0, 1]),
        (survey(comment={}), ["1", ""], [0, 1]),
        (survey(comment={"after": "poor"}), ["1"], [0]),
        (survey(comment={"after": "poor"}), ["2", ""], [0, 1]),
        (survey(follow_up={}), ["1"], [0]),
        (survey(follow_up={}), ["2", "1"], [0, 2]),
        (survey(follow_up={"after": "any"}), ["1", "1"], [0, 2]),
        (WHOLE, ["1", "2", "1", "", "1"], [0, 1, 2, COMMENT, FOLLOW_UP]),
        (WHOLE, ["1", "1", "1", ""], [0, 1, 2, COMMENT]),
    ],
)
def test_the_steps_follow_from_the_settings_and_the_answers(asked: Survey, keys: list[str], steps: list[int]) -> None:
    assert course(asked, keys) == steps


def test_who_cannot_be_called_is_not_asked_whether_we_shall() -> None:
    assert course(survey(follow_up={}), ["2"], may_call=False) == [0]
    assert course(WHOLE, ["2", "2", "2", ""], may_call=False) == [0, 1, 2, COMMENT]


@pytest.mark.parametrize(
    ("step", "key", "asked", "means"),
    [
        (0, "1", 1, Reply.ANSWER),
        (0, "9", 1, Reply.OPT_OUT),
        (2, "9", 1, Reply.OPT_OUT),
        (0, "", 1, Reply.NOTHING),
        (0, "5", 1, Reply.WRONG_KEY),
        (0, "#", 2, Reply.NOTHING),
        (COMMENT, "", 1, Reply.SAID),
        (COMMENT, "9", 1, Reply.SAID),
        (FOLLOW_UP, "1", 1, Reply.YES),
        (FOLLOW_UP, "2", 1, Reply.NOTHING),
        (FOLLOW_UP, "9", 1, Reply.NOTHING),
        (17, "1", 1, Reply.NOTHING),
    ],
)
def test_what_a_key_means(step: int, key: str, asked: int, means: Reply) -> None:
    assert reply(WHOLE, step, key, asked) is means


def test_without_an_opt_out_key_it_is_a_wrong_one() -> None:
    assert reply(survey(opt_out_key=None), 0, "9", 1) is Reply.WRONG_KEY


@given(
    st.integers(1, 3), st.booleans(), st.booleans(), st.lists(st.sampled_from("012349#*"), max_size=9), st.booleans()
)
def test_it_ends_whatever_is_pressed(questions: int, comment: bool, follow: bool, keys: list[str], may: bool) -> None:
    asked = survey(questions, comment={} if comment else None, follow_up={"after": "any"} if follow else None)
    steps = course(asked, [*keys, *[""] * 9], may_call=may)
    assert steps == sorted(set(steps))
    assert len(steps) <= questions + comment + (follow and may)


@pytest.mark.parametrize(
    ("days", "asked_days_ago", "is_asked"),
    [(7, None, True), (7, 6.99, False), (7, 7, True), (0, 0, True), (365, 364, False)],
)
def test_a_number_is_asked_once_in_so_many_days(days: float, asked_days_ago: float | None, is_asked: bool) -> None:
    asked_at = None if asked_days_ago is None else T - asked_days_ago * DAY_SECONDS
    found = why_not("solved", survey(ask_again_days=days), "1.1", T, asked_at, opted_out=False)
    assert found is (None if is_asked else NotAsked.LATELY)


def test_who_opted_out_is_never_asked() -> None:
    assert why_not("solved", survey(ask_again_days=0), "1.1", T, None, opted_out=True) is NotAsked.OPTED_OUT


@pytest.mark.parametrize("share", [1, 20, 50, 100])
def test_a_share_of_callers_is_asked_and_each_the_same_again(share: float) -> None:
    asked = survey(share=share)
    calls = [f"17637648{number}.{number}" for number in range(4000)]
    chosen = [why_not("solved", asked, call, T, None, opted_out=False) is None for call in calls]
    assert sum(chosen) / len(calls) * 100 == pytest.approx(share, abs=2.5)
    assert chosen == [why_not("solved", asked, call, T + 9, None, opted_out=False) is None for call in calls]
