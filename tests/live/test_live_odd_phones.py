"""Phones that do not keep to what they agreed on: keys as tones in the sound, sound from another port."""

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from recording.service import sound_path
from tests.support.installation import Installation
from tests.support.offers import OfferingCaller
from tests.support.tones import RATE

ODD = {"sip": {"dtmf": "inband", "silent_seconds": 2}}
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
KEYS = {key: (ROWS[number // 3], COLUMNS[number % 3]) for number, key in enumerate("123456789*0#")}
"""The two tones of each key, in hertz (ITU-T Q.23)."""


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation]) -> Installation:
    return house_with(ODD)


def keys_in_sound(path: Path, keys: str) -> Path:
    """A wav file of the keys as a phone of the old kind sends them: 120 ms each, 100 ms apart."""
    time = np.arange(round(0.12 * RATE)) / RATE
    quiet = np.zeros(round(0.1 * RATE))
    both = [0.35 * sum(np.sin(2 * np.pi * hertz * time) for hertz in KEYS[key]) for key in keys]
    samples = np.concatenate([quiet, *(part for each in both for part in (each, quiet))])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_keys_are_taken_from_the_sound_of_a_phone_that_would_send_them_as_events(
    house: Installation, tmp_path: Path
) -> None:
    caller = house.dial("1000")
    caller.hear("notice", "welcome")
    caller.phone.play(keys_in_sound(tmp_path / "two.wav", "2"))
    waiting = house.wait_call(caller.number, "waiting")
    assert [(step["key"], waiting.queue) for step in waiting.menu_path] == [("2", "billing")]
    caller.phone.hangup()
    house.wait_ended(caller.number)


def test_sound_from_another_port_is_heard_again(house: Installation) -> None:
    """A router forgot which port was whose: nothing more comes from the old one, and nobody says so."""
    number = "+12025557070"
    with OfferingCaller(house.trial.settings.sip.port, "1000", number, "0") as caller:
        caller.speak(1000, 2)
        caller.move()
        caller.speak(700, 9)  # after 2 s of silence the phone is asked, and its new port is learned
    row = house.wait_recording(house.wait_ended(number).call_id, "stored")
    path = sound_path(house.trial.settings, row)
    assert path is not None
    sound, _ = soundfile.read(path)
    last = sound[-2 * RATE : -RATE, 0]
    assert float(np.sqrt(np.mean(last**2))) > 0.05


def tone_of(sound: NDArray[np.float64], hertz: float) -> float:
    """How loud one tone is: 0.2 is what a phone of ours says."""
    wave_of = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / RATE)
    return float(np.abs(np.mean(sound * wave_of)) * np.sqrt(2)) if len(sound) else 0.0


def callers_side(house: Installation, number: str) -> NDArray[np.float64]:
    row = house.wait_recording(house.wait_ended(number).call_id, "stored")
    path = sound_path(house.trial.settings, row)
    assert path is not None
    sound, _ = soundfile.read(path)
    return np.asarray(sound[:, 0])


def test_sound_of_a_stranger_before_the_callers_first_packet_is_on_no_recording(house: Installation) -> None:
    number = "+12025557071"
    with OfferingCaller(house.trial.settings.sip.port, "1000", number, "0") as caller:
        with caller.stranger():
            caller.speak(700, 0.4)
        caller.speak(1000, 3)
    sound = callers_side(house, number)
    assert tone_of(sound[-2 * RATE : -RATE], 1000) > 0.1
    assert max(tone_of(sound[at : at + RATE // 5], 700) for at in range(0, len(sound), RATE // 5)) < 0.01


def test_a_caller_whose_router_says_another_port_is_heard_after_half_a_second(house: Installation) -> None:
    number = "+12025557072"
    with OfferingCaller(house.trial.settings.sip.port, "1000", number, "0") as caller:
        caller.move()
        caller.speak(1000, 4)
    sound = callers_side(house, number)
    heard = [at / RATE for at in range(0, len(sound), RATE // 10) if tone_of(sound[at : at + RATE // 10], 1000) > 0.1]
    assert heard and heard[0] < 1.5 and heard[-1] > 3
