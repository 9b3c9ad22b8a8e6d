"""The recognisers of live words with real models: phrases that grow, several at once, in two languages."""

import jiwer
import numpy as np
import pytest

from bench.prompts import RATE, Prompt, plain
from transcripts.engines.vosk_engine import VoskModel, VoskStream
from transcripts.engines.whisper_engine import WhisperModel
from transcripts.errors import LanguageError
from transcripts.live.streaming import PHRASE_SECONDS, PhraseSound, StreamingVosk, StreamingWhisper

pytestmark = pytest.mark.speech


def short(spoken: list[Prompt]) -> list[Prompt]:
    return [prompt for prompt in spoken if len(prompt.sound) < PHRASE_SECONDS * RATE]


def test_whisper_hears_short_phrases_of_two_languages_at_once(
    whisper: WhisperModel, english: list[Prompt], russian: list[Prompt]
) -> None:
    recogniser = StreamingWhisper(whisper)
    for spoken, language, most in ((short(english), "en", 0.1), (short(russian), "ru", 0.3)):
        phrases = [PhraseSound(number, language, prompt.sound, True) for number, prompt in enumerate(spoken)]
        heard = recogniser.accept(phrases)
        said = [plain(prompt.text) for prompt in spoken]
        rate = jiwer.wer(said, [plain(" ".join(word.text for word in words)) for words in heard])
        print(f"\nlive, {language}, {len(spoken)} phrases: WER {rate:.1%}")
        assert rate <= most
        for prompt, words in zip(spoken, heard, strict=True):
            assert all(0 <= word.start <= word.end <= len(prompt.sound) / RATE + 0.001 for word in words)
    mixed = recogniser.accept(
        [PhraseSound(0, "en", short(english)[0].sound, True), PhraseSound(1, "ru", short(russian)[0].sound, True)]
    )
    assert all(mixed)
    assert recogniser.accept([]) == []


def test_whisper_hears_a_phrase_that_grows(whisper: WhisperModel, english: list[Prompt]) -> None:
    recogniser = StreamingWhisper(whisper)
    prompt = max(short(english), key=lambda each: len(each.sound))
    counts = []
    for seconds in range(1, int(len(prompt.sound) / RATE) + 2):
        (words,) = recogniser.accept([PhraseSound(0, "en", prompt.sound[: seconds * RATE], False)])
        counts.append(len(words))
    assert counts[-1] > counts[0]
    assert abs(counts[-1] - len(prompt.text.split())) <= 2


def test_a_language_that_whisper_does_not_know_is_said(whisper: WhisperModel) -> None:
    with pytest.raises(LanguageError, match="“xx”"):
        StreamingWhisper(whisper).accept([PhraseSound(0, "xx", np.zeros(RATE, np.int16), True)])


def test_vosk_hears_a_growing_phrase_as_one_stream_and_keeps_nothing_of_it(
    korean: VoskModel, english: list[Prompt]
) -> None:
    sound = english[0].sound[: 4 * RATE]
    stream = VoskStream(korean)
    whole = [word.text for word in stream.accept(sound) + stream.finish()]
    recogniser = StreamingVosk(korean)
    for seconds in (1, 2, 3):
        (words,) = recogniser.accept([PhraseSound(7, "ko", sound[: seconds * RATE], False)])
        assert all(word.end <= seconds + 0.001 for word in words)
    (words,) = recogniser.accept([PhraseSound(7, "ko", sound, True)])
    assert [word.text for word in words] == whole
    recogniser.accept([PhraseSound(8, "ko", sound[:RATE], False)])
    recogniser.forget(8)
    recogniser.forget(9)
    assert recogniser._under_way == {}
    assert len(recogniser._streams) == 1  # the same one served both
