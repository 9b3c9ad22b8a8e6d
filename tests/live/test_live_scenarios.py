"""The scenarios of the fake switch on the real Asterisk, as SIP calls."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pbx import asterisk
from pbx.phones.phone import Phone
from tests.support.installation import SECONDS, CallerPhone, Installation, speech
from tests.support.raw_sip import RawPhone
from tests.support.scenarios import SCENARIOS


class LiveStage:
    """Plays a script in a Installation."""

    def __init__(self, house: Installation, voice: Path) -> None:
        """`voice`: what agents say."""
        self.house = house
        self.voice = voice
        self.end = ExitStack()
        self._callers: dict[str, CallerPhone] = {}
        self._silent: dict[str, RawPhone] = {}
        self._agents: dict[str, Phone] = {}
        self._heard: dict[str, float] = {}
        self._colleague = ""

    def dial(self, caller: str, line: str) -> None:
        self._callers[caller] = self.house.dial(line, name=caller)

    def dial_without_sound(self, caller: str, line: str) -> None:
        self._silent[caller] = self.end.enter_context(RawPhone(self.house.trial.settings.sip.port))
        self._silent[caller].call(line)

    def hear(self, caller: str, prompt: str) -> None:
        self._heard[caller] = self._callers[caller].hear(prompt, after=self._heard.get(caller, 0.0))

    def press(self, caller: str, key: str) -> None:
        self._callers[caller].press(key)

    def hang_up(self, caller: str) -> None:
        self._callers[caller].phone.hangup()

    def sign_in(self, agent: str) -> None:
        self._agents[agent] = self.house.sign_in(agent)

    def wait_ringing(self, agent: str) -> None:
        self._agents[agent].wait("incoming", SECONDS)

    def answer(self, agent: str) -> None:
        self._agents[agent].answer()
        self._agents[agent].wait("confirmed", SECONDS)

    def agent_hangs_up(self, agent: str) -> None:
        self._agents[agent].hangup()

    def speaks(self, agent: str, caller: str) -> None:
        # The end of a sentence: Asterisk passes on the time that the agent's phone counts, and where that is a little
        # behind what the caller heard before, the caller's phone throws the beginning away as late.
        self._agents[agent].play(self.voice)
        heard = self._heard.get(caller, 0.0)
        self._heard[caller] = self._callers[caller].ear.wait(self.voice, SECONDS, last=True, after=heard)

    def caller_speaks(self, caller: str) -> None:
        self._callers[caller].phone.play(self.voice)

    def number_of(self, caller: str) -> str:
        return self._callers[caller].number

    def hold(self, agent: str) -> None:
        self._agents[agent].hold()
        self._wait_stretch("hold", agent)

    def transfer(self, agent: str, number: str) -> None:
        self._agents[agent].transfer(self.house.trial.uri(number))

    def consult(self, agent: str, colleague: str) -> None:
        self._colleague = colleague
        extension = next(one.extension for one in self.house.trial.settings.agents if one.name == colleague)
        self._agents[agent].call(self.house.trial.uri(extension), user=agent)
        self.wait_ringing(colleague)
        self.answer(colleague)
        self._wait_stretch("consult", agent)

    def transfer_to_colleague(self, agent: str) -> None:
        self._agents[agent].transfer_attended()
        self._wait_stretch("talk", self._colleague)

    def wait_state(self, caller: str, state: str) -> None:
        self.house.wait_call(self._callers[caller].number, state)

    def ended(self, caller: str) -> dict[str, Any]:
        if caller in self._silent:
            self._silent[caller].wait_bye(60)
            call = self.house.wait_settled(self._silent[caller].user)
        else:
            call = self.house.wait_ended(self._callers[caller].number, 30)
        answers = self.house.answers_of(call.call_id)
        return {
            "result": call.result,
            "keys": "".join(step["key"] for step in call.menu_path),
            "queue": call.queue,
            "agent": call.agent,
            "answer": "".join(answers) or None,
            "outcome": call.survey_outcome,
            "visits": [(v.queue, v.came_by, v.outcome, v.agent, v.reason) for v in self.house.visits(call.call_id)],
            "ended_by": call.ended_by,
            "talks": [(row.kind, row.agent, row.why) for row in self.house.stretches(call.call_id)],
        }

    def _wait_stretch(self, kind: str, agent: str) -> None:
        [caller] = self._callers.values()
        call = self.house.call(caller.number)
        assert call is not None
        self.house.wait_stretch(call.call_id, kind, over=False, agent=agent)


@pytest.mark.parametrize(("script", "facts"), SCENARIOS, ids=lambda value: getattr(value, "__name__", ""))
def test_scenario(house: Installation, program: asterisk.AsteriskProgram, script: Any, facts: dict[str, Any]) -> None:
    stage = LiveStage(house, speech(program.share, "vm-newpassword"))
    with stage.end:
        assert script(stage) == facts
