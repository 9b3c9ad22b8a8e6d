"""Callers who say their answer, on the real Asterisk with the real recogniser, which is killed in the middle, too."""

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.trial.trial import until
from calls.models import Call
from recording.models import Recording
from ringback.store.bus import Process
from tests.support.installation import SECONDS, CallerPhone, Installation
from tests.support.scenarios import SETTINGS, SPEECH
from tests.support.spoken_words import sound_of

pytestmark = pytest.mark.speech
ELSEWHERE = "the weather is nice today"
RUSSIAN = "мне нужна техническая поддержка"
WORDS = {
    "prompt": "digit-5",
    "operator_queue": "support",
    "options": {
        "1": {
            "label": "Support",
            "queue": "support",
            "words": {"en": ["technical support"], "ru": ["техническая поддержка"]},
        },
        "2": {"label": "Bill", "queue": "billing", "words": {"en": ["billing"], "ru": ["оплата"]}},
    },
}
CHANGES = {
    **SPEECH,
    "menus": {**SETTINGS["menus"], "words": WORDS},
    "lines": [
        *SETTINGS["lines"],
        {"number": "1010", "name": "Press or say", "notice": None, "menu": "words"},
        {"number": "1011", "name": "Нажмите или скажите", "notice": None, "menu": "words", "language": "ru"},
    ],
}


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation]) -> Installation:
    """A Ringback whose lines 1010 and 1011 take words, with the model loaded."""
    there = house_with(CHANGES)

    def listens() -> bool:
        with there.trial.sessions()() as session:
            row = session.get(Process, "recogniser")
            return row is not None and row.trouble is None and row.pid == there.trial.pid("recogniser")

    until("the recogniser to have its model", 60, listens)
    until("Asterisk to know", SECONDS, lambda: re.search(r"RINGBACK_HEARS=\d{9}", there.rx("dialplan show globals")))
    return there


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What callers say, made before they call."""
    folder = tmp_path_factory.mktemp("said")
    said = {text: sound_of(text, folder) for text in ("billing", "technical support", "technical", "yes", ELSEWHERE)}
    return {**said, RUSSIAN: sound_of(RUSSIAN, folder, "ru")}


def chosen(house: Installation, caller: CallerPhone, key: str) -> Call:
    """Waits until the caller is where this key leads."""
    call = house.wait_call(caller.number, "waiting")
    assert [step["key"] for step in call.menu_path] == [key]
    return call


def hang_up(house: Installation, caller: CallerPhone) -> Call:
    caller.phone.hangup()
    return house.wait_ended(caller.number)


def test_words_cut_the_prompt_and_are_the_choice(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1010")
    caller.hear("welcome")
    caller.phone.play(sounds["billing"])
    call = chosen(house, caller, "2")
    assert call.queue == "billing"
    assert not caller.heard("digit-5"), "the greeting was cut"
    call = hang_up(house, caller)
    recording: Recording = house.wait_recording(call.call_id, "stored")
    assert call.ended_at is not None
    seconds = (call.ended_at - call.arrived_at).total_seconds()
    assert recording.seconds == pytest.approx(seconds, abs=0.5), "the recording lost nothing to the recogniser"


def test_russian_words_after_the_prompt_in_a_sentence(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1011")
    caller.hear("digit-5", last=True)
    caller.phone.play(sounds[RUSSIAN])
    assert chosen(house, caller, "1").queue == "support"
    hang_up(house, caller)


def test_a_key_counts_while_somebody_speaks(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1010")
    caller.hear("welcome")
    caller.phone.play(sounds["technical support"])
    caller.press("2")
    assert chosen(house, caller, "2").queue == "billing", "and not what was said"
    hang_up(house, caller)


def test_what_was_heard_uncertainly_is_asked_and_yes_is_enough(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1010")
    caller.hear("digit-5", last=True)
    caller.phone.play(sounds["technical"])
    house.wait_call(caller.number, "confirming")
    caller.hear("words-yes-no")
    caller.phone.play(sounds["yes"])
    assert chosen(house, caller, "1").queue == "support"
    hang_up(house, caller)


def test_two_failures_fall_back_to_keys(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1010")
    after = caller.hear("digit-5", last=True)
    for _ in range(2):
        caller.phone.play(sounds[ELSEWHERE])
        after = caller.hear("words-unknown", after=after)
        after = caller.hear("digit-5", after=after, last=True)
    assert caller.heard("words-keys")
    caller.phone.play(sounds["billing"])
    after = caller.hear("menu-silent", after=after)
    caller.press("2")
    call = chosen(house, caller, "2")
    assert call.queue == "billing", "by its key: nobody listens to words any more"
    hang_up(house, caller)


def test_killed_in_the_middle_of_a_word_keys_go_on(house: Installation, sounds: dict[str, Path]) -> None:
    caller = house.dial("1010")
    caller.hear("welcome")
    caller.phone.play(sounds["technical support"])
    old = house.kill("recogniser")
    caller.hear("digit-5", last=True)
    caller.press("2")
    assert chosen(house, caller, "2").queue == "billing"
    hang_up(house, caller)
    house.wait_new("recogniser", old)


def test_away_or_stopped_callers_press_keys_as_if_nothing_was(house: Installation) -> None:
    stopped = house.kill("recogniser", signal.SIGSTOP)
    life = house.trial.settings.recogniser_life
    until("its last sign of life to be old", SECONDS, lambda: time.time() - life.stat().st_mtime > 4.1)
    try:
        for _ in range(2):
            caller = house.dial("1010")
            caller.hear("digit-5", seconds=SECONDS)
            caller.press("1")
            assert chosen(house, caller, "1").queue == "support"
            hang_up(house, caller)
    finally:
        house.kill("recogniser", signal.SIGKILL)
    house.wait_new("recogniser", stopped)
