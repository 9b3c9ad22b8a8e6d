"""The survey in a call: keys before, during and after a prompt, a hang-up anywhere, and the controller away."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callback.policy import DiallingRules
from controller.numbers import numbers
from ivr import commands as cmd
from ivr.call import SAME_MOMENT_SECONDS, CallDriver
from ivr.events import (
    Adopted,
    AgentAnswered,
    AgentLost,
    Arrived,
    Done,
    Event,
    HungUp,
    KeyPressed,
    Offered,
    PbxLost,
    SurveyKnown,
)
from ivr.facts import CallRecord, read_facts
from ivr.flow import flows
from ivr.table import CallState
from ringback.config import Settings
from survey.questionnaire import DAY_SECONDS

T = 1_800_000_000.0
"""The talk ends a minute later."""
END = T + 60
NUMBER = "+12025550123"
OPTIONS = {"1": {"label": "Yes", "means": "good"}, "2": {"label": "No", "labels": {"ru": "Нет"}, "means": "poor"}}
QUESTIONS = [
    {"name": "solved", "question": "Solved?", "prompt": "survey-solved", "options": OPTIONS},
    {"name": "friendly", "question": "Friendly?", "prompt": "digit-1", "options": OPTIONS},
]
WHOLE = {"questions": QUESTIONS, "comment": {}, "follow_up": {"minutes": 10}}


def setup(survey: dict[str, Any], **changes: Any) -> Settings:
    return Settings.model_validate(
        {
            "trunk": {"host": "sip.example.com"},
            "callbacks": {"hours": "00:00-24:00"},
            "surveys": {"solved": survey},
            **changes,
        }
    )


def talked(survey: dict[str, Any] = WHOLE, number: str = NUMBER, *known: Event, line: str = "1000") -> CallDriver:
    """A call that talks with anna."""
    made = setup(survey)
    call = CallDriver("1", flows(made, numbers(DiallingRules(made), lambda: T))[line])
    happened: tuple[Event, ...] = (
        Arrived(T, line, number, ""),
        Done(T + 1, "notice", ""),
        Done(T + 3, "ask-1", "1"),
        *known,
        Offered(T + 5, 1, ("anna",)),
        AgentAnswered(T + 7, "anna"),
    )
    for event in happened:
        call.receive(event, event.at)
    assert call.state is CallState.TALKING
    return call


def asked(survey: dict[str, Any] = WHOLE, number: str = NUMBER, *known: Event, line: str = "1000") -> CallDriver:
    call = talked(survey, number, *known, line=line)
    call.receive(Done(END, "offer-1", "ANSWER"), END)
    return call


def over(call: CallDriver, at: float = END + 100) -> CallRecord:
    """Hung up and settled."""
    call.receive(HungUp(at, "Normal Clearing"), at)
    while (timer := call.next_timer()) is not None:
        call.handle_timer(timer)
    assert call.settled
    return call.record()


def answers(facts: CallRecord) -> list[tuple[str, str, str | None]]:
    return [(each["name"], each["key"], each["means"]) for each in facts.survey_answers]


# -- the whole course --------------------------------------------------------------------------------


def test_questions_words_and_a_call_about_it() -> None:
    call = asked()
    assert call.memory.pending == "survey-1"
    assert call.receive(Done(END + 4, "survey-1", "1"), END + 4) == [cmd.Ask("survey-2", ("digit-1",), 8)]
    assert call.receive(Done(END + 8, "survey-2", "2"), END + 8) == [
        cmd.Say("", ("survey-comment",)),
        cmd.Listen("survey-3", 3, 20),
    ]
    assert call.receive(Done(END + 20, "survey-3", "SILENCE"), END + 20) == [
        cmd.Ask("survey-4", ("survey-follow-up",), 8)
    ]
    assert call.receive(Done(END + 25, "survey-4", "1"), END + 25) == [
        cmd.PromiseCallback(NUMBER, END + 25 + 600),
        cmd.Ask("goodbye", ("fallback-thanks",), 0),
        cmd.HangUp(),
    ]
    facts = over(call)
    assert (facts.result, facts.survey_outcome, facts.follow_up) == ("served", "answered", True)
    assert answers(facts) == [("solved", "1", "good"), ("friendly", "2", "poor")]
    assert (facts.comment_from, facts.comment_to, facts.promised_number) == (END + 8, END + 20, NUMBER)


def test_nobody_is_offered_a_call_whose_number_we_do_not_call() -> None:
    call = asked(number="anonymous")
    call.receive(Done(END + 4, "survey-1", "2"), END + 4)
    call.receive(Done(END + 8, "survey-2", "2"), END + 8)
    commands = call.receive(Done(END + 20, "survey-3", "SILENCE"), END + 20)
    assert commands == [cmd.Ask("goodbye", ("survey-thanks",), 0), cmd.HangUp()]


def test_who_wants_to_be_asked_no_more_is_told_so() -> None:
    call = asked()
    commands = call.receive(Done(END + 4, "survey-1", "9"), END + 4)
    assert commands == [cmd.Ask("goodbye", ("survey-opted-out",), 0), cmd.HangUp()]
    assert over(call).survey_outcome == "opted_out"


def test_answers_before_an_opt_out_count() -> None:
    call = asked()
    call.receive(Done(END + 4, "survey-1", "1"), END + 4)
    call.receive(Done(END + 8, "survey-2", "9"), END + 8)
    facts = over(call)
    assert (facts.survey_outcome, answers(facts)) == ("opted_out", [("solved", "1", "good")])


def test_silence_after_an_answer_ends_it_with_thanks() -> None:
    call = asked()
    call.receive(Done(END + 4, "survey-1", "1"), END + 4)
    commands = call.receive(Done(END + 14, "survey-2", ""), END + 14)
    assert commands == [cmd.Ask("goodbye", ("survey-thanks",), 0), cmd.HangUp()]
    assert over(call).survey_outcome == "answered"


def test_each_question_is_asked_twice_at_most() -> None:
    call = asked()
    assert call.receive(Done(END + 4, "survey-1", "7"), END + 4) == [
        cmd.Ask("survey-2", ("menu-invalid", "survey-solved", "survey-opt-out"), 8)
    ]
    assert call.receive(Done(END + 9, "survey-2", "1"), END + 9) == [cmd.Ask("survey-3", ("digit-1",), 8)]
    assert call.receive(Done(END + 14, "survey-3", "7"), END + 14) == [
        cmd.Ask("survey-4", ("menu-invalid", "digit-1"), 8)
    ]
    assert cmd.HangUp() in call.receive(Done(END + 19, "survey-4", "7"), END + 19)


def test_answers_are_kept_in_the_language_of_the_call() -> None:
    call = asked(line="1001")
    call.receive(Done(END + 4, "survey-1", "2"), END + 4)
    assert [each["label"] for each in call.facts.survey_answers] == ["Нет"]


SAID = {
    key: {**option, "words": {"en": [said]}}
    for (key, option), said in zip(OPTIONS.items(), ("fine", "bad"), strict=True)
}
SAYABLE = {**WHOLE, "questions": [{**question, "options": SAID} for question in QUESTIONS]}


def test_where_answers_may_be_said_yes_may_be_said_too() -> None:
    call = asked(SAYABLE)
    for command, value in (("survey-1", "2"), ("survey-2", "2"), ("survey-3", "SILENCE")):
        at = END + 5 * int(command[-1])
        [*_, said] = call.receive(Done(at, command, value), at)
    assert isinstance(said, cmd.Ask) and said.language == "en"
    assert dict(said.words).keys() == {"1", "2"} and "yes" in dict(said.words)["1"]
    assert cmd.PromiseCallback(NUMBER, END + 620) in call.receive(Done(END + 20, "survey-4", "1"), END + 20)


def test_what_was_not_understood_is_asked_once_more_and_never_counted() -> None:
    call = asked(SAYABLE)
    [again] = call.receive(Done(END + 4, "survey-1", "?1"), END + 4)
    assert isinstance(again, cmd.Ask) and again.prompts[:2] == ("words-unknown", "survey-solved")
    call.receive(Done(END + 9, "survey-2", "?2"), END + 9)
    facts = over(call)
    assert (facts.survey_answers, facts.survey_outcome) == ([], "silent")


# -- which keys count --------------------------------------------------------------------------------


@pytest.mark.parametrize(("later", "is_anew"), [(0.1, True), (0.39, True), (0.5, False)])
def test_a_key_pressed_twice_answers_one_question(later: float, is_anew: bool) -> None:
    call = asked()
    call.receive(Done(END + 4, "survey-1", "1"), END + 4)
    at = END + 4 + later
    call.receive(Done(at, "survey-2", "1"), at)
    assert len(call.facts.survey_answers) == (1 if is_anew else 2)
    assert (call.memory.pending == "survey-2-anew1") is is_anew


def test_keys_while_the_caller_speaks_mean_nothing() -> None:
    call = asked()
    call.receive(Done(END + 4, "survey-1", "1"), END + 4)
    call.receive(Done(END + 8, "survey-2", "1"), END + 8)
    assert call.receive(KeyPressed(END + 10, "9"), END + 10) == []
    assert call.memory.pending == "survey-3"
    call.receive(Done(END + 20, "survey-3", "SILENCE"), END + 20)
    assert over(call).survey_outcome == "answered"


# -- a hang-up anywhere ------------------------------------------------------------------------------

STEPS = [("survey-1", "1"), ("survey-2", "2"), ("survey-3", "SILENCE"), ("survey-4", "2")]


@pytest.mark.parametrize(
    ("steps", "outcome", "count", "spoke"),
    [(0, "hung_up", 0, False), (1, "answered", 1, False), (2, "answered", 2, True), (3, "answered", 2, True)],
)
def test_where_the_caller_hangs_up_counts_right(steps: int, outcome: str, count: int, spoke: bool) -> None:
    call = asked()
    for number, (command, value) in enumerate(STEPS[:steps], 1):
        call.receive(Done(END + 5 * number, command, value), END + 5 * number)
    facts = over(call, END + 40)
    assert (facts.result, facts.survey_outcome, len(facts.survey_answers)) == ("served", outcome, count)
    assert (facts.comment_from is not None, facts.comment_to is not None) == (spoke, spoke)


@given(st.permutations([Done(END, "offer-1", "ANSWER"), HungUp(END + 0.02, "Normal Clearing")]))
def test_who_ends_the_talk_by_hanging_up_was_not_asked(events: list[Event]) -> None:
    call = talked()
    for event in events:
        call.receive(event, END + 0.1)
    facts = over(call)
    assert (facts.survey, facts.survey_outcome, facts.result) == (None, None, "served")


def test_the_moment_is_shorter_than_anybody_could_hang_up_in() -> None:
    facts = over(asked(), END + SAME_MOMENT_SECONDS + 0.01)
    assert (facts.survey, facts.survey_outcome) == ("solved", "hung_up")


def test_nobody_knows_how_a_survey_ended_with_the_switch() -> None:
    call = asked()
    call.receive(PbxLost(END + 3), END + 3)
    assert over(call).survey_outcome == "offered"


HAPPENED: list[Event] = [
    Done(END, "offer-1", "ANSWER"),
    *(Done(END + 5 * number, command, value) for number, (command, value) in enumerate(STEPS, 1)),
    KeyPressed(END + 5, "1"),
    KeyPressed(END + 10, "2"),
    Done(END + 30, "goodbye", ""),
    HungUp(END + 31, "Normal Clearing"),
]


@given(st.permutations(HAPPENED), st.lists(st.sampled_from(HAPPENED), max_size=5))
@settings(max_examples=150, deadline=None)
def test_the_order_in_which_events_are_heard_of_decides_nothing(events: list[Event], again: list[Event]) -> None:
    call = talked()
    for event in [*events, *again]:
        call.receive(event, END)
        call = CallDriver.restore(json.loads(json.dumps(call.snapshot())), call.flow)
    while (timer := call.next_timer()) is not None:
        call.handle_timer(timer)
    facts = call.record()
    assert (facts.survey_outcome, answers(facts)) == ("answered", [("solved", "1", "good"), ("friendly", "2", "poor")])
    assert (facts.comment_from, facts.comment_to, facts.follow_up) == (END + 10, END + 15, False)


# -- the controller was away -------------------------------------------------------------------------


@pytest.mark.parametrize("steps", range(4))
def test_the_step_is_taken_again_and_no_words_are_asked_for_twice(steps: int) -> None:
    call = asked()
    for number, (command, value) in enumerate(STEPS[:steps], 1):
        call.receive(Done(END + 5 * number, command, value), END + 5 * number)
    call = CallDriver.restore(json.loads(json.dumps(call.snapshot())), call.flow)
    call.receive(Adopted(END + 30, None), END + 30)
    commands = call.receive(Done(END + 31, "probe-1", ""), END + 31)
    if steps == 2:
        assert commands == []
        assert call.next_timer() == END + 31, "it counts as said at once"
        commands = call.handle_timer(END + 31)
    [again] = commands
    prompts = {0: "survey-solved", 1: "digit-1", 2: "survey-follow-up", 3: "survey-follow-up"}
    assert isinstance(again, cmd.Ask) and again.prompts[0] == prompts[steps]


def test_a_phone_that_vanished_is_heard_of_when_the_survey_has_begun() -> None:
    call = asked()
    commands = call.receive(AgentLost(END + 0.5, "anna"), END + 1)
    assert commands[0] == cmd.CutPrompt()
    call.receive(Done(END + 1, "survey-1", "#"), END + 1)
    assert (call.state, call.facts.survey, call.facts.survey_outcome) == (CallState.WAITING, None, None)
    call.receive(Offered(END + 9, 2, ("boris",)), END + 9)
    call.receive(AgentAnswered(END + 10, "boris"), END + 10)
    call.receive(Done(END + 50, "offer-2", "ANSWER"), END + 50)
    assert call.memory.pending == "survey-2", "another command: its end is no second copy of the first one's"
    call.receive(Done(END + 55, "survey-2", "1"), END + 55)
    facts = over(call)
    assert (answers(facts), facts.agent) == ([("solved", "1", "good")], "boris")


def test_a_survey_that_the_settings_have_no_more_ends_with_goodbye() -> None:
    call = asked()
    without = setup(
        WHOLE, queues={name: {"name": "S", "agents": ["anna"], "survey": None} for name in ("support", "billing")}
    )
    call = CallDriver.restore(call.snapshot(), flows(without)["1000"])
    commands = call.receive(Done(END + 5, "survey-1", "1"), END + 5)
    assert commands == [cmd.Ask("goodbye", ("goodbye",), 0), cmd.HangUp()]


def test_a_survey_of_before_keeps_its_answer() -> None:
    before = {"call_id": "1", "survey": "solved", "survey_question": "Solved?", "survey_key": "3", "survey_label": "No"}
    facts = read_facts({**before, "survey_outcome": "answered", "survey_at": T})
    assert answers(facts) == [("1", "3", None)]
    assert (facts.survey_outcome, facts.survey_answers[0]["label"]) == ("answered", "No")


# -- who is asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (SurveyKnown(T + 4, asked_at=T - DAY_SECONDS), "lately"),
        (SurveyKnown(T + 4, asked_at=T - 8 * DAY_SECONDS), None),
        (SurveyKnown(T + 4, asked_at=None, opted_out=True), "opted_out"),
    ],
)
def test_who_was_asked_lately_or_wants_to_be_asked_no_more_hears_goodbye(known: SurveyKnown, why: str | None) -> None:
    call = talked(WHOLE, NUMBER, known)
    commands = call.receive(Done(END, "offer-1", "ANSWER"), END)
    [said] = [command for command in commands if isinstance(command, cmd.Ask)]
    assert said.prompts[0] == ("survey-solved" if why is None else "goodbye")
    assert call.facts.survey_not_asked == why
    assert over(call).survey_outcome == (None if why else "hung_up")


def test_what_is_known_too_late_changes_nothing() -> None:
    call = asked()
    call.receive(SurveyKnown(END + 1, opted_out=True), END + 1)
    call.receive(Done(END + 5, "survey-1", "1"), END + 5)
    assert len(call.facts.survey_answers) == 1
