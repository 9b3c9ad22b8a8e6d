"""Words on the floor while a real call goes on, with the process that hears them killed in the middle."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.trial.trial import until
from pbx import asterisk
from tests.support.installation import SECONDS, Installation, speech
from tests.support.page import Page
from tests.support.scenarios import SPEECH
from transcripts.live.models import LivePhrase

pytestmark = [pytest.mark.speech, pytest.mark.alone]
HEARD_SECONDS = 150.0
"""A deadline for what takes two or three seconds on an idle machine; the first time the model is loaded too."""


def test_words_are_on_the_floor_before_the_call_ends(
    house_with: Callable[[dict[str, Any]], Installation], program: asterisk.AsteriskProgram
) -> None:
    house = house_with({**SPEECH, "live": {"words": True, "alerts": {"en": ["representative*"]}}})
    until("the model to be loaded", 120, lambda: house.trial.pid("listener"))
    page = Page(house.trial)
    page.sign_in()
    anna = house.sign_in("anna")
    caller = house.dial("1000", name="Alice")
    caller.hear("notice")
    caller.press("1")
    call_id = house.talk(caller, anna).call_id

    def shown(speaker: str) -> str:
        """What the floor shows of one speaker; the call must be going on."""
        (call,) = json.loads(page.get("/api/now"))["calls"]
        return " ".join(phrase["text"] for phrase in call["words"] if phrase["speaker"] == speaker).lower()

    caller.phone.play(speech(program.share, "tt-allbusy"))  # "All representatives ... are currently assisting ..."
    until("the caller's words", HEARD_SECONDS, lambda: "representatives" in shown("caller"))
    until("the alarm", SECONDS, lambda: "representatives" in page.get("/alarms"))
    assert "Said: representatives" in page.get("/now")
    old = house.kill("listener")
    house.wait_new("listener", old)
    anna.play(speech(program.share, "vm-newpassword"))  # "Please enter your new password ..."
    until("the agent's words", HEARD_SECONDS, lambda: "password" in shown("agent"))
    assert "password" in page.get(f"/calls/{call_id}").lower()
    assert house.call_of(call_id).ended_at is None

    anna.hangup()
    caller.phone.hangup()
    house.wait_ended(caller.number)

    def gone() -> Any:
        with house.trial.sessions()() as session:
            return session.scalar(select(func.count()).select_from(LivePhrase)) == 0

    until("the live words to make room for the transcript", 200, gone)
    assert json.loads(page.get(f"/api/calls/{call_id}"))["transcript"]["state"] == "done"
