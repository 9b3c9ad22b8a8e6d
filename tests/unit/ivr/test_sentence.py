"""A menu option that says a sentence: the menu goes on, and nothing of the call is lost on the way."""

import pytest

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Adopted, Arrived, Done, HungUp
from ivr.flow import flows
from ivr.table import CallState
from ringback.config import Menu, Option, Settings

T = 1_800_000_000.0
MENU = Menu(
    prompt="menu-main",
    options={
        "1": Option(label="Support", queue="support"),
        "2": Option(label="Where we are", say="our-address"),
        "3": Option(label="Opening hours", say="our-hours"),
    },
    operator_queue="support",
)
FLOW = flows(Settings(menus={"main": MENU}))["1000"]
SAID = cmd.Ask("ask-2", ("our-hours", "menu-main"), 10)


def saying_call() -> CallDriver:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", "", ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    assert call.receive(Done(T + 3, "ask-1", "3"), T + 3) == [SAID]
    assert call.state is CallState.SAYING
    return call


def keys(call: CallDriver) -> list[str]:
    return [step["key"] for step in call.facts.menu_path]


def test_a_key_cuts_the_sentence_and_is_a_choice() -> None:
    call = saying_call()
    commands = call.receive(Done(T + 5, "ask-2", "1"), T + 5)
    assert commands == [cmd.MusicOn("default"), cmd.JoinQueue("support", T, key="1", joined_at=T + 5)]
    assert [step["label"] for step in call.facts.menu_path] == ["Opening hours", "Support"]


@pytest.mark.parametrize(("key", "before"), [("9", "menu-invalid"), ("", "menu-silent")])
def test_after_the_sentence_the_menu_counts_tries_as_ever(key: str, before: str) -> None:
    call = saying_call()
    assert call.receive(Done(T + 20, "ask-2", key), T + 20) == [cmd.Ask("ask-3", (before, "menu-main"), 5)]
    assert (call.state, call.memory.wrong_keys + call.memory.silences) == (CallState.MENU, 1)


def test_nobody_who_hears_a_sentence_and_chooses_nothing_is_left_alone() -> None:
    call = saying_call()
    for number in (2, 3, 4):
        commands = call.receive(Done(T + number, f"ask-{number}", ""), T + number)
    assert cmd.JoinQueue("support", T, joined_at=T + 4) in commands, "no option led there"
    assert keys(call) == ["3"]


def test_a_sentence_may_be_heard_again_and_stands_once_in_the_menu_path() -> None:
    call = saying_call()
    for number, key in enumerate("3232", 2):
        [said] = call.receive(Done(T + number, f"ask-{number}", key), T + number)
        assert said == cmd.Ask(f"ask-{number + 1}", ({"2": "our-address", "3": "our-hours"}[key], "menu-main"), 10)
    assert keys(call) == ["3", "2"]


def test_a_sentence_that_was_lost_with_the_controller_is_said_again() -> None:
    call = CallDriver.restore(saying_call().snapshot(), FLOW)
    assert call.receive(Adopted(T + 30, None), T + 30) == [cmd.Probe("probe-1")]
    assert call.receive(Done(T + 31, "probe-1", ""), T + 31) == [cmd.Ask("ask-3", SAID.prompts, 10)]
    assert (call.state, keys(call)) == (CallState.SAYING, ["3"])


def test_a_snapshot_from_before_there_were_sentences_is_taken_up() -> None:
    data = saying_call().snapshot()
    del data["memory"]["said"]
    data["memory"]["state"] = "menu"
    call = CallDriver.restore(data, FLOW)
    assert call.receive(Done(T + 5, "ask-2", "3"), T + 5) == [cmd.Ask("ask-3", SAID.prompts, 10)]


def test_hanging_up_in_the_middle_is_hanging_up_in_the_menu() -> None:
    call = saying_call()
    assert call.receive(HungUp(T + 5, "Normal Clearing"), T + 5) == [cmd.LeaveQueue()]
    timer = call.next_timer()
    assert timer is not None
    call.handle_timer(timer)
    assert (call.record().result, call.record().queue, keys(call)) == ("left", None, ["3"])
