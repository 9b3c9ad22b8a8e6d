"""Walks of `tests/support/random_flows.py` on the fake switch: what Asterisk is compared with."""

import time

from controller.output import Output
from controller.simulated import World
from ivr.commands import Ask
from ivr.events import Done
from ivr.facts import CallRecord
from pbx.fake_switch import PROMPT_SECONDS
from ringback.config import Settings
from tests.support.random_flows import question_of

LIMIT = 200.0
"""Invented seconds that a caller waits for anything."""


class FakeWalk:
    """A walk on a World."""

    def __init__(self, settings: Settings, line: str, caller: str) -> None:
        self.answers: list[tuple[str, str]] = []
        """How each command ended that was waited for: its id and the key."""
        self.asked: dict[str, tuple[str, tuple[str, ...]]] = {}
        """By the id of a question the language and the prompts in which it was asked."""
        self.world = World(settings, time.time(), self._written)
        self._call, self._line, self._caller = f"call of {caller}", line, caller
        self._last: str | None = None

    def _written(self, out: Output) -> None:
        for write in out.writes:
            events = [event for _, event in write.events]
            self.answers += [(e.command, e.value) for e in events if isinstance(e, Done) and not e.failed]

    def dial(self) -> None:
        self.world.switch.say_seconds = PROMPT_SECONDS
        self.world.switch.dial(self._call, self._line, self._caller)
        self.world.settle()

    def wait_notice(self) -> None:
        self.world.run(0.5)

    def next_question(self) -> bool:
        end = self.world.now + LIMIT
        while self.world.now < end:
            row = self.world.rows[self._call]
            question = question_of(row.snapshot)
            channel = self.world.switch.channels.get(self._call)
            asked = None if channel is None else channel.current
            # A key that was typed ahead leaves the question behind the notice for a while.
            if question not in (None, self._last) and isinstance(asked, Ask) and asked.id == question:
                assert channel is not None
                self._last = question
                self.asked[question] = (channel.language or "en", asked.prompts)
                return True
            if row.state in NO_QUESTION:
                return False
            self.world.run(0.1)
        raise AssertionError("nothing happens any more")

    def into_it(self) -> None:
        self.world.run(0.3)

    def after_it(self) -> None:
        assert self._last is not None
        self.world.run(PROMPT_SECONDS * len(self.asked[self._last][1]) + 0.5)

    def press(self, key: str) -> None:
        if self._call in self.world.switch.channels:
            self.world.switch.press(self._call, key)
            self.world.settle()

    @property
    def facts(self) -> CallRecord:
        return self.world.rows[self._call].facts

    def hang_up(self) -> None:
        if self._call in self.world.switch.channels:
            self.world.switch.hang_up(self._call)
        self.world.run(5)


NO_QUESTION = ("waiting", "message", "closing", "ended")
"""States of a call in which a caller of a walk is asked nothing more."""
