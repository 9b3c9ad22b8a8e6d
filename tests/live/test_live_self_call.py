"""Ringback calls its own line and tells what is wrong with it: on the real Asterisk, whole and broken."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import self_call
from app.trial.trial import Trial, until
from calls.models import Call, SelfCall
from calls.service import of_customers
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.installation import Installation

IN_THREE_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(utcnow().weekday() + 3) % 7]
SHUT = {"shut": {"week": {IN_THREE_DAYS: ["09:00-09:30"]}, "timezone": "UTC"}}
ROOT = Path(__file__).parents[2]


def called(house: Installation, number: str) -> self_call.LineTrial:
    line = next(line for line in house.trial.settings.lines if line.number == number)
    trial = self_call.run(house.trial.sessions(), house.trial.settings, line)
    assert trial is not None
    return trial


def codes(trial: self_call.LineTrial) -> list[tuple[str, str]]:
    """(code, prompt) of each step."""
    return [(step.said.code.removeprefix("app.self_call_"), step.said.facts.get("prompt", "")) for step in trial.steps]


def standing(house: Installation, number: str) -> Alarm | None:
    with house.trial.sessions()() as session:
        alarm = Alarm.kind == self_call.ALARM, Alarm.subject == number, Alarm.cleared_at.is_(None)
        return session.scalars(select(Alarm).where(*alarm)).one_or_none()


@pytest.mark.parametrize("number", ["1000", "1001"])
def test_a_line_that_is_well_is_found_well_and_nobody_is_bothered(house: Installation, number: str) -> None:
    anna = house.sign_in("anna")
    trial = called(house, number)
    assert trial.good, codes(trial)
    assert codes(trial) == [
        ("answered", ""),
        ("heard", "notice"),
        ("heard", "welcome"),
        ("heard", "menu-main"),
        ("heard", "menu-invalid"),
        ("key", ""),
        ("recorded", ""),
    ]
    assert anna.seen("incoming") == 0
    with house.trial.sessions()() as session:
        ours = session.scalars(select(SelfCall).order_by(SelfCall.started_at.desc())).first()
        assert ours is not None and (ours.good, ours.trouble) == (True, None)
        call = session.scalars(select(Call).where(Call.caller_number == ours.token)).one()
        assert (call.ticket_number, call.queue, call.line) == (None, None, number)
        assert call.call_id not in session.scalars(select(Call.call_id).where(of_customers())).all()


def test_the_command_tells_it_to_people_and_to_programs(house: Installation) -> None:
    command = [sys.executable, "-m", "app", "self-call", "1002", "--json", "--config", str(house.trial.config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [told] = json.loads(done.stdout)
    assert (told["line"], told["good"]) == ("1002", True)
    assert {"good": True, "code": "app.self_call_heard", "found": "“digit-5” is heard."} in told["steps"]


@contextmanager
def without(path: Path, put: Path | None = None) -> Iterator[None]:
    """A prompt's link among Asterisk's sounds is gone, or leads elsewhere."""
    target = path.readlink()
    path.unlink()
    if put is not None:
        path.symlink_to(put)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        path.symlink_to(target)


def test_a_prompt_that_is_not_played_is_an_alarm_until_it_is(house: Installation) -> None:
    played = house.trial.asterisk().share / "sounds" / "en" / "ringback"
    with without(played / "notice.wav", put=(played / "goodbye.wav").readlink()):
        trial = called(house, "1000")
    assert codes(trial)[-1] == ("instead", "notice")
    assert trial.trouble is not None and trial.trouble.facts["other"] == "goodbye"
    alarm = standing(house, "1000")
    assert alarm is not None and alarm.level == "red" and "notice" in alarm.text
    assert standing(house, "1001") is None
    assert called(house, "1000").good
    assert standing(house, "1000") is None


def test_the_fallback_is_told_from_the_line(house: Installation) -> None:
    """While no controller is there, callers hear something else than the settings say."""
    pid = house.kill("controller", signal.SIGSTOP)
    try:
        until("the heartbeat to be old", 20, lambda: _is_away(house))
        trial = called(house, "1000")
    finally:
        house.kill("controller", signal.SIGCONT)
    assert pid > 0
    assert (codes(trial)[-1], trial.good) == (("instead", "welcome"), False)
    assert trial.trouble is not None and trial.trouble.facts["other"].startswith("fallback-")


def _is_away(house: Installation) -> bool:
    told = house.rx("dialplan eval function GLOBAL(RINGBACK_HEARTBEAT)") + house.rx("core show uptime seconds")
    beats = [int(word) for word in told.replace(":", " ").split() if word.isdigit() and len(word) == 10]
    return bool(beats) and time.time() - beats[0] > 7


def test_where_nothing_answers_it_says_so(house: Installation, settings: Settings) -> None:
    closed = house.trial.settings.model_copy(update={"sip": house.trial.settings.sip.model_copy(update={"port": 9})})
    trial = self_call.run(house.trial.sessions(), closed, closed.lines[0])
    assert trial is not None and not trial.good
    assert codes(trial)[0][0] in ("refused", "silent")


def test_a_closed_line_is_called_by_schedule_and_is_to_say_that_it_is_closed(
    trials: Callable[[dict[str, Any]], Trial],
) -> None:
    lines = [{"number": "1001", "name": "Поддержка", "language": "ru", "hours": "shut"}]
    there = trials({"hours": SHUT, "lines": lines, "self_call": {"every_minutes": 60}})

    def by_schedule() -> SelfCall | None:
        with there.sessions()() as session:
            found = session.scalars(select(SelfCall).where(SelfCall.slot.startswith("1001:"))).first()
            return found if found is not None and found.ended_at is not None else None

    ours = until("the worker's own call", 150, by_schedule)
    assert (ours.good, ours.trouble) == (True, None)
    trial = self_call.run(there.sessions(), there.settings, there.settings.lines[0])
    assert trial is not None and trial.good, codes(trial)
    assert codes(trial) == [("answered", ""), ("heard", "notice"), ("heard", "closed"), ("recorded", "")]
    with there.sessions()() as session:
        assert len(session.scalars(select(SelfCall)).all()) == 2
        assert set(session.scalars(select(Call.ticket_number))) == {None}
