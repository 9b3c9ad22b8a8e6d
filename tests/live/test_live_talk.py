"""Hold, transfers and pauses of the recording on the real Asterisk: one conversation, whoever talks."""

import numpy as np
import soundfile

from pbx import asterisk
from pbx.phone import Phone
from recording.service import sound_path
from tests.live.house import Caller, House, speech
from tickets.models import Call


def talking(house: House) -> tuple[Caller, Phone, Call]:
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    return caller, anna, house.talk(caller, anna)


def told(house: House, linkedid: str) -> list[tuple[str, str | None, str | None]]:
    return [(row.kind, row.agent, row.why) for row in house.stretches(linkedid)]


def goodbye(house: House, caller: Caller, agent: Phone) -> Call:
    """The agent ends the talk, the caller hears the one question."""
    agent.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    return house.wait_ended(caller.number)


def test_hold_and_a_pause_of_the_recording(house: House, program: asterisk.Program) -> None:
    caller, anna, call = talking(house)
    anna.hold()
    house.wait_stretch(call.linkedid, "hold", over=False)
    anna.unhold()
    house.wait_stretch(call.linkedid, "hold", over=True)
    anna.digits("*9")
    house.wait_stretch(call.linkedid, "unrecorded", over=False)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    anna.digits("*8")
    pause = house.wait_stretch(call.linkedid, "unrecorded", over=True)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    ended = goodbye(house, caller, anna)
    assert told(house, call.linkedid) == [
        ("talk", "anna", "queue"),
        ("hold", "anna", None),
        ("unrecorded", "anna", "key"),
    ]
    row = house.wait_recording(call.linkedid, "stored")
    path = sound_path(house.trial.settings, row)
    assert path is not None and pause.ended_at is not None
    sound, rate = soundfile.read(path)
    begins, ends = ((at - ended.arrived_at).total_seconds() for at in (pause.started_at, pause.ended_at))
    assert not sound[round((begins + 0.2) * rate) : round((ends - 0.2) * rate)].any(), "silent in place"
    assert np.abs(sound[round((ends + 0.2) * rate) :, 0]).max() > 0.05, "and then it goes on"


def test_a_number_that_is_nothing_leaves_the_talk_as_it_is(house: House) -> None:
    caller, anna, call = talking(house)
    anna.transfer(house.trial.uri("999"))
    anna.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "served"
    assert told(house, call.linkedid) == [("talk", "anna", "queue")]
