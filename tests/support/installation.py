"""What the live tests stand on: a running Ringback seen from outside, its callers and its agents.

Owns the helpers that dial, wait and look into the store; what must be true is in the tests. Nothing
here sleeps: everything waits for something to become true, with a deadline.
"""

import itertools
import os
import signal
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select

from app.trial.ports import LOOPBACK
from app.trial.trial import Trial, TrialError, until
from callback.models import Callback
from calls.models import Call, CallEvent, CallSegment, QueueVisit
from pbx.phones.phone import Phone
from pbx.phones.prompt_match import RATE, Ear
from prompts import files as prompt_files
from recording.models import Recording
from ringback.processes import NEEDED
from ringback.store.base import utc, utcnow
from ringback.store.bus import AgentState, Process, Request
from survey.models import SurveyAnswer
from tickets.models import Ticket

SECONDS = 30.0
"""A deadline for what takes well under a second on an idle machine."""

_numbers = itertools.count(100)


@dataclass
class CallerPhone:
    """A caller's phone on a call, and what it hears."""

    phone: Phone
    number: str
    ear: Ear
    sounds: dict[str, Path]

    def hear(self, *names: str, seconds: float = 30, last: bool = False, after: float = 0.0) -> float:
        """Waits until each prompt is heard, in this order; the second of the last one's start."""
        for name in names:
            after = self.ear.wait(self.sounds[name], seconds, last=last, after=after)
        return after

    def heard(self, name: str) -> bool:
        """Whether the beginning of a prompt was heard so far."""
        return self.ear.find(self.sounds[name]) is not None

    def now(self) -> float:
        """Where in its recording the phone is: what is heard later is heard `after` it."""
        return len(self.ear.sound()) / RATE

    def press(self, digits: str) -> None:
        self.phone.digits(digits)


class Installation:
    """The running Ringback."""

    def __init__(self, trial: Trial, folder: Path) -> None:
        self.trial = trial
        self.folder = folder
        self.phones: list[Phone] = []

    # -- phones ------------------------------------------------------------------------------------

    def dial(
        self,
        line: str = "1000",
        *,
        number: str | None = None,
        name: str = "Test CallerPhone",
        codecs: Sequence[str] = (),
        uri: str = "",
    ) -> CallerPhone:
        """A new caller whom the line has answered; its number is its own. `uri` is what it calls instead of us."""
        number = number or f"+12025550{next(_numbers)}"
        language = next(entry.language for entry in self.trial.settings.lines if entry.number == line)
        recording = self.folder / f"heard-{len(self.phones)}.wav"
        phone = self.phone(f"caller {number}", codecs)
        phone.record(recording)
        phone.call(uri or self.trial.uri(line), display=name, user=number)
        phone.wait("confirmed", SECONDS)
        own = prompt_files.own_folder(self.trial.settings)
        return CallerPhone(phone, number, Ear(recording), prompt_files.played_files(language, own))

    def sign_in(self, agent: str, *then: str, codecs: Sequence[str] = ()) -> Phone:
        """An agent's phone, registered; returns when the waiting line knows it [free; ringing where one waits]."""
        phone = self.phone(agent, codecs)
        password = self.trial.secrets().agent_passwords[agent]
        phone.register(agent, password, LOOPBACK, self.trial.settings.sip.port)
        self.wait_agent(agent, *(then or ("free", "ringing")))
        return phone

    def talk(self, caller: CallerPhone, agent: Phone) -> Call:
        """The agent's phone rings, is answered, and the store says that they talk."""
        agent.wait("incoming", SECONDS)
        agent.answer()
        agent.wait("confirmed", SECONDS)
        return self.wait_call(caller.number, "talking")

    def close_phones(self) -> None:
        for phone in self.phones:
            phone.close()
        self.phones.clear()

    def phone(self, name: str, codecs: Sequence[str] = ()) -> Phone:
        """A phone that is ready, and is gone when the test is."""
        phone = Phone(name, codecs=codecs)
        self.phones.append(phone)
        phone.wait("ready", SECONDS)
        return phone

    # -- the store ---------------------------------------------------------------------------------

    def call(self, number: str) -> Call | None:
        """The call of a caller's number; two of them are an error of their own."""
        with self.trial.sessions()() as session:
            calls = session.scalars(select(Call).where(Call.caller_number == number)).all()
        assert len(calls) <= 1, f"{len(calls)} rows for one call of {number}"
        return calls[0] if calls else None

    def call_row(self, number: str) -> Call:
        """The same where there must be one."""
        found = self.call(number)
        assert found is not None, f"no call of {number}"
        return found

    def wait_call(self, number: str, *states: str, seconds: float = SECONDS) -> Call:
        """The call as soon as it is in one of the states."""

        def look() -> Call | None:
            found = self.call(number)
            return found if found is not None and found.state in states else None

        return until(f"the call of {number} to be {' or '.join(states)} ({self._story(number)})", seconds, look)

    def wait_ended(self, number: str, seconds: float = 3 * SECONDS, *, by_name: bool = False) -> Call:
        """The call when it is over for good: ended, settled, no channel left, on its one ticket, which the worker
        makes when the machine lets it."""

        def look() -> Call | None:
            found = self.call_named(number) if by_name else self.call(number)
            over = found is not None and found.ended_at is not None and found.snapshot is None
            return found if over and found is not None and found.ticket_number is not None else None

        found = until(f"the call of {number} to be over and on a ticket", seconds, look)
        until("its channels to be gone", SECONDS, lambda: self.channels() == 0)
        self.assert_one_ticket(found)
        return found

    def wait_calls_on(self, ticket: int | None, count: int) -> Sequence[Call]:
        """The calls of a ticket, in order, once there are so many and all are over."""

        def look() -> Sequence[Call] | None:
            with self.trial.sessions()() as session:
                query = select(Call).where(Call.ticket_number == ticket).order_by(Call.arrived_at)
                found = session.scalars(query).all()
            return found if len(found) == count and all(call.snapshot is None for call in found) else None

        return until(f"{count} calls on ticket {ticket}", 3 * SECONDS, look)

    def wait_settled(self, number: str, seconds: float = SECONDS) -> Call:
        """The call when it is over for good, whether it has a ticket or not."""

        def look() -> Call | None:
            found = self.call(number)
            return found if found is not None and found.ended_at is not None and found.snapshot is None else None

        return until(f"the call of {number} to be over", seconds, look)

    def call_of(self, call_id: str) -> Call:
        """The call of that name; there must be one."""
        with self.trial.sessions()() as session:
            return session.scalars(select(Call).where(Call.call_id == call_id)).one()

    def call_named(self, name: str) -> Call | None:
        """The call of a caller's name, for numbers that may arrive in another form than they were sent."""
        with self.trial.sessions()() as session:
            calls = session.scalars(select(Call).where(Call.caller_name == name)).all()
        assert len(calls) <= 1, f"{len(calls)} rows for one call of {name}"
        return calls[0] if calls else None

    def assert_one_ticket(self, call: Call) -> None:
        """The call is on one ticket, its contact has no other, and no ticket is there for nothing."""
        with self.trial.sessions()() as session:
            of_contact = session.scalars(select(Ticket.number).where(Ticket.contact_id == call.contact_id)).all()
            if call.contact_id is not None:
                assert list(of_contact) == [call.ticket_number]
            used = select(Call.ticket_number).where(Call.ticket_number.is_not(None))
            promised = select(Callback.ticket_number).where(Callback.ticket_number.is_not(None))
            spare = select(Ticket.number).where(Ticket.number.not_in(used), Ticket.number.not_in(promised))
            assert not session.scalars(spare).all(), "a ticket that nobody needs"

    def answers_of(self, call_id: str) -> list[str]:
        with self.trial.sessions()() as session:
            query = select(SurveyAnswer.key).where(SurveyAnswer.call_id == call_id)
            return list(session.scalars(query.order_by(SurveyAnswer.at)))

    def wait_recording(self, call_id: str, *states: str) -> Recording:
        """The recording once the worker has finished it in one of the states."""

        def look() -> Recording | None:
            with self.trial.sessions()() as session:
                row = session.scalar(select(Recording).where(Recording.call_id == call_id))
                return row if row is not None and row.state != "spooled" else None

        row = until(f"the recording of {call_id}", 30, look)
        assert row.state in states, f"{row.state}: {row.reason}"
        return row

    def events_of(self, call_id: str) -> Sequence[CallEvent]:
        with self.trial.sessions()() as session:
            return session.scalars(select(CallEvent).where(CallEvent.call_id == call_id).order_by(CallEvent.seq)).all()

    def wait_event(self, call_id: str, kind: str, seconds: float = SECONDS) -> CallEvent:
        return until(
            f"the event {kind}",
            seconds,
            lambda: next((event for event in self.events_of(call_id) if event.kind == kind), None),
        )

    def stretches(self, call_id: str) -> Sequence[CallSegment]:
        """Who talked when, and what else there was in a call, in order."""
        with self.trial.sessions()() as session:
            return session.scalars(
                select(CallSegment).where(CallSegment.call_id == call_id).order_by(CallSegment.seq)
            ).all()

    def visits(self, call_id: str) -> Sequence[QueueVisit]:
        """A call's visits to queues, in order."""
        with self.trial.sessions()() as session:
            of_call = select(QueueVisit).where(QueueVisit.call_id == call_id)
            return session.scalars(of_call.order_by(QueueVisit.seq)).all()

    def wait_stretch(self, call_id: str, kind: str, *, over: bool, agent: str | None = None) -> CallSegment:
        """The last stretch of this kind (and of this agent), once it goes on or is over."""

        def look() -> CallSegment | None:
            found = [row for row in self.stretches(call_id) if row.kind == kind and agent in (None, row.agent)]
            return found[-1] if found and (found[-1].ended_at is not None) == over else None

        return until(f"a {kind} that {'is over' if over else 'goes on'}", SECONDS, look)

    def agent(self, name: str) -> AgentState | None:
        with self.trial.sessions()() as session:
            return session.get(AgentState, name)

    def wait_agent(self, name: str, *states: str, seconds: float = SECONDS) -> AgentState:
        def look() -> AgentState | None:
            row = self.agent(name)
            return row if row is not None and row.state in states else None

        return until(f"agent {name} to be {' or '.join(states)}", seconds, look)

    def resume(self, agent: str) -> None:
        """Ends an agent's pause, as the button on the page does."""
        self.ask("agent.resume", agent)

    def pause(self, agent: str) -> None:
        """Begins one."""
        self.ask("agent.pause", agent)

    def ask(self, kind: str, subject: str) -> None:
        """A request as pages make them; returns when it is answered."""
        with self.trial.sessions().begin() as session:
            wish = Request(kind=kind, subject=subject)
            session.add(wish)
        key = wish.id

        def done() -> bool:
            with self.trial.sessions()() as session:
                row = session.get(Request, key)
                return row is not None and row.done_at is not None

        until(f"an answer to {kind} of {subject}", SECONDS, done)

    # -- the processes -----------------------------------------------------------------------------

    def rx(self, line: str) -> str:
        """What Asterisk's command line answers."""
        return self.trial.asterisk().cli(line)

    def channels(self) -> int:
        """How many channels Asterisk has."""
        return int(self.rx("core show channels count").split()[0])

    def kill(self, part: str, signal_number: int = signal.SIGKILL) -> int:
        """Sends a signal to a part (controller, worker, web); returns the process that got it."""
        pid = self.trial.pid(part)
        assert pid is not None, f"{part} does not run"
        os.kill(pid, signal_number)
        return pid

    def wait_new(self, part: str, old_pid: int, seconds: float = 30) -> int:
        """Until another process has taken the part over."""

        def look() -> int | None:
            pid = self.trial.pid(part)
            return pid if pid is not None and pid != old_pid else None

        return until(f"a new {part}", seconds, look)

    def put_in_order(self) -> None:
        """For the next test: every part alive, no channel, nobody paused."""
        self.close_phones()
        began = utcnow()

        def alive() -> bool:
            with self.trial.sessions()() as session:
                rows = session.scalars(select(Process).where(Process.beat_at >= began)).all()
            return set(NEEDED) <= {row.name for row in rows if not row.trouble}

        try:
            until(f"{', '.join(NEEDED)} to be alive", 30, alive)
        except TrialError:
            with self.trial.sessions()() as session:
                for row in session.scalars(select(Process)):
                    print(row.name, row.pid, row.beat_at, row.trouble or "no trouble", "now:", utcnow())
            raise
        if self.channels():
            self.rx("channel request hangup all")
            until("all channels to be gone", SECONDS, lambda: self.channels() == 0)
        for agent in self.trial.settings.agents:
            state = self.agent(agent.name)
            if state is not None and state.reason is not None:
                self.resume(agent.name)
            self.wait_agent(agent.name, "away", seconds=20)

    def tell(self, since: datetime) -> None:
        """Prints what happened, for the report of a test that fails."""
        with self.trial.sessions()() as session:
            for call in session.scalars(select(Call).where(Call.arrived_at >= since)):
                print(call.call_id, call.caller_number, call.state, call.result, call.menu_path)
                for event in self.events_of(call.call_id):
                    print("   ", event.seq, event.at.time(), event.kind, event.data)
            for row in session.scalars(select(AgentState)):
                print(row.agent, row.state, row.reason, row.since.time())
        for phone in self.phones:
            print(phone.name, [(event["event"], utc(event["at"]).time().isoformat()) for event in phone.events])
        print(self.trial.last_output(10))

    def _story(self, number: str) -> str:
        found = self.call(number)
        return "no row yet" if found is None else f"{found.state} before the wait"


@contextmanager
def open_installation(trial: Trial, folder: Path) -> Iterator[Installation]:
    """The running Ringback in good order for one test, which tells its story and hangs up at the end."""
    there = Installation(trial, folder)
    there.put_in_order()
    began = utcnow()
    try:
        yield there
    finally:
        there.tell(began)
        there.close_phones()


def speech(root: Path, name: str, language: str = "en") -> Path:
    """A human-recorded sentence that comes with Asterisk's sounds."""
    folder = {"en": "en_US_f_Allison", "ru": "ru_RU_f_IvrvoiceRU"}[language]
    return root / "sounds" / folder / f"{name}.wav"


def loudness(path: Path) -> float:
    """Root mean square of a 16-bit wav file, 0 to 1."""
    with wave.open(str(path), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    return float(np.sqrt(np.mean((samples / 32768) ** 2))) if samples.size else 0.0
