"""A disk that is full while they talk: the call goes on, the recording is cut short and says so."""

import resource
from collections.abc import Iterator

import pytest

from app.trial.trial import until
from tests.support.installation import SECONDS, Installation

ROOM = 3 * 32_000
"""Bytes: three seconds of raw sound."""


@pytest.fixture
def full_disk(house: Installation) -> Iterator[Installation]:
    """No file that Asterisk writes can grow over ROOM, until the test ends: to it, the disk is full."""
    pid = house.trial.asterisk_pid()
    assert pid is not None
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (ROOM, before[1]))
    yield house
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_the_call_goes_on_and_the_recording_says_why_it_is_short(full_disk: Installation) -> None:
    house = full_disk
    pid = house.trial.asterisk_pid()
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    call = house.talk(caller, anna)
    raw = house.trial.settings.spool / f"{call.call_id}.raw"
    until("the disk to be full", SECONDS, lambda: raw.stat().st_size >= ROOM)
    anna.hangup()
    caller.hear("survey-solved")
    caller.press("2")
    caller.phone.wait("disconnected", 30)
    over = house.wait_ended(caller.number)
    assert over.result == "served"
    assert house.trial.asterisk_pid() == pid
    row = house.wait_recording(call.call_id, "truncated")
    assert row.seconds == pytest.approx(ROOM / 32_000, abs=0.1)
    assert row.answered_seconds is not None and row.answered_seconds > row.seconds + 1
    assert row.notes is not None and row.notes[0][0] == "short"
    until("the raw sound to be thrown away", SECONDS, lambda: not raw.exists())
