"""Whatever customers, agents, the clock and kill -9 do: what holds of every promise to call back.

The whole of runner, line and promises runs on the fake switch. Killed, the controller begins again from what it
wrote, as the real one does.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from callback.promise import END_STATES, CallbackMachine
from controller.simulated import World
from queueing.router import Device
from ringback.config import Settings

NOON = 1_800_000_000.0 + 9 * 3600
"""In Washington, where the numbers are."""
NUMBERS = ["+12025550123", "+12025550124", "+12025550125"]
AGENTS = ["anna", "boris"]
SECONDS = [0.5, 3, 12, 35, 70, 400, 1900]


def settings_of(mode: str) -> Settings:
    return Settings.model_validate(
        {
            "queues": {
                "support": {
                    "name": "Support", "agents": AGENTS, "wrap_up_seconds": 5, "callback": mode, "ring_together": 2,
                },
                "billing": {"name": "Billing", "agents": ["boris"]},
            },
            "trunk": {"host": "127.0.0.1"},
            "callbacks": {"per_number_per_day": 100},
        }
    )  # fmt: skip


class Promises(RuleBasedStateMachine):
    mode = "agent_first"

    def __init__(self) -> None:
        super().__init__()
        self.world = World(settings_of(self.mode), start=NOON)
        self.calls = 0
        self.dialled = 0
        self.ended: dict[Any, tuple[str, str | None]] = {}
        self.world.switch.phones["anna"] = 2
        for agent in AGENTS:
            self.world.switch.device(agent, Device.IDLE)
        self.world.settle()

    # -- customers ---------------------------------------------------------------------------------

    @rule(number=st.sampled_from(NUMBERS))
    def dials(self, number: str) -> None:
        if any(channel.number == number for channel in self.world.switch.channels.values()):
            return
        self.calls += 1
        self.world.switch.dial(f"c-{self.calls}", "1000", number)
        self.world.settle()

    @rule(which=st.integers(0, 9), key=st.sampled_from("1129"))
    def presses(self, which: int, key: str) -> None:
        if names := sorted(self.world.switch.channels):
            self.world.switch.press(names[which % len(names)], key)
            self.world.settle()

    @rule(which=st.integers(0, 9))
    def hangs_up(self, which: int) -> None:
        if names := sorted(self.world.switch.channels):
            self.world.switch.hang_up(names[which % len(names)])
            self.world.settle()

    @rule(machine=st.booleans())
    def customer_answers(self, machine: bool) -> None:
        if leg := self.ringing_leg(NUMBERS):
            self.world.switch.answer_leg(self.world.switch.legs[leg], machine=machine)
            self.world.settle()

    @rule(code=st.sampled_from([1, 16, 17, 19]))
    def customer_does_not_answer(self, code: int) -> None:
        if leg := self.ringing_leg(NUMBERS):
            self.world.switch.end_leg(leg, code)
            self.world.settle()

    # -- agents --------------------------------------------------------------------------------------

    @rule()
    def agent_answers_a_promise(self) -> None:
        if leg := self.ringing_leg(AGENTS):
            self.world.switch.answer_leg(self.world.switch.legs[leg])
            self.world.settle()

    @rule(which=st.integers(0, 3))
    def agent_leaves_a_promise(self, which: int) -> None:
        legs = sorted(leg for leg, whom in self.world.switch.legs.items() if whom in AGENTS)
        if legs:
            self.world.switch.end_leg(legs[which % len(legs)])
            self.world.settle()

    @rule(agent=st.sampled_from(AGENTS))
    def agent_answers(self, agent: str) -> None:
        if any(agent in channel.ringing for channel in self.world.switch.channels.values()):
            self.world.switch.answer(agent)
            self.world.settle()

    @rule(agent=st.sampled_from(AGENTS))
    def agent_hangs_up(self, agent: str) -> None:
        talks = [c for c in self.world.switch.channels.values() if c.talking_to == agent]
        if talks and talks[0].dial_status != "SUCCESS" and talks[0].call_id not in self.world.switch.legs:
            self.world.switch.agent_hangs_up(agent)
            self.world.settle()

    @rule(agent=st.sampled_from(AGENTS))
    @precondition(lambda self: self.world.controller_up)
    def agent_is_back(self, agent: str) -> None:
        self.world.runner.resume(agent, self.world.now)
        self.world.settle()

    # -- time and kill -9 ------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from(SECONDS))
    def time_passes(self, seconds: float) -> None:
        self.world.run(seconds)

    @rule(seconds=st.sampled_from(SECONDS[:4]))
    def controller_is_killed(self, seconds: float) -> None:
        lost_at = self.world.now
        self.world.kill_controller()
        self.world.run(seconds)
        self.world.start_controller(lost_at)

    # -- what holds ------------------------------------------------------------------------------------

    def ringing_leg(self, whom: list[str]) -> str | None:
        switch = self.world.switch
        return next((leg for leg, who in switch.legs.items() if who in whom and leg not in switch.answered), None)

    @invariant()
    def each_ends_once(self) -> None:
        for key, write in self.world.promises.items():
            promise = CallbackMachine.restore(write.snapshot)
            if promise.state in END_STATES:
                end = (promise.state.value, promise.end_reason)
                assert self.ended.setdefault(key, end) == end
            else:
                assert key not in self.ended, "it had ended"
            assert promise.attempts - promise.spared <= self.world.settings.callbacks.attempts

    @invariant()
    def nobody_is_dialled_who_is_on_the_phone_with_us(self) -> None:
        switch = self.world.switch
        new, self.dialled = switch.dialled[self.dialled :], len(switch.dialled)
        inside = {c.number for c in switch.channels.values() if c.number}
        assert not inside & set(new)

    @invariant()
    def a_customers_phone_rings_only_while_an_agent_is_kept_for_it(self) -> None:
        switch, line = self.world.switch, self.world.runner.router
        rings = [leg for leg, who in switch.legs.items() if who in NUMBERS and leg not in switch.answered]
        kept = [line.assigned.get(leg.rpartition("-")[0], ()) for leg in rings]
        assert all(len(agents) == 1 for agents in kept), (rings, kept)
        assert len({agents[0] for agents in kept}) == len(rings), "one agent for two customers"

    @invariant()
    def an_agent_has_one_call_and_a_caller_one_agent(self) -> None:
        line = self.world.runner.router
        for call, agents in line.assigned.items():
            assert all(line.agents[name].call == call for name in agents)
        for channel in self.world.switch.channels.values():
            assert channel.talking_to is None or not channel.ringing

    def teardown(self) -> None:
        """Everybody hangs up and time passes: every promise ends, no agent is left behind, nobody waits."""
        world = self.world
        for name in sorted(world.switch.channels):
            if name in world.switch.channels:
                world.switch.hang_up(name)
                world.settle()
        world.run(5)
        while True:
            for agent in AGENTS:
                world.switch.device(agent, Device.UNREACHABLE)
            world.settle()
            if not world.switch.legs:
                break
            world.switch.end_leg(min(world.switch.legs), 19)
        world.run(3 * 86400)
        states = [write.snapshot["state"] for write in world.promises.values()]
        assert all(state in END_STATES for state in states), states
        assert not world.runner.calls and not world.runner.router.waiting and not world.runner.router.assigned
        assert all(agent.call is None for agent in world.runner.router.agents.values())


class AgentFirst(Promises):
    mode = "agent_first"


class CustomerFirst(Promises):
    mode = "customer_first"


TestAgentFirst = AgentFirst.TestCase
TestCustomerFirst = CustomerFirst.TestCase
TestAgentFirst.settings = TestCustomerFirst.settings = settings(max_examples=60, stateful_step_count=30)
