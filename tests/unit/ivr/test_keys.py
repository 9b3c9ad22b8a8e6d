"""Which keys count: what a key agrees to was said before, and keys right after a choice mean nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from callback.policy import DiallingRules
from controller.numbers import numbers
from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import AgentAnswered, Arrived, Done, KeyPressed, Offered
from ivr.flow import flows
from ivr.table import CallState
from ringback.config import Settings

T = 1_800_000_000.0
NUMBER = "+12025550123"
QUESTION = ("survey-solved", "survey-opt-out")
SETTINGS = Settings.model_validate(
    {
        "lines": [
            {"number": "1000", "name": "Support"},
            {"number": "1001", "name": "In a hurry", "notice_can_be_skipped": True},
        ],
        "trunk": {"host": "sip.example.com"},
        "callbacks": {"hours": "00:00-24:00"},
    }
)
FLOWS = flows(SETTINGS, numbers(DiallingRules(SETTINGS), lambda: T))
DIGITS = tuple(f"digit-{digit}" for digit in "2025550123")


def arrived(line: str = "1000") -> CallDriver:
    call = CallDriver("1", replace(FLOWS[line], asks_reason=False))
    call.receive(Arrived(T, line, NUMBER, ""), T)
    return call


def waiting() -> CallDriver:
    call = arrived()
    call.receive(Done(T + 2, "notice", ""), T + 2)
    call.receive(KeyPressed(T + 3, "1"), T + 3)
    call.receive(Done(T + 3, "ask-1", "1"), T + 3)
    assert call.state is CallState.WAITING
    return call


def asked_for_the_number() -> CallDriver:
    call = waiting()
    call.receive(KeyPressed(T + 10, "1"), T + 10)
    assert call.state is CallState.CALLBACK
    return call


def surveyed() -> CallDriver:
    call = waiting()
    call.receive(Offered(T + 5, 1, ("anna",)), T + 5)
    call.receive(AgentAnswered(T + 7, "anna"), T + 7)
    call.receive(Done(T + 60, "offer-1", "ANSWER"), T + 60)
    assert call.memory.pending == "survey-1"
    return call


# -- the notice --------------------------------------------------------------------------------------


def test_the_notice_is_said_to_its_end_and_the_greeting_can_be_cut() -> None:
    call = CallDriver("1", FLOWS["1000"])
    assert call.receive(Arrived(T, "1000", NUMBER, ""), T) == [cmd.Say("notice", ("notice",))]
    assert call.receive(Done(T + 2, "notice", ""), T + 2) == [cmd.Ask("ask-1", ("welcome", "menu-main"), 10)]


def test_a_line_may_let_a_key_cut_the_notice() -> None:
    call = CallDriver("1", FLOWS["1001"])
    assert call.receive(Arrived(T, "1001", NUMBER, ""), T) == [cmd.Ask("ask-1", ("notice", "welcome", "menu-main"), 10)]


@pytest.mark.parametrize(("key", "state"), [("1", CallState.WAITING), ("0", CallState.WAITING), ("9", CallState.MENU)])
def test_a_key_in_the_notice_answers_the_menu(key: str, state: CallState) -> None:
    call = arrived()
    commands = call.receive(KeyPressed(T + 0.5, key), T + 0.5)
    assert call.state is state
    assert cmd.CutPrompt() not in commands, "the notice is heard to its end"
    call.receive(Done(T + 2, "notice", ""), T + 2)
    assert call.state is state, "the end of the notice changes nothing any more"


def test_keys_in_the_notice_after_the_first_mean_nothing() -> None:
    call = arrived()
    for moment in (0.5, 0.6, 0.7, 0.9):
        call.receive(KeyPressed(T + moment, "1"), T + moment)
    assert call.state is CallState.WAITING


# -- right after a choice ----------------------------------------------------------------------------


@pytest.mark.parametrize("later", [0.02, 0.08, 0.3])
def test_the_same_key_right_after_the_choice_asks_for_nothing(later: float) -> None:
    call = waiting()
    assert call.receive(KeyPressed(T + 3 + later, "1"), T + 3 + later) == []
    assert call.state is CallState.WAITING


@pytest.mark.parametrize("between", [0.05, 0.2, 0.35])
def test_a_row_of_keys_asks_for_nothing_however_long_it_is(between: float) -> None:
    call = waiting()
    for number in range(1, 20):
        assert call.receive(KeyPressed(T + 3 + number * between, "1"), T + 3 + number * between) == []
    assert call.state is CallState.WAITING


def test_a_moment_later_it_asks_for_a_callback() -> None:
    call = waiting()
    call.receive(KeyPressed(T + 5, "1"), T + 5)
    assert call.state is CallState.CALLBACK


# -- the number --------------------------------------------------------------------------------------


def test_the_number_is_said_before_it_can_be_confirmed() -> None:
    call = waiting()
    commands = call.receive(KeyPressed(T + 10, "1"), T + 10)
    assert cmd.Say("callback-1-said", ("fallback-number", *DIGITS)) in commands
    for moment in (10.1, 10.2, 11):  # 1111
        assert call.receive(KeyPressed(T + moment, "1"), T + moment) == []
    [asked] = call.receive(Done(T + 16, "callback-1-said", ""), T + 16)
    assert asked == cmd.Ask("callback-1", ("fallback-confirm",), 8)
    assert not call.memory.promised
    call.receive(Done(T + 18, "callback-1", "1"), T + 18)
    assert call.facts.promised_number == NUMBER


def test_a_caller_who_is_gone_in_the_number_is_promised_nothing() -> None:
    call = asked_for_the_number()
    call.receive(Done(T + 12, "callback-1-said", "", failed=True), T + 12)
    assert not call.memory.promised


def test_an_agent_who_gets_free_while_the_number_is_said_goes_before() -> None:
    call = asked_for_the_number()
    commands = call.receive(Offered(T + 11, 1, ("anna",)), T + 11)
    assert isinstance(commands[-1], cmd.Ring)
    call.receive(Done(T + 16, "callback-1-said", ""), T + 16)
    assert (call.state, call.memory.pending) == (CallState.OFFERED, "offer-1")


def test_a_number_that_was_said_by_a_controller_of_before_is_said_again() -> None:
    call = CallDriver.restore(asked_for_the_number().snapshot(), FLOWS["1000"])
    call.receive(Done(T + 16, "callback-1-said", ""), T + 16)
    assert call.memory.pending == "callback-1"


@pytest.mark.parametrize(
    ("first_key_after", "typed", "number"),
    [(0.08, "22025550177", "+12025550177"), (1.5, "2025550177", "+12025550177"), (0.08, "3025550177", "+13025550177")],
)
def test_the_key_that_asks_for_another_number_pressed_twice_is_no_digit_of_it(
    first_key_after: float, typed: str, number: str
) -> None:
    call = asked_for_the_number()
    call.receive(Done(T + 16, "callback-1-said", ""), T + 16)
    call.receive(Done(T + 18, "callback-1", "2"), T + 18)
    for at, key in enumerate(typed):
        moment = T + 18 + first_key_after + at * 0.3
        call.receive(KeyPressed(moment, key), moment)
    call.receive(Done(T + 25, "callback-2", typed), T + 25)
    assert call.memory.callback_number == number


# -- the survey --------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", [0.02, 0.5, 0.9])
def test_a_key_as_the_agent_hangs_up_is_no_answer(later: float) -> None:
    call = surveyed()
    commands = call.receive(Done(T + 60 + later, "survey-1", "1"), T + 60 + later)
    assert commands == [cmd.Ask("survey-1-anew1", QUESTION, 8)]
    assert call.facts.survey_answers == []
    call.receive(Done(T + 63, "survey-1-anew1", "2"), T + 63)
    assert [answer["key"] for answer in call.facts.survey_answers] == ["2"]


def test_where_early_keys_have_no_end_the_question_is_said_to_its_end() -> None:
    call = surveyed()
    for number in range(5):
        assert call.memory.pending is not None
        commands = call.receive(Done(T + 60 + number / 10, call.memory.pending, "1"), T + 60 + number / 10)
    assert commands == [cmd.Say("", QUESTION), cmd.Ask("survey-1-anew5", (), 8)]
    assert call.facts.survey_answers == []


def test_a_caller_who_knows_the_question_need_not_hear_its_end() -> None:
    call = surveyed()
    call.receive(Done(T + 62.5, "survey-1", "3"), T + 62.5)
    assert [answer["key"] for answer in call.facts.survey_answers] == ["3"]


def test_after_a_snapshot_an_early_key_is_early() -> None:
    call = CallDriver.restore(surveyed().snapshot(), FLOWS["1000"])
    call.receive(Done(T + 60.1, "survey-1", "1"), T + 60.1)
    assert call.memory.pending == "survey-1-anew1"


@pytest.mark.parametrize("make", [arrived, waiting, asked_for_the_number, surveyed], ids=lambda make: make.__name__)
def test_the_same_key_a_hundred_times_a_second_is_harmless(make: Callable[[], CallDriver]) -> None:
    call = make()
    for number in range(100):
        moment = T + 60 + number / 100
        call.receive(KeyPressed(moment, "1"), moment)
        if call.memory.pending is not None and not call.memory.pending.endswith("-said"):
            call.receive(Done(moment, call.memory.pending, ""), moment) if number == 99 else None
    assert not call.memory.promised
    assert call.facts.survey_answers == []
