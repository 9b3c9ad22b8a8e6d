"""Hold, transfers and pauses of the recording on the real Asterisk: one conversation, whoever talks."""

import json
from urllib.request import Request, urlopen

import numpy as np
import soundfile

from app.trial.ports import LOOPBACK
from calls.models import Call
from pbx import asterisk
from pbx.phones.phone import Phone
from recording.service import sound_path
from tests.support.installation import CallerPhone, Installation, speech
from web import keys


def talking(house: Installation) -> tuple[CallerPhone, Phone, Call]:
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    return caller, anna, house.talk(caller, anna)


def told(house: Installation, call_id: str) -> list[tuple[str, str | None, str | None]]:
    return [(row.kind, row.agent, row.why) for row in house.stretches(call_id)]


def goodbye(house: Installation, caller: CallerPhone, agent: Phone) -> Call:
    """The agent ends the talk, the caller hears the one question."""
    agent.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    return house.wait_ended(caller.number)


def silent_in_place(house: Installation, ended: Call) -> bool:
    """Whether the pause of the recording is silent and what came after it is heard."""
    pause = house.wait_stretch(ended.call_id, "unrecorded", over=True)
    path = sound_path(house.trial.settings, house.wait_recording(ended.call_id, "stored"))
    assert path is not None and pause.ended_at is not None
    sound, rate = soundfile.read(path)
    begins, ends = ((at - ended.arrived_at).total_seconds() for at in (pause.started_at, pause.ended_at))
    inside = sound[round((begins + 0.2) * rate) : round((ends - 0.2) * rate)]
    return not inside.any() and bool(np.abs(sound[round((ends + 0.2) * rate) :, 0]).max() > 0.05)


def test_hold_and_a_pause_of_the_recording(house: Installation, program: asterisk.AsteriskProgram) -> None:
    caller, anna, call = talking(house)
    anna.hold()
    house.wait_stretch(call.call_id, "hold", over=False)
    anna.unhold()
    house.wait_stretch(call.call_id, "hold", over=True)
    anna.digits("*9")
    house.wait_stretch(call.call_id, "unrecorded", over=False)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    anna.digits("*8")
    house.wait_stretch(call.call_id, "unrecorded", over=True)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    ended = goodbye(house, caller, anna)
    assert told(house, call.call_id) == [
        ("talk", "anna", "queue"),
        ("hold", "anna", None),
        ("unrecorded", "anna", "key"),
    ]
    assert silent_in_place(house, ended)


def test_a_payment_page_pauses_the_recording(house: Installation, program: asterisk.AsteriskProgram) -> None:
    with house.trial.sessions().begin() as session:
        _, token = keys.make(session, "payment page", ["record"], "admin")
    caller, anna, call = talking(house)

    def ask(wish: str) -> dict[str, str]:
        where = f"http://{LOOPBACK}:{house.trial.settings.web.port}/api/agents/anna/recording/{wish}"
        wanted = Request(where, b"reason=card", {"Authorization": f"Bearer {token}"}, method="POST")
        with urlopen(wanted, timeout=10) as answer:
            return dict(json.load(answer))

    assert ask("pause") == {"call": call.call_id, "recording": "paused"}
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    assert ask("resume") == {"call": call.call_id, "recording": "recording"}
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    ended = goodbye(house, caller, anna)
    assert told(house, call.call_id) == [("talk", "anna", "queue"), ("unrecorded", "key:payment page", "card")]
    assert silent_in_place(house, ended)


def test_a_number_that_is_nothing_leaves_the_talk_as_it_is(house: Installation) -> None:
    caller, anna, call = talking(house)
    anna.transfer(house.trial.uri("999"))
    anna.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "served"
    assert told(house, call.call_id) == [("talk", "anna", "queue")]
