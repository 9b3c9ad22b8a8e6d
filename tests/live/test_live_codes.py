"""Agents dial *11 to *14 on their phones: they hear what was done, and the waiting line does it."""

from pathlib import Path

import pytest
import soundfile

from app.trial.trial import until
from pbx import asterisk
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import Ear
from prompts import files as prompt_files
from prompts import recorded
from tests.support.installation import SECONDS, Installation, speech


class Dialling:
    """anna's phone, and what it hears."""

    def __init__(self, house: Installation, folder: Path) -> None:
        self.house = house
        self.phone: Phone = house.sign_in("anna")
        recording = folder / "heard-by-anna.wav"
        self.phone.record(recording)
        self.ear = Ear(recording)
        self.heard = 0.0

    def dial(self, code: str, prompt: str) -> None:
        """Dials, hears the whole prompt, and the call is over."""
        self.phone.call(self.house.trial.uri(code))
        self.heard = self.ear.wait(prompt_files.sound_files("en")[prompt], 20, last=True, after=self.heard)
        self.phone.wait("disconnected", SECONDS)


@pytest.fixture
def anna(house: Installation, tmp_path: Path) -> Dialling:
    return Dialling(house, tmp_path)


def test_logged_out_and_in_again(house: Installation, anna: Dialling) -> None:
    anna.dial("*12", "agent-logged-out")
    house.wait_agent("anna", "away", "logged out")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    assert anna.phone.seen("incoming") == 0
    anna.dial("*11", "agent-logged-in")
    house.talk(caller, anna.phone)


def test_on_a_break_and_back(house: Installation, anna: Dialling) -> None:
    anna.dial("*13", "agent-paused")
    assert house.wait_agent("anna", "paused").reason == "phone"
    anna.dial("*14", "agent-resumed")
    assert house.wait_agent("anna", "free").reason is None


def test_a_code_that_is_none(house: Installation, anna: Dialling) -> None:
    anna.dial("*99", "agent-unknown-code")
    assert house.wait_agent("anna", "free").reason is None


def test_a_prompt_is_recorded_by_phone_and_waits_as_a_draft(
    house: Installation, anna: Dialling, program: asterisk.AsteriskProgram
) -> None:
    settings = house.trial.settings
    code = recorded.code_for(settings, "en", "goodbye", "eva").code
    anna.phone.call(house.trial.uri(f"*15{code}"))
    sounds = prompt_files.sound_files("en")
    after = anna.ear.wait(sounds["record-prompt"], 20, last=True)
    folder = settings.prompt_spool / "phone"
    until("the phone to be recorded", SECONDS, lambda: any(folder.glob(f"{code}*")))
    said = speech(program.share, "vm-rec-unv")
    anna.phone.play(said)
    anna.phone.wait("playback_finished", SECONDS)
    anna.phone.digits("#")
    after = anna.ear.wait(said, 20, after=after)
    anna.ear.wait(sounds["record-kept"], 20, after=after)
    anna.phone.wait("disconnected", SECONDS)
    assert recorded.take_from_phones(settings) == []
    draft = recorded.draft_of(settings, "en", "goodbye")
    assert draft is not None and (draft.by, draft.source) == ("eva", "phone")
    assert draft.seconds == pytest.approx(soundfile.info(said).duration, abs=1.5)
    anna.heard = after
    anna.dial(f"*15{code}", "agent-unknown-code")
