"""Processes killed with -9 in the middle of calls: no call, ticket, recording or answer is lost or doubled."""

import os
import signal

import pytest
from sqlalchemy import func, select

from app.trial.trial import until
from calls.models import Call
from pbx import asterisk
from pbx.phones.phone import Phone
from recording.models import Recording
from ringback.store.base import utcnow
from tests.support.installation import SECONDS, CallerPhone, Installation, speech
from transcripts.models import Segment, Transcript

LAST_SECOND = 1.2
"""What Asterisk has not written yet when it dies: 32,768 bytes are 1.02 s; and a little for the clocks."""


def to_line(house: Installation) -> CallerPhone:
    """A caller who has heard the notice of the main line."""
    caller = house.dial("1000")
    caller.hear("notice")
    return caller


def restart_controller(house: Installation, call_id: str) -> None:
    """Kill -9; returns when the next controller has taken the call up."""
    known = len(adoptions(house, call_id))
    old = house.kill("controller")
    house.wait_new("controller", old)
    until("the call to be taken up", SECONDS, lambda: len(adoptions(house, call_id)) > known)


def adoptions(house: Installation, call_id: str) -> list[int]:
    return [event.seq for event in house.events_of(call_id) if event.kind == "Adopted"]


def finish(house: Installation, caller: CallerPhone, anna: Phone) -> Call:
    """From the talk to the end, and what must be true of any call that was served."""
    anna.hangup()
    caller.hear("survey-solved")
    caller.press("2")
    return served(house, caller)


def served(house: Installation, caller: CallerPhone) -> Call:
    caller.phone.wait("disconnected", 30)
    call = house.wait_ended(caller.number)
    assert (call.result, call.agent) == ("served", "anna")
    assert [step["key"] for step in call.menu_path] == ["1"], "the choice is there, once"
    assert house.answers_of(call.call_id) == ["2"], "the answer is there, once"
    house.wait_recording(call.call_id, "stored")
    return call


def test_controller_killed_in_the_menu(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("9")
    call = house.wait_call(caller.number, "menu")
    restart_controller(house, call.call_id)
    caller.press("1")
    house.talk(caller, anna)
    finish(house, caller, anna)
    assert [step["key"] for step in house.call_of(call.call_id).menu_path] == ["1"]


def test_key_pressed_while_the_controller_is_dead(house: Installation) -> None:
    """The key's report is lost with the controller: the caller hears the menu again and presses again."""
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("9")
    call = house.wait_call(caller.number, "menu")
    old = house.kill("controller")
    caller.press("1")
    before = caller.now()
    house.wait_new("controller", old)
    until("the call to be taken up", SECONDS, lambda: adoptions(house, call.call_id))
    caller.hear("menu-main", after=before)
    caller.press("1")
    house.talk(caller, anna)
    finish(house, caller, anna)
    assert [step["key"] for step in house.call_of(call.call_id).menu_path] == ["1"]


def test_controller_killed_while_the_caller_waits(house: Installation) -> None:
    caller = to_line(house)
    caller.press("1")
    before = house.wait_call(caller.number, "waiting")
    restart_controller(house, before.call_id)
    after = house.wait_call(caller.number, "waiting")
    assert after.queued_at == before.queued_at
    anna = house.sign_in("anna", "ringing")
    house.talk(caller, anna)
    finish(house, caller, anna)


def test_controller_killed_while_the_phone_rings(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    anna.wait("incoming", SECONDS)
    call = house.wait_call(caller.number, "offered")
    old = house.kill("controller")
    anna.answer()
    anna.wait("confirmed", SECONDS)
    house.wait_new("controller", old)
    house.wait_call(caller.number, "talking")
    assert house.call(caller.number).call_id == call.call_id
    finish(house, caller, anna)


def test_controller_killed_while_they_talk(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    call = house.talk(caller, anna)
    restart_controller(house, call.call_id)
    assert house.wait_call(caller.number, "talking").connected_at == call.connected_at
    house.wait_agent("anna", "talking")
    finish(house, caller, anna)


def test_agent_hangs_up_while_the_controller_is_dead(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    house.talk(caller, anna)
    old = house.kill("controller")
    finish(house, caller, anna)
    assert house.trial.pid("controller") != old


def test_controller_killed_in_the_survey(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    call = house.talk(caller, anna)
    anna.hangup()
    caller.hear("survey-solved")
    restart_controller(house, call.call_id)
    caller.press("2")
    served(house, caller)
    assert house.answers_of(call.call_id) == ["2"]


def test_caller_hangs_up_while_the_controller_is_dead(house: Installation) -> None:
    caller = to_line(house)
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    old = house.kill("controller")
    caller.phone.hangup()
    caller.phone.wait("disconnected", SECONDS)
    house.wait_new("controller", old)
    assert house.wait_ended(caller.number).result == "abandoned"


def test_asterisk_killed_while_they_talk(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    call = house.talk(caller, anna)
    pid = house.trial.asterisk_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    killed_at = utcnow()
    lost = house.wait_ended(caller.number, seconds=30)
    assert lost.result == "pbx_lost"
    recording = house.wait_recording(call.call_id, "stored", "truncated")
    there_was = (killed_at - lost.arrived_at).total_seconds()
    assert recording.seconds is not None and there_was - recording.seconds < LAST_SECOND, "it costs the last second"
    assert recording.state == "stored" or recording.reason

    until("Asterisk to be started again", 30, lambda: house.trial.asterisk_pid() not in (None, pid))
    house.close_phones()
    house.put_in_order()
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    house.talk(caller, anna)
    finish(house, caller, anna)


@pytest.mark.speech
def test_worker_killed_while_it_transcribes(house: Installation, program: asterisk.AsteriskProgram) -> None:
    anna = house.sign_in("anna")
    caller = to_line(house)
    caller.press("1")
    call = house.talk(caller, anna)
    caller.phone.say(speech(program.share, "vm-rec-unv"))
    anna.say(speech(program.share, "vm-incorrect-mailbox"))
    finish(house, caller, anna)
    until("the transcript to be under way", 60, lambda: transcript_state(house, call.call_id) == "running")
    old = house.kill("worker")
    house.wait_new("worker", old, seconds=30)
    until("the transcript", 180, lambda: transcript_state(house, call.call_id) == "done")
    with house.trial.sessions()() as session:
        rows = session.scalars(select(Transcript).where(Transcript.call_id == call.call_id)).all()
        assert len(rows) == 1
        segments = session.scalars(select(Segment).where(Segment.transcript_id == rows[0].id)).all()
        recordings = session.scalar(
            select(func.count()).select_from(Recording).where(Recording.call_id == call.call_id)
        )
    assert recordings == 1
    assert len({segment.seq for segment in segments}) == len(segments)
    assert {segment.speaker for segment in segments} == {"caller", "agent"}
    house.assert_one_ticket(house.wait_ended(caller.number))


def transcript_state(house: Installation, call_id: str) -> str | None:
    with house.trial.sessions()() as session:
        return session.scalar(select(Transcript.state).where(Transcript.call_id == call_id))
