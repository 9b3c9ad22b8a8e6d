"""The scenarios on the fake switch with an invented clock."""

from typing import Any

import pytest

from controller.idle import is_idle
from controller.simulated import World
from controller.visits import visits
from ivr.segments import segments
from queueing.router import Device
from ringback.config import Settings
from tests.support.scenarios import SCENARIOS, SETTINGS
from tests.support.survey_scenarios import SURVEY_SCENARIOS, WITH_SURVEY

BEGINNING = 1.2
"""Seconds of a prompt that are heard before it is known."""
LIMIT = 120.0
"""Invented seconds that a step may take."""


class FakeStage:
    """Plays a script on a World."""

    def __init__(self, settings: dict[str, Any] = SETTINGS) -> None:
        self.world = World(Settings.model_validate(settings))
        self._heard: dict[str, int] = {}
        self._colleague = ""

    def dial(self, caller: str, line: str) -> None:
        self.world.switch.dial(caller, line, "+12025550100", caller)
        self.world.settle()

    def dial_without_sound(self, caller: str, line: str) -> None:
        self.world.switch.dial(caller, line, "+12025550100", caller).sound = "0"
        self.world.settle()

    def hear(self, caller: str, prompt: str) -> None:
        heard, after = self.world.switch.channels[caller].heard, self._heard.get(caller, 0)
        self._until(lambda: prompt in heard[after:])
        self.world.run(BEGINNING)
        self._heard[caller] = heard.index(prompt, after) + 1

    def press(self, caller: str, key: str) -> None:
        self.world.switch.press(caller, key)
        self.world.settle()

    def hang_up(self, caller: str) -> None:
        self.world.switch.hang_up(caller)
        self.world.settle()

    def sign_in(self, agent: str) -> None:
        self.world.switch.device(agent, Device.IDLE)
        self.world.settle()

    def wait_ringing(self, agent: str) -> None:
        self._until(lambda: any(agent in channel.ringing for channel in self.world.switch.channels.values()))

    def answer(self, agent: str) -> None:
        self.world.switch.answer(agent)
        self.world.settle()

    def agent_hangs_up(self, agent: str) -> None:
        self.world.switch.agent_hangs_up(agent)
        self.world.settle()

    def speaks(self, agent: str, caller: str) -> None:
        assert self.world.switch.channels[caller].talking_to == agent

    def caller_speaks(self, caller: str) -> None:
        assert caller in self.world.switch.channels

    def hold(self, agent: str) -> None:
        self.world.switch.hold(agent)
        self.world.run(1)

    def transfer(self, agent: str, number: str) -> None:
        self.world.switch.transfer(agent, number)
        self.world.settle()

    def consult(self, agent: str, colleague: str) -> None:
        self._colleague = colleague
        self.world.switch.consult(agent, colleague)
        self.world.run(1)

    def transfer_to_colleague(self, agent: str) -> None:
        self.world.switch.transfer_to_colleague(agent, self._colleague)
        self.world.settle()

    def wait_state(self, caller: str, state: str) -> None:
        self._until(lambda: self.world.rows[caller].state == state)

    def ended(self, caller: str) -> dict[str, Any]:
        self._until(lambda: self.world.rows[caller].snapshot is None)
        facts = self.world.rows[caller].facts
        return {
            "result": facts.result,
            "keys": "".join(step["key"] for step in facts.menu_path),
            "queue": facts.queue,
            "agent": facts.agent,
            "answer": "".join(answer["key"] for answer in facts.survey_answers) or None,
            "outcome": facts.survey_outcome,
            "visits": [(v.queue, v.came_by, v.outcome, v.agent, v.reason) for v in visits(facts)],
            "ended_by": facts.ended_by,
            "talks": [(segment.kind, segment.agent, segment.why) for segment in segments(facts)],
        }

    def _until(self, true: Any) -> None:
        end = self.world.now + LIMIT
        while not true():
            assert self.world.now < end, "it never happened"
            self.world.run(0.1)


@pytest.mark.parametrize(("script", "facts"), SCENARIOS, ids=lambda value: getattr(value, "__name__", ""))
def test_scenario(script: Any, facts: dict[str, Any]) -> None:
    stage = FakeStage()
    assert script(stage) == facts
    assert not stage.world.switch.channels
    assert not stage.world.runner.calls


@pytest.mark.parametrize(("script", "facts"), SURVEY_SCENARIOS, ids=lambda value: getattr(value, "__name__", ""))
def test_survey(script: Any, facts: dict[str, Any]) -> None:
    stage = FakeStage({**WITH_SURVEY, "trunk": {"host": "sip.example.com"}})
    ended = script(stage)
    assert {name: ended[name] for name in facts} == facts
    assert len(stage.world.promises) == (facts["answer"] == "21"), "whoever said yes is promised a call"


def test_a_clock_that_was_set_is_followed_when_nobody_calls() -> None:
    stage = FakeStage()
    runner = stage.world.runner
    assert is_idle(runner)
    stage.dial("carol", "1000")
    assert not is_idle(runner)
    stage.hang_up("carol")
    stage._until(lambda: is_idle(runner))
