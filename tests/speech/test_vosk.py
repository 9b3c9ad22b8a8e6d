"""Vosk for real, with the Korean model that a package ships: the engine is tested, not Korean."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.prompts import Prompt
from ringback.config import Settings, Speech
from transcripts.engines import Engines
from transcripts.recognizer import RATE
from transcripts.vosk_engine import VoskModel, VoskRecognizer, VoskStream

pytestmark = pytest.mark.speech
GRAMMAR = ["안녕하세요", "감사합니다"]


@pytest.fixture(scope="module")
def sound(english: list[Prompt]) -> np.ndarray:  # type: ignore[type-arg]
    return np.concatenate([prompt.sound for prompt in english[:4]])


def test_words_have_times_inside_the_sound_and_in_order(korean: VoskModel, sound: np.ndarray) -> None:  # type: ignore[type-arg]
    (words,) = VoskRecognizer(korean, "ko").transcribe([sound])
    assert len(words) > 3
    seconds = len(sound) / RATE
    for before, after in pairwise(words):
        assert before.start <= after.start
    for word in words:
        assert 0 <= word.start <= word.end <= seconds
        assert 0 <= word.confidence <= 1
        assert word.text


@pytest.mark.parametrize("chunk", [160, 1000, 4000, 10**9])
def test_a_stream_in_chunks_of_any_size_hears_what_one_go_hears(
    korean: VoskModel,
    sound: np.ndarray,  # type: ignore[type-arg]
    chunk: int,
) -> None:
    (at_once,) = VoskRecognizer(korean, "ko").transcribe([sound])
    stream = VoskStream(korean)
    words = []
    for begin in range(0, len(sound), chunk):
        words += stream.accept(sound[begin : begin + chunk])
    words += stream.finish()
    assert words == at_once


def test_one_sound_after_the_other_begins_at_zero_again(korean: VoskModel, sound: np.ndarray) -> None:  # type: ignore[type-arg]
    first, second = VoskRecognizer(korean, "ko").transcribe([sound, sound])
    assert first
    assert second
    assert second[0].start == pytest.approx(first[0].start, abs=0.5)
    assert second[-1].end <= len(sound) / RATE


def test_a_grammar_lets_nothing_else_be_heard(korean: VoskModel, sound: np.ndarray) -> None:  # type: ignore[type-arg]
    assert all(korean.knows(word) for word in GRAMMAR)
    assert not korean.knows("nosuchword")
    stream = VoskRecognizer(korean, "ko").stream(GRAMMAR)
    words = stream.accept(sound) + stream.finish()
    assert {word.text for word in words} <= set(GRAMMAR)


@pytest.mark.parametrize("samples", [0, 1, 800])
def test_hardly_any_sound_is_no_words(korean: VoskModel, samples: int) -> None:
    (words,) = VoskRecognizer(korean, "ko").transcribe([np.zeros(samples, np.int16)])
    assert words == []


def test_the_model_of_the_settings_is_loaded_once(settings: Settings, korean_path: Path) -> None:
    given = settings.model_copy(update={"speech": Speech(engine="vosk", vosk_models={"ru": korean_path})})
    engines = Engines(given)
    first, second = engines.get("ru"), engines.get("ru")
    assert (first.engine, first.language) == ("vosk", "ru")
    assert first._model is second._model  # type: ignore[attr-defined]
