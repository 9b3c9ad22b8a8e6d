"""Answers to a menu, heard for real: by Whisper with the menu's words alone, by Vosk with a grammar."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.press_or_say_trial import answer
from prompts.files import SOUNDS
from recogniser.engines import SpokenQuestion, UtteranceRecognisers, VoskUtterances, WhisperUtterances
from recogniser.matching import decide
from ringback.config import Settings, Speech
from ringback.phrases import Phrases, with_numbers
from tests.support.spoken_words import sound_of
from transcripts.engines.recogniser import RATE
from transcripts.engines.vosk_engine import VoskModel
from transcripts.engines.whisper_engine import WhisperModel

pytestmark = pytest.mark.speech
OPTIONS: dict[str, Phrases] = {
    "en": (("1", ("technical support",)), ("2", ("billing", "invoice")), ("3", ("delivery",))),
    "ru": (("1", ("техническая поддержка",)), ("2", ("оплата",)), ("3", ("доставка",))),
}


@pytest.fixture(scope="module")
def hearing(whisper: WhisperModel) -> WhisperUtterances:
    return WhisperUtterances(whisper)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("said")


def on_the_line(path: Path) -> np.ndarray:  # type: ignore[type-arg]
    """mu-law of a quiet line on which this is said, with silence behind it."""
    quiet = np.zeros(RATE, np.int16)
    sound = np.concatenate([quiet, soundfile.read(path, dtype="int16")[0], quiet, quiet, quiet, quiet])
    packed = path.with_suffix(".ulaw")
    soundfile.write(packed, sound, RATE, format="RAW", subtype="ULAW")
    return np.frombuffer(packed.read_bytes(), np.uint8)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "I would like billing please", "2"),
        ("en", "number three", "3"),
        ("en", "the weather is nice today", "?"),
        ("ru", "мне нужна техническая поддержка", "1"),
    ],
)
def test_what_is_said_to_a_menu(
    hearing: WhisperUtterances, folder: Path, language: str, text: str, expected: str
) -> None:
    options = with_numbers(OPTIONS[language], language, person=True)
    assert answer(hearing, language, options, on_the_line(sound_of(text, folder, language))).result == expected


def test_noise_and_music_are_no_answer(hearing: WhisperUtterances) -> None:
    random = np.random.default_rng(1)
    hiss = random.normal(0, 600, 3 * RATE)
    tone = 3000 * np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    for sound in (hiss, tone):
        heard = hearing.hear(sound.astype(np.int16), SpokenQuestion("en", with_numbers(OPTIONS["en"], "en")))
        assert decide(heard, with_numbers(OPTIONS["en"], "en"), "en").kind in ("nothing", "unknown")


def test_vosk_takes_the_menu_for_its_grammar_and_knows_what_it_cannot_hear(korean: VoskModel) -> None:
    vosk = VoskUtterances(korean)
    known = SpokenQuestion("ko", (("1", ("안녕하세요",)), ("2", ("감사합니다", "구름zzz"))))
    assert vosk.knows(known)
    assert not vosk.knows(SpokenQuestion("ko", (("1", ("안녕하세요",)), ("2", ("zzz",)))))
    speech = soundfile.read(SOUNDS / "en" / "welcome.wav", dtype="int16")[0][: 3 * RATE]
    heard = vosk.hear(speech, known)
    texts = {word for each in heard.within for word in each.text.split()}
    assert texts <= {"안녕하세요", "감사합니다"}, "nothing outside its grammar"
    assert all(each.score <= 0 for each in heard.within)
    assert vosk.hear(np.zeros(RATE, np.int16), known).within == ()


def test_a_model_hears_only_menus_whose_words_it_knows(speech_settings: Settings, korean_path: Path) -> None:
    speech = Speech(vosk_models={"ru": korean_path})
    recognisers = UtteranceRecognisers(speech_settings.model_copy(update={"speech": speech}))
    assert recognisers(SpokenQuestion("en", OPTIONS["en"])).engine == "whisper"
    assert recognisers(SpokenQuestion("ru", OPTIONS["ru"])).engine == "whisper", "the model knows none of the words"
    assert recognisers(SpokenQuestion("ru", (("1", ("안녕하세요",)),))).engine == "vosk"
