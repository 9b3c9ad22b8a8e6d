"""A system that is away is waited for by nobody, and is known to be back soon."""

from itertools import pairwise

from lookups.health import CALLER_SECONDS, FAILURES, MOST_PROBE_SECONDS, PROBE_SECONDS, SystemHealth


def away(*numbers: str) -> SystemHealth:
    health = SystemHealth()
    for number in numbers or ("1", "2", "3"):
        health.failed(number, 100.0)
    return health


def test_a_failure_now_and_then_stops_nobody() -> None:
    health = SystemHealth()
    for at in range(10):
        health.failed("1", at)
        health.failed("2", at + 0.5)
        health.answered()
    assert health.lets_through(10)


def test_after_failures_in_a_row_callers_do_not_wait_but_for_one_now_and_then() -> None:
    health = away()
    let_through = [second for second in range(90) if health.lets_through(100.0 + second)]
    assert let_through == [CALLER_SECONDS, 2 * CALLER_SECONDS]


def test_the_last_numbers_are_asked_again_by_turns_less_and_less_often() -> None:
    health = away()
    probes = []
    for second in range(400):
        number = health.number_to_probe(100.0 + second)
        if number is not None:
            probes.append((second, number))
            health.failed(number, 100.0 + second)
    seconds = [second for second, _ in probes]
    assert [number for _, number in probes[:4]] == ["1", "2", "3", "1"]
    assert seconds[0] == PROBE_SECONDS
    assert [later - earlier for earlier, later in pairwise(seconds)][-3:] == [MOST_PROBE_SECONDS] * 3


def test_one_answer_and_all_is_well() -> None:
    health = away()
    health.answered()
    assert health.lets_through(100.1)
    assert health.number_to_probe(200) is None


def test_people_are_told_of_what_lasts_and_when_it_is_over() -> None:
    health = away("1", *("2" for _ in range(40)))
    assert health.to_tell(100.0) is None, "a burst of callers in one second says little"
    health.failed("1", 105.0)
    assert health.to_tell(105.0) is True
    health.failed("2", 115.0)
    assert health.to_tell(115.0) is None, "they know"
    health.answered()
    assert (health.to_tell(116.0), health.to_tell(117.0)) == (False, None)


def test_the_first_answer_ends_what_a_controller_before_may_have_told() -> None:
    health = SystemHealth()
    for at in range(FAILURES - 1):
        health.failed("1", at)
        assert health.to_tell(at) is None
    health.answered()
    assert health.to_tell(3) is False
