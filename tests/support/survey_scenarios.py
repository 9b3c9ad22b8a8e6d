"""Surveys as scripts that run on every switch, as those of tests/support/scenarios.py do."""

from typing import Any

from tests.support.scenarios import SETTINGS, ScenarioStage, talks_with_anna

OPTIONS = {"1": {"label": "Yes", "means": "good"}, "2": {"label": "No", "means": "poor"}}
CHANGES: dict[str, Any] = {
    "callbacks": {"hours": "00:00-24:00"},
    "surveys": {
        "solved": {
            "questions": [
                {"name": "solved", "question": "Solved?", "prompt": "survey-solved", "options": OPTIONS},
                {"name": "friendly", "question": "Friendly?", "prompt": "redial-place", "options": OPTIONS},
            ],
            "comment": {"silence_seconds": 2},
            "follow_up": {},
        }
    },
}
"""Besides a trunk, which each switch has in its own way: two questions, words, and a call about it."""
WITH_SURVEY: dict[str, Any] = {**SETTINGS, **CHANGES}


def passed_on_and_asked_everything(stage: ScenarioStage) -> dict[str, Any]:
    """Anna passes the caller on; it is boris who is judged."""
    talks_with_anna(stage)
    stage.transfer("anna", "202")
    stage.wait_ringing("boris")
    stage.answer("boris")
    stage.wait_state("carol", "talking")
    stage.speaks("boris", "carol")
    stage.agent_hangs_up("boris")
    stage.hear("carol", "survey-solved")
    stage.press("carol", "2")
    stage.hear("carol", "redial-place")
    stage.press("carol", "1")
    stage.hear("carol", "survey-comment")
    stage.caller_speaks("carol")
    stage.hear("carol", "survey-follow-up")
    stage.press("carol", "1")
    stage.hear("carol", "fallback-thanks")
    return stage.ended("carol")


def consulted_and_had_enough(stage: ScenarioStage) -> dict[str, Any]:
    """Anna asks boris and puts the two together; the caller wants to be asked no more."""
    talks_with_anna(stage)
    stage.hold("anna")
    stage.consult("anna", "boris")
    stage.transfer_to_colleague("anna")
    stage.speaks("boris", "carol")
    stage.agent_hangs_up("boris")
    stage.hear("carol", "survey-solved")
    stage.press("carol", "9")
    stage.hear("carol", "survey-opted-out")
    return stage.ended("carol")


def hangs_up_in_the_second_question(stage: ScenarioStage) -> dict[str, Any]:
    talks_with_anna(stage)
    stage.agent_hangs_up("anna")
    stage.hear("carol", "survey-solved")
    stage.press("carol", "1")
    stage.hear("carol", "redial-place")
    stage.hang_up("carol")
    return stage.ended("carol")


SURVEY_SCENARIOS = [
    (passed_on_and_asked_everything, {"agent": "boris", "answer": "21", "outcome": "answered", "ended_by": "us"}),
    (consulted_and_had_enough, {"agent": "boris", "answer": None, "outcome": "opted_out", "ended_by": "us"}),
    (hangs_up_in_the_second_question, {"agent": "anna", "answer": "1", "outcome": "answered", "ended_by": "caller"}),
]
"""Each script with those facts of its call that the survey is about."""
