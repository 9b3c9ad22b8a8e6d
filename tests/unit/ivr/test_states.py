"""Every state by itself: reading an answer changes nothing, and whatever it means the table knows."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.dispatch import READ
from ivr.events import (
    Adopted,
    AgentAnswered,
    Arrived,
    ClosedNow,
    Done,
    Event,
    KeyPressed,
    LookedUp,
    MessageProposed,
    Offered,
)
from ivr.flow import Numbers, flows
from ivr.memory import Dialogue
from ivr.segments import PlainSegment, segments
from ivr.table import TRANSITIONS, CallState
from ringback.config import DEFAULT_MENU, Option, Settings

MENU = DEFAULT_MENU.model_copy(
    update={
        "options": {
            **DEFAULT_MENU.options,
            "3": Option(label="Opening hours", say="our-hours"),
            "4": Option(label="A request", lookup="ticket"),
        }
    }
)
SETTINGS = Settings(menus={"main": MENU})
NUMBER = "+12025550100"
T = 1_800_000_000.0


def read_number(text: str, _country: str) -> str | None:
    return f"+1{text.removeprefix('+1')}" if len(text) >= 10 else None


NUMBERS = Numbers(read_number, lambda _number: None, lambda number, _country: number.strip("+"), lambda: True)
FLOW = replace(flows(SETTINGS, NUMBERS)["1000"], asks_reason=True)

KEYS = ["", "0", "1", "2", "3", "4", "9", "#", "2025550199", "ANSWER", "NOANSWER", "SUCCESS"]
"""Whatever a command may end with, for whichever state it is."""
HAPPENINGS: list[Event] = [
    Offered(T, 1, ("anna",)),
    LookedUp(T, "look-up-2", "found", "open"),
    AgentAnswered(T, "anna"),
    KeyPressed(T + 3600, "1"),
    MessageProposed(T),
    ClosedNow(T),
]


@given(st.lists(st.sampled_from([*KEYS, *HAPPENINGS]), max_size=15))
@settings(max_examples=400, deadline=None)
def test_reading_changes_nothing_and_always_means_something(steps: list[str | Event]) -> None:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", NUMBER, ""), T)
    for number, step in enumerate(steps):
        event = step
        if isinstance(event, str):
            if call.memory.pending is None:
                continue
            event = Done(T + number, call.memory.pending, event)
            before = copy.deepcopy(call.snapshot())
            signal = READ[call.state](Dialogue(call.flow, call.facts, call.memory), event)
            assert call.snapshot() == before
            assert signal in TRANSITIONS[call.state]
        call.receive(event, T + number)


@given(st.lists(st.sampled_from(KEYS), max_size=10))
@settings(max_examples=200, deadline=None)
def test_the_controller_may_be_away_after_any_answer(keys: list[str]) -> None:
    """Whatever was pending is asked again in some way, and nothing is asked twice."""
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", NUMBER, ""), T)
    for number, key in enumerate(keys):
        if call.memory.pending is not None:
            call.receive(Done(T + number, call.memory.pending, key), T + number)
    call = CallDriver.restore(call.snapshot(), FLOW)
    state, pending = call.state, call.memory.pending
    call.receive(Adopted(T + 30, None), T + 30)
    call.receive(Done(T + 31, "probe-1", ""), T + 31)
    assert call.state is state
    if pending is not None and state not in (CallState.WAITING, CallState.CLOSING):
        assert call.memory.pending is not None
        assert call.memory.deadline is not None


def reason_call() -> CallDriver:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", NUMBER, ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    call.receive(Done(T + 3, "ask-1", "1"), T + 3)
    call.receive(KeyPressed(T + 5, "1"), T + 5)
    call.receive(Done(T + 8, "callback-1-said", ""), T + 8)
    call.receive(Done(T + 9, "callback-1", "1"), T + 9)
    assert call.state is CallState.REASON
    return call


def test_a_reason_is_not_asked_for_twice() -> None:
    call = CallDriver.restore(reason_call().snapshot(), FLOW)
    call.receive(Adopted(T + 30, None), T + 30)
    call.receive(Done(T + 31, "probe-1", ""), T + 31)
    assert call.next_timer() == T + 31, "it counts as said at once"
    assert call.handle_timer(T + 31) == [cmd.Ask("goodbye", ("callback-thanks",), 0), cmd.HangUp()]
    assert (call.facts.reason_from, call.facts.reason_to) == (T + 9, T + 31)


def test_a_talk_that_began_while_the_controller_was_away_is_none_that_lasted_a_moment() -> None:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", NUMBER, ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    call.receive(Done(T + 3, "ask-1", "1"), T + 3)
    call.receive(Offered(T + 4, 1, ("anna",)), T + 4)
    call = CallDriver.restore(call.snapshot(), FLOW)
    call.receive(Adopted(T + 30, "anna"), T + 30)
    assert (call.state, call.facts.agent) == (CallState.TALKING, "anna")
    call.receive(Done(T + 30.04, "offer-1", "ANSWER"), T + 30.04)
    assert call.state is CallState.SURVEY
    assert (call.facts.agent, call.facts.released_at) == ("anna", T + 30.04)


@pytest.mark.parametrize("pressed", [9, 40])
def test_the_newest_of_many_early_keys_are_kept(pressed: int) -> None:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", NUMBER, ""), T)
    for number in range(pressed):
        call.receive(KeyPressed(T + number, "9"), T + number)
    kept = [event["at"] for event in call.snapshot()["inbox"]]
    assert kept == [T + number for number in range(pressed - 8, pressed)]


# -- snapshots that a version before wrote -----------------------------------------------------------

BEFORE = json.loads((Path(__file__).parent / "snapshots_before.json").read_text(encoding="utf-8"))
"""By the state in which each was taken, written when one class held all states."""


def taken_up(state: str) -> CallDriver:
    call = CallDriver.restore(BEFORE[state], FLOW)
    assert call.state == state
    return call


def test_a_menu_of_before_goes_on_with_its_tries_and_early_keys() -> None:
    call = taken_up("menu")
    assert call.receive(Done(T + 9, "ask-2", "#"), T + 9) == [cmd.Ask("ask-3", ("menu-invalid", "menu-main"), 5)]
    commands = call.receive(Done(T + 10, "ask-3", "9"), T + 10)
    assert cmd.JoinQueue("support", T, joined_at=T + 10) in commands, "the third wrong key, one of them before"


def test_a_callback_of_before_is_confirmed() -> None:
    call = taken_up("callback")
    commands = call.receive(Done(T + 12, "callback-2", "1"), T + 12)
    assert commands[0] == cmd.PromiseCallback(NUMBER)
    assert call.state is CallState.REASON


def test_a_talk_of_before_ends_with_its_pause() -> None:
    call = taken_up("talking")
    commands = call.receive(Done(T + 60, "offer-1", "ANSWER"), T + 60)
    assert commands == [
        cmd.ResumeRecording(),
        cmd.LeaveQueue(),
        cmd.Ask("survey-1", ("survey-solved", "survey-opt-out"), 8),
    ]
    assert segments(call.record())[-1] == PlainSegment("unrecorded", "shop", T + 9, T + 60, "card")
