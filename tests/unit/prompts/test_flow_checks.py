"""What is heard in menus beside the keys that are there, told before anybody calls."""

import wave
from pathlib import Path

import pytest

from prompts import files
from prompts.flow_checks import remarks
from ringback.config import Settings, load
from ringback.config.remarks import Remark

FLOW = """
lines: [{number: "1000", name: Support, languages: [ru]}]
menus:
  main:
    prompt: {en: "%s", ru: "%s"}
    operator_queue: support
    options:
      1: {label: Something is broken, queue: support}
      2: {label: More, menu: more}
  more:
    prompt: {en: "For an address, press 1. To go back, press 2.", ru: "Чтобы узнать адрес, нажмите 1, назад — 2."}
    operator_queue: support
    options:
      1: {label: Address, say: {en: "We are in Main Street.", ru: Мы на Главной улице.}}
      2: {label: Back, menu: main}
"""
GOOD = ("If it is broken, press 1. For more, press 2.", "Если сломалось, нажмите 1. Остальное — 2, нажмите.")


def settings_of(folder: Path, text: str) -> Settings:
    file = folder / "ringback.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def found(settings: Settings, own: Path | None = None) -> list[tuple[str, str, str]]:
    def told(each: Remark) -> tuple[str, str, str]:
        return each.setting, each.what.code.removeprefix("prompts."), str(each.what.facts.get("language"))

    return [told(each) for each in remarks(settings, own)]


def test_the_defaults_and_a_menu_that_names_its_keys_are_well(tmp_path: Path) -> None:
    assert found(Settings()) == []
    assert found(settings_of(tmp_path, FLOW % GOOD)) == []


@pytest.mark.parametrize(
    ("en", "ru", "told"),
    [
        ("Broken: press 1, more: press 3.", GOOD[1], [("menus.main.prompt", "key_not_there", "en")]),
        (GOOD[0], "Нажмите один, два или четыре.", [("menus.main.prompt", "key_not_there", "ru")]),
        ("Broken: press 1.", GOOD[1], []),
        ("Press one, or press two. For a person press zero.", GOOD[1], []),
    ],
)
def test_keys_that_are_told_are_there_in_each_language(
    tmp_path: Path, en: str, ru: str, told: list[tuple[str, str, str]]
) -> None:
    errors = [each for each in remarks(settings_of(tmp_path, FLOW % (en, ru)), None) if each.level == "error"]
    said = [(each.setting, each.what.code.removeprefix("prompts."), each.what.facts["language"]) for each in errors]
    assert said == told


def test_a_choice_that_nobody_is_told_of_is_a_note(tmp_path: Path) -> None:
    [note] = remarks(settings_of(tmp_path, FLOW % ("Broken: press 1.", GOOD[1])), None)
    assert (note.level, note.setting, note.what.facts["label"]) == ("note", "menus.main.options.2", "More")


def test_an_answer_after_which_the_menu_goes_on_names_keys_of_the_menu(tmp_path: Path) -> None:
    text = (FLOW % GOOD).replace("We are in Main Street.", "We are in Main Street. To hear it again, press 7.")
    assert found(settings_of(tmp_path, text)) == [("menus.more.options.1.say", "key_not_there", "en")]


def test_menus_that_only_lead_to_one_another_have_a_way_out(tmp_path: Path) -> None:
    round_and_round = (FLOW % GOOD).replace("queue: support}\n      2", "menu: more}\n      2")
    told = [("menus.main", "loop_without_person", "en"), ("menus.more", "loop_without_person", "en")]
    assert [each for each in found(settings_of(tmp_path, round_and_round)) if each[2] == "en"] == told
    said = round_and_round.replace("To go back, press 2.", "To go back, press 2, for a person 0.")
    assert [each for each in found(settings_of(tmp_path, said)) if each[2] == "en"] == [], "from both one comes to it"


LONG = "Thank you for calling the one and only shop for everything that you could ever wish for in your home. " * 3


def test_the_first_choice_is_heard_within_15_seconds(tmp_path: Path) -> None:
    late = settings_of(tmp_path, FLOW % (LONG + GOOD[0], GOOD[1]))
    assert found(late) == [("menus.main.prompt", "first_choice_late", "en")]
    behind = settings_of(tmp_path, FLOW % (f"{GOOD[0]} {LONG}", GOOD[1]))
    assert found(behind) == [], "what comes after the first choice is cut by its key"
    why = (FLOW % (LONG + GOOD[0], GOOD[1])).replace("    operator_queue", "    long: The law.\n    operator_queue", 1)
    assert found(settings_of(tmp_path, why)) == []


def record(folder: Path, name: str, seconds: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / f"{name}.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000 * seconds))


def test_a_greeting_is_measured_and_a_recording_without_a_text_is_not_read(tmp_path: Path) -> None:
    own, settings = tmp_path / "sounds", settings_of(tmp_path, FLOW % GOOD)
    record(own / "en", "welcome", 14)
    [greeting] = remarks(settings, own)
    assert (greeting.setting, greeting.what.code) == ("lines.0.greeting", "prompts.greeting_long")
    assert 15 < greeting.what.facts["seconds"] < 22
    assert files.text_of("en", "welcome", own) is None
    (own / "en.yaml").write_text("welcome: Hello. For a joke, press 9.", encoding="utf-8")
    assert ("lines.0.greeting", "key_not_there", "en") in found(settings, own)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_words_without_a_sound_are_estimated_as_long_as_they_will_be(language: str) -> None:
    lengths = {name: files.seconds_of(language, name) or 0.0 for name in files.texts(language)}
    for name, text in files.texts(language).items():
        if lengths[name] > 3:
            assert files.estimated_seconds(text, language) == pytest.approx(lengths[name], rel=0.3), name


def test_a_broken_recording_has_no_length(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "welcome.wav").write_bytes(b"RIFF and nothing else")
    assert files.seconds_of("en", "welcome", tmp_path) is None
    assert files.seconds_of("en", "nobody-made-it", tmp_path) is None
