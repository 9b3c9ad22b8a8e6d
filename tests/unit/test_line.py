"""The waiting line: who gets whom, and when."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from queueing.line import AgentMode, Announcement, Device, Line, Offer
from ringback.config import Settings

SETTINGS = Settings.model_validate(
    {
        "queues": {
            "support": {"name": "Support", "agents": ["anna", "boris"]},
            "billing": {"name": "Billing", "agents": ["boris"]},
        }
    }
)
T = 1_800_000_000.0


def line_with(*agents: str) -> Line:
    line = Line(SETTINGS)
    for number, agent in enumerate(agents):
        assert line.device(agent, Device.IDLE, T + number) == []
    return line


def test_the_longest_waiting_is_next() -> None:
    line = line_with()
    line.join("late", "support", T + 2, T + 2)
    line.join("early", "support", T + 1, T + 3)
    assert line.device("anna", Device.IDLE, T + 4) == [Offer("early", "anna")]
    assert line.device("boris", Device.IDLE, T + 5) == [Offer("late", "boris")]


def test_the_longest_idle_agent_is_next() -> None:
    line = line_with("boris", "anna")
    assert line.join("a", "support", T + 5, T + 5) == [Offer("a", "boris")]


def test_an_agent_serves_only_the_own_queues() -> None:
    line = line_with("anna")
    assert line.join("a", "billing", T, T) == []
    assert line.join("b", "support", T + 1, T + 1) == [Offer("b", "anna")]


def test_who_misses_is_paused_and_the_caller_keeps_the_place() -> None:
    line = line_with("anna")
    line.join("early", "support", T, T)
    line.join("late", "support", T + 1, T + 1)
    assert line.missed("early", "support", T, "anna", T + 20) == []
    assert (line.agents["anna"].mode, line.agents["anna"].paused) == (AgentMode.PAUSED, "missed")
    assert line.device("boris", Device.IDLE, T + 21) == [Offer("early", "boris")]
    assert line.resume("anna", T + 22) == [Offer("late", "anna")]


def test_after_a_talk_comes_wrap_up() -> None:
    line = line_with("anna")
    line.join("a", "support", T, T)
    line.connected("a", "anna", T + 5)
    line.join("b", "support", T + 6, T + 6)
    assert line.leave("a", T + 60) == []
    assert line.agents["anna"].mode is AgentMode.WRAP_UP
    assert line.next_timer() == T + 26  # b hears the position first
    assert line.tick(T + 75) == [Offer("b", "anna")]


def test_who_hung_up_while_it_rang_costs_the_agent_nothing() -> None:
    line = line_with("anna")
    line.join("a", "support", T, T)
    line.join("b", "support", T + 1, T + 1)
    assert line.leave("a", T + 5) == [Offer("b", "anna")]


def test_the_position_is_told_at_20_s_and_then_every_minute() -> None:
    line = line_with()
    line.join("a", "support", T, T)
    line.join("b", "support", T + 1, T + 1)
    assert line.tick(T + 19) == []
    assert line.tick(T + 21) == [Announcement("a", 1), Announcement("b", 2)]
    assert line.tick(T + 22) == []
    assert line.next_timer() == T + 81


def test_a_phone_in_use_elsewhere_is_busy() -> None:
    line = line_with("anna")
    line.device("anna", Device.IN_USE, T)
    assert line.agents["anna"].mode is AgentMode.BUSY
    assert line.join("a", "support", T, T) == []


def test_a_pause_is_told_even_while_the_phone_is_away() -> None:
    line = line_with()
    line.tick(T)
    line.take_changes()
    line.pause("anna", "lunch", T)
    assert [(agent.name, agent.mode, agent.paused) for agent in line.take_changes()] == [
        ("anna", AgentMode.AWAY, "lunch")
    ]


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_an_agent_who_does_not_exist_is_an_error(act: str) -> None:
    line = line_with()
    with pytest.raises(KeyError):
        line.pause("nobody", "x", T) if act == "pause" else line.resume("nobody", T)


class AnyDay(RuleBasedStateMachine):
    """Whatever callers and agents do: nobody is overtaken, nobody is doubled, no agent idles for nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.line = Line(SETTINGS)
        self.now = T
        self.callers = 0

    def took(self, offers: list[Offer] | list[Offer | Announcement]) -> None:
        for offer in offers:
            if isinstance(offer, Offer):
                mine = self.line.waiting[offer.call]
                before = [
                    w
                    for w in self.line.waiting.values()
                    if w.queue == mine.queue and w.arrived_at < mine.arrived_at and w.call not in self.line._taken()
                ]
                assert not before, "overtaken by an equal who came later"

    def ringing(self) -> list[str]:
        return [agent.name for agent in self.line.agents.values() if agent.mode is AgentMode.RINGING]

    def talking(self) -> list[str]:
        return [agent.name for agent in self.line.agents.values() if agent.mode is AgentMode.TALKING]

    @rule(queue=st.sampled_from(["support", "billing"]), seconds=st.floats(0.1, 5))
    def arrives(self, queue: str, seconds: float) -> None:
        self.now += seconds
        self.callers += 1
        self.took(self.line.join(str(self.callers), queue, self.now, self.now))

    @rule(agent=st.sampled_from(["anna", "boris"]), device=st.sampled_from(list(Device)))
    def phone(self, agent: str, device: Device) -> None:
        self.took(self.line.device(agent, device, self.now))

    @precondition(lambda self: self.ringing())
    @rule(data=st.data(), picks_up=st.booleans())
    def rings(self, data: st.DataObject, picks_up: bool) -> None:
        agent = data.draw(st.sampled_from(self.ringing()))
        call = self.line.agents[agent].call
        assert call is not None
        caller = self.line.waiting[call]
        if picks_up:
            self.line.connected(call, agent, self.now)
        else:
            self.took(self.line.missed(call, caller.queue, caller.arrived_at, agent, self.now))

    @precondition(lambda self: self.line.waiting)
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        self.took(self.line.leave(data.draw(st.sampled_from(sorted(self.line.waiting))), self.now))

    @rule(agent=st.sampled_from(["anna", "boris"]))
    def resumes(self, agent: str) -> None:
        self.took(self.line.resume(agent, self.now))

    @rule(seconds=st.floats(0.1, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.took(self.line.tick(self.now))

    @invariant()
    def nobody_is_doubled(self) -> None:
        calls = [agent.call for agent in self.line.agents.values() if agent.call is not None]
        assert len(calls) == len(set(calls))

    @invariant()
    def no_free_agent_while_somebody_waits(self) -> None:
        taken = self.line._taken()
        wanted = {w.queue for w in self.line.waiting.values() if w.call not in taken}
        for agent in self.line.agents.values():
            assert not (agent.mode is AgentMode.FREE and agent.queues & wanted)


AnyDay.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestAnyDay = AnyDay.TestCase
