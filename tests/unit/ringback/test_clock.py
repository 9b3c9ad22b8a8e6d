"""A machine's clock that is set by an hour while calls go on: an invented one, no real clock is touched."""

from datetime import UTC, datetime, timedelta

import pytest

from pbx import codec
from pbx.absence import Absence
from pbx.reports import BridgeChange, OwnChannelUp
from ringback.clock import STEP_SECONDS, Clock, LastSign
from ringback.store.bus import Process

T = 1_800_000_000.0
HOUR = 3600.0
STEPS = pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])


class Machine:
    """Its two clocks: one that people and NTP set, one that only goes on."""

    def __init__(self) -> None:
        self.wall, self.steady = T, 50.0
        self.clock = Clock(lambda: self.wall, lambda: self.steady)

    def passes(self, seconds: float, step: float = 0.0) -> None:
        self.wall += seconds + step
        self.steady += seconds


@STEPS
def test_a_clock_that_is_set_changes_nothing_until_it_is_followed(step: float) -> None:
    machine = Machine()
    machine.passes(10, step)
    assert (machine.clock.now(), machine.clock.ahead) == (T + 10, step)
    machine.clock.follow()
    assert (machine.clock.now(), machine.clock.ahead) == (T + 10 + step, 0.0)


def test_a_clock_that_is_corrected_a_little_is_left_alone() -> None:
    machine = Machine()
    machine.passes(10, STEP_SECONDS)
    assert (machine.clock.now(), machine.clock.ahead) == (T + 10, 0.0)


@STEPS
def test_an_event_after_the_step_is_as_long_after_the_one_before_as_it_was(step: float) -> None:
    machine = Machine()

    def entered() -> float:
        event = {"Event": "BridgeEnter", "Timestamp": f"{machine.wall:.6f}", "Uniqueid": "1.1", "BridgeUniqueid": "b"}
        event |= {"Channel": "PJSIP/anna-1"}
        found = codec.decode(codec.by_our_clock(event, machine.clock.ahead), machine.clock.now())
        assert isinstance(found, BridgeChange)
        return found.at

    before = entered()
    machine.passes(42, step)
    assert entered() - before == pytest.approx(42)


@STEPS
def test_a_customer_whom_we_call_answered_when_the_phone_did(step: float) -> None:
    machine = Machine()
    machine.passes(5, step)
    event = {
        "Event": "AsyncAGIStart",
        "Context": "ringback-callbacks",
        "Uniqueid": "cb-1-1c",
        "Channel": "PJSIP/trunk-1",
    }
    event |= {"Exten": f"at{round((machine.wall - 3) * 1000)}", "Timestamp": f"{machine.wall:.6f}"}
    found = codec.decode(codec.by_our_clock(event, machine.clock.ahead), machine.clock.now())
    assert found == OwnChannelUp("cb-1-1c", T + 2, False)


@STEPS
def test_the_watchdog_takes_no_controller_for_gone_because_of_the_step(step: float) -> None:
    machine, sign = Machine(), LastSign()
    watched = Absence(60.0, machine.clock.now())

    def is_away(beat: float) -> bool:
        return watched.is_away(sign.at(beat, machine.clock), machine.clock.now())

    machine.passes(1)
    assert not is_away(machine.wall)
    before = machine.wall
    machine.passes(1, step)
    assert not is_away(before), "the sign of before the step"
    machine.passes(1)
    last = machine.wall
    assert not is_away(last), "the next one"
    machine.passes(4)
    assert is_away(last), "and then none"


@STEPS
def test_a_process_that_ended_before_the_step_is_away(step: float) -> None:
    beat = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    row = Process(name="worker", pid=1, started_at=beat, beat_at=beat)
    assert row.is_away(beat + timedelta(seconds=step))
    assert not row.is_away(beat + timedelta(seconds=1))
