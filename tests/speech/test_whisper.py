"""Whisper for real: English and Russian on human telephone prompts, with the word error rate printed."""

import jiwer
import numpy as np
import pytest

from bench.prompts import RATE, Prompt, plain, stereo_call
from transcripts.engines.speech import find_speech, windows
from transcripts.engines.whisper_engine import WhisperModel, WhisperRecogniser
from transcripts.errors import LanguageError

pytestmark = pytest.mark.speech


@pytest.mark.parametrize(
    ("language", "most"),
    # Measured on all prompts of four words and more: English 3.9%, Russian 13.9%; a dozen scatters around that.
    [("en", 0.08), ("ru", 0.26)],
)
def test_word_error_rate_of_human_prompts(
    whisper: WhisperModel, request: pytest.FixtureRequest, language: str, most: float
) -> None:
    spoken: list[Prompt] = request.getfixturevalue({"en": "english", "ru": "russian"}[language])
    answers = WhisperRecogniser(whisper, language).transcribe([prompt.sound for prompt in spoken])
    said = [plain(prompt.text) for prompt in spoken]
    heard = [plain(" ".join(word.text for word in words)) for words in answers]
    rate, letters = jiwer.wer(said, heard), jiwer.cer(said, heard)
    print(f"\nWhisper base, {language}, {len(spoken)} prompts: WER {rate:.1%}, CER {letters:.1%}")
    assert rate <= most
    assert letters <= 0.05
    for prompt, words in zip(spoken, answers, strict=True):
        assert words
        for word in words:
            assert 0 <= word.start <= word.end <= len(prompt.sound) / RATE
            assert 0 <= word.confidence <= 1
            assert word.text == word.text.strip() != ""


def test_speech_is_found_and_words_keep_their_places(whisper: WhisperModel, english: list[Prompt]) -> None:
    call = stereo_call(english)
    caller = call.sound[:, 0]
    ranges = find_speech(lambda a, b: caller[a:b], 0, len(caller))
    share = sum(r.seconds for r in ranges) / call.seconds
    assert 0.35 < share < 0.6
    packed = windows(ranges, WhisperRecogniser.window_seconds)
    answers = WhisperRecogniser(whisper, "en").transcribe([w.sound(lambda a, b: caller[a:b]) for w in packed])
    words = [word for window, answer in zip(packed, answers, strict=True) for word in window.in_place(answer)]
    assert jiwer.wer(plain(call.said[0]), plain(" ".join(w.text for w in words))) < 0.1
    loud = np.abs(caller.astype(int)) > 100
    for word in words:  # a word stands where there is sound
        assert loud[round(word.start * RATE) : round(word.end * RATE) + 1].any()


def test_several_sounds_at_once_are_heard_as_each_alone(whisper: WhisperModel, english: list[Prompt]) -> None:
    recogniser = WhisperRecogniser(whisper, "en")
    sounds = [prompt.sound for prompt in english[:3]]
    together = recogniser.transcribe(sounds)
    alone = [recogniser.transcribe([sound])[0] for sound in sounds]
    assert [[plain(w.text) for w in words] for words in together] == [[plain(w.text) for w in words] for words in alone]


def test_a_language_nobody_knows_is_said_so(whisper: WhisperModel) -> None:
    with pytest.raises(LanguageError, match="does not know the language “xx”"):
        WhisperRecogniser(whisper, "xx")


def test_nothing_is_no_words(whisper: WhisperModel) -> None:
    assert WhisperRecogniser(whisper, "en").transcribe([]) == []


def test_words_it_is_told_of_do_not_get_into_what_else_is_said(whisper: WhisperModel, english: list[Prompt]) -> None:
    sounds, said = [prompt.sound for prompt in english[:4]], [plain(prompt.text) for prompt in english[:4]]
    told = WhisperRecogniser(whisper, "en", ["Zabbix", "Grafana", "Ringback"])
    heard = [plain(" ".join(word.text for word in words)) for words in told.transcribe(sounds)]
    assert not any(word in text for word in ("zabbix", "grafana", "ringback") for text in heard)
    assert jiwer.wer(said, heard) <= 0.15
