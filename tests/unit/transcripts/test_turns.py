"""Speech ranges, windows and turns: pure decisions about times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcripts.engines.decode import SpeakerPart, parts
from transcripts.engines.recogniser import RATE, Word, inside
from transcripts.engines.resample import to_16k
from transcripts.engines.speech import JOINT, SpeechRange, find_speech, windows
from transcripts.text.turns import turns


def word(start: float, end: float, text: str = "w") -> Word:
    return Word(start, end, 0.9, text)


def spoken(found: list) -> list[tuple[str, str]]:  # type: ignore[type-arg]
    return [(turn.speaker, turn.text) for turn in found]


def test_speakers_alternate_and_a_pause_makes_a_new_turn() -> None:
    caller = [word(0, 1, "hello"), word(1.2, 2, "there"), word(9, 10, "yes"), word(20, 21, "bye")]
    agent = [word(3, 4, "how"), word(4.1, 5, "can"), word(5, 6, "I")]
    assert spoken(turns({"caller": caller, "agent": agent})) == [
        ("caller", "hello there"),
        ("agent", "how can I"),
        ("caller", "yes"),
        ("caller", "bye"),
    ]


def test_a_short_yes_of_the_listener_does_not_tear_a_sentence() -> None:
    caller = [word(i, i + 0.8, str(i)) for i in range(5)]
    assert spoken(turns({"caller": caller, "agent": [word(2.1, 2.3, "mhm")]})) == [
        ("caller", "0 1 2 3 4"),
        ("agent", "mhm"),
    ]


def test_no_turn_goes_on_over_a_transfer() -> None:
    agent = [
        word(1, 1.5, "one"),
        word(1.6, 2, "moment"),
        word(2.1, 2.5, "this"),
        word(2.6, 3, "is"),
        word(3.1, 4, "Bob"),
    ]
    caller = [word(0, 0.4, "hi"), word(0.6, 4.5, "so")]
    assert spoken(turns({"agent": agent}, [2.1])) == [("agent", "one moment"), ("agent", "this is Bob")]
    assert spoken(turns({"agent": agent})) == [("agent", "one moment this is Bob")]
    assert spoken(turns({"caller": caller}, [0.5])) == [("caller", "hi so")], "the caller is the same person"


def test_nobody_spoke() -> None:
    assert turns({"caller": [], "agent": []}) == []


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0, 2), st.sampled_from(["caller", "agent"])), max_size=40),
)
def test_no_word_is_lost_and_turns_begin_in_order(said: list[tuple[float, float, str]]) -> None:
    words = {who: [word(s, s + d, f"{s}") for s, d, w in said if w == who] for who in ("caller", "agent")}
    found = turns(words)
    assert sorted(w.text for t in found for w in t.words) == sorted(f"{s}" for s, _, _ in said)
    assert [t.start for t in found] == sorted(t.start for t in found)
    for turn in found:
        assert [w.start for w in turn.words] == sorted(w.start for w in turn.words)


ranges = st.lists(st.integers(1, 60 * RATE), min_size=2, max_size=30).map(
    lambda steps: [
        SpeechRange(sum(steps[:i]), sum(steps[: i + 1])) for i in range(1, len(steps), 2)
    ]
)  # fmt: skip


@given(ranges, st.floats(5, 28))
def test_windows_hold_every_sample_once_and_are_never_too_long(pieces: list[SpeechRange], longest: float) -> None:
    packed = windows(pieces, longest)
    samples = [s for w in packed for r in w.ranges for s in (r.start, r.end)]
    assert samples == sorted(samples)
    assert sum(r.end - r.start for w in packed for r in w.ranges) == sum(r.end - r.start for r in pieces)
    assert all(w.seconds <= longest + 1e-6 for w in packed)
    assert all(len(w.sound(lambda a, b: np.zeros(b - a, np.int16))) / RATE <= longest + 0.01 for w in packed)


@given(ranges)
def test_words_of_a_window_return_to_their_place(pieces: list[SpeechRange]) -> None:
    for window in windows(pieces, 28.0):
        clock = 0.0
        for piece in window.ranges:
            middle = clock + piece.seconds / 2
            (placed,) = window.in_place([word(middle, middle)])
            assert placed.start == pytest.approx(piece.start / RATE + piece.seconds / 2, abs=1e-6)
            clock += piece.seconds + JOINT


def test_a_word_never_leaves_its_range() -> None:
    window = windows([SpeechRange(0, RATE), SpeechRange(10 * RATE, 11 * RATE)], 28.0)[0]
    first, second = window.in_place([word(-0.5, 1.3, "a"), word(1.3, 9.0, "b")])
    assert (first.start, first.end) == (0.0, 1.0)
    assert (second.start, second.end) == (10.0, 11.0)


def test_silence_and_noise_are_no_speech() -> None:
    rng = np.random.default_rng(1)
    for sound in (
        np.zeros(20 * RATE, np.int16),
        rng.integers(-20, 20, 20 * RATE, dtype=np.int16),
        rng.integers(-8000, 8000, 20 * RATE, dtype=np.int16),
        (8000 * np.sin(np.arange(20 * RATE) / RATE * 2 * np.pi * 440)).astype(np.int16),
        np.full(20 * RATE, -32768, np.int16),
    ):
        assert find_speech(lambda a, b, s=sound: s[a:b], 0, len(sound)) == []


@pytest.mark.parametrize("samples", [0, 1, 255, 256, 257, 800])
def test_the_shortest_sounds_are_looked_at(samples: int) -> None:
    sound = np.full(samples, 9000, np.int16)
    assert find_speech(lambda a, b: sound[a:b], 0, samples) == []
    assert len(to_16k(sound)) == 2 * samples


def test_resampling_keeps_a_tone() -> None:
    tone = np.sin(2 * np.pi * 700 * np.arange(RATE) / RATE)
    twice = to_16k((tone * 20000).astype(np.int16))[200:-200]
    wanted = (np.sin(2 * np.pi * 700 * np.arange(2 * RATE) / (2 * RATE)) * 20000 / 32768)[200:-200]
    assert np.abs(twice - wanted).max() < 0.002


def test_the_agent_is_heard_only_during_the_talk() -> None:
    assert parts(60, 20, 50) == [SpeakerPart("caller", 0, 0.0, 60), SpeakerPart("agent", 1, 20, 50)]
    assert parts(60, 20, None) == [SpeakerPart("caller", 0, 0.0, 60), SpeakerPart("agent", 1, 20, 60)]
    assert parts(60, None, None) == [SpeakerPart("caller", 0, 0.0, 60)]
    assert parts(15, 20, 50) == [SpeakerPart("caller", 0, 0.0, 15)]  # cut off before the talk


def test_words_outside_the_sound_are_brought_inside() -> None:
    kept = inside([Word(-1, 0.5, 1.5, " a "), Word(4, 9, -1, "b"), Word(1, 2, 0.5, " ")], 5.0)
    assert kept == [Word(0.0, 0.5, 1.0, "a"), Word(4, 5.0, 0.0, "b")]
