"""Closed hours and the spoken reason on the real Asterisk: what callers hear, and what becomes of what they say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from app.trial.trial import until
from callback.models import Callback
from ivr.hours import Schedule
from pbx import asterisk
from recording.service import sound_path
from tests.support.installation import SECONDS, Installation, speech
from tests.support.scenarios import SETTINGS

IN_THREE_DAYS = f"{datetime.now(UTC) + timedelta(days=3):%a}".lower()
CLOSED = {
    "hours": {"rare": {"week": {IN_THREE_DAYS: ["09:00-09:30"]}}},
    "lines": [*SETTINGS["lines"], {"number": "1005", "name": "Rarely open", "hours": "rare"}],
    "callbacks": {"hours": "00:00-24:00"},
}


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation]) -> Installation:
    return house_with(CLOSED)


def promise_to(house: Installation, number: str) -> Callback:
    def look() -> Callback | None:
        with house.trial.sessions()() as session:
            return session.scalar(select(Callback).where(Callback.number == number))

    return until("the promise", SECONDS, look)


def loud_share(house: Installation, call_id: str, begins: float, ends: float) -> float:
    """How much of a stretch of the caller's side has a voice in it, 0 to 1."""
    row = house.wait_recording(call_id, "stored")
    path = sound_path(house.trial.settings, row)
    assert path is not None
    samples, rate = soundfile.read(path, start=int(begins * 8000), stop=int(ends * 8000))
    assert rate == 8000
    frames = samples[: len(samples) // 800 * 800, 0].reshape(-1, 800)
    return float(np.mean(np.abs(frames).max(axis=1) > 0.02))


def test_a_closed_line_tells_when_it_opens_and_promises_a_call_for_then(house: Installation) -> None:
    caller = house.dial("1005")
    caller.hear("notice", "closed", f"opens-{IN_THREE_DAYS}", "at-9-00", "callback-later")
    caller.press("1")
    caller.hear("fallback-number", "fallback-confirm")
    caller.press("1")
    caller.hear("callback-reason", "callback-thanks-later")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    assert (call.result, call.queue) == ("promised", None)
    promise = promise_to(house, caller.number)
    schedule = Schedule(house.trial.settings.hours["rare"], "UTC")
    assert promise.source == "closed"
    assert promise.due_at.timestamp() == schedule.opens_at(call.arrived_at.timestamp())
    assert promise.reason_from is not None and promise.reason_to is not None
    assert 0 < promise.reason_from < promise.reason_to


def test_a_message_at_closed_hours_is_over_when_the_caller_stops_speaking(house: Installation) -> None:
    caller = house.dial("1005")
    after = caller.hear("closed", "message-offer")
    caller.press("2")
    caller.hear("leave-message", "message-thanks", after=after)
    caller.phone.wait("disconnected", SECONDS)
    assert house.wait_ended(caller.number).result == "message"


def test_the_reason_is_in_the_recording_where_the_promise_says(
    house: Installation, program: asterisk.AsteriskProgram
) -> None:
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    caller.hear("please-wait")
    caller.press("1")
    caller.hear("fallback-number", "fallback-confirm")
    caller.press("1")
    caller.hear("callback-reason", last=True)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    caller.hear("callback-thanks")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    promise = promise_to(house, caller.number)
    assert promise.source == "queue"
    assert promise.reason_from is not None and promise.reason_to is not None
    assert loud_share(house, call.call_id, promise.reason_from, promise.reason_to) > 0.2
    assert loud_share(house, call.call_id, 0, promise.reason_from) == 0, "before, the caller only listens"
