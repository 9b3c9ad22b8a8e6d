"""How long the controller gathers events: longer while there is much to do, and only then."""

from controller.pace import BUSY_EVENTS, BUSY_GATHER_SECONDS, GATHER_SECONDS, Pace


def test_steps_are_larger_in_a_busy_second_and_as_before_after_a_quiet_one() -> None:
    pace = Pace()
    assert pace.seconds == GATHER_SECONDS
    pace.took(BUSY_EVENTS)
    pace.look()
    assert pace.seconds == GATHER_SECONDS
    pace.took(1)
    pace.took(BUSY_EVENTS)
    pace.look()
    assert pace.seconds == BUSY_GATHER_SECONDS
    pace.look()
    assert pace.seconds == GATHER_SECONDS
