"""Phones that vanish without a word (killed: no BYE, no sound), on the real Asterisk, and silent ones that stay.

Asking takes 2 s here instead of 15, and Asterisk gives up who does not answer after 32 s, whatever the settings.
"""

import time
from collections.abc import Callable
from typing import Any

from tests.support.installation import CallerPhone, Installation

SOON = {"sip": {"silent_seconds": 2}}
GONE_SECONDS = 50.0
"""Within a minute: 32 s of Asterisk's, what comes before, and a slow machine."""
HouseWith = Callable[[dict[str, Any]], Installation]


def asks_for_an_agent(house: Installation) -> CallerPhone:
    caller = house.dial("1003")
    caller.hear("digit-5")
    caller.press("1")
    return caller


def in_line(house: Installation) -> CallerPhone:
    caller = asks_for_an_agent(house)
    house.wait_call(caller.number, "waiting")
    return caller


def talking(house: Installation) -> CallerPhone:
    """A caller whom the only agent who is there has."""
    caller = asks_for_an_agent(house)
    house.wait_call(caller.number, "talking")
    return caller


def test_who_vanishes_is_gone_within_a_minute_and_who_is_only_silent_stays(house_with: HouseWith) -> None:
    """In the menu, in the line, and in a talk whose agent vanishes too; who is on hold stays and is next."""
    house = house_with(SOON)
    anna = house.sign_in("anna")
    anna.auto_answer(0)  # the queue rings 3 s
    in_talk = talking(house)
    in_menu, waiting, held = house.dial("1000"), in_line(house), in_line(house)
    held.phone.hold()
    began = time.monotonic()
    for phone in (in_menu.phone, waiting.phone, in_talk.phone, anna):
        phone.kill()
    gone = (in_menu, waiting, in_talk)
    for caller in gone:
        house.wait_call(caller.number, "ended", seconds=GONE_SECONDS)
    assert time.monotonic() - began < 60
    assert [house.call_row(caller.number).result for caller in (in_menu, waiting)] == ["left", "abandoned"]
    assert house.call_row(in_talk.number).survey_outcome is None, "nobody is there to be asked"
    house.wait_agent("anna", "phone lost", "away")
    assert house.wait_call(held.number, "waiting").ended_at is None
    held.phone.unhold()
    boris = house.sign_in("boris")
    boris.auto_answer(0)
    house.wait_call(held.number, "talking", seconds=30)
    held.phone.hangup()
    assert house.wait_ended(held.number).result == "served"
    house.sign_in("anna")


def test_when_the_agents_phone_vanishes_the_caller_hears_so_and_is_next(house_with: HouseWith) -> None:
    house = house_with(SOON)
    anna = house.sign_in("anna")
    anna.auto_answer(0)  # the queue rings 3 s
    caller = talking(house)
    earlier = in_line(house)
    anna.kill()
    house.wait_call(caller.number, "waiting", seconds=GONE_SECONDS)
    assert house.wait_agent("anna", "phone lost").reason is None
    caller.hear("agent-lost")
    boris = house.sign_in("boris", "free", "ringing", "paused")
    boris.auto_answer(0)
    call = house.wait_call(caller.number, "talking", seconds=30)
    assert house.wait_call(earlier.number, "waiting").agent is None
    house.sign_in("anna", "ringing", "paused")
    for each in (caller, earlier):
        each.phone.hangup()
        house.wait_call(each.number, "ended")
    assert house.wait_ended(caller.number).agent == "boris"
    outcomes = [(visit.outcome, visit.agent, visit.came_by) for visit in house.visits(call.call_id)]
    assert outcomes == [("answered", "anna", "menu"), ("answered", "boris", "back")]
