"""Who sends neither a sound nor a key is nobody, and rings nobody; any sign of life is a person."""

import pytest

from ivr import commands as cmd
from ivr.call import CallDriver
from ivr.events import Arrived, Done, HungUp, KeyPressed
from ivr.flow import flows
from ivr.table import CallState
from ringback.config import Settings

FLOW = flows(Settings())["1000"]
CLOSED = flows(
    Settings.model_validate(
        {
            "hours": {"sundays": {"week": {"sun": ["10:00-11:00"]}}},
            "lines": [{"number": "1000", "name": "Shut", "hours": "sundays"}],
        }
    )
)["1000"]
T = 1_800_000_000.0  # a Friday
GOODBYE = [cmd.Ask("goodbye", ("goodbye",), 0), cmd.HangUp()]


def silent_call() -> CallDriver:
    """Its tries are used up."""
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", "+12025550100", ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    for number in (1, 2):
        call.receive(Done(T + number, f"ask-{number}", ""), T + number)
    assert call.receive(Done(T + 3, "ask-3", ""), T + 3) == [cmd.CountSound("sound-3")]
    return call


def test_not_a_packet_and_not_a_key_is_nobody() -> None:
    call = silent_call()
    assert call.receive(Done(T + 4, "sound-3", "0"), T + 4) == GOODBYE
    assert (call.record().result, call.facts.queue, call.state) == ("no_sound", None, CallState.CLOSING)


@pytest.mark.parametrize(("value", "failed"), [("1", False), ("", False), ("", True), ("0", True)])
def test_a_packet_or_an_unknown_count_is_a_person(value: str, failed: bool) -> None:
    call = silent_call()
    assert cmd.JoinQueue("support", T, joined_at=T + 4) in call.receive(Done(T + 4, "sound-3", value, failed), T + 4)


def test_no_count_in_time_is_a_person() -> None:
    call = silent_call()
    timer = call.next_timer()
    assert timer is not None
    call.handle_timer(timer)
    assert call.state is CallState.WAITING


def test_a_key_without_sound_is_a_person_whenever_it_came() -> None:
    call = silent_call()
    call.receive(KeyPressed(T + 4, "#"), T + 4)
    call = CallDriver.restore(call.snapshot(), FLOW)
    call.receive(Done(T + 4, "sound-3", "0"), T + 4)
    assert call.state is CallState.WAITING


def test_with_a_key_before_nothing_is_counted() -> None:
    call = CallDriver("1", FLOW)
    call.receive(Arrived(T, "1000", "+12025550100", ""), T)
    call.receive(Done(T + 1, "notice", ""), T + 1)
    call.receive(Done(T + 2, "ask-1", "9"), T + 2)
    for number in (2, 3, 4):
        call.receive(Done(T + number + 1, f"ask-{number}", ""), T + number + 1)
    assert call.state is CallState.WAITING


@pytest.mark.parametrize(("count", "result"), [("0", "no_sound"), ("80", "closed")])
def test_the_same_outside_hours(count: str, result: str) -> None:
    call = CallDriver("1", CLOSED)
    call.receive(Arrived(T, "1000", "+12025550100", ""), T)
    for number in (1, 2, 3):
        commands = call.receive(Done(T + number, f"closed-{number}", ""), T + number)
    assert commands == [cmd.CountSound("sound-3")]
    assert call.receive(Done(T + 4, "sound-3", count), T + 4) == GOODBYE
    call.receive(HungUp(T + 5, "Normal Clearing"), T + 5)
    assert call.record().result == result
