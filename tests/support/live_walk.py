"""Walks of `tests/support/random_flows.py` on Asterisk: SIP callers by hand, who read in the rows where they are.

Owns the callers, the reading of all their rows at once, and the comparison with the fake switch.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import soundfile
from sqlalchemy import select

from app.trial.trial import Trial
from calls.models import Call, CallEvent
from ivr.events import Done
from ivr.states.nobody import SOUND as SOUND_ASKED
from prompts.files import sound_file
from tests.support.fake_walk import NO_QUESTION, FakeWalk
from tests.support.random_flows import Walk, play, question_of, second_caller, told
from tests.support.raw_keys import BY_INFO, TONES, KeySender
from tests.support.raw_sip import RawPhone

NOTICE_HEARD = Done(0, "notice", "").key
AT_THE_END = ("say-", "goodbye", "message")
"""How the ids begin of what is said where a walk ends."""
THERE_SECONDS = 3.0
"""Between two packets of sound of each caller."""
AT_ONCE = 28
"""Callers at the same time."""
FEW = 3
"""Of those who walk once more: hardly any load."""
SOME = 24
"""So many may walk again; where more differ, it was not the clock."""
QUIET_SECONDS = 0.4
"""Without a packet of sound, which come every 20 ms: what was played is over."""
RTP_HEAD = 12
"""Bytes before what is heard (RFC 3550)."""
SILENCE = b"\xff\x7f"
"""The two zeros of mu-law."""
NO_SOUND_SECONDS = 3.0
"""After which a question is taken for one that says nothing."""
SECONDS = 60.0
"""For whatever a caller waits for."""


AskedPrompts = tuple[str, tuple[str, ...]]
"""Language and prompts of a question."""


@dataclass(frozen=True)
class Visitor:
    """A caller with a number of its own."""

    walk: Walk
    line: str
    caller: str
    way: str = BY_INFO
    """How keys are sent: see `tests/support/raw_keys.py`."""


class Watch:
    """Reads the rows of all calls now and then, for all callers."""

    def __init__(self, trial: Trial) -> None:
        self._sessions = trial.sessions()
        self._rows: dict[str, tuple[str, dict[str, Any] | None]] = {}
        self._changed = threading.Condition()
        self.there: dict[str, KeySender] = {}
        """The phones of callers who are inside, by their numbers."""
        self._there_again = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        """What is over is read once."""
        over: set[str] = set()
        query = select(Call.caller_number, Call.state, Call.snapshot)
        while not self._over.wait(0.05):
            self._keep_there()
            with self._sessions() as session:
                rows = session.execute(query.where(Call.caller_number.not_in(over))).tuples().all()
            over |= {number for number, _, snapshot in rows if snapshot is None}
            with self._changed:
                self._rows |= {number: (state, snapshot) for number, state, snapshot in rows}
                self._changed.notify_all()

    def _keep_there(self) -> None:
        if time.monotonic() >= self._there_again:
            self._there_again = time.monotonic() + THERE_SECONDS
            for keys in list(self.there.values()):
                keys.be_there()

    def wait(self, number: str, wanted: Callable[[str, dict[str, Any] | None], bool]) -> tuple[str, Any]:
        """The row of a caller as soon as it is as wanted."""
        with self._changed:
            there = self._changed.wait_for(lambda: number in self._rows and wanted(*self._rows[number]), SECONDS)
            assert there, f"{number}: {self._rows.get(number)}"
            return self._rows[number]


class Heard:
    """What comes to a phone's ear, as packets; while Asterisk plays nothing they are of silence."""

    def __init__(self, media: socket.socket) -> None:
        self._media = media

    def begins(self, seconds: float) -> None:
        """Returns with the next packet of sound, or after `seconds`."""
        self._media.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                self._media.recv(4096)  # of what was played before
        self._sounds(seconds)

    def ends(self, seconds: float) -> None:
        """Returns when none has come for QUIET_SECONDS, or after `seconds`."""
        deadline = time.monotonic() + seconds
        while self._sounds(QUIET_SECONDS) and time.monotonic() < deadline:
            pass

    def _sounds(self, seconds: float) -> bool:
        """Whether a packet of sound comes in this time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._media.settimeout(left)
            try:
                packet = self._media.recv(4096)
            except TimeoutError:
                return False
            if packet[RTP_HEAD:].strip(SILENCE):
                return True
        return False


class LiveWalk:
    """A walk as a SIP call."""

    def __init__(self, port: int, watch: Watch, visit: Visitor, asked: Mapping[str, AskedPrompts]) -> None:
        """`asked`: what each question is expected to say, by its id, and so how long it plays."""
        self._phone = RawPhone(port, visit.caller)
        self._watch, self._line, self._way, self._asked = watch, visit.line, visit.way, asked
        self._last: str | None = None
        self._notice_plays = False

    def __enter__(self) -> "LiveWalk":
        self._phone.__enter__()
        self._heard = Heard(self._phone.media)
        return self

    def __exit__(self, *_error: object) -> None:
        self._phone.__exit__(None, None, None)

    def dial(self) -> None:
        answer = self._phone.call(self._line, events=self._way != TONES)
        self._keys = KeySender(self._phone, answer, self._way)
        self._keys.begin()
        self._watch.there[self._phone.user] = self._keys

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
            self._watch.wait(self._phone.user, lambda _state, row: row is None or NOTICE_HEARD in row["memory"]["seen"])
            self._notice_plays = False
        return self._last not in (None, last)

    def into_it(self) -> None:
        """The controller's row is written before Asterisk plays: a moment after the first sound of it."""
        self._heard.begins(NO_SOUND_SECONDS)
        threading.Event().wait(0.1)

    def after_it(self) -> None:
        """As long as it is, and until nothing more is heard: a busy machine begins late."""
        assert self._last is not None
        self._heard.begins(NO_SOUND_SECONDS)
        language, prompts = self._asked[self._last]
        threading.Event().wait(sum(seconds_of(language, prompt) for prompt in prompts))
        self._heard.ends(SECONDS)

    def press(self, key: str) -> None:
        self._keys.press(key)

    def hang_up(self) -> None:
        del self._watch.there[self._phone.user]
        self._phone.send("BYE")


@cache
def seconds_of(language: str, prompt: str) -> float:
    return float(soundfile.info(sound_file(language, prompt)).duration)


def differences(trial: Trial, visitors: Sequence[Visitor]) -> list[tuple[dict[str, tuple[Any, Any]], Visitor]]:
    """Who was not the same on both switches: what Asterisk and the fake one say of all that differs, and who it was.

    Callers go by the clock, and many at once keep a machine busy: a key that was meant to come after a prompt may come
    into it. So whoever differs walks once more, as somebody else and with FEW at a time; what is wrong differs again.
    """

    def walk_both(visit: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
        with locked:  # they are quick, and in pure Python
            fake = FakeWalk(trial.settings, visit.line, visit.caller)
            play(fake, visit.walk)
        with LiveWalk(trial.settings.sip.port, watch, visit, fake.asked) as live:
            play(live, visit.walk)
            watch.wait(visit.caller, lambda _state, snapshot: snapshot is None)
        call, answers = stored(trial, visit.caller)
        expected = told(fake.facts)
        found = {name: getattr(call, name) for name in expected}
        return found | {"answers": comparable(answers)}, expected | {"answers": comparable(fake.answers)}

    def walked(visit: Visitor) -> tuple[dict[str, tuple[Any, Any]], Visitor]:
        live, fake = walk_both(visit)
        return {name: (live[name], fake[name]) for name in fake if live[name] != fake[name]}, visit

    locked = threading.Lock()
    with Watch(trial) as watch, ThreadPoolExecutor(AT_ONCE) as callers:
        apart = [visit for differs, visit in callers.map(walked, visitors) if differs]
        with ThreadPoolExecutor(FEW) as few:
            again = list(few.map(walked, [replace(each, caller=second_caller(each.caller)) for each in apart[:SOME]]))
    return [each for each in again if each[0]] + [({}, visit) for visit in apart[SOME:]]


def comparable(answers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """How much sound came differs, and that some did matters; what is said at an end may end before the hang-up."""
    told = [(name, value) for name, value in answers if not name.startswith(AT_THE_END)]
    return [(name, "some" if name.startswith(SOUND_ASKED) and value != "0" else value) for name, value in told]


def stored(trial: Trial, caller: str) -> tuple[Call, list[tuple[str, str]]]:
    """The row of a call, and how its commands ended."""
    with trial.sessions()() as session:
        call = session.scalars(select(Call).where(Call.caller_number == caller)).one()
        query = select(CallEvent.data).where(CallEvent.call_id == call.call_id, CallEvent.kind == "Done")
        ends = session.scalars(query.order_by(CallEvent.seq)).all()
    return call, [(end["command"], end["value"]) for end in ends if not end["failed"]]
