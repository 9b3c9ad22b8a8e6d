"""Places in a call: whose words they are after corrections and a new recognition, and how much can have been heard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library.policy import (
    FASTEST,
    LONGEST_REPORT,
    SaidTurn,
    joined,
    length,
    plausible,
    quoted,
    read_ranges,
    read_time,
    share,
    stretch,
)

CALLER = SaidTurn("caller", [[10.0, 10.4, 0.9, "my"], [10.5, 10.9, 0.9, "router"], [11.0, 11.6, 0.9, "blinks"]])
AGENT = SaidTurn("agent", [[10.7, 11.1, 0.9, "yes"], [12.0, 12.4, 0.9, "sorry"]])


def said(*turns: SaidTurn, begin: float, end: float, speaker: str = "") -> list[tuple[str, str]]:
    return [(quote.speaker, " ".join(quote.words)) for quote in quoted(turns, begin, end, speaker)]


def test_a_place_finds_the_words_that_it_was_made_on() -> None:
    assert said(CALLER, AGENT, begin=10.5, end=11.6, speaker="caller") == [("caller", "router blinks")]
    assert said(CALLER, AGENT, begin=10.5, end=11.6) == [("caller", "router blinks"), ("agent", "yes")]


def test_a_new_recognition_that_cuts_words_a_little_otherwise_changes_nothing() -> None:
    moved = SaidTurn("caller", [[10.1, 10.45, 0.7, "my"], [10.38, 11.0, 0.7, "router"], [11.1, 11.8, 0.7, "blinks"]])
    assert said(moved, begin=10.5, end=11.6, speaker="caller") == [("caller", "router blinks")]


def test_a_correction_shows_the_corrected_words() -> None:
    corrected = SaidTurn("caller", [[10.0, 10.8, 1.0, "the"], [10.8, 11.2, 1.0, "modem"], [11.2, 11.6, 1.0, "blinks"]])
    assert said(corrected, begin=10.5, end=11.6, speaker="caller") == [("caller", "modem blinks")]


def test_what_is_masked_by_now_is_shown_masked() -> None:
    masked = SaidTurn("caller", [[10.0, 10.4, 0.9, "my"], [10.5, 11.6, 0.9, "[card]"]])
    assert said(masked, begin=10.5, end=11.6, speaker="caller") == [("caller", "[card]")]


def test_words_that_became_one_long_word_are_still_found() -> None:
    one = SaidTurn("caller", [[10.0, 14.0, 0.5, "myrouterblinks"]])
    assert said(one, begin=10.5, end=11.6, speaker="caller") == [("caller", "myrouterblinks")]


def test_where_nothing_is_said_nothing_is_quoted() -> None:
    assert said(CALLER, AGENT, begin=20.0, end=21.0) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("65", 65.0),
        ("1:05", 65.0),
        ("1:00:05", 3605.0),
        ("65.4", 65.4),
        ("1:05,5", 65.5),
        ("", None),
        ("-3", None),
        ("1:2:3:4", None),
        ("nan", None),
        ("inf", None),
        ("1e9", None),
        ("1.5:3", None),
        ("٣", None),
        ("9" * 400, None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, seconds: float | None) -> None:
    assert read_time(text) == seconds


def test_a_place_lies_within_the_recording_or_nowhere() -> None:
    assert stretch(-3.0, 4.0, 71.0) == (0.0, 4.0)
    assert stretch(70.0, 999.0, 71.0) == (70.0, 71.0)
    assert stretch(80.0, 90.0, 71.0) is None
    assert stretch(5.0, 5.1, 71.0) is None
    assert stretch(9.0, 5.0, None) is None


# what was heard


def test_ranges_that_touch_are_one() -> None:
    assert joined([(5, 9), (0, 5), (20, 21), (8, 12)]) == [(0, 12), (20, 21)]


def test_a_player_that_plays_is_believed() -> None:
    assert plausible([(0, 10)], [(0, 19.5)], 0, 60, 10.0) == [(0, 19.5)]


def test_a_tab_that_claims_everything_at_once_is_believed_as_far_as_time_allows() -> None:
    heard = plausible([], [(0, 600)], 0, 600, 5.0)
    assert heard == [(0, FASTEST * 5.0)]


def test_an_hour_of_silence_is_no_hour_of_listening() -> None:
    heard = plausible([], [(0, 3600)], 0, 3600, 3600.0)
    assert length(heard) == FASTEST * LONGEST_REPORT


def test_what_lies_outside_the_entry_counts_nothing() -> None:
    assert plausible([], [(0, 9), (30, 40)], 10, 20, 60.0) == []
    assert share([(0, 15)], 10, 20) == 0.5


def test_what_a_player_tells_is_read_and_nonsense_left_out() -> None:
    assert read_ranges("0-4.2,9-12,x-3,7,12-9,-1-2,<b>") == [(0.0, 4.2), (9.0, 12.0)]


RANGES = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(lambda two: (min(two), max(two))), max_size=6)


@settings(max_examples=60, deadline=None)
@given(RANGES, RANGES, st.floats(0, 200))
def test_a_report_never_forgets_and_never_gives_more_than_time_allows(
    before: list[tuple[float, float]], told: list[tuple[float, float]], elapsed: float
) -> None:
    known = joined(before)
    heard = plausible(known, told, 0, 100, elapsed)
    assert heard == joined(heard)
    assert length(heard) >= length(known) - 0.1
    assert length(heard) - length(known) <= FASTEST * min(elapsed, LONGEST_REPORT) + 0.1
