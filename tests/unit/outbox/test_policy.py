"""When a delivery is tried again, and what a receiver is given: tries, rests, and how it is asked if it is back."""

import pytest

from outbox.policy import (
    FAILURES,
    LOCKED_OUT_SECONDS,
    LONGEST_PAUSE,
    MOST_PROBE_SECONDS,
    TRIES,
    ReceiverHealth,
    pause_after,
)


def test_ten_tries_by_the_schedule_of_standard_webhooks() -> None:
    pauses = [pause_after(attempts, spread=0.5) for attempts in range(1, TRIES)]
    hours = 3600.0
    assert pauses == [5, 300, 1800, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours]
    assert {pause_after(1) for _ in range(20)} != {5.0}, "what failed together does not come back together"
    assert all(4.5 <= pause_after(1) <= 5.5 for _ in range(100))


def test_a_time_that_the_receiver_named_is_kept_within_reason() -> None:
    assert pause_after(1, 120.0) == 120.0
    assert pause_after(2, 1.0, spread=0.5) == 300.0, "sooner than due is nothing"
    assert pause_after(1, 1e12) == LONGEST_PAUSE


def test_who_fails_several_times_in_a_row_is_asked_now_and_then() -> None:
    health = ReceiverHealth(8)
    assert health.room(3, 0.0) == 5
    for at in range(FAILURES):
        assert not health.is_away
        health.failed(float(at))
    now = float(FAILURES - 1)
    asked = []
    for _ in range(9):
        assert health.room(0, now) == 0
        waits = health.next_at(now)
        assert waits is not None
        asked.append(waits - now)
        now = waits
        assert (health.room(0, now), health.room(1, now)) == (1, 0), "one at a time asks"
        health.failed(now)
    assert asked == [5, 10, 20, 40, 80, 160, MOST_PROBE_SECONDS, MOST_PROBE_SECONDS, MOST_PROBE_SECONDS]
    health.ask_at_once()
    assert health.room(0, now) == 1, "somebody wants it tried"
    health.delivered()
    assert (health.is_away, health.room(0, now)) == (False, 8)


def test_one_failure_among_many_is_nothing() -> None:
    health = ReceiverHealth(8)
    for _ in range(20):
        health.failed(0.0)
        health.delivered()
    assert not health.is_away


def test_who_has_too_much_to_do_is_given_less_and_left_alone() -> None:
    health = ReceiverHealth(8)
    health.failed(0.0, 30.0, eases=True)
    assert (health.room(0, 29.0), health.next_at(29.0), health.room(0, 30.0)) == (0, 30.0, 4)
    health.failed(30.0, eases=True)
    assert health.room(0, 30.0) == 2
    for _ in range(3):
        health.delivered()
    assert health.room(0, 30.0) == 5, "slowly more"
    health.failed(31.0, 1e12, eases=True)
    assert health.room(0, 31.0 + LONGEST_PAUSE) == 2, "not for ever"


def test_a_refused_password_is_tried_rarely_until_it_is_right() -> None:
    health = ReceiverHealth(8)
    health.locked_out(0.0)
    assert (health.room(0, LOCKED_OUT_SECONDS - 1), health.room(0, LOCKED_OUT_SECONDS)) == (0, 1)
    health.failed(LOCKED_OUT_SECONDS)
    assert health.is_locked_out, "that it was away meanwhile makes no password right"
    health.delivered()
    assert health.room(0, LOCKED_OUT_SECONDS) == 8


@pytest.mark.parametrize(("is_away", "is_locked_out"), [(True, False), (False, True)])
def test_what_the_courier_before_knew_is_known(is_away: bool, is_locked_out: bool) -> None:
    health = ReceiverHealth(8)
    health.restore(is_away=is_away, is_locked_out=is_locked_out)
    assert (health.asks_only, health.room(0, 0.0)) == (True, 1)
