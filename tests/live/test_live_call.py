"""One real call from the first ring to the ticket, and the demo that shows it."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile
from sqlalchemy import select

from app.trial.trial import REPOSITORY, until
from pbx import asterisk
from recording.models import Recording
from tests.support.installation import SECONDS, Installation, speech
from transcripts.models import Transcript
from web.documents.calls import call_document

TALK = (("caller", "vm-rec-unv"), ("agent", "vm-incorrect-mailbox"))
"""Who says which of Asterisk's human-recorded sentences."""
WORK_SECONDS = 120.0


@pytest.mark.speech
def test_a_call_from_the_first_ring_to_the_ticket(house: Installation, program: asterisk.AsteriskProgram) -> None:
    caller = house.dial("1000", name="Alice")
    caller.hear("notice", "welcome", "menu-main")
    caller.press("1")
    house.wait_call(caller.number, "waiting")
    caller.hear("please-wait", "position-1")

    anna = house.sign_in("anna")
    house.talk(caller, anna)
    caller.phone.wait_hearing(SECONDS, sound=False)  # the music is over
    for speaker, name in TALK:
        speaking, listening = (caller.phone, anna) if speaker == "caller" else (anna, caller.phone)
        speaking.play(speech(program.share, name))
        listening.wait_hearing(SECONDS)
        speaking.wait("playback_finished", SECONDS)
        listening.wait_hearing(SECONDS, sound=False)
    anna.hangup()
    caller.hear("survey-solved")
    caller.press("2")
    caller.hear("survey-thanks")
    caller.phone.wait("disconnected", SECONDS)

    call = house.wait_ended(caller.number)
    assert (call.result, call.agent, call.queue) == ("served", "anna", "support")
    assert [step["key"] for step in call.menu_path] == ["1"]
    assert house.answers_of(call.call_id) == ["2"]
    house.wait_agent("anna", "free")
    document = finished_document(house, call.call_id)
    recording_is_whole(house, call.call_id)
    spoke = {turn["speaker"] for turn in document["transcript"]["turns"] if turn["text"].strip()}
    assert spoke == {"caller", "agent"}
    talk = document["timings"]
    assert document["ticket"]["number"] > 0
    assert document["waits"][0]["outcome"] == "connected"
    assert talk["talk_seconds"] > 0 and talk["wait_seconds"] > 0
    first = {turn["speaker"]: turn["start"] for turn in reversed(document["transcript"]["turns"])}
    assert first["caller"] < first["agent"], "turns lie where they were spoken"


def test_a_call_in_russian_is_led_in_russian(house: Installation) -> None:
    anna = house.sign_in("anna")
    caller = house.dial("1001", name="Алиса")
    caller.hear("notice", "welcome", "menu-main")
    caller.press("0")
    house.talk(caller, anna)
    anna.hangup()
    caller.hear("survey-solved")
    caller.press("1")
    caller.hear("survey-thanks")
    caller.phone.wait("disconnected", SECONDS)
    call = house.wait_ended(caller.number)
    assert (call.language, call.caller_name, call.result) == ("ru", "Алиса", "served")
    assert [step["key"] for step in call.menu_path] == ["0"]
    assert house.answers_of(call.call_id) == ["1"]


@pytest.mark.speech
def test_the_demo_shows_every_part(program: asterisk.AsteriskProgram) -> None:
    """In Russian: the call above is in English, from the first ring to the ticket."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--speak", "ru"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    wanted = {"call", "menu_path", "waits", "recording", "transcript", "ticket", "survey", "timings"}
    assert wanted <= document.keys()


def finished_document(house: Installation, call_id: str) -> dict:
    """The call's document once its transcript is done."""

    def done() -> bool:
        with house.trial.sessions()() as session:
            return session.scalar(select(Transcript.state).where(Transcript.call_id == call_id)) == "done"

    until("the transcript", WORK_SECONDS, done)
    with house.trial.sessions()() as session:
        document = call_document(session, call_id)
    assert document is not None
    return document


def recording_is_whole(house: Installation, call_id: str) -> None:
    """The file is stereo FLAC at 8 kHz, as long as the call, with its sum and its peaks."""
    with house.trial.sessions()() as session:
        row = session.scalar(select(Recording).where(Recording.call_id == call_id))
    assert row is not None and row.state == "stored" and row.path and row.peaks_path, row
    folder = house.trial.settings.recordings
    path = Path(folder / row.path)
    info = soundfile.info(path)
    assert (info.format, info.channels, info.samplerate) == ("FLAC", 2, 8000)
    assert info.duration == pytest.approx(row.seconds, abs=0.01)
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert json.loads((folder / row.peaks_path).read_text())
