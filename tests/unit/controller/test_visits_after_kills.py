"""A controller that is killed, at any step: visits to queues are neither doubled nor lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any

import pytest

from controller.simulated import World
from controller.visits import visits
from tests.support.visits import (
    answered,
    missed_and_answered,
    moved_by_the_limit,
    passed_on_to_a_queue,
    passed_on_to_an_agent,
    promised,
    told,
)

STORIES = [answered, missed_and_answered, moved_by_the_limit, passed_on_to_a_queue, passed_on_to_an_agent, promised]


class Killing(World):
    """Kills the controller at one of its steps, counted from 1, and starts another at once."""

    step = 0
    sent = True
    """Killed when all was done; not so: rows were written, and no command was sent."""
    steps = 0

    def settle(self) -> None:
        if self.controller_up and self._reported:
            Killing.steps += 1
            if Killing.steps == Killing.step:
                self._settle_and_die()
                return
        super().settle()

    def _settle_and_die(self) -> None:
        do = self.switch.do
        if not self.sent:
            self.switch.do = lambda _call_id, _command: None  # type: ignore[method-assign]
        super().settle()
        self.switch.do = do  # type: ignore[method-assign]
        self.kill_controller()
        self.start_controller()


@pytest.fixture
def killing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    def at(step: int, sent: bool) -> None:
        monkeypatch.setattr(Killing, "step", step)
        monkeypatch.setattr(Killing, "sent", sent)
        monkeypatch.setattr(Killing, "steps", 0)

    monkeypatch.setattr("tests.support.visits.World", Killing)
    return at


@pytest.mark.parametrize("story", STORIES)
def test_a_controller_killed_between_any_two_steps_changes_no_visit(
    story: Callable[[], World], killing: Callable[[int, bool], None]
) -> None:
    killing(0, True)
    whole = told(story())
    for step in range(1, Killing.steps + 1):
        killing(step, True)
        assert told(story()) == whole, f"killed after step {step}"


@pytest.mark.parametrize("story", STORIES)
def test_a_controller_killed_before_its_commands_leave_opens_no_second_visit(
    story: Callable[[], World], killing: Callable[[int, bool], None]
) -> None:
    killing(0, False)
    story()
    for step in range(1, Killing.steps + 1):
        killing(step, False)
        worlds: list[World] = []
        with monitored(worlds), suppress(AssertionError, KeyError, StopIteration):
            story()  # what was never sent did not happen: people may find nothing to answer
        [world] = worlds
        if "c-1" in world.switch.channels:
            world.switch.hang_up("c-1")
        world.run(60)
        found = visits(world.rows["c-1"].facts)
        assert all(visit.left_at is not None for visit in found), f"killed in step {step}"
        assert all(one.left_at == two.entered_at or two.came_by in ("transfer", "back") for one, two in pairwise(found))
        assert len({visit.entered_at for visit in found}) == len(found), f"killed in step {step}"


@contextmanager
def monitored(worlds: list[World]) -> Iterator[None]:
    """Collects the worlds that are made meanwhile."""
    make = Killing.__init__

    def making(self: Killing, *args: Any, **more: Any) -> None:
        worlds.append(self)
        make(self, *args, **more)

    Killing.__init__ = making  # type: ignore[method-assign]
    try:
        yield
    finally:
        Killing.__init__ = make  # type: ignore[method-assign]
