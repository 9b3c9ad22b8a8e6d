"""Surveys in `ringback.yaml`: what is accepted and refused, and the form that older files have."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from ringback.config import ConfigError, Settings, load, read

OPTIONS: dict[str, Any] = {"1": {"label": "Yes", "means": "good"}, "2": {"label": "No", "means": "poor"}}
NINE = {"1": OPTIONS["1"], "9": OPTIONS["2"]}
QUESTION: dict[str, Any] = {"question": "Solved?", "prompt": "survey-solved", "options": OPTIONS}


def written(folder: Path, text: str) -> Path:
    path = folder / "ringback.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def with_survey(survey: dict[str, Any]) -> Settings:
    return Settings.model_validate({"surveys": {"solved": survey}})


OLD = """\
    surveys:
      solved:
        question: Solved?
        questions: {ru: "Решили?"}
        prompt: survey-solved
        options: {"1": {label: "Yes", labels: {ru: Да}}, "2": {label: "No"}}
        key_seconds: 5
    """


def test_a_survey_of_one_question_is_read_as_it_was_written_before(tmp_path: Path) -> None:
    reading = read(written(tmp_path, OLD))
    assert reading.settings is not None
    survey = reading.settings.surveys["solved"]
    [question] = survey.questions
    assert (question.question_in("ru"), question.prompt, question.key_seconds) == ("Решили?", "survey-solved", 5)
    assert list(question.options) == ["1", "2"]
    assert (survey.names, survey.ask_again_days, survey.opt_out_key) == (["1"], 7, "9")
    notes = [each for each in reading.located(reading.remarks) if each.what.code == "ringback.old_survey"]
    assert [(note.level, note.line) for note in notes] == [("note", 3)]
    assert reading.errors == []


def test_what_is_wrong_in_the_old_form_is_told_where_it_stands(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(written(tmp_path, OLD.replace("key_seconds: 5", "key_seconds: soon")))
    [told] = raised.value.diagnostics
    assert (told.line, told.setting) == (7, "surveys.solved.questions.0.key_seconds")


def test_both_forms_at_once_are_refused(tmp_path: Path) -> None:
    text = OLD.replace('questions: {ru: "Решили?"}', "questions: []")
    with pytest.raises(ConfigError, match=r"surveys\.solved\.question is called questions now: give one of the two"):
        load(written(tmp_path, text))


@pytest.mark.parametrize(
    ("survey", "told"),
    [
        ({"questions": [QUESTION] * 4}, "4 questions are too many: ask 3 at most"),
        ({"questions": []}, "questions"),
        (
            {"questions": [{**QUESTION, "options": dict.fromkeys("1234", OPTIONS["1"])}]},
            "4 answers to one question are too many: callers remember 3 at most",
        ),
        ({"questions": [{**QUESTION, "options": {"1": OPTIONS["1"]}}]}, "options"),
        ({"questions": [{**QUESTION, "measure": "nps", "options": {"1": {"label": "A"}, "2": OPTIONS["1"]}}]}, "poor"),
        ({"questions": [{**QUESTION, "options": NINE}], "opt_out_key": "9"}, "Key 9 is an answer"),
        ({"questions": [{**QUESTION, "name": "a"}, {**QUESTION, "name": "a"}]}, "Two questions are counted under a"),
        ({"questions": [QUESTION], "share": 0}, "share"),
        ({"questions": [QUESTION], "comment": {"seconds": 300}}, "seconds"),
    ],
)
def test_what_no_caller_could_answer_is_refused(survey: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        with_survey(survey)


def test_a_nine_from_before_stays_an_answer() -> None:
    old = with_survey({"question": "Solved?", "prompt": "survey-solved", "options": NINE})
    assert old.surveys["solved"].opt_out_key is None
    assert with_survey({"questions": [QUESTION, {**QUESTION, "options": NINE}]}).surveys["solved"].opt_out_key is None
    assert with_survey({"questions": [QUESTION]}).surveys["solved"].opt_out_key == "9"


def test_a_survey_may_have_all_there_is() -> None:
    whole = with_survey(
        {
            "questions": [{**QUESTION, "name": "solved", "measure": "csat"}, QUESTION, {**QUESTION, "measure": "nps"}],
            "comment": {"seconds": 30, "after": "poor"},
            "follow_up": {"minutes": 5, "key": "9"},
            "ask_again_days": 0,
            "opt_out_key": None,
            "share": 25,
        }
    ).surveys["solved"]
    assert whole.names == ["solved", "2", "3"]
    assert whole.question_named("2") is whole.questions[1]
    assert whole.question_named("gone") is None


def test_prompts_of_surveys_are_asked_for_with_their_places(tmp_path: Path) -> None:
    from prompts.files import missing

    survey = {"questions": [{**QUESTION, "prompt": "mine"}], "opt_out_prompt": "stop", "comment": {"prompt": "say-it"}}
    places = {(each.place, each.name) for each in missing(with_survey(survey), tmp_path)}
    assert places == {
        ("surveys.solved.questions.0.prompt", "mine"),
        ("surveys.solved.opt_out_prompt", "stop"),
        ("surveys.solved.comment.prompt", "say-it"),
    }
