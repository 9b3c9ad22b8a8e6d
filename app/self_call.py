"""`ringback self-call`: dials a line as a caller would, and says whether it answers as the settings have it.

Owns the script of that call: answered, the prompts that the settings name are heard in the line's language, a key is
understood, the call has its row and its recording. It presses a key that leads nowhere, once, and hangs up before
anybody is rung. The call is one of ours and of no customer: its row `SelfCall` is written before it is dialled, so it
gets no ticket and counts in no report. The phone is `pbx/phones`', on this machine's own address.
"""

import logging
import secrets as random_words
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call, SelfCall
from ivr.hours import Schedule
from pbx.phones.phone import Phone, PhoneError
from pbx.phones.prompt_match import Ear
from prompts import files as prompt_files
from recording.models import Recording
from ringback.config import EntryPoint, Settings
from ringback.messages import Message, message
from ringback.processes import CONTROLLER
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import utcnow, uuid7
from ringback.store.bus import Process

log = logging.getLogger("ringback.self_call")

ANSWER_SECONDS = 10.0
PROMPT_SECONDS = 20.0
"""For a prompt to begin, the one before it included."""
ROW_SECONDS = 15.0
RECORDING_SECONDS = 60.0
"""For the finished recording: the worker may have others to do first."""
SETTLED_SECONDS = 30.0
"""After the controller's start, until the lines are called by schedule."""
KEYS = "987654321"
"""Tried in this order for one that the menu does not have."""
NAME = "Ringback"
"""Who calls, as pages show it."""
ALARM = "app.self_call_failed"
T = TypeVar("T")


@dataclass(frozen=True)
class TrialStep:
    """One thing that was looked for."""

    good: bool
    said: Message


@dataclass
class LineTrial:
    """What came of one call to a line."""

    line: str
    steps: list[TrialStep] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return all(step.good for step in self.steps)

    @property
    def trouble(self) -> Message | None:
        """The first thing that was not as it should be."""
        return next((step.said for step in self.steps if not step.good), None)

    def as_dict(self) -> dict[str, Any]:
        steps = [{"good": step.good, "found": str(step.said), "code": step.said.code} for step in self.steps]
        return {"line": self.line, "good": self.good, "steps": steps}


class _Over(Exception):
    """Nothing that follows can be looked for."""


def run(
    sessions: sessionmaker[Session], settings: Settings, line: EntryPoint, slot: str | None = None
) -> LineTrial | None:
    """Calls the line and looks; raises or clears its alarm. None: `slot` was taken by somebody else."""
    token = f"self-call-{random_words.token_hex(8)}"
    row = {"id": uuid7(), "token": token, "line": line.number, "started_at": utcnow(), "slot": slot or token}
    with sessions() as session, session.begin():
        if session.execute(insert_or_leave(SelfCall).values(row).returning(SelfCall.id)).first() is None:
            return None
    trial = LineTrial(line.number)
    try:
        _call(settings, line, token, trial)
    except _Over:
        log.info("the call to line %s ended early: what was wrong is the last of its steps", line.number)
    except PhoneError as error:
        trial.steps.append(TrialStep(False, error.message))
    else:
        _look_into_store(sessions, token, trial)
    _conclude(sessions, token, trial)
    return trial


def due(session: Session, settings: Settings) -> list[str]:
    """The lines that were not called for as long as the settings say."""
    every = settings.self_call.every_minutes * 60
    controller = session.get(Process, CONTROLLER.name) if every else None
    now = utcnow()
    if controller is None or (now - controller.started_at).total_seconds() < SETTLED_SECONDS:
        return []  # nothing to do, or all is just being started
    last = select(SelfCall.line, func.max(SelfCall.started_at)).group_by(SelfCall.line)
    called = dict(session.execute(last).tuples().all())
    numbers = [line.number for line in settings.lines]
    return [each for each in numbers if each not in called or (now - called[each]).total_seconds() >= every]


def run_due(sessions: sessionmaker[Session], settings: Settings, number: str) -> bool | None:
    """The worker's part: of several workers one calls the line."""
    line = next(line for line in settings.lines if line.number == number)
    slot = f"{number}:{int(time.time() // (settings.self_call.every_minutes * 60))}"
    trial = run(sessions, settings, line, slot)
    return None if trial is None else trial.good


def _conclude(sessions: sessionmaker[Session], token: str, trial: LineTrial) -> None:
    with sessions() as session, session.begin():
        ended = {"ended_at": utcnow(), "good": trial.good, "trouble": trial.trouble}
        done = update(SelfCall).where(SelfCall.token == token).values(ended)
        session.execute(done, execution_options={"synchronize_session": False})
        if trial.trouble is None:
            clear_alarm(session, ALARM, trial.line, utcnow())
        else:
            said = message(ALARM, line=trial.line, why=trial.trouble)
            raise_alarm(session, ALARM, trial.line, said, "red", utcnow())


def address_of(settings: Settings) -> str:
    """Where a phone on this machine reaches the line."""
    address = settings.sip.address
    return "127.0.0.1" if address in ("0.0.0.0", "::") else address  # noqa: S104  read, not bound


def prompts_of(settings: Settings, line: EntryPoint, now: float) -> tuple[list[str], bool]:
    """What a caller hears first at this moment, and whether the line is open."""
    before = [line.notice] if line.notice is not None else []
    if line.hours is not None:
        closed = Schedule(settings.hours[line.hours], settings.timezone).closed(now)
        if closed is not None:
            return [*before, closed.prompts[0]], False
    return [*before, line.greeting, settings.menus[line.menu].prompt], True


@contextmanager
def _phone(folder: Path) -> Iterator[tuple[Phone, Ear]]:
    heard = folder / "heard.wav"
    with Phone("self-call") as phone:
        phone.record(heard)
        yield phone, Ear(heard)


def _call(settings: Settings, line: EntryPoint, token: str, trial: LineTrial) -> None:
    """The call, from the first ring to our hanging up."""
    sounds = prompt_files.played_files(line.language, prompt_files.own_folder(settings))
    names, is_open = prompts_of(settings, line, time.time())
    with tempfile.TemporaryDirectory(prefix="ringback-self-call-") as folder, _phone(Path(folder)) as (phone, ear):
        begun = time.monotonic()
        phone.call(f"sip:{line.number}@{address_of(settings)}:{settings.sip.port}", display=NAME, user=token)
        _answered(phone, trial, begun)
        hear = partial(_hear, phone, ear, sounds, trial)
        after = 0.0
        for name in names:
            after = hear(name, after)
        if is_open:
            menu = settings.menus[line.menu]
            key = next(key for key in KEYS if key not in menu.options)
            phone.digits(key)
            hear("menu-invalid", after)
            trial.steps.append(TrialStep(True, message("app.self_call_key", key=key)))
        phone.hangup()
        phone.wait("disconnected", ANSWER_SECONDS)


def _answered(phone: Phone, trial: LineTrial, begun: float) -> None:
    deadline = begun + ANSWER_SECONDS
    pause = Event()
    while not phone.seen("confirmed") and not phone.seen("disconnected") and time.monotonic() < deadline:
        pause.wait(0.05)
    if phone.seen("confirmed"):
        seconds = round(time.monotonic() - begun, 1)
        trial.steps.append(TrialStep(True, message("app.self_call_answered", seconds=seconds)))
        return
    ended = next((event for event in phone.events if event["event"] == "disconnected"), None)
    if ended is None:
        trial.steps.append(TrialStep(False, message("app.self_call_silent", seconds=round(ANSWER_SECONDS))))
    else:
        trial.steps.append(
            TrialStep(False, message("app.self_call_refused", answer=f"{ended['code']} {ended['reason']}"))
        )
    raise _Over


def _hear(phone: Phone, ear: Ear, sounds: dict[str, Path], trial: LineTrial, name: str, after: float) -> float:
    """Waits for a prompt; the second at which it began."""
    if name not in sounds:
        trial.steps.append(TrialStep(False, message("app.self_call_no_sound", prompt=name)))
        raise _Over
    deadline = time.monotonic() + PROMPT_SECONDS
    while time.monotonic() < deadline and not phone.seen("disconnected"):
        try:
            place = ear.wait(sounds[name], 1.0, after=after)
        except PhoneError:
            continue
        trial.steps.append(TrialStep(True, message("app.self_call_heard", prompt=name)))
        return place
    instead = next((other for other, path in sounds.items() if _is_heard(ear, path, after)), None)
    code = "app.self_call_hung_up" if phone.seen("disconnected") else "app.self_call_unheard"
    said = message(code, prompt=name)
    trial.steps.append(
        TrialStep(False, message("app.self_call_instead", prompt=name, other=instead) if instead else said)
    )
    raise _Over


def _is_heard(ear: Ear, path: Path, after: float) -> bool:
    try:
        return ear.find(path, after=after) is not None
    except PhoneError:
        return False  # a sound that no phone could be compared with


def _look_into_store(sessions: sessionmaker[Session], token: str, trial: LineTrial) -> None:
    """The call has left what every call leaves."""

    def ended() -> Call | None:
        with sessions() as session:
            call = session.scalars(select(Call).where(Call.caller_number == token)).first()
            return call if call is not None and call.ended_at is not None and call.snapshot is None else None

    call = _until(ROW_SECONDS, ended)
    if call is None:
        trial.steps.append(TrialStep(False, message("app.self_call_no_row")))
        return

    def finished() -> Recording | None:
        with sessions() as session:
            row = session.scalars(select(Recording).where(Recording.call_id == call.call_id)).first()
            return row if row is not None and row.state != "spooled" else None

    recording = _until(RECORDING_SECONDS, finished)
    if recording is None:
        trial.steps.append(TrialStep(False, message("app.self_call_no_recording")))
    elif recording.state in ("stored", "not_recorded"):
        trial.steps.append(TrialStep(True, message("app.self_call_recorded")))
    else:
        trial.steps.append(TrialStep(False, message("app.self_call_bad_recording", state=recording.state)))


def _until(seconds: float, look: Callable[[], T | None]) -> T | None:
    deadline = time.monotonic() + seconds
    pause = Event()
    while (found := look()) is None and time.monotonic() < deadline:
        pause.wait(0.2)
    return found
