"""Words of the settings become sounds: made once, playable at once, and told where nobody can speak them."""

from pathlib import Path

import pytest
import soundfile

from prompts import files, voices
from prompts.service import make_sounds
from prompts.sound import Samples
from ringback.config import Settings
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
    done = make_sounds(settings, words, told.append)
    folder = settings.data / "sounds" / "en"
    assert done.made == [folder / f"{HELLO}.wav", folder / f"{BYE}.wav"]
    assert done.failed == []
    assert len(told) == 2
    info = soundfile.info(done.made[0])
    assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    played = settings.asterisk_sounds / "en" / "ringback" / f"{HELLO}.wav"
    assert played.resolve() == done.made[0].resolve()
    assert (played.parent / "welcome.wav").resolve() == files.SOUNDS / "en" / "welcome.wav"
    assert make_sounds(settings, words, told.append).made == []
    assert whistle.heard == ["Hello there.", "Bye."]


def test_a_recording_under_that_name_is_left_alone(settings: Settings, whistle: Whistle) -> None:
    own = settings.data / "sounds" / "en" / f"{HELLO}.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"my own voice")
    done = make_sounds(settings, {"en": {HELLO: "Hello there."}}, quiet)
    assert (done.made, done.failed, whistle.heard) == ([], [], [])
    assert own.read_bytes() == b"my own voice"


@pytest.mark.parametrize("language", ["ru", "fr"])
def test_without_a_voice_it_is_told_how_to_get_one_and_what_else_helps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("PATH", str(settings.data))
    monkeypatch.setenv(voices.FOLDER_VARIABLE, str(settings.data))
    done = make_sounds(settings, {language: {HELLO: "Bonjour.", BYE: "Merci."}}, quiet)
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
    done = make_sounds(settings, {"en": {HELLO: "...", BYE: "Bye."}}, quiet)
    assert [file.stem for file in done.made] == [BYE]
    [failed] = done.failed
    assert (failed.language, failed.name) == ("en", HELLO)
    assert "gave silence" in str(failed.why)
    assert not list((settings.data / "sounds").rglob("*.new")), "no half of a file is left"


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    settings: Settings, whistle: Whistle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        patched.setattr("prompts.service.links.link_all", lambda settings: None)
        done = make_sounds(settings, {"en": {HELLO: "Hello."}}, quiet)
    assert "No space left on device" in str(done.failed[0].why)
    assert [file.name for file in (settings.data / "sounds" / "en").iterdir()] == [".lock"]
    assert len(make_sounds(settings, {"en": {HELLO: "Hello."}}, quiet).made) == 1
