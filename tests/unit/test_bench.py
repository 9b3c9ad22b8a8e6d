"""The arithmetic under the benchmarks' tables; nothing here is timed."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench.__main__ import _speech_figures
from bench.report import Figure, as_json, median, number, percentile, table

SAMPLES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([30, 10, 20], 0) == 10
    assert percentile([30, 10, 20], 1) == 30
    assert median([30, 10, 20]) == 20
    assert median([10, 20]) == 15
    assert percentile([0, 10], 0.95) == pytest.approx(9.5)
    with pytest.raises(ValueError, match="no percentile"):
        percentile([], 0.5)


@given(SAMPLES, st.floats(0, 1), st.floats(0, 1))
def test_percentiles_rise_and_stay_inside(values: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert min(values) <= percentile(values, low) <= percentile(values, high) + 1e-6
    assert percentile(values, high) <= max(values)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (102_345, "102,000"), (5.8449, "5.84"), (0.01234, "0.0123"), (-20.55, "-20.6")]
)
def test_numbers_have_the_digits_that_count(value: float, text: str) -> None:
    assert number(value) == text


def test_a_wish_that_is_not_met_is_shown() -> None:
    figures = [
        Figure("CPU a call", 8.0, "ms", "native", 3.2, 2.5, "x", "at most 2.0 x", False),
        Figure("calls", 1280.4, "/s"),
    ]
    shown = io.StringIO()
    table("Calls", figures, Console(file=shown, width=120))
    assert "native 3.2 ms" in shown.getvalue()
    assert "no" in shown.getvalue()
    assert as_json(figures)[1] == {
        "what": "calls",
        "value": 1280.0,
        "unit": "/s",
        "peer": "",
        "peer_value": None,
        "comparison": None,
        "comparison_unit": "x",
        "wanted": "",
        "met": None,
    }


def test_transcription_is_held_against_speed_and_words() -> None:
    engine = {"ratio": 1.4, "share_of_speech": 0.5, "ours_seconds": 10.0, "bare_seconds": 14.0}
    found = {
        "wanted_ratio": 1.5,
        "whisper-en": engine | {"ours_wer": 0.03, "bare_wer": 0.04},
        "vosk": {"left_out": "no model"},
    }
    assert [figure.met for figure in _speech_figures(found)] == [False, True]
