"""The installed voices say what they are given: words of the settings, made into a prompt, are understood."""

import re
from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from prompts import voices
from prompts.errors import PromptBuildError
from prompts.service import make_sounds
from ringback.config import Settings
from tests.support.heard_prompts import QUIET, ear
from transcripts.engines.whisper_engine import WhisperModel

pytestmark = pytest.mark.speech

WORDS = {
    "en": "Our office moved to another street. For the new address, stay on the line.",
    "ru": "Наш офис переехал на другую улицу. Чтобы узнать новый адрес, оставайтесь на линии.",
}


@pytest.mark.parametrize("language", WORDS)
def test_words_of_the_settings_are_understood(
    language: str, whisper: WhisperModel, tmp_path: Path, missing: Callable[[str], None]
) -> None:
    try:
        voices.voice_of(language).check()
    except PromptBuildError as error:
        missing(str(error))
    settings = Settings(data=tmp_path)
    done = make_sounds(settings, print, {language: {"said-0123456789abcdef": WORDS[language]}})
    assert done.failed == []
    sound, rate = soundfile.read(done.made[0], dtype="int16")
    assert rate == 8000
    [heard] = ear(lambda: whisper, language)([np.concatenate([QUIET, sound, QUIET])])

    def letters(text: str) -> str:
        return re.sub(r"[\W_]", "", text.lower().replace("ё", "е"))

    assert jiwer.cer(letters(WORDS[language]), letters(heard)) < 0.05, heard
