"""`ringback run` ends, is killed, starts again: calls go on in Asterisk, and are taken up in every state."""

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from app.occupied import WATCHDOG, holder
from app.trial.trial import REPOSITORY, Trial, until
from callback.models import Callback
from calls.models import Call
from pbx import asterisk
from pbx.phones.phone import Phone
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.installation import SECONDS, CallerPhone, Installation, open_installation
from tests.support.scenarios import NO_WORDS, SETTINGS

SURVEY = {
    "solved": {
        "question": "Did we solve your problem?",
        "prompt": "survey-solved",
        "options": {"1": {"label": "Yes"}, "2": {"label": "Partly"}, "3": {"label": "No"}},
        "key_seconds": 30,
    }
}
"""Time enough for an answer while `ringback run` starts again on a busy machine."""
NEAR = 2.0
"""Seconds between what a phone saw and what is written of it, on a busy machine."""


@pytest.fixture(scope="module")
def untied(program: asterisk.AsteriskProgram) -> Iterator[Trial]:
    """A Ringback as owners run it: Asterisk goes on without it."""
    with Trial({**SETTINGS, **NO_WORDS, "surveys": SURVEY}, tied=False) as trial:
        yield trial


@pytest.fixture
def there(untied: Trial, tmp_path: Path) -> Iterator[Installation]:
    """It runs, and is in good order."""
    with open_installation(untied, tmp_path) as found:
        yield found
        print((untied.settings.data / "log" / "watchdog.log").read_text())


def set_times(trial: Trial, **times: float) -> None:
    """What the next start has in its settings."""
    document = yaml.safe_load(trial.config.read_text(encoding="utf-8"))
    trial.config.write_text(yaml.safe_dump(document | {"restart": times}, allow_unicode=True), encoding="utf-8")


def ended_by(trial: Trial, how: signal.Signals) -> None:
    """`ringback run` is gone; Asterisk and its watchdog are not."""
    asterisk_pid, watchdog = trial.asterisk_pid(), holder(trial.settings, WATCHDOG)
    trial.signal(how)
    until("its processes to end with it", SECONDS, lambda: trial.pid("controller") is None)
    assert (trial.asterisk_pid(), holder(trial.settings, WATCHDOG)) == (asterisk_pid, watchdog)


def to_line(there: Installation, key: str = "") -> CallerPhone:
    caller = there.dial("1000")
    caller.hear("notice")
    if key:
        caller.press(key)
    return caller


def ended(there: Installation, caller: CallerPhone) -> Call | None:
    """The call once it is over for good; others may go on."""
    call = there.call(caller.number)
    return call if call is not None and call.ended_at is not None and call.snapshot is None else None


def survey(caller: CallerPhone, agent: Phone) -> None:
    agent.hangup()
    caller.hear("survey-solved")


def served(there: Installation, caller: CallerPhone) -> Call:
    caller.press("2")
    caller.phone.wait("disconnected", 30)
    call = until(f"the end of {caller.number}", SECONDS, lambda: ended(there, caller))
    assert (call.result, there.answers_of(call.call_id)) == ("served", ["2"])
    return call


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_calls_are_taken_up_in_every_state(there: Installation, how: signal.Signals) -> None:
    trial = there.trial
    anna, boris = there.sign_in("anna"), there.sign_in("boris")
    talking = to_line(there, "2")
    there.talk(talking, boris)
    waiting = to_line(there, "2")
    queued_at = there.wait_call(waiting.number, "waiting").queued_at
    asked = to_line(there, "1")
    there.talk(asked, anna)
    choosing = to_line(there)
    survey(asked, anna)
    running = trial.asterisk_pid()
    ended_by(trial, how)
    chosen_at = choosing.now()
    wait_written_down(trial)
    asked.press("2")
    trial.start()
    assert trial.asterisk_pid() == running
    asked.phone.wait("disconnected", 30)
    over = until("the end of the survey", SECONDS, lambda: ended(there, asked))
    assert (over.result, there.answers_of(over.call_id)) == ("served", ["2"])
    choosing.hear("menu-main", after=chosen_at)
    choosing.press("1")
    there.talk(choosing, anna)
    assert there.wait_call(waiting.number, "waiting").queued_at == queued_at
    survey(talking, boris)
    assert served(there, talking).agent == "boris"
    there.talk(waiting, boris)
    survey(waiting, boris)
    served(there, waiting)
    survey(choosing, anna)
    served(there, choosing)


def wait_written_down(trial: Trial) -> None:
    """What happens from now on is written down by the watchdog."""
    folder = trial.settings.data / "spool" / "missed"
    until("the watchdog to notice", SECONDS, lambda: folder.exists() and any(folder.iterdir()))


def test_what_happened_meanwhile_has_its_own_times(there: Installation) -> None:
    """Stopped with one talking and one waiting; both are gone long before the next start."""
    trial = there.trial
    anna = there.sign_in("anna")
    talking = to_line(there, "1")
    there.talk(talking, anna)
    waiting = to_line(there, "1")
    there.wait_call(waiting.number, "waiting")
    ended_by(trial, signal.SIGTERM)
    until(
        "the watchdog to write down what happens",
        SECONDS,
        lambda: list((trial.settings.data / "spool" / "missed").glob("*")),
    )
    anna.hangup()
    parted_at = utcnow()
    talking.phone.wait_hearing(SECONDS)
    talking.phone.hangup()
    waiting.phone.hangup()
    gone_at = utcnow()
    until("all channels to be gone", SECONDS, lambda: there.channels() == 0)
    trial.start()
    talk = until("the end of the talk", SECONDS, lambda: ended(there, talking))
    wait = until("the end of the wait", SECONDS, lambda: ended(there, waiting))
    assert (talk.result, wait.result) == ("served", "abandoned")
    assert near(talk.released_at, parted_at)
    assert near(talk.ended_at, gone_at)
    assert near(wait.ended_at, gone_at)
    recording = there.wait_recording(talk.call_id, "stored")
    assert talk.ended_at is not None and recording.seconds is not None
    assert abs(recording.seconds - (talk.ended_at - talk.arrived_at).total_seconds()) < NEAR


def near(told: datetime | None, seen: datetime) -> bool:
    return told is not None and abs((told - seen).total_seconds()) < NEAR


def test_callers_inside_hear_music_and_then_the_truth(there: Installation) -> None:
    trial = there.trial
    trial.signal(signal.SIGTERM)
    set_times(trial, truth_seconds=6)
    trial.start()
    caller = there.dial("1000", number="+12025550177")
    caller.hear("notice")
    trial.signal(signal.SIGKILL)
    killed_at = caller.now()
    caller.hear("fallback-apology", "fallback-offer", after=killed_at)
    caller.press("1")
    caller.hear("fallback-confirm", after=killed_at)
    caller.press("1")
    caller.hear("fallback-thanks", after=killed_at)
    caller.phone.wait("disconnected", SECONDS)
    trial.start()
    call = until("the end of the call", SECONDS, lambda: ended(there, caller))
    assert call.result in ("abandoned", "left")
    assert [event.kind for event in there.events_of(call.call_id)].count("FallbackTook") == 1
    promised = until("the promise", SECONDS, lambda: promise_to(there, "+12025550177"))
    assert promised.source_key == f"{call.call_id}.json"


def promise_to(there: Installation, number: str) -> Callback | None:
    with there.trial.sessions()() as session:
        return session.scalar(select(Callback).where(Callback.number == number))


def test_the_watchdog_and_asterisk_are_started_again_by_whoever_is_there(there: Installation) -> None:
    trial = there.trial
    anna = there.sign_in("anna")
    caller = to_line(there, "1")
    there.talk(caller, anna)
    asterisk_pid, watchdog = trial.asterisk_pid(), holder(trial.settings, WATCHDOG)
    assert watchdog
    os.kill(watchdog, signal.SIGKILL)
    until("another watchdog", SECONDS, lambda: holder(trial.settings, WATCHDOG) not in (None, watchdog))
    assert trial.asterisk_pid() == asterisk_pid
    survey(caller, anna)
    served(there, caller)
    trial.signal(signal.SIGTERM)
    assert asterisk_pid is not None
    os.kill(asterisk_pid, signal.SIGKILL)
    until("another Asterisk", 30, lambda: trial.asterisk_pid() not in (None, asterisk_pid))
    trial.start()


def test_a_file_that_is_being_edited_changes_nothing(there: Installation) -> None:
    trial = there.trial
    anna = there.sign_in("anna")
    caller = to_line(there, "1")
    there.talk(caller, anna)
    right = trial.config.read_text(encoding="utf-8")
    try:
        trial.config.write_text(right.replace("name: anna", "name: bert") + "lines: [\n", encoding="utf-8")
        there.wait_new("controller", there.kill("controller"))
        trial.signal(signal.SIGTERM)
        trial.start()
        assert "so the settings in force until now still hold" in trial.output.read_text(encoding="utf-8")
        with trial.sessions()() as session:
            alarm = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None))).one()
            assert (alarm.kind, alarm.level) == ("settings.refused", "red")
    finally:
        trial.config.write_text(right, encoding="utf-8")
    survey(caller, anna)
    served(there, caller)
    trial.signal(signal.SIGTERM)
    trial.start()
    with trial.sessions()() as session:
        assert session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None))).all() == []


def stopping(trial: Trial, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(trial.command("stop", *words), cwd=REPOSITORY)


def test_a_stop_lets_those_inside_finish_and_tells_the_others(there: Installation) -> None:
    """Told twice: the first gives much time, in which one call ends by itself; the second gives the other none."""
    trial = there.trial
    anna = there.sign_in("anna")
    talking = to_line(there, "1")
    there.talk(talking, anna)
    waiting = to_line(there, "1")
    there.wait_call(waiting.number, "waiting")
    commands = [stopping(trial, "--after", "600")]
    until("the order", 40, lambda: "1" in there.rx("dialplan show globals").partition("RINGBACK_ENDING=")[2][:1])
    new = there.dial("1000")
    new.hear("fallback-apology")
    new.phone.hangup()
    survey(talking, anna)
    talking.press("2")
    talking.phone.wait("disconnected", 30)
    commands.append(stopping(trial, "--after", "0"))
    waiting.hear("fallback-apology", "fallback-offer")
    waiting.phone.hangup()
    assert [command.wait(60) for command in commands] == [0, 0]
    assert (trial.asterisk_pid(), holder(trial.settings, WATCHDOG)) == (None, None)
    trial.start()
    assert there.answers_of(ended_call(there, talking).call_id) == ["2"]
    assert ended_call(there, waiting).result == "abandoned"


def ended_call(there: Installation, caller: CallerPhone) -> Call:
    return until(f"the end of {caller.number}", SECONDS, lambda: ended(there, caller))
