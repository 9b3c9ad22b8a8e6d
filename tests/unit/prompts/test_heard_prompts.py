"""A prompt is heard again when its sound, its text, the model or the manner of hearing is another one; else never."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import heard_prompts
from tests.support.heard_prompts import DAY, MODEL, NUMBERS, HeardPrompts, Shipped
from transcripts.engines.recogniser import Sound

TIMES = {name for name in Shipped.of("en").texts if name.startswith("at-")}


@pytest.fixture
def shipped(tmp_path: Path) -> Shipped:
    """A copy of the English prompts that may be changed."""
    made = Shipped.of("en")
    shutil.copytree(made.sounds, tmp_path / "en")
    return replace(made, texts=dict(made.texts), sounds=tmp_path / "en")


@pytest.fixture
def known(shipped: Shipped) -> HeardPrompts:
    """What was heard in all of them."""
    heard = HeardPrompts({})
    utterances = shipped.prompts() + shipped.numbers()
    heard.answers(shipped, utterances, lambda sounds: [utterance.text for utterance in utterances])
    heard.anew.clear()
    return heard


def heard_again(known: HeardPrompts, shipped: Shipped, model: str = MODEL) -> set[str]:
    utterances = shipped.prompts() + shipped.numbers()
    listened = 0

    def hear(sounds: list[Sound]) -> list[str]:
        nonlocal listened
        listened += len(sounds)
        return ["again"] * len(sounds)

    answers = known.answers(shipped, utterances, hear, model)
    assert listened == len(known.anew) == answers.count("again")
    return set(known.anew)


def test_what_did_not_change_is_not_heard_again(known: HeardPrompts, shipped: Shipped) -> None:
    assert heard_again(known, shipped) == set()


@pytest.mark.parametrize(
    ("name", "again"),
    [
        ("closed", {"closed"}),
        (DAY, {DAY} | TIMES),
        ("at-9-30", {"at-9-30"}),
        ("digit-7", {number for number in NUMBERS if "7" in number}),
    ],
)
def test_another_sound_is_heard_wherever_it_is_said(
    known: HeardPrompts, shipped: Shipped, name: str, again: set[str]
) -> None:
    file = shipped.sounds / f"{name}.wav"
    sound = bytearray(file.read_bytes())
    sound[len(sound) // 2] ^= 1
    file.write_bytes(sound)
    assert heard_again(known, shipped) == again


def test_another_text_is_heard_again(known: HeardPrompts, shipped: Shipped) -> None:
    shipped.texts["closed"] += "!"
    assert heard_again(known, shipped) == {"closed"}


def test_another_model_hears_everything_again(known: HeardPrompts, shipped: Shipped) -> None:
    assert heard_again(known, shipped, "whisper-small 0") == known.words.keys()


def test_another_manner_of_hearing_hears_everything_again(
    known: HeardPrompts, shipped: Shipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heard_prompts, "MANNER", "another")
    assert heard_again(known, shipped) == known.words.keys()


def test_a_new_prompt_is_heard(known: HeardPrompts, shipped: Shipped) -> None:
    shipped.texts["brand-new"] = "We are closed today."
    shutil.copyfile(shipped.sounds / "closed.wav", shipped.sounds / "brand-new.wav")
    assert heard_again(known, shipped) == {"brand-new"}


def test_words_written_under_another_digest_count_for_nothing(known: HeardPrompts, shipped: Shipped) -> None:
    known.words["closed"] = ("0" * 64, "We are closed.")
    assert heard_again(known, shipped) == {"closed"}
