"""What makes prompts from texts: with a voice of the test's own, since the real ones need not be installed."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from prompts.builder import build, render
from prompts.errors import PromptBuildError
from prompts.files import Prompt
from prompts.sound import LEVEL_DB, PEAK_DB, RATE, Samples, resample
from prompts.voices import VOICES, find_spec
from tests.support.whistle import Whistle


@pytest.fixture
def whistle(monkeypatch: pytest.MonkeyPatch) -> Whistle:
    voice = Whistle()
    monkeypatch.setitem(VOICES, "en", lambda data: voice)
    return voice


def write(folder: Path, text: str) -> None:
    (folder / "en.yaml").write_text(text)


def test_only_what_changed_is_spoken_again(tmp_path: Path, whistle: Whistle) -> None:
    told: list[str] = []
    write(tmp_path, "hello: Hello\nbye: Bye")
    made = build(["en"], [], tmp_path, told.append)
    assert made == [tmp_path / "en" / "hello.wav", tmp_path / "en" / "bye.wav"]
    assert len(told) == 2
    assert build(["en"], [], tmp_path, told.append) == []
    write(tmp_path, "hello: Hello there\nbye: Bye")
    assert build(["en"], [], tmp_path, told.append) == [tmp_path / "en" / "hello.wav"]
    write(tmp_path, "hello: Hello there\nbye: {text: Bye, pace: 0.8}")
    assert build(["en"], [], tmp_path, told.append) == [tmp_path / "en" / "bye.wav"]
    assert whistle.heard == ["Hello", "Bye", "Hello there", "Bye"]


def test_a_recording_is_never_replaced(tmp_path: Path, whistle: Whistle) -> None:
    told: list[str] = []
    write(tmp_path, "hello: Hello")
    own = tmp_path / "en" / "hello.wav"
    own.parent.mkdir()
    own.write_bytes(b"my own voice")
    assert build(["en"], [], tmp_path, told.append) == []
    assert "recorded by somebody" in told[0]
    assert own.read_bytes() == b"my own voice"
    own.unlink()
    assert build(["en"], [], tmp_path, told.append) == [own]


def test_an_owner_may_have_texts_in_one_language(tmp_path: Path, whistle: Whistle) -> None:
    write(tmp_path, "hello: Hello")
    assert build([], [], tmp_path, lambda line: None) == [tmp_path / "en" / "hello.wav"]


def test_only_names_that_are_asked_for(tmp_path: Path, whistle: Whistle) -> None:
    write(tmp_path, "hello: Hello\nbye: Bye")
    assert build(["en"], ["bye"], tmp_path, lambda line: None) == [tmp_path / "en" / "bye.wav"]
    with pytest.raises(PromptBuildError, match="has no huh"):
        build(["en"], ["huh"], tmp_path, lambda line: None)
    with pytest.raises(PromptBuildError, match="no voice for the language xx"):
        build(["xx"], [], tmp_path, lambda line: None)


def test_what_is_spoken_becomes_what_a_telephone_plays() -> None:
    sound = render(Prompt("x", "One. Two.", "One. Two."), Whistle())
    spoken = sound.astype(float) != 0
    starts = np.flatnonzero(np.diff(spoken.astype(int)) == 1)
    assert starts[0] == pytest.approx(800, abs=90)
    assert len(sound) / RATE == pytest.approx(0.1 + 1 + 0.45 + 1 + 0.1, abs=0.05)
    assert np.abs(sound).max() <= 32767 * 10 ** (PEAK_DB / 20) + 1
    level = np.sqrt(np.mean((sound[2000:6000] / 32767) ** 2))
    assert 20 * np.log10(level) == pytest.approx(LEVEL_DB, abs=0.2)


def test_a_slower_pace_is_longer() -> None:
    assert len(render(Prompt("x", "One.", "One.", 0.5), Whistle())) > len(
        render(Prompt("x", "One.", "One."), Whistle())
    )


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100])
def test_resampling_keeps_the_tone_and_drops_what_a_telephone_cannot_carry(rate: int) -> None:
    time = np.arange(rate) / rate
    sound = resample(np.sin(2 * np.pi * 1000 * time), rate)[800:8800]
    assert np.abs(np.fft.rfft(sound)).argmax() == 1000
    assert np.abs(sound[1000:-1000]).max() == pytest.approx(1, abs=0.01)
    if rate > 12000:
        beyond = resample(np.sin(2 * np.pi * 5500 * time), rate)[800:8800]
        assert np.abs(beyond[1000:-1000]).max() < 0.001


def test_silence_from_a_voice_is_an_error() -> None:
    class Mute:
        name = "mute"

        def check(self) -> None:
            """It is there."""

        def speak(self, text: str, pace: float) -> tuple[Samples, int]:
            return np.zeros(8000), 8000

    with pytest.raises(PromptBuildError, match="silence"):
        render(Prompt("x", "One.", "One."), Mute())


def test_a_missing_voice_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("RINGBACK_VOICES", str(tmp_path))
    (tmp_path / "ru.yaml").write_text("hello: Привет")
    with pytest.raises(PromptBuildError, match="rhvoice-russian"):
        build(["ru"], [], tmp_path, lambda line: None)
    if find_spec("piper") is None:
        write(tmp_path, "hello: Hello")
        with pytest.raises(PromptBuildError, match=r"requirements-voices\.lock"):
            build(["en"], [], tmp_path, lambda line: None)
    assert not list(tmp_path.rglob("*.wav"))


def test_damaged_notes_are_an_error(tmp_path: Path, whistle: Whistle) -> None:
    write(tmp_path, "hello: Hello")
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "made.json").write_text("{")
    with pytest.raises(PromptBuildError, match="damaged"):
        build(["en"], [], tmp_path, lambda line: None)


def test_sounds_are_plain_wav_files(tmp_path: Path, whistle: Whistle) -> None:
    write(tmp_path, "hello: Hello")
    [path] = build(["en"], [], tmp_path, lambda line: None)
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    assert sorted(file.name for file in path.parent.iterdir()) == ["hello.wav", "made.json"]
