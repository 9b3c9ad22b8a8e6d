"""What is done for those inside while no controller is there, or when all is to end: an invented clock, no Asterisk."""

from dataclasses import replace

from pbx.absence import (
    CONTROLLER_SECONDS,
    EMPTY_SECONDS,
    LAST_WORDS_SECONDS,
    Absence,
    End,
    Move,
    Music,
    Step,
    StopOrder,
)
from pbx.reports import LiveChannel

T = 1_800_000_000.0
WAITING = LiveChannel("1.1", "1000", "", "", 30.0, "")
TALKING = LiveChannel("1.2", "1000", "", "", 30.0, "bridge-1")
PROMISED = LiveChannel("cb-1-c", "", "", "", 30.0, "", ours=True)
MOVED = replace(WAITING, call_id="1.3", in_fallback=True)
ALL = [WAITING, TALKING, PROMISED, MOVED]


def absence() -> Absence:
    return Absence(60.0, T)


def looks(
    watched: Absence, times: range, channels: list[LiveChannel], beat_at: float, order: StopOrder | None = None
) -> list[tuple[float, Step]]:
    """What is done, with the second in which it is."""
    return [(at, step) for at in times for step in watched.look(channels, beat_at, T + at, order)]


def test_while_a_controller_beats_nothing_is_done() -> None:
    watched = absence()
    assert [step for at in range(200) for step in watched.look(ALL, T + at, T + at + 1)] == []


def test_everyone_inside_gets_music_once_and_the_truth_later() -> None:
    done = looks(absence(), range(100), ALL, T)
    assert done == [
        (6, Music("1.1")),
        (6, Music("1.2")),  # queued behind the talk
        (6, Music("cb-1-c")),
        (61, Move("1.1")),  # neither those who talk, nor those whom we call, nor those who are there already
    ]


def test_after_a_start_nobody_is_missed_before_the_controller_can_be_there() -> None:
    assert looks(absence(), range(6), [WAITING], 0.0) == []
    assert looks(absence(), range(7), [WAITING], 0.0) == [(6, Music("1.1"))]


def test_a_second_absence_begins_anew() -> None:
    watched = absence()
    assert looks(watched, range(8), [WAITING], T) == [(6, Music("1.1"))]
    assert looks(watched, range(8, 10), [WAITING], T + 8) == []
    assert looks(watched, range(10, 18), [WAITING], T + 9) == [(15, Music("1.1"))]


def test_what_could_not_be_done_is_tried_again() -> None:
    watched = absence()
    assert watched.look([WAITING], T, T + 6) == [Music("1.1")]
    watched.failed(Music("1.1"))
    assert watched.look([WAITING], T, T + 7) == [Music("1.1")]
    assert watched.look([WAITING], T, T + 70) == [Move("1.1")]
    watched.failed(Move("1.1"))
    assert watched.look([WAITING], T, T + 71) == [Move("1.1")]


def test_an_end_waits_until_nobody_is_inside() -> None:
    watched, order = absence(), StopOrder(T, 120.0)
    for at in range(10):
        assert watched.look([TALKING], T + at, T + at, order) == []
    assert watched.look([], T + 10, T + 10, order, others=1) == [], "two agents talk"
    assert watched.look([], T + 11, T + 11, order) == []
    assert watched.look([], T + 11, T + 11 + EMPTY_SECONDS, order) == [End()]


def test_who_is_left_at_the_end_of_the_time_gets_the_fallback_when_the_controller_has_gone() -> None:
    watched, order = absence(), StopOrder(T, 120.0)
    assert watched.look([WAITING, TALKING], T + 119, T + 119, order) == []
    assert watched.look([WAITING, TALKING], T + 120, T + 121, order) == [], "it beats still"
    assert watched.look([WAITING, TALKING], T + 120, T + 124, order)[-2:] == [Move("1.1"), Move("1.2")]
    moved = [replace(each, in_fallback=True) for each in (WAITING, TALKING)]
    assert watched.look(moved, T + 120, T + 124 + LAST_WORDS_SECONDS, order) == []
    assert watched.look(moved, T + 120, T + 125 + LAST_WORDS_SECONDS, order) == [End()]


def test_a_controller_that_does_not_go_keeps_nobody_inside_for_ever() -> None:
    watched, order = absence(), StopOrder(T, 0.0)
    late = T + CONTROLLER_SECONDS + 1
    assert watched.look([TALKING], late, late, order) == [Move("1.2")]


def test_an_end_at_once_waits_for_nobody() -> None:
    assert absence().look(ALL, T, T, StopOrder(T, 120.0, at_once=True)) == [End()]
