"""How many callers are let in, how fast, and what lateness makes of it: with an invented clock."""

import pytest

from controller.admission import CEILING, FASTER, HIGHEST, SLOWER, Admission
from pbx.capacity import LEAST_NEW_CALLS, Limits

NOW = 1_800_000_000.0


def admission(calls: int = 10, new_calls: float = 20.0, *, fixed: bool = False) -> Admission:
    return Admission(Limits(calls, new_calls, calls), fixed=fixed)


def come(door: Admission, count: int, now: float, first: int = 0) -> None:
    for number in range(first, first + count):
        door.arrived(f"c-{number}", now)


def test_the_door_is_shut_while_as_many_are_inside_as_may_be() -> None:
    door = admission(calls=3, new_calls=1000.0)
    come(door, 2, NOW)
    assert not door.is_shut(NOW)
    come(door, 1, NOW, 2)
    assert door.is_shut(NOW)
    assert door.opens_at(NOW) is None, "it opens when somebody leaves, not by the clock"
    door.left("an agent's channel")
    assert door.is_shut(NOW)
    door.left("c-1")
    assert not door.is_shut(NOW)


def test_a_caller_who_is_told_of_twice_is_one_caller() -> None:
    door = admission(calls=2)
    come(door, 1, NOW)
    come(door, 1, NOW)
    assert len(door.inside) == 1 and not door.is_shut(NOW)


def test_a_caller_whom_the_dialplan_refused_takes_nobodys_place() -> None:
    door = admission(calls=2, new_calls=1.0)
    for number in range(40):
        door.entered(f"c-{number}", NOW)
        door.left(f"c-{number}")
    assert not door.is_shut(NOW)
    door.entered("c-50", NOW)
    door.entered("c-51", NOW)
    assert door.is_shut(NOW), "they are inside before they are answered"
    door.arrived("c-50", NOW)
    door.arrived("c-51", NOW)
    assert door.is_shut(NOW)
    door.left("c-50")
    assert not door.is_shut(NOW)


def test_with_many_inside_the_door_opens_for_a_few_at_once() -> None:
    door = admission(calls=200, new_calls=100000.0)
    come(door, 200, NOW)
    assert door.is_shut(NOW)
    for number in range(3):
        door.left(f"c-{number}")
        assert door.is_shut(NOW), "each caller who leaves would move the door twice"
    door.left("c-3")
    assert not door.is_shut(NOW)


def test_callers_may_come_at_once_but_not_for_long() -> None:
    door = admission(calls=1000, new_calls=40.0)
    come(door, 9, NOW)
    assert not door.is_shut(NOW), "a quarter of a second's callers at once"
    come(door, 2, NOW, 9)
    assert door.is_shut(NOW)
    opens_at = door.opens_at(NOW)
    assert opens_at is not None and opens_at == pytest.approx(NOW + 0.15)
    assert door.is_shut(opens_at - 0.01)
    assert not door.is_shut(opens_at)


def test_at_a_low_rate_five_may_still_come_at_once() -> None:
    door = admission(calls=1000, new_calls=1.0)
    come(door, 5, NOW)
    assert not door.is_shut(NOW)
    come(door, 1, NOW, 5)
    assert door.is_shut(NOW)


def test_a_steady_stream_at_the_rate_is_never_refused() -> None:
    door = admission(calls=100000, new_calls=20.0)
    for number in range(2000):
        now = NOW + number / 20
        assert not door.is_shut(now)
        door.arrived(f"c-{number}", now)


def test_who_was_inside_when_the_link_came_back_counts() -> None:
    door = admission(calls=2)
    come(door, 2, NOW)
    door.found(["c-1"])
    assert not door.is_shut(NOW)
    door.found(["c-1", "c-7"])
    assert door.is_shut(NOW)


def test_late_events_slow_the_rate_down_to_what_came() -> None:
    door = admission(new_calls=40.0)
    come(door, 30, NOW)
    door.late(0.3)
    door.second_over(refused=0)
    assert door.rate == pytest.approx(30 * SLOWER) and door.is_slowed
    for _ in range(50):
        come(door, 6, NOW, 100)
        door.inside.clear()
        door.late(0.3)
        door.second_over(refused=10)
    assert door.rate == LEAST_NEW_CALLS, "a few callers are let in on the slowest machine"


def test_one_short_stop_of_the_program_refuses_nobody() -> None:
    door = admission(new_calls=40.0)
    for late in ([0.1, 0.2, *[0.01] * 200], [0.2, *[0.01] * 200, 0.1]):
        come(door, 30, NOW)
        for seconds in late:
            door.late(seconds)
        door.second_over(refused=0)
    assert door.rate == 40.0
    come(door, 30, NOW, 100)
    for seconds in (0.1, 0.01, 0.07, 0.2):
        door.late(seconds)
    door.second_over(refused=0)
    assert door.rate == pytest.approx(30 * SLOWER), "three are no accident"


def test_a_few_late_ones_of_many_are_no_sign_of_a_machine_that_cannot_do_more() -> None:
    door = admission(new_calls=40.0)
    for late, rate in ((9, 40.0), (11, 30 * SLOWER)):
        come(door, 30, NOW, 100 * late)
        for seconds in [0.1] * late + [0.01] * (200 - late):
            door.late(seconds)
        door.second_over(refused=0)
        assert door.rate == pytest.approx(rate)


def test_one_late_second_shuts_no_door_however_few_came_in_it() -> None:
    door = admission(new_calls=40.0)
    come(door, 6, NOW)
    door.late(1.0)
    door.second_over(refused=0)
    assert door.rate == 20.0, "the first second of many callers"


def test_the_rate_rises_quickly_to_what_was_too_much_and_slowly_from_there() -> None:
    door = admission(new_calls=40.0)
    come(door, 40, NOW)
    door.late(1.0)
    door.second_over(refused=0)
    for second in range(1, 30):
        door.late(0.01)
        door.second_over(refused=10)
        if second == 6:
            assert door.rate == pytest.approx(40 * CEILING, rel=0.01)
    assert door.rate < 40.0
    for _ in range(60):
        door.late(0.01)
        door.second_over(refused=10)
    assert not door.is_slowed, "nothing was late for a minute: what was too much then need not be now"


def test_few_calls_are_not_why_everything_is_late() -> None:
    door = admission(new_calls=40.0)
    come(door, 2, NOW)
    door.late(5.0)
    assert not door.second_over(refused=0)
    assert door.rate == 40.0
    come(door, 39, NOW, 10)
    assert door.second_over(refused=0), "nearly as many as may come"
    door.rate = 20.0
    door.late(5.0)
    door.second_over(refused=0)
    assert door.rate == pytest.approx(20 * FASTER), "nobody waits for a machine that others keep busy"


def test_the_rate_comes_back_when_nothing_is_late() -> None:
    door = admission(new_calls=40.0)
    door.rate = 20.0
    door.late(0.01)
    door.second_over(refused=0)
    assert door.rate == pytest.approx(20 * FASTER)
    door.late(0.05)
    door.second_over(refused=10)
    assert door.rate == pytest.approx(20 * FASTER), "not while it is neither late nor prompt"
    for _ in range(50):
        door.second_over(refused=0)
    assert door.rate == pytest.approx(40.0, rel=FASTER - 1), "no further than measured while nobody is refused"


def test_work_that_can_wait_goes_on_after_a_flood_although_the_rate_is_still_low() -> None:
    door = admission(calls=1000, new_calls=40.0)
    come(door, 30, NOW)
    door.late(1.0)
    assert door.second_over(refused=100)
    assert door.rate == pytest.approx(30 * SLOWER)
    come(door, 25, NOW + 20, first=100)
    door.late(0.01)
    assert not door.second_over(refused=0), "more than the low rate, but far from what the machine carries"
    come(door, 25, NOW + 40, first=200)
    door.late(1.0)
    assert door.second_over(refused=0), "late again"


def test_a_machine_that_does_more_than_was_measured_may_do_it() -> None:
    door = admission(calls=100000, new_calls=40.0)
    now = NOW
    for _ in range(60):
        come(door, 200, now)
        assert door.is_shut(now)
        door.inside.clear()
        door.late(0.005)
        door.second_over(refused=100)
        now += 30
    assert door.rate == pytest.approx(HIGHEST * 40)


def test_the_number_of_callers_inside_is_no_reason_for_a_higher_rate() -> None:
    door = admission(calls=2, new_calls=40.0)
    come(door, 2, NOW)
    assert door.is_shut(NOW)
    door.second_over(refused=5)
    assert door.rate == 40.0


def test_a_rate_that_the_owner_set_stays() -> None:
    door = admission(new_calls=40.0, fixed=True)
    come(door, 30, NOW)
    door.late(3.0)
    assert door.second_over(refused=10), "work that can wait stands back all the same"
    assert door.rate == 40.0
