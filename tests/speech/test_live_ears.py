"""The ears of live words with real models: phrases that grow, several at once, in two languages."""

import jiwer
import numpy as np
import pytest

from bench.prompts import RATE, Prompt, plain
from transcripts.engines.vosk_engine import VoskModel, VoskStream
from transcripts.engines.whisper_engine import WhisperModel
from transcripts.errors import LanguageError
from transcripts.live.ears import PHRASE_SECONDS, Piece, VoskEar, WhisperEar

pytestmark = pytest.mark.speech


def short(spoken: list[Prompt]) -> list[Prompt]:
    return [prompt for prompt in spoken if len(prompt.sound) < PHRASE_SECONDS * RATE]


def test_whisper_hears_short_phrases_of_two_languages_at_once(
    whisper: WhisperModel, english: list[Prompt], russian: list[Prompt]
) -> None:
    ear = WhisperEar(whisper)
    for spoken, language, most in ((short(english), "en", 0.1), (short(russian), "ru", 0.3)):
        pieces = [Piece(number, language, prompt.sound, True) for number, prompt in enumerate(spoken)]
        heard = ear.hear(pieces)
        said = [plain(prompt.text) for prompt in spoken]
        rate = jiwer.wer(said, [plain(" ".join(word.text for word in words)) for words in heard])
        print(f"\nlive, {language}, {len(spoken)} phrases: WER {rate:.1%}")
        assert rate <= most
        for prompt, words in zip(spoken, heard, strict=True):
            assert all(0 <= word.start <= word.end <= len(prompt.sound) / RATE + 0.001 for word in words)
    mixed = ear.hear([Piece(0, "en", short(english)[0].sound, True), Piece(1, "ru", short(russian)[0].sound, True)])
    assert all(mixed)
    assert ear.hear([]) == []


def test_whisper_hears_a_phrase_that_grows(whisper: WhisperModel, english: list[Prompt]) -> None:
    ear = WhisperEar(whisper)
    prompt = max(short(english), key=lambda each: len(each.sound))
    counts = []
    for seconds in range(1, int(len(prompt.sound) / RATE) + 2):
        (words,) = ear.hear([Piece(0, "en", prompt.sound[: seconds * RATE], False)])
        counts.append(len(words))
    assert counts[-1] > counts[0]
    assert abs(counts[-1] - len(prompt.text.split())) <= 2


def test_a_language_that_whisper_does_not_know_is_said(whisper: WhisperModel) -> None:
    with pytest.raises(LanguageError, match="'xx'"):
        WhisperEar(whisper).hear([Piece(0, "xx", np.zeros(RATE, np.int16), True)])


def test_vosk_hears_a_growing_phrase_as_one_stream_and_keeps_nothing_of_it(
    korean: VoskModel, english: list[Prompt]
) -> None:
    sound = english[0].sound[: 4 * RATE]
    stream = VoskStream(korean)
    whole = [word.text for word in stream.accept(sound) + stream.finish()]
    ear = VoskEar(korean)
    for seconds in (1, 2, 3):
        (words,) = ear.hear([Piece(7, "ko", sound[: seconds * RATE], False)])
        assert all(word.end <= seconds + 0.001 for word in words)
    (words,) = ear.hear([Piece(7, "ko", sound, True)])
    assert [word.text for word in words] == whole
    ear.hear([Piece(8, "ko", sound[:RATE], False)])
    ear.forget(8)
    ear.forget(9)
    assert ear._under_way == {}
    assert len(ear._streams) == 1  # the same one served both
