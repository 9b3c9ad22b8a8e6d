"""Words of the settings become sounds: made once, playable at once, and told where nobody can speak them."""

from pathlib import Path

import pytest
import soundfile

from app import install, publishing_parts
from prompts import files, voices
from prompts.errors import PromptBuildError
from prompts.service import make_sounds
from prompts.sound import Samples
from ringback.config import EntryPoint, Settings
from tests.support.whistle import Whistle

HELLO = "said-0123456789abcdef"
BYE = "said-fedcba9876543210"


@pytest.fixture
def whistle(monkeypatch: pytest.MonkeyPatch) -> Whistle:
    voice = Whistle()
    monkeypatch.setitem(voices.VOICES, "en", lambda data: voice)
    return voice


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def quiet(line: str) -> None:
    """What the maker tells of each file is not looked at."""


def test_words_are_spoken_once_and_can_be_played_at_once(settings: Settings, whistle: Whistle) -> None:
    told: list[str] = []
    words = {"en": {HELLO: "Hello there.", BYE: "Bye."}}
    done = make_sounds(settings, told.append, words)
    folder = settings.data / "sounds" / "en"
    assert done.made == [folder / f"{HELLO}.wav", folder / f"{BYE}.wav"]
    assert done.failed == []
    assert len(told) == 2
    info = soundfile.info(done.made[0])
    assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    played = settings.asterisk_sounds / "en" / "ringback" / f"{HELLO}.wav"
    assert played.resolve() == done.made[0].resolve()
    assert (played.parent / "welcome.wav").resolve() == files.SOUNDS / "en" / "welcome.wav"
    assert make_sounds(settings, told.append, words).made == []
    assert whistle.heard == ["Hello there.", "Bye."]


def test_a_recording_under_that_name_is_left_alone(settings: Settings, whistle: Whistle) -> None:
    own = settings.data / "sounds" / "en" / f"{HELLO}.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"my own voice")
    done = make_sounds(settings, quiet, {"en": {HELLO: "Hello there."}})
    assert (done.made, done.failed, whistle.heard) == ([], [], [])
    assert own.read_bytes() == b"my own voice"


@pytest.mark.parametrize("language", ["ru", "fr"])
def test_without_a_voice_it_is_told_how_to_get_one_and_what_else_helps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("PATH", str(settings.data))
    monkeypatch.setenv(voices.FOLDER_VARIABLE, str(settings.data))
    done = make_sounds(settings, quiet, {language: {HELLO: "Bonjour.", BYE: "Merci."}})
    assert done.made == []
    assert [(each.name, each.words) for each in done.failed] == [(HELLO, "Bonjour."), (BYE, "Merci.")]
    file = settings.data / "sounds" / language / f"{HELLO}.wav"
    assert str(done.failed[0].why).endswith(f"record it yourself: {file}")
    assert ("ringback voices install ru" in str(done.failed[0].why)) == (language == "ru")
    assert "запишите её сами" in done.failed[0].why.worded("ru")


def test_what_fails_is_told_and_what_was_spoken_stays(
    settings: Settings, whistle: Whistle, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = whistle.speak

    def speak(text: str, pace: float) -> tuple[Samples, int]:
        sound, rate = spoken(text, pace)
        return (sound * 0 if text == "..." else sound), rate

    monkeypatch.setattr(whistle, "speak", speak)
    done = make_sounds(settings, quiet, {"en": {HELLO: "...", BYE: "Bye."}})
    assert [file.stem for file in done.made] == [BYE]
    [failed] = done.failed
    assert (failed.language, failed.name) == ("en", HELLO)
    assert "only silence" in str(failed.why)
    assert not list((settings.data / "sounds").rglob("*.new")), "no half of a file is left"


def test_a_folder_that_asterisk_cannot_be_given_refuses_the_words(settings: Settings, whistle: Whistle) -> None:
    settings.asterisk_sounds.parent.mkdir(parents=True)
    settings.asterisk_sounds.write_text("a file in place of the folder")
    with pytest.raises(PromptBuildError, match="could not be written"):
        make_sounds(settings, quiet, {"en": {HELLO: "Hello."}})
    settings.asterisk_sounds.unlink()
    assert make_sounds(settings, quiet, {"en": {HELLO: "Hello."}}).made == [], "it was made; now it can be played"
    assert (settings.asterisk_sounds / "en" / "ringback" / f"{HELLO}.wav").exists()


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    settings: Settings, whistle: Whistle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        patched.setattr("prompts.service.links.link_all", lambda settings: None)
        done = make_sounds(settings, quiet, {"en": {HELLO: "Hello."}})
    assert "No space left on device" in str(done.failed[0].why)
    assert [file.name for file in (settings.data / "sounds" / "en").iterdir()] == [".lock"]
    assert len(make_sounds(settings, quiet, {"en": {HELLO: "Hello."}}).made) == 1


@pytest.fixture
def greeted(settings: Settings) -> Settings:
    """Settings with a greeting in words."""
    line = EntryPoint.model_validate({"number": "1000", "name": "x", "greeting": {"en": "Hello there."}})
    return settings.model_copy(update={"lines": [line]})


def test_words_in_the_settings_are_made_before_they_are_in_force(greeted: Settings, whistle: Whistle) -> None:
    publishing_parts.make_ready(greeted)
    name = str(greeted.lines[0].greeting)
    assert (greeted.asterisk_sounds / "en" / "ringback" / f"{name}.wav").exists()
    assert whistle.heard == ["Hello there."]


def test_words_that_nobody_can_speak_are_an_error_of_check_and_refuse_the_settings(
    greeted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "find_spec", lambda name: None)
    [told] = [each for each in install.remarks(greeted) if each.level == "error"]
    assert told.setting == "lines.0.greeting"
    assert "“Hello there.” cannot be spoken here" in str(told.what)
    with pytest.raises(PromptBuildError, match="ringback voices install en"):
        publishing_parts.make_ready(greeted)
    own = files.own_folder(greeted) / "en" / f"{greeted.lines[0].greeting}.wav"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_bytes(b"my own voice")
    publishing_parts.make_ready(greeted)
    assert [each for each in install.remarks(greeted) if each.level == "error"] == []
