"""Whatever callers, agents and the clock do: the promises that the waiting line makes to both sides."""

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from queueing.agents import AgentMode, Device
from queueing.decisions import Kind, Offer
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from queueing.line import Line
from ringback.config import Need, Settings

T = 1_800_000_000.0
AGENTS = ["anna", "boris", "carol", "dora"]
SETTINGS = Settings.model_validate(
    {
        "agents": [
            {"name": "anna", "display": "Anna", "extension": "201", "skills": {"english": 80}},
            {"name": "boris", "display": "Boris", "extension": "202"},
            {"name": "carol", "display": "Carol", "extension": "203", "skills": {"english": 30, "network": 60}},
            {"name": "dora", "display": "Dora", "extension": "204", "skills": {"english": 60, "network": 90}},
        ],
        "queues": {
            "support": {
                "name": "Support",
                "agents": ["anna", "boris", "dora"],
                "longest_wait": {"seconds": 90, "to": "billing"},
                "most_callers": {"callers": 4, "to": "callback"},
            },
            "billing": {
                "name": "Billing",
                "agents": ["boris", "carol"],
                "strategy": "least-busy",
                "ring_together": 2,
                "wrap_up_seconds": 0,
                "no_agents": {"to": "support"},
            },
            "world": {
                "name": "World",
                "agents": ["anna", "carol", "dora"],
                "priority": 1,
                "needs": [{"skill": "english", "level": 50, "after": {"30": 20, "60": 0}}],
            },
        },
        "menus": {
            "main": {"prompt": "menu-main", "options": {"1": {"label": "x", "queue": "world"}}, "person": "support"}
        },
        "pause_limits": {"coffee": 60},
        "vips": {"+14155550100": 5},
    }
)
QUEUES = sorted(SETTINGS.queues)
NEEDS = [(), (Need(skill="network", level=50, after={40: 0}),)]


def history() -> History:
    past = History()
    for queue in QUEUES:
        for _ in range(30):
            past.learn(queue, T, handled=100.0)
        past.learn(queue, T, waited=1000.0, abandoned=True)
    return past


def killed(line: Line, past: History) -> Line:
    """The line as a new process has it, through the text that is stored."""
    expected = ExpectedWait(History.restore(json.loads(json.dumps(past.snapshot()))))
    return Line.restore(json.loads(json.dumps(line.snapshot())), SETTINGS, expected)


class AnyDay(RuleBasedStateMachine):
    """Every step is done by the line and by one that was killed and restored just before it."""

    def __init__(self) -> None:
        super().__init__()
        self.past = history()
        self.line = Line(SETTINGS, ExpectedWait(self.past))
        self.now = T
        self.callers = 0

    def do(self, what: str, *args: Any, **more: Any) -> None:
        twin = killed(self.line, self.past)
        done = getattr(self.line, what)(*args, **more)
        again = getattr(twin, what)(*args, **more)
        assert done == again, "killed and restored, it decides otherwise"
        assert json.dumps(self.line.snapshot(), sort_keys=True) == json.dumps(twin.snapshot(), sort_keys=True)
        assert self.line.next_timer() == twin.next_timer()
        for offer in done or ():
            if isinstance(offer, Offer):
                self.check_offer(offer)

    def check_offer(self, offer: Offer) -> None:
        mine = self.line.waiting[offer.call]
        for name in offer.agents:
            agent = self.line.agents[name]
            assert mine.queue in agent.queues and agent.meets(mine.levels)
            for other in self.line.waiting.values():
                if other.call not in self.line.engaged and other.key < mine.key and other.queue in agent.queues:
                    assert not agent.meets(other.levels) or other.held_for not in (None, name), "overtaken"

    @rule(
        queue=st.sampled_from(QUEUES),
        seconds=st.floats(0.1, 5),
        late=st.floats(0, 100),
        kind=st.sampled_from([Kind.CALLER, Kind.CALLER, Kind.CALLBACK]),
        needs=st.sampled_from(NEEDS),
        priority=st.sampled_from([0, 0, 3]),
        last_agent=st.sampled_from([None, None, *AGENTS, "nobody"]),
        number=st.sampled_from(["", "+14155550100", "+14155550101"]),
    )
    def joins(self, queue: str, seconds: float, late: float, **more: Any) -> None:
        self.now += seconds
        self.callers += 1
        self.do("join", f"c{self.callers}", queue, self.now - late, self.now, **more)

    @rule(agent=st.sampled_from(AGENTS), device=st.sampled_from([Device.IDLE, *Device]))
    def phone(self, agent: str, device: Device) -> None:
        self.do("device", agent, device, self.now)

    @rule(agent=st.sampled_from(AGENTS), queues=st.none() | st.lists(st.sampled_from(QUEUES), unique=True, min_size=1))
    def logs_in(self, agent: str, queues: list[str] | None) -> None:
        self.do("login", agent, self.now, queues)

    @rule(agent=st.sampled_from(AGENTS))
    def logs_out(self, agent: str) -> None:
        self.do("logout", agent, self.now)

    @rule(agent=st.sampled_from(AGENTS), reason=st.sampled_from(["coffee", "lunch"]))
    def pauses(self, agent: str, reason: str) -> None:
        self.do("pause", agent, reason, self.now)

    @rule(agent=st.sampled_from(AGENTS))
    def resumes(self, agent: str) -> None:
        self.do("resume", agent, self.now)

    @precondition(lambda self: self.line.engaged)
    @rule(data=st.data())
    def picks_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.line.engaged)))
        self.do("connected", call, data.draw(st.sampled_from(self.line.engaged[call])), self.now)

    @precondition(lambda self: self.line.waiting)
    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def is_found_talking(self, data: st.DataObject, agent: str) -> None:
        self.do("connected", data.draw(st.sampled_from(sorted(self.line.waiting))), agent, self.now)

    @precondition(lambda self: self.line.engaged)
    @rule(data=st.data())
    def rings_in_vain(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.line.engaged)))
        agents = self.line.engaged[call]
        missed = agents[0] if data.draw(st.booleans()) else agents
        self.do("missed", call, "support", T, missed, self.now)

    @precondition(lambda self: self.line.waiting or self.line.engaged)
    @rule(data=st.data(), cut_off=st.booleans())
    def leaves(self, data: st.DataObject, cut_off: bool) -> None:
        call = data.draw(st.sampled_from(sorted({*self.line.waiting, *self.line.engaged})))
        self.do("leave", call, self.now, cut_off=cut_off)

    @precondition(lambda self: self.line.waiting)
    @rule(data=st.data(), queue=st.sampled_from(QUEUES))
    def moves(self, data: st.DataObject, queue: str) -> None:
        self.do("move", data.draw(st.sampled_from(sorted(self.line.waiting))), queue, self.now)

    @rule(queue=st.sampled_from(QUEUES))
    def closes(self, queue: str) -> None:
        self.do("closing", queue, self.now)

    @rule(seconds=st.floats(0.1, 100))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.do("tick", self.now)
        nothing_left = self.line.next_timer()
        assert nothing_left is None or nothing_left > self.now

    @invariant()
    def everybody_has_one(self) -> None:
        for call, names in self.line.engaged.items():
            assert len(names) == len(set(names)) and names
            assert all(self.line.agents[name].call == call for name in names)
            assert len(names) == 1 or not any(self.line.agents[name].talking for name in names)
        for agent in self.line.agents.values():
            assert agent.call is None or agent.name in self.line.engaged[agent.call]

    @invariant()
    def no_free_agent_while_somebody_waits(self) -> None:
        for agent in self.line.agents.values():
            assert agent.mode is agent.current(self.now) or agent.mode is AgentMode.WRAP_UP or agent.since == 0.0
            if agent.mode is AgentMode.FREE:
                for entry in self.line.waiting.values():
                    if entry.call not in self.line.engaged and entry.held_for in (None, agent.name):
                        assert entry.queue not in agent.queues or not agent.meets(entry.levels)

    @invariant()
    def the_order_is_whole(self) -> None:
        waiting = [call for call in self.line.waiting if call not in self.line.engaged]
        assert sorted(waiting) == sorted(call for queue in QUEUES for call in self.line.calls_in(queue))


AnyDay.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestAnyDay = AnyDay.TestCase
