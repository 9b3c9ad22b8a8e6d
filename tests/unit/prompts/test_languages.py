"""A language is a folder and a file: found where it lies, and borrowed from English where it has holes."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml
from pydantic import ValidationError

from app import install
from prompts import files
from prompts.errors import PromptError
from prompts.importing import bring, map_of, read_map
from prompts.links import link_all
from ringback.config import EntryPoint, Settings

RATE = 16000


def hum(hertz: float, seconds: float = 0.5) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A French line; no folder holds French."""
    return Settings(data=tmp_path / "data", lines=[EntryPoint(number="1000", name="Assistance", language="fr")])


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Recordings of somebody else's, and a map that names them."""
    folder = tmp_path / "theirs"
    (folder / "digits").mkdir(parents=True)
    soundfile.write(folder / "hello.wav", np.stack([hum(400), hum(400)], axis=1), RATE)
    soundfile.write(folder / "digits" / "1.flac", hum(900), RATE)
    (folder / "fr.yaml").write_text("welcome: hello\nposition-1: [hello, digits/1]\n")
    return folder


def errors(settings: Settings) -> list[str]:
    return [str(each.what) for each in install.remarks(settings) if each.level == "error"]


def notes(settings: Settings) -> list[str]:
    return [str(each.what) for each in install.remarks(settings) if each.level == "note"]


def test_a_language_that_is_nowhere_is_one_remark_with_the_folder_that_would_be_it(settings: Settings) -> None:
    [told] = errors(settings)
    assert told.startswith("There is no language fr: callers can be served in en, ru.")
    assert str(settings.data.resolve() / "sounds" / "fr") in told


@pytest.mark.parametrize(("written", "meant"), [("rus", "ru"), ("eng", "en")])
def test_a_language_by_another_name_is_recognised(written: str, meant: str) -> None:
    settings = Settings(lines=[EntryPoint(number="1000", name="x", language=written)])
    [found] = [each for each in install.remarks(settings) if each.level == "error"]
    assert (found.setting, found.suggestion) == ("lines.0.language", meant)


@pytest.mark.parametrize("language", ["FR", "f", "../fr", "fr/..", "french", "f\nr", ""])
def test_a_language_is_two_or_three_letters_and_no_path(language: str) -> None:
    with pytest.raises(ValidationError):
        EntryPoint(number="1000", name="x", language=language)
    with pytest.raises(PromptError, match="no code of a language"):
        bring(Settings(), language, Path(), Path(), print)


def test_recordings_make_a_language_and_what_they_lack_is_named(settings: Settings, theirs: Path) -> None:
    told: list[str] = []
    made = bring(settings, "fr", theirs, theirs / "fr.yaml", told.append)
    assert [file.stem for file in made] == ["welcome", "position-1"]
    assert "fr" in files.languages(files.own_folder(settings))
    assert errors(settings) == []
    [lacking] = [each for each in notes(settings) if "in English" in each]
    assert "menu-main" in lacking and "digit-7" in lacking
    assert "welcome" not in lacking
    played = settings.asterisk_sounds / "fr" / "ringback"
    assert (played / "welcome.wav").resolve() == made[0].resolve()
    assert (played / "menu-main.wav").resolve() == files.SOUNDS / "en" / "menu-main.wav"


def test_a_prompt_of_the_owners_own_must_be_there_in_the_language_of_the_line(settings: Settings, theirs: Path) -> None:
    bring(settings, "fr", theirs, theirs / "fr.yaml", print)
    line = EntryPoint(number="1000", name="Assistance", language="fr", greeting="hello-sales")
    with_own = settings.model_copy(update={"lines": [line]})
    english = settings.data / "sounds" / "en" / "hello-sales.wav"
    english.parent.mkdir()
    english.write_bytes(b"")
    [told] = errors(with_own)
    assert told.startswith("There is no prompt hello-sales in language fr")


def test_sounds_are_put_together_at_the_telephones_level(settings: Settings, theirs: Path) -> None:
    [welcome, position] = bring(settings, "fr", theirs, theirs / "fr.yaml", print)
    one, rate = soundfile.read(welcome)
    two, _ = soundfile.read(position)
    assert (rate, one.ndim) == (8000, 1)
    assert len(one) / rate == pytest.approx(0.1 + 0.5 + 0.1, abs=0.03)
    assert len(two) / rate == pytest.approx(0.1 + 0.5 + 0.08 + 0.5 + 0.1, abs=0.03)
    for sound in (one, two):
        spoken = sound[1600:4000]
        assert 20 * np.log10(np.sqrt(np.mean(spoken**2))) == pytest.approx(-19, abs=0.5)
    assert np.abs(np.fft.rfft(two[-4400:-1200])).argmax() == pytest.approx(900 * 3200 / 8000, abs=2)


def test_what_did_not_change_is_left_and_a_persons_recording_is_never_replaced(
    settings: Settings, theirs: Path
) -> None:
    first = bring(settings, "fr", theirs, theirs / "fr.yaml", print)
    assert bring(settings, "fr", theirs, theirs / "fr.yaml", print) == []
    soundfile.write(theirs / "digits" / "1.flac", hum(700), RATE)
    assert bring(settings, "fr", theirs, theirs / "fr.yaml", print) == [first[1]]
    first[0].write_bytes(b"my own voice")
    soundfile.write(theirs / "hello.wav", hum(500), RATE)
    told: list[str] = []
    assert bring(settings, "fr", theirs, theirs / "fr.yaml", told.append) == [first[1]]
    assert first[0].read_bytes() == b"my own voice"
    assert "recorded by somebody" in told[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "names no sounds"),
        ("- welcome", "names no sounds"),
        ("welcome: [", "cannot be read"),
        ("../up: hello", "no name for a prompt"),
        ("welcome: ../../etc/passwd", "inside the folder"),
        ("welcome: /etc/passwd", "inside the folder"),
        ("welcome: []", "inside the folder"),
        ("welcome: [hello, 7]", "inside the folder"),
        ("welcome: nowhere", "holds no sound nowhere, which welcome is made of"),
        ("welcome: hello\nclosed: words", "no sound that can be read"),
    ],
)
def test_a_map_that_is_wrong_writes_nothing(settings: Settings, theirs: Path, text: str, sentence: str) -> None:
    (theirs / "words.wav").write_text("these are words")
    (theirs / "wrong.yaml").write_text(text)
    with pytest.raises(PromptError, match=sentence):
        bring(settings, "fr", theirs, theirs / "wrong.yaml", print)
    assert not settings.data.exists()


def test_the_shipped_map_names_prompts_that_there_are() -> None:
    found = read_map(map_of("fr"))
    assert set(found) <= set(files.texts("en"))
    assert {f"digit-{n}" for n in range(10)} | {f"position-{n}" for n in range(1, 11)} <= set(found)
    assert "[vm-press, digits/1, vm-and, vm-press, digits/2, vm-reachoper]" in map_of("fr").read_text()
    assert yaml.safe_load(map_of("fr").read_text())["goodbye"] == "vm-goodbye"


def test_what_goes_from_the_owners_folder_is_played_no_longer(settings: Settings, theirs: Path) -> None:
    [welcome, _] = bring(settings, "fr", theirs, theirs / "fr.yaml", print)
    welcome.unlink()
    link_all(settings)
    played = settings.asterisk_sounds / "fr" / "ringback" / "welcome.wav"
    assert played.resolve() == files.SOUNDS / "en" / "welcome.wav"
