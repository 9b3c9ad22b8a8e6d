"""Hold, transfers and pauses of the recording on the real Asterisk: one conversation, whoever talks."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sqlalchemy import select

from pbx import asterisk
from pbx.phone import Phone
from recording.service import sound_path
from ringback.trial import Trial, until
from tests.live.house import SECONDS, Caller, House, speech
from tests.scenarios import SETTINGS
from tickets.models import Call, CallSpan

QUEUES = {name: dict(queue) for name, queue in SETTINGS["queues"].items()}
QUEUES["billing"]["extension"] = "300"


@pytest.fixture(scope="module")
def office(program: asterisk.Program) -> Iterator[Trial]:
    with Trial({**SETTINGS, "queues": QUEUES}) as trial:
        yield trial


@pytest.fixture
def house(office: Trial, tmp_path: Path) -> Iterator[House]:
    there = House(office, tmp_path)
    there.put_in_order()
    yield there
    there.close_phones()


def talking(house: House) -> tuple[Caller, Phone, Call]:
    anna = house.sign_in("anna")
    caller = house.dial("1000")
    caller.hear("notice")
    caller.press("1")
    return caller, anna, house.talk(caller, anna)


def stretches(house: House, linkedid: str) -> list[CallSpan]:
    with house.trial.sessions()() as session:
        return list(session.scalars(select(CallSpan).where(CallSpan.linkedid == linkedid).order_by(CallSpan.seq)))


def wait_stretch(house: House, linkedid: str, kind: str, *, over: bool, agent: str | None = None) -> CallSpan:
    def look() -> CallSpan | None:
        found = [row for row in stretches(house, linkedid) if row.kind == kind and agent in (None, row.agent)]
        return found[-1] if found and (found[-1].ended_at is not None) == over else None

    return until(f"a {kind} that {'is over' if over else 'goes on'}", SECONDS, look)


def told(house: House, linkedid: str) -> list[tuple[str, str | None, str | None]]:
    return [(row.kind, row.agent, row.why) for row in stretches(house, linkedid)]


def goodbye(house: House, caller: Caller, agent: Phone) -> Call:
    """The agent ends the talk, the caller hears the one question."""
    agent.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    return house.wait_ended(caller.number)


def test_hold_and_a_pause_of_the_recording(house: House, program: asterisk.Program) -> None:
    caller, anna, call = talking(house)
    anna.hold()
    wait_stretch(house, call.linkedid, "hold", over=False)
    anna.unhold()
    wait_stretch(house, call.linkedid, "hold", over=True)
    anna.digits("*9")
    wait_stretch(house, call.linkedid, "unrecorded", over=False)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    anna.digits("*8")
    pause = wait_stretch(house, call.linkedid, "unrecorded", over=True)
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


def test_a_caller_is_passed_on_to_an_agent(house: House) -> None:
    caller, anna, call = talking(house)
    boris = house.sign_in("boris")
    anna.transfer(house.trial.uri("202"))
    boris.wait("incoming", SECONDS)
    boris.answer()
    wait_stretch(house, call.linkedid, "talk", over=False, agent="boris")
    house.wait_agent("boris", "talking")
    ended = goodbye(house, caller, boris)
    assert (ended.result, ended.agent, ended.survey_outcome) == ("served", "boris", "offered")
    assert told(house, call.linkedid) == [("talk", "anna", "queue"), ("talk", "boris", "blind")]
    house.wait_recording(call.linkedid, "stored")


def test_a_caller_whom_nobody_takes_waits_and_goes_on_to_a_queue(house: House) -> None:
    caller, anna, call = talking(house)
    anna.transfer(house.trial.uri("300"))
    house.wait_call(caller.number, "waiting")
    boris = house.sign_in("boris", "ringing")
    house.talk(caller, boris)
    ended = goodbye(house, caller, boris)
    assert (ended.queue, ended.agent) == ("billing", "boris")
    assert told(house, call.linkedid) == [("talk", "anna", "queue"), ("talk", "boris", "queue")]


def test_a_number_that_is_nothing_leaves_the_talk_as_it_is(house: House) -> None:
    caller, anna, call = talking(house)
    anna.transfer(house.trial.uri("999"))
    anna.hangup()
    caller.hear("survey-solved")
    caller.phone.hangup()
    assert house.wait_ended(caller.number).result == "served"
    assert told(house, call.linkedid) == [("talk", "anna", "queue")]


def test_a_colleague_is_asked_and_gets_the_caller(house: House) -> None:
    caller, anna, call = talking(house)
    boris = house.sign_in("boris")
    anna.hold()
    wait_stretch(house, call.linkedid, "hold", over=False)
    anna.call(house.trial.uri("202"), user="anna")
    boris.wait("incoming", SECONDS)
    boris.answer()
    wait_stretch(house, call.linkedid, "consult", over=False)
    anna.transfer_attended()
    wait_stretch(house, call.linkedid, "talk", over=False, agent="boris")
    house.wait_agent("boris", "talking")
    ended = goodbye(house, caller, boris)
    assert (ended.result, ended.agent) == ("served", "boris")
    assert told(house, call.linkedid) == [
        ("talk", "anna", "queue"),
        ("hold", "anna", None),
        ("consult", "anna", None),
        ("talk", "boris", "attended"),
    ]
    house.wait_recording(call.linkedid, "stored")
