"""Callers who are gone as soon as they are there: whatever was answered is a call, with its ticket and recording."""

import signal

from app.trial.trial import until
from tests.support.installation import SECONDS, Installation
from tests.support.raw_sip import RawPhone


def test_goodbye_at_once_is_a_call(house: Installation) -> None:
    with RawPhone(house.trial.settings.sip.port) as phone:
        phone.call("1000")
        phone.bye()
        call = house.wait_ended(phone.user, seconds=30)
    assert call.result in ("left_at_once", "left")
    assert call.ended_by == "caller"
    assert (house.wait_recording(call.call_id, "stored", "missing").seconds or 0) < SECONDS


def test_many_at_once_are_as_many_calls(house: Installation) -> None:
    phones = [RawPhone(house.trial.settings.sip.port) for _ in range(10)]
    for phone in phones:
        with phone:
            phone.call("1000")
            phone.bye()
    for phone in phones:
        assert house.wait_ended(phone.user, seconds=30).result in ("left_at_once", "left")


def test_a_call_that_no_controller_saw_is_known_afterwards(house: Installation) -> None:
    """The controller is stopped and then killed; its last sign of life is so young that the caller is not handed on."""
    stopped = house.kill("controller", signal.SIGSTOP)
    try:
        with RawPhone(house.trial.settings.sip.port) as phone:
            phone.call("1000")
            phone.bye()
        until("its channel to be gone", SECONDS, lambda: house.channels() == 0)
        assert house.call(phone.user) is None
    finally:
        house.kill("controller", signal.SIGKILL)
    house.wait_new("controller", stopped)
    call = house.wait_ended(phone.user, seconds=30)
    assert (call.result, call.ended_by, call.line) == ("left_at_once", None, "1000")
    assert call.ended_at is not None
    assert 0 <= (call.ended_at - call.arrived_at).total_seconds() < SECONDS
