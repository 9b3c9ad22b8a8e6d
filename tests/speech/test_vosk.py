"""Vosk for real, with the Korean model that a package ships: the engine is tested, not Korean."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.prompts import Prompt
from ringback.config import Settings, Speech
from transcripts.engines.loaded import Engines
from transcripts.engines.recogniser import RATE, Word
from transcripts.engines.vosk_engine import VoskModel, VoskRecogniser, VoskStream

pytestmark = pytest.mark.speech
GRAMMAR = ["안녕하세요", "감사합니다"]


@pytest.fixture(scope="module")
def sound(english: list[Prompt]) -> np.ndarray:  # type: ignore[type-arg]
    """Some seconds of speech: an English speaker is hard and slow work for a Korean model."""
    return np.concatenate([prompt.sound for prompt in english[:3]])[: 6 * RATE]


@pytest.fixture(scope="module")
def at_once(korean: VoskModel, sound: np.ndarray) -> list[Word]:  # type: ignore[type-arg]
    """What is heard when all of it is given in one go."""
    return VoskRecogniser(korean, "ko").transcribe([sound])[0]


def test_words_have_times_inside_the_sound_and_in_order(at_once: list[Word], sound: np.ndarray) -> None:  # type: ignore[type-arg]
    assert len(at_once) > 3
    seconds = len(sound) / RATE
    for before, after in pairwise(at_once):
        assert before.start <= after.start
    for word in at_once:
        assert 0 <= word.start <= word.end <= seconds
        assert 0 <= word.confidence <= 1
        assert word.text


@pytest.mark.parametrize("chunk", [160, 4001])
def test_a_stream_in_chunks_of_any_size_hears_what_one_go_hears(
    korean: VoskModel,
    sound: np.ndarray,  # type: ignore[type-arg]
    at_once: list[Word],
    chunk: int,
) -> None:
    stream = VoskStream(korean)
    words = []
    for begin in range(0, len(sound), chunk):
        words += stream.accept(sound[begin : begin + chunk])
    words += stream.finish()
    assert words == at_once


def test_one_sound_after_the_other_begins_at_zero_again(
    korean: VoskModel,
    sound: np.ndarray,  # type: ignore[type-arg]
    at_once: list[Word],
) -> None:
    first, second = VoskRecogniser(korean, "ko").transcribe([sound[: 2 * RATE], sound])
    assert first[-1].end <= 2.0
    assert second[0].start == pytest.approx(at_once[0].start, abs=0.3)
    assert second[-1].end <= len(sound) / RATE


def test_a_grammar_lets_nothing_else_be_heard(korean: VoskModel, sound: np.ndarray) -> None:  # type: ignore[type-arg]
    assert all(korean.knows(word) for word in GRAMMAR)
    assert not korean.knows("nosuchword")
    stream = VoskRecogniser(korean, "ko").stream(GRAMMAR)
    words = stream.accept(sound) + stream.finish()
    assert {word.text for word in words} <= set(GRAMMAR)


@pytest.mark.parametrize("samples", [0, 1, 800])
def test_hardly_any_sound_is_taken(korean: VoskModel, samples: int) -> None:
    (words,) = VoskRecogniser(korean, "ko").transcribe([np.zeros(samples, np.int16)])
    assert all(word.end <= samples / RATE for word in words)


def test_the_model_of_the_settings_is_loaded_once(settings: Settings, korean_path: Path) -> None:
    given = settings.model_copy(update={"speech": Speech(engine="vosk", vosk_models={"ru": korean_path})})
    engines = Engines(given)
    first, second = engines.get("ru"), engines.get("ru")
    assert (first.engine, first.language) == ("vosk", "ru")
    assert first._model is second._model  # type: ignore[attr-defined]
