"""What the player is given: how much quieter one side is, and where nobody says anything."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.calls.peaks import LULL, MARGIN, silences
from web.player import MOST_GAIN, lane_gains

LOUD, HUM = 0.6, 0.05


def levels(caller: float | None, agent: float | None) -> dict[str, dict[str, float | None]]:
    return {"caller": {"dbfs": caller}, "agent": {"dbfs": agent}}


@pytest.mark.parametrize(
    ("caller", "agent", "gains"),
    [
        (-32.0, -20.0, (12.0, 0.0)),
        (-18.0, -24.5, (0.0, 6.5)),
        (-36.0, -33.0, (10.0, 7.0)),  # both are quiet: both are raised
        (-50.0, -15.0, (MOST_GAIN, 0.0)),  # noise is not made into speech
        (None, -20.0, (0.0, 0.0)),
        (None, None, ()),
    ],
)
def test_a_quiet_side_is_raised_to_the_louder_one(
    caller: float | None, agent: float | None, gains: tuple[float, ...]
) -> None:
    assert lane_gains(levels(caller, agent)) == gains


def test_a_recording_that_nobody_measured_is_played_as_it_is() -> None:
    assert lane_gains(None) == () == lane_gains({})


def test_silence_is_where_both_sides_are_quiet_for_long_enough() -> None:
    caller = [LOUD] * 10 + [HUM] * 30 + [LOUD] * 5 + [HUM] * 2 + [LOUD] * 13
    agent = [HUM] * 20 + [0.0] * 40
    assert silences([caller, agent], 60.0) == [[10 + MARGIN, 40 - MARGIN]]
    assert silences([caller, [LOUD] * 60], 60.0) == [], "the other one talks"


def test_a_caller_who_is_hardly_heard_is_not_skipped() -> None:
    caller = [0.17] * 10 + [0.0] * 10 + [0.17] * 10
    assert silences([caller, [LOUD] * 5 + [0.0] * 25], 30.0) == [[10 + MARGIN, 20 - MARGIN]]


def test_silence_up_to_the_end_and_of_a_line_that_hisses_is_found() -> None:
    assert silences([[LOUD] * 5 + [0.088] * 5, [0.088] * 10], 10.0) == [[5 + MARGIN, 10 - MARGIN]]


def test_of_a_recording_of_unknown_length_nothing_is_skipped() -> None:
    assert silences([[0.0] * 50], None) == [] == silences([], 5.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0.0, HUM, 0.2, LOUD]), min_size=1, max_size=80), st.floats(1, 5400))
def test_what_is_skipped_lies_apart_and_in_the_sound(columns: list[float], seconds: float) -> None:
    found = silences([columns], seconds)
    assert all(end - begin >= LULL - 0.02 and begin >= 0 and end <= seconds for begin, end in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
