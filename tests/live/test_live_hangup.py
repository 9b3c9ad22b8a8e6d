"""The caller hangs up, at every step: the call ends cleanly there and is on exactly one ticket."""

from collections.abc import Callable

import pytest

from pbx.phones.phone import Phone
from tests.support.installation import SECONDS, CallerPhone, Installation


def greeting(house: Installation) -> tuple[CallerPhone, Phone | None]:
    caller = house.dial("1000")
    caller.hear("notice")
    return caller, None


def menu(house: Installation) -> tuple[CallerPhone, Phone | None]:
    caller, _ = greeting(house)
    caller.press("9")
    house.wait_call(caller.number, "menu")
    return caller, None


def waiting(house: Installation) -> tuple[CallerPhone, Phone | None]:
    caller, _ = greeting(house)
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    return caller, None


def offered(house: Installation) -> tuple[CallerPhone, Phone | None]:
    anna = house.sign_in("anna")
    caller, _ = greeting(house)
    caller.press("1")
    anna.wait("incoming", SECONDS)
    return caller, anna


def talking(house: Installation) -> tuple[CallerPhone, Phone | None]:
    anna = house.sign_in("anna")
    caller, _ = greeting(house)
    caller.press("1")
    house.talk(caller, anna)
    return caller, anna


def survey(house: Installation) -> tuple[CallerPhone, Phone | None]:
    caller, anna = talking(house)
    assert anna is not None
    anna.hangup()
    caller.hear("survey-solved")
    anna.wait("disconnected", SECONDS)
    return caller, None


def goodbye(house: Installation) -> tuple[CallerPhone, Phone | None]:
    caller, _ = survey(house)
    caller.press("3")
    house.wait_call(caller.number, "closing")
    return caller, None


STEPS = {
    greeting: "left",
    menu: "left",
    waiting: "abandoned",
    offered: "abandoned",
    talking: "served",
    survey: "served",
    goodbye: "served",
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_the_caller_hangs_up(
    house: Installation, step: Callable[[Installation], tuple[CallerPhone, Phone | None]]
) -> None:
    caller, agent = step(house)
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)
    if agent is not None:
        agent.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    assert call.result == STEPS[step]
    assert call.ended_at is not None and call.ended_at >= call.arrived_at
    assert house.answers_of(call.call_id) == (["3"] if step is goodbye else [])
    if step in (offered, talking):
        house.wait_agent("anna", "free")
    house.wait_recording(call.call_id, "stored")


def test_a_phone_that_vanishes_is_no_call_for_ever(house: Installation) -> None:
    """No goodbye from the caller's side; the agent hears nothing any more and hangs up."""
    caller, anna = talking(house)
    assert anna is not None
    caller.phone.kill()
    anna.hangup()
    call = house.wait_ended(caller.number, seconds=60)
    assert call.result == "served"
    assert call.survey_outcome == "silent"
