"""The prompts as files and names: complete in both languages, fit for a telephone, findable from the settings."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pydantic import ValidationError

from prompts import files as prompt_files
from prompts import names
from prompts.errors import PromptError
from prompts.files import missing, read_texts, sound_files, texts, value_texts
from prompts.names import digits_prompts, position_prompts, wait_prompts
from prompts.sound import LEVEL_DB, PEAK_DB
from ringback.config import DEFAULT_MENU, EntryPoint, Option, Settings

SHIPPED = [(language, name) for language in names.LANGUAGES for name in texts(language)]


def test_both_languages_have_the_same_prompts() -> None:
    assert list(texts("en")) == list(texts("ru"))


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_every_text_has_its_sound_and_every_sound_its_text(language: str) -> None:
    assert sound_files(language) == {
        name: prompt_files.SOUNDS / language / f"{name}.wav"
        for name in sorted([*texts(language), *value_texts(language)])
    }


@pytest.mark.parametrize(("language", "name"), SHIPPED)
def test_each_sound_is_fit_for_a_telephone(language: str, name: str) -> None:
    path = prompt_files.SOUNDS / language / f"{name}.wav"
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.subtype, info.format) == (8000, 1, "PCM_16", "WAV")
    sound, _ = soundfile.read(path, dtype="float64")
    seconds = len(sound) / 8000
    letters = len(texts(language)[name])
    assert 0.35 < seconds < 12
    assert letters / 30 < seconds - 0.2 < letters / 5, "spoken too fast or too slowly to be this text"
    assert not sound[:800].any(), "the first 100 ms are quiet"
    assert not sound[-800:].any()
    assert np.abs(sound[800:2400]).max() > 0.01, "and then it speaks"
    assert 20 * np.log10(np.abs(sound).max()) < PEAK_DB + 0.1
    frames = sound[: len(sound) // 80 * 80].reshape(-1, 80)
    power = np.mean(frames**2, axis=1)
    loud = power[power > power.max() * 10**-4.2].mean()
    assert 10 * np.log10(loud) == pytest.approx(LEVEL_DB, abs=4)


PIECES = [(language, name) for language in names.LANGUAGES for name in value_texts(language)]


@pytest.mark.parametrize(("language", "name"), PIECES)
def test_each_piece_is_short_and_as_loud_as_the_prompts(language: str, name: str) -> None:
    sound, rate = soundfile.read(prompt_files.SOUNDS / language / f"{name}.wav", dtype="float64")
    assert rate == 8000
    assert 0.15 < len(sound) / rate < 2
    if name == "value-pause":
        assert not sound.any()
        return
    assert not sound[:200].any() and np.abs(sound[240:1200]).max() > 0.003, "30 ms of quiet, then it speaks"
    power = np.mean(sound[: len(sound) // 80 * 80].reshape(-1, 80) ** 2, axis=1)
    assert 10 * np.log10(power[power > power.max() * 10**-4.2].mean()) == pytest.approx(LEVEL_DB, abs=4.5)


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_the_first_choice_can_be_made_at_once(language: str) -> None:
    """The whole menu is shorter than what the rule allows before its first choice."""
    assert soundfile.info(prompt_files.SOUNDS / language / "menu-main.wav").duration < 15


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_what_was_made_is_what_is_written(language: str) -> None:
    """Each sound is the builder's own from the text at hand: nobody changed one and forgot the other."""
    from prompts.builder import build

    told: list[str] = []
    assert build([language], [], None, told.append) == []
    assert told == []


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_keys_that_prompts_name_are_those_of_the_default_settings(language: str) -> None:
    spoken = re.findall(r"\d", texts(language)["menu-main"])
    assert spoken == [*DEFAULT_MENU.options, "0"]
    [survey] = Settings().surveys.values()
    assert re.findall(r"\d", texts(language)["survey-solved"]) == list(survey.questions[0].options)
    assert re.findall(r"\d", texts(language)["survey-opt-out"]) == [survey.opt_out_key]


def test_positions_and_digits() -> None:
    assert position_prompts(1) == ("position-1",)
    assert position_prompts(10) == ("position-10",)
    assert position_prompts(11) == position_prompts(5000) == ("position-many",)
    with pytest.raises(ValueError, match="the first is 1"):
        position_prompts(0)
    assert digits_prompts("+7 (90)٣") == ("digit-7", "digit-9", "digit-0")
    every = {name for n in range(1, 12) for name in position_prompts(n)} | set(digits_prompts("0123456789"))
    assert every <= set(texts("en"))


def test_an_expected_wait_is_told_as_an_upper_bound() -> None:
    assert wait_prompts(None) == ()
    assert wait_prompts(0) == wait_prompts(1) == ("wait-1",)
    assert wait_prompts(1.01) == ("wait-2",)
    assert wait_prompts(5.5) == wait_prompts(10) == ("wait-10",)
    assert wait_prompts(60) == ("wait-60",)
    assert wait_prompts(60.1) == wait_prompts(10_000) == ("wait-long",)
    assert {name for bound in names.WAIT_MINUTES for name in wait_prompts(bound)} <= set(texts("en"))


def test_the_default_settings_lack_no_prompt() -> None:
    assert missing(Settings()) == []


def test_a_prompt_that_nobody_recorded_is_named_with_its_place(tmp_path: Path) -> None:
    settings = Settings(lines=[EntryPoint(number="1000", name="Sales", greeting="hello-sales", language="ru")])
    [found] = missing(settings, tmp_path)
    assert str(found.what) == "lines.0.greeting: there is no prompt hello-sales in language ru."
    file = tmp_path / "ru" / "hello-sales.wav"
    assert str(found.mend) == f"Put a recording at {file} or name one of `ringback prompts list`."
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "hello-sales.wav").write_bytes(b"")
    assert missing(settings, tmp_path) == []


def test_a_sentence_of_a_menu_is_asked_for_with_its_place(tmp_path: Path) -> None:
    says = DEFAULT_MENU.model_copy(update={"options": {"3": Option(label="Opening hours", say="our-hours")}})
    found = missing(Settings(menus={"main": says}), tmp_path)
    assert [each.place for each in found] == ["menus.main.options.3.say"] * 2


def test_the_owners_recording_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "en" / "welcome.wav"
    own.parent.mkdir()
    own.write_bytes(b"")
    assert sound_files("en", tmp_path)["welcome"] == own
    assert sound_files("en", tmp_path)["goodbye"] == prompt_files.SOUNDS / "en" / "goodbye.wav"
    assert sound_files("ru", tmp_path)["welcome"] == prompt_files.SOUNDS / "ru" / "welcome.wav"


def test_a_prompt_name_in_the_settings_is_no_path() -> None:
    with pytest.raises(ValidationError):
        EntryPoint(number="1000", name="x", greeting="../../etc/passwd")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "holds no prompts"),
        ("- welcome", "holds no prompts"),
        ("welcome: [", "cannot be read"),
        ("../up: hello", "no name for a prompt"),
        ("welcome:", "welcome has no text"),
        ("welcome: {say: hello}", "welcome has no text"),
        ("welcome: {text: hello, speed: 2}", "speed: only text, say, pace, quiet are known"),
        ("welcome: {text: hello, pace: 9}", "pace 9"),
    ],
)
def test_a_text_file_that_is_wrong_says_where(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "en.yaml"
    path.write_text(content)
    with pytest.raises(PromptError, match=sentence):
        read_texts(path)


def test_a_text_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"nowhere\.yaml"):
        read_texts(tmp_path / "nowhere.yaml")


def test_the_notes_of_what_was_made_cover_every_sound() -> None:
    for language in names.LANGUAGES:
        made = json.loads((prompt_files.SOUNDS / language / "made.json").read_text())
        assert sorted(made) == sorted([*texts(language), *value_texts(language)])
