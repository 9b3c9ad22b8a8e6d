"""The scripted phone does on the real Asterisk what agents' phones do: hold, and both kinds of transfer."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.trial.ports import LOOPBACK
from bench.switch import Switch, Texts, taken_from_anybody
from pbx import asterisk
from pbx.phones.phone import Phone
from tests.support.installation import SECONDS, speech

NUMBER = "2000"


def a_number_that_rings_anna(texts: Texts) -> Texts:
    plan = f"\n[ringback-lines](+)\nexten => {NUMBER},1,Answer()\n same => n,Dial(PJSIP/anna,30)\n"
    return {"extensions.conf": texts["extensions.conf"] + plan, "pjsip.conf": taken_from_anybody(texts, NUMBER)}


@pytest.fixture(scope="module")
def switch(program: asterisk.AsteriskProgram) -> Iterator[Switch]:
    made = Switch({}, a_number_that_rings_anna)
    music = made.settings.data / "music" / "default"  # what Debian ships is now and then too soft to be heard
    music.mkdir(parents=True)
    shutil.copy(speech(program.share, "hello-world"), music)
    with made as running:
        yield running


class Three:
    """A caller who talks with anna, and boris beside her."""

    def __init__(self, switch: Switch, stack: ExitStack) -> None:
        self.switch = switch
        self.caller, self.anna, self.boris = (
            stack.enter_context(Phone(name)) for name in ("the caller", "anna", "boris")
        )
        for name, phone in (("anna", self.anna), ("boris", self.boris)):
            password = switch.secrets.agent_passwords[name]
            phone.register(name, password, LOOPBACK, switch.settings.sip.port)
        self.caller.call(switch.uri(NUMBER))
        self.anna.wait("incoming", SECONDS)
        self.anna.answer()
        self.anna.wait("media_active", SECONDS)
        self.hears(self.caller, self.anna)

    def hears(self, speaker: Phone, listener: Phone) -> None:
        """One speaks, the other hears it from the first to the last word."""
        listener.wait_hearing(SECONDS, sound=False)
        speaker.play(speech(self.switch.program.share, "hello-world"))
        listener.wait_hearing(SECONDS)
        speaker.wait("playback_finished", SECONDS)
        listener.wait_hearing(SECONDS, sound=False)


@pytest.fixture
def three(switch: Switch) -> Iterator[Three]:
    with ExitStack() as stack:
        yield Three(switch, stack)


def test_who_is_held_hears_music_until_taken_back(three: Three) -> None:
    three.anna.hold()
    three.caller.wait_hearing(SECONDS)
    three.anna.unhold()
    three.caller.wait_hearing(SECONDS, sound=False)
    three.hears(three.anna, three.caller)
    assert (three.anna.seen("held"), three.anna.seen("unheld"), three.caller.seen("disconnected")) == (1, 1, 0)


def test_a_blind_transfer_rings_the_other_and_frees_the_first(three: Three) -> None:
    three.boris.auto_answer(0)
    assert three.anna.transfer(three.switch.uri("202")) == 200
    three.anna.wait("disconnected", SECONDS)
    three.boris.wait("media_active", SECONDS)
    three.hears(three.caller, three.boris)
    assert three.caller.seen("disconnected") == 0


def test_a_transfer_to_nobody_is_told(three: Three) -> None:
    assert three.anna.transfer(three.switch.uri("999")) >= 400
    three.hears(three.anna, three.caller)


def test_an_attended_transfer_joins_who_was_held_and_who_was_asked(three: Three) -> None:
    three.anna.hold()
    three.boris.auto_answer(0)
    three.anna.call(three.switch.uri("202"))
    three.anna.wait("media_active", SECONDS, line=2)
    three.hears(three.anna, three.boris)
    assert three.anna.transfer_attended() == 200
    for line in (1, 2):
        three.anna.wait("disconnected", SECONDS, line=line)
    three.hears(three.caller, three.boris)


def test_who_asks_another_can_come_back(three: Three) -> None:
    three.anna.hold()
    three.anna.call(three.switch.uri("202"))
    three.boris.wait("incoming", SECONDS)
    three.boris.hangup(486)
    three.anna.wait("disconnected", SECONDS, line=2)
    three.anna.unhold()
    three.hears(three.anna, three.caller)
    assert (three.anna.seen("disconnected"), three.caller.seen("disconnected")) == (1, 0)
