"""A call through the trunk that the doctor makes: what it says of each way in which it may end."""

import itertools
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app import call_outside
from app.doctor import Check
from app.trial.ports import LOOPBACK, free_port
from calls.models import Call
from pbx import asterisk
from pbx.asterisk_conf import test_calls_folder as folder_of_test_calls
from pbx.phones.phone import Phone
from tests.support.installation import Installation, speech
from tests.support.tones import tone

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(310)


@pytest.fixture(scope="module")
def far_port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture
def house(house_with: Callable[[dict[str, Any]], Installation], far_port: int) -> Installation:
    return house_with({"trunk": {"host": LOOPBACK, "port": far_port, "qualify_seconds": 0}})


@pytest.fixture
def far(far_port: int) -> Iterator[Phone]:
    """Whoever is called, behind the trunk."""
    with Phone("far end", port=far_port) as phone:
        phone.listen()
        yield phone


def called(house: Installation, meanwhile: Callable[[], None] = lambda: None, text: str = "") -> dict[str, Check]:
    found: list[Check] = []
    number = text or f"+12025550{next(_numbers)}"
    calling = threading.Thread(target=lambda: found.extend(call_outside.examine(house.trial.settings, number)))
    calling.start()
    try:
        meanwhile()
    finally:
        calling.join(120)
        print("the doctor said:", found)
    assert not calling.is_alive()
    left = folder_of_test_calls(house.trial.settings)
    assert not left.exists() or not list(left.iterdir()), "what was heard is not kept"
    return {check.name: check for check in found}


def test_a_voice_that_answers_is_told_with_codec_and_packets(
    house: Installation, far: Phone, program: asterisk.AsteriskProgram
) -> None:
    def answer() -> None:
        far.wait("incoming", 20)
        far.answer()
        far.wait("confirmed", 20)
        far.say(speech(program.share, "vm-rec-unv"), 40)
        far.wait("disconnected", 40)

    found = called(house, answer)
    assert found["call"].state == "good" and "answered after" in found["call"].found
    assert found["codec"].found in ("ulaw", "alaw") and found["codec"].state == "good"
    assert "0.0% lost" in found["packets"].found
    assert found["heard"].state == "good" and found["heard"].found.startswith("a voice")
    with house.trial.sessions()() as session:
        assert session.query(Call).count() == 0  # it is nobody's call


def test_a_tone_and_silence_are_told_from_a_voice(house: Installation, far: Phone, tmp_path: Path) -> None:
    def answer(sound: Path | None) -> None:
        far.forget("incoming")
        far.wait("incoming", 20)
        far.answer()
        if sound is not None:
            far.play(sound)
        far.wait("disconnected", 60)

    assert called(house, lambda: answer(tone(tmp_path / "tone.wav", 425, 9)))["heard"].found.startswith("a tone")
    assert called(house, lambda: answer(None))["heard"].found.startswith("silence")


def test_a_busy_number_and_one_that_does_not_exist_are_told(house: Installation, far: Phone) -> None:
    def refuse(code: int) -> None:
        far.wait("incoming", 20)
        far.hangup(code)
        far.wait("disconnected", 20)

    busy = called(house, lambda: refuse(486))
    assert (busy["call"].state, "busy" in busy["call"].found) == ("note", True)
    assert "ringing after" in busy["call"].found and set(busy) == {"call"}
    assert "wrong number" in called(house, lambda: refuse(404))["call"].found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("112", "callback"),
        ("+19005550123", ""),
        ("+442079460018", "countr"),
        ("call me", ""),
        ("+12025550123&PJSIP/anna", ""),
    ],
)
def test_what_the_dialling_rules_forbid_is_not_dialled(house: Installation, far: Phone, text: str, told: str) -> None:
    found = called(house, text=text)
    assert set(found) == {"call"} and found["call"].state == "bad" and found["call"].mend
    assert far.seen("incoming") == 0


def test_a_provider_that_is_not_there_is_told_on_the_command_line(house: Installation) -> None:
    command = [sys.executable, "-m", "app", "doctor", "--call", "+12025550399", "--json"]
    done = subprocess.run(
        [*command, "--config", str(house.trial.config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    [told] = json.loads(done.stdout)
    assert (told["name"], told["state"]) == ("call", "bad")
    assert "not answered" in told["found"] and "trunk" in told["mend"]


def test_without_a_trunk_nothing_is_dialled(settings: Any) -> None:
    [check] = call_outside.examine(settings, "+12025550123")
    assert check.state == "bad" and "no trunk" in check.found
