"""The arithmetic under the benchmarks' tables; nothing here is timed."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bench import long_texts, peak
from bench.__main__ import _speech_figures
from bench.report import Figure, as_json, median, number, percentile, table
from bench.transcription import told
from ringback.config import Settings
from transcripts.redaction.masks import redact_turns, rules_of
from transcripts.text.turns import turns

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


def test_transcription_tells_what_is_done_in_an_hour_and_the_memory_of_each() -> None:
    spent = {"ours": [10.0, 20.0], "bare": [25.0, 40.0]}
    found = told(spent, {"ours": {"peak_mb": 650.4}, "bare": {"peak_mb": 600.2}}, audio=400.0, speech=200.0)
    assert (found["ratio"], found["ratio_cpu"], found["share_of_speech"]) == (2.5, 2.0, 0.5)
    assert (found["ours_hours"], found["bare_hours"]) == (20.0, 8.0)  # 200 s of calls with two channels each
    program = {"tool": "program", "tool_ratio": 3.0, "tool_seconds": 30.0, "tool_hours": 6.7, "tool_peak_mb": 540}
    figures = _speech_figures({"wanted_ratio": 1.8, "whisper-en": found | program})
    assert [(each.what, each.peer, each.value, each.peer_value, each.comparison) for each in figures[2:]] == [
        ("whisper-en: calls done in an hour", "bare", 20.0, 8.0, None),
        ("whisper-en: most memory", "bare", 650, 600, 50),
        ("whisper-en: calls done in an hour", "program", 20.0, 6.7, None),
        ("whisper-en: most memory", "program", 650, 540, 110),
    ]


def test_the_memory_of_a_program_is_its_own() -> None:
    ours = b"1" * (200 << 20)  # what we have would count as the program's, too
    assert peak.own_peak_mb() > len(ours) >> 20
    used = peak.start(["true"])
    assert used.exit == 0
    assert 0 < used.peak_mb < 100
    assert peak.start(["false"]).exit == 1


def test_the_words_of_a_long_call_are_dense_the_same_and_have_secrets() -> None:
    words = long_texts.said(4)
    assert words == long_texts.said(4)
    assert sum(map(len, words.values())) == pytest.approx(4 * long_texts.WORDS_A_MINUTE, rel=0.05)
    _, places = redact_turns(turns(words), rules_of(Settings().redaction))
    assert "card" in {place.kind for place in places}


def test_every_stage_after_the_recognition_is_measured_by_the_hour(tmp_path: Path) -> None:
    spent = long_texts.measure(tmp_path, 1, runs=1)
    assert set(spent) == set(long_texts.STAGES)
    assert all(seconds > 0 for seconds in spent.values())
    once = dict.fromkeys(long_texts.STAGES, 1.0)
    long = {**dict.fromkeys(long_texts.STAGES, 6.0), "index": 7.6}
    figures = long_texts.figures([(10.0, once), (20.0, once), (60.0, long)], 1.25)
    assert [(figure.comparison, figure.met) for figure in figures] == [(1.0, True)] * 4 + [
        (pytest.approx(7.6 / 6), False)
    ]
