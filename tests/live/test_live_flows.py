"""Two hundred random flows with random callers on Asterisk: each call is, step for step, what the fake switch says.

All flows are lines of one Ringback, and their callers call at the same time, a few dozen at once. What is compared is
how each command on the channel ended, with which key, and what became of the call.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
import soundfile
from sqlalchemy import select

from app.trial.ports import free_rtp_range
from app.trial.trial import Trial
from calls.models import Call, CallEvent
from ivr.states.nobody import SOUND as SOUND_ASKED
from pbx import asterisk
from prompts.files import sound_file
from tests.support.fake_walk import NO_QUESTION, FakeWalk
from tests.support.random_flows import Walk, draw_walks, line_of, play, question_of, settings_of, told
from tests.support.raw_sip import RawPhone
from tests.support.scenarios import SETTINGS

WALKS = 200
AT_ONCE = 40
"""Callers at the same time."""
SECONDS = 40.0
"""For whatever a caller waits for."""
SOUND = bytes([0x80, 0]) + bytes(10) + b"\xff" * 160
"""A packet of silence: who sends sound is somebody."""
PACKETS = 30
"""Asterisk believes in a stranger's sound after 25 (rtp.conf)."""


class Watch:
    """Reads the rows of all calls now and then, for all callers."""

    def __init__(self, trial: Trial) -> None:
        self._sessions = trial.sessions()
        self._rows: dict[str, tuple[str, dict[str, Any] | None]] = {}
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        query = select(Call.caller_number, Call.state, Call.snapshot)
        while not self._over.wait(0.05):
            with self._sessions() as session:
                rows = {number: (state, snapshot) for number, state, snapshot in session.execute(query)}
            with self._changed:
                self._rows = rows
                self._changed.notify_all()

    def wait(self, number: str, wanted: Callable[[str, dict[str, Any] | None], bool]) -> tuple[str, Any]:
        """The row of a caller as soon as it is as wanted."""
        with self._changed:
            there = self._changed.wait_for(lambda: number in self._rows and wanted(*self._rows[number]), SECONDS)
            assert there, f"{number}: {self._rows.get(number)}"
            return self._rows[number]


class LiveWalk:
    """A walk as a SIP call."""

    def __init__(
        self, port: int, watch: Watch, caller: str, line: str, asked: Mapping[str, tuple[str, tuple[str, ...]]]
    ) -> None:
        """`asked`: what each question is expected to say, by its id, and so how long it plays."""
        self._phone = RawPhone(port, caller)
        self._watch, self._line, self._asked = watch, line, asked
        self._last: str | None = None
        self._notice_plays = False

    def __enter__(self) -> "LiveWalk":
        self._phone.__enter__()
        return self

    def __exit__(self, *_error: object) -> None:
        self._phone.__exit__(None, None, None)

    def dial(self) -> None:
        answer = self._phone.call(self._line)
        for _ in range(PACKETS):
            self._phone.media.sendto(SOUND, answer.rtp)
            threading.Event().wait(0.01)

    def wait_notice(self) -> None:
        self._watch.wait(self._phone.user, lambda _state, row: row is not None and row["memory"]["pending"] == "notice")
        self._notice_plays = True
        self.into_it()

    def next_question(self) -> bool:
        last = self._last

        def stands(state: str, row: dict[str, Any] | None) -> bool:
            return state in NO_QUESTION or question_of(row) not in (None, last)

        _, row = self._watch.wait(self._phone.user, stands)
        self._last = question_of(row)
        if self._notice_plays and self._last is not None:
            # A key that was typed ahead leaves the question behind the notice for a while.
            threading.Event().wait(seconds_of("en", "notice"))
            self._notice_plays = False
        return self._last not in (None, last)

    def into_it(self) -> None:
        """A moment: the controller's row is written before Asterisk plays."""
        threading.Event().wait(0.15)

    def after_it(self) -> None:
        assert self._last is not None
        language, prompts = self._asked[self._last]
        threading.Event().wait(sum(seconds_of(language, prompt) for prompt in prompts) + 0.3)

    def press(self, key: str) -> None:
        self._phone.send("INFO", "application/dtmf-relay", f"Signal={key}\r\nDuration=160\r\n")

    def hang_up(self) -> None:
        self._phone.send("BYE")


@cache
def seconds_of(language: str, prompt: str) -> float:
    return float(soundfile.info(sound_file(language, prompt)).duration)


@pytest.fixture(scope="module")
def flows(program: asterisk.AsteriskProgram) -> Iterator[tuple[Trial, list[Walk]]]:
    """One Ringback with a line for each walk."""
    walks = draw_walks(WALKS)
    sections = settings_of(walks)
    ports = free_rtp_range(4 * AT_ONCE)
    sip = {**SETTINGS["sip"], "rtp_first": ports, "rtp_last": ports + 4 * AT_ONCE - 1}
    with Trial({**SETTINGS, **sections, "sip": sip}) as trial:
        yield trial, walks


def test_asterisk_and_the_fake_switch_walk_alike(flows: tuple[Trial, list[Walk]]) -> None:
    trial, walks = flows

    def walk_both(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        walk = walks[number]
        with locked:  # they are quick, and in pure Python
            fake = FakeWalk(trial.settings, walk, number)
            play(fake, walk)
        caller = walk.caller(number)
        with LiveWalk(trial.settings.sip.port, watch, caller, line_of(number), fake.asked) as live:
            play(live, walk)
            watch.wait(caller, lambda _state, snapshot: snapshot is None)
        call, answers = stored(trial, caller)
        expected = told(fake.facts)
        found = {name: getattr(call, name) for name in expected}
        return found | {"answers": without_counts(answers)}, expected | {"answers": without_counts(fake.answers)}

    locked = threading.Lock()
    with Watch(trial) as watch, ThreadPoolExecutor(AT_ONCE) as callers:
        done = list(callers.map(walk_both, range(len(walks))))
    assert len(done) == WALKS
    different = [(walks[at], live, fake) for at, (live, fake) in enumerate(done) if live != fake]
    assert different == []


def without_counts(answers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """How much sound came differs; that some did matters."""
    return [
        (command, "some" if command.startswith(SOUND_ASKED) and value != "0" else value) for command, value in answers
    ]


def stored(trial: Trial, caller: str) -> tuple[Call, list[tuple[str, str]]]:
    """The row of a call, and how its commands ended."""
    with trial.sessions()() as session:
        call = session.scalars(select(Call).where(Call.caller_number == caller)).one()
        query = select(CallEvent.data).where(CallEvent.call_id == call.call_id, CallEvent.kind == "Done")
        ends = session.scalars(query.order_by(CallEvent.seq)).all()
    return call, [(end["command"], end["value"]) for end in ends if not end["failed"]]
