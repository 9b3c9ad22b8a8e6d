"""Whatever callers, agents and the clock do: the promises that the waiting line makes to both sides."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from queueing.agents import AgentMode, Device
from queueing.decisions import Kind, Offer, Overflow
from queueing.expected_wait import ExpectedWait
from queueing.history import History
from queueing.router import Router
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
            "main": {
                "prompt": "menu-main",
                "options": {"1": {"label": "x", "queue": "world"}},
                "operator_queue": "support",
            }
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


def killed(router: Router, past: History) -> Router:
    """The line as a new process has it, through the text that is stored."""
    expected = ExpectedWait(History.restore(json.loads(json.dumps(past.snapshot()))))
    return Router.restore(json.loads(json.dumps(router.snapshot())), SETTINGS, expected)


class RandomFloor:
    """A line with its callers and agents; every step is checked, and done by a restored twin too."""

    def __init__(self) -> None:
        self.past = history()
        self.router = Router(SETTINGS, ExpectedWait(self.past))
        self.now = T
        self.callers = 0
        self.steps = 0
        self.passed_on: set[str] = set()
        """Calls that were passed on to an agent who was not free: the line counts on nobody for them."""
        for agent in AGENTS:
            self.do("device", agent, Device.IDLE, self.now)

    def do(self, what: str, *args: Any, twin_every: int = 1, **more: Any) -> None:
        self.steps += 1
        twin = killed(self.router, self.past) if self.steps % twin_every == 0 else None
        done = getattr(self.router, what)(*args, **more)
        if twin is not None:
            again = getattr(twin, what)(*args, **more)
            assert done == again, "killed and restored, it decides otherwise"
            assert json.dumps(self.router.snapshot(), sort_keys=True) == json.dumps(twin.snapshot(), sort_keys=True)
            assert self.router.next_timer() == twin.next_timer()
        for index, offer in enumerate(done or ()):
            if isinstance(offer, Offer):
                later = {moved.call for moved in done[index:] if isinstance(moved, Overflow)}
                self.check_offer(offer, later)
        self.check_everybody_has_one()
        self.check_no_free_agent_while_somebody_waits()

    def check_offer(self, offer: Offer, came_later: set[str]) -> None:
        """Nobody was overtaken, but those whom a limit sent to this queue after the offer."""
        mine = self.router.waiting[offer.call]
        agent = self.router.agents[offer.agent]
        assert all(mine.queue in self.router.agents[name].queues for name in offer.agents)
        assert all(self.router.agents[name].meets(mine.levels) for name in offer.agents)
        for other in self.router.waiting.values():
            if other.call in came_later or other.call in self.router.assigned:
                continue
            if other.queue not in agent.queues or not agent.meets(other.levels):
                continue
            if other.reserved_for in (None, agent.name):
                before = other.priority > mine.priority
                equal = other.priority == mine.priority
                assert not before and not (equal and other.arrived_at < mine.arrived_at), "overtaken"

    def check_everybody_has_one(self) -> None:
        for call, names in self.router.assigned.items():
            assert len(names) == len(set(names)) and (names or call in self.passed_on), "a call without an agent"
            assert all(self.router.agents[name].call == call for name in names)
            assert len(names) == 1 or not any(self.router.agents[name].talking for name in names)
        for agent in self.router.agents.values():
            assert agent.call is None or agent.name in self.router.assigned[agent.call]

    def check_no_free_agent_while_somebody_waits(self) -> None:
        for agent in self.router.agents.values():
            assert agent.mode is agent.current(self.now) or agent.mode is AgentMode.WRAP_UP or agent.since == 0.0
            if agent.mode is AgentMode.FREE:
                for entry in self.router.waiting.values():
                    if entry.call not in self.router.assigned and entry.reserved_for in (None, agent.name):
                        assert entry.queue not in agent.queues or not agent.meets(entry.levels)

        waiting = [call for call in self.router.waiting if call not in self.router.assigned]
        assert sorted(waiting) == sorted(call for queue in QUEUES for call in self.router.calls_in(queue))


class AnyDay(RuleBasedStateMachine):
    """Every order of steps that Hypothesis can think of."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = RandomFloor()

    @rule(
        queue=st.sampled_from(QUEUES),
        seconds=st.floats(0, 5),
        late=st.floats(0, 100),
        kind=st.sampled_from([Kind.CALLER, Kind.CALLER, Kind.CALLBACK]),
        needs=st.sampled_from(NEEDS),
        priority=st.sampled_from([0, 0, 3]),
        last_agent=st.sampled_from([None, *AGENTS, "nobody"]),
        number=st.sampled_from(["", "+14155550100", "+14155550101"]),
    )
    def joins(self, queue: str, seconds: float, late: float, **more: Any) -> None:
        self.floor.now += seconds
        self.floor.callers += 1
        self.floor.do("join", f"c{self.floor.callers}", queue, self.floor.now - late, self.floor.now, **more)

    @rule(agent=st.sampled_from(AGENTS), device=st.sampled_from([Device.IDLE] * 4 + list(Device)))
    def phone(self, agent: str, device: Device) -> None:
        self.floor.do("device", agent, device, self.floor.now)

    @rule(agent=st.sampled_from(AGENTS), queues=st.none() | st.lists(st.sampled_from(QUEUES), unique=True, min_size=1))
    def logs_in(self, agent: str, queues: list[str] | None) -> None:
        self.floor.do("login", agent, self.floor.now, queues)

    @rule(agent=st.sampled_from(AGENTS))
    def logs_out(self, agent: str) -> None:
        self.floor.do("logout", agent, self.floor.now)

    @rule(agent=st.sampled_from(AGENTS), reason=st.sampled_from(["coffee", "lunch"]))
    def pauses(self, agent: str, reason: str) -> None:
        self.floor.do("pause", agent, reason, self.floor.now)

    @precondition(lambda self: any(agent.paused or agent.wrap_up_until for agent in self.floor.router.agents.values()))
    @rule(agent=st.sampled_from(AGENTS))
    def resumes(self, agent: str) -> None:
        self.floor.do("resume", agent, self.floor.now)

    @precondition(lambda self: self.floor.router.assigned)
    @rule(data=st.data())
    def picks_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.floor.router.assigned)))
        agents = self.floor.router.assigned[call] or AGENTS
        self.floor.do("connected", call, data.draw(st.sampled_from(agents)), self.floor.now)

    @precondition(lambda self: self.floor.router.waiting)
    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def is_found_talking(self, data: st.DataObject, agent: str) -> None:
        self.floor.do("connected", data.draw(st.sampled_from(sorted(self.floor.router.waiting))), agent, self.floor.now)

    @precondition(lambda self: self.floor.router.assigned)
    @rule(data=st.data())
    def rings_in_vain(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(sorted(self.floor.router.assigned)))
        agents = self.floor.router.assigned[call] or tuple(AGENTS)
        missed = agents[0] if data.draw(st.booleans()) else agents
        self.floor.do("missed", call, "support", T, missed, self.floor.now)

    @precondition(lambda self: self.floor.router.waiting or self.floor.router.assigned)
    @rule(data=st.data(), cut_off=st.booleans())
    def leaves(self, data: st.DataObject, cut_off: bool) -> None:
        call = data.draw(st.sampled_from(sorted({*self.floor.router.waiting, *self.floor.router.assigned})))
        self.floor.do("leave", call, self.floor.now, cut_off=cut_off)

    @precondition(lambda self: self.floor.router.waiting)
    @rule(data=st.data(), queue=st.sampled_from(QUEUES))
    def moves(self, data: st.DataObject, queue: str) -> None:
        self.floor.do("move", data.draw(st.sampled_from(sorted(self.floor.router.waiting))), queue, self.floor.now)

    @precondition(lambda self: self.floor.router.waiting)
    @rule(data=st.data())
    def is_told(self, data: st.DataObject) -> None:
        self.floor.do("told", data.draw(st.sampled_from(sorted(self.floor.router.waiting))), self.floor.now)

    @precondition(lambda self: any(agent.talking for agent in self.floor.router.agents.values()))
    @rule(data=st.data(), wraps_up=st.booleans())
    def talk_ends(self, data: st.DataObject, wraps_up: bool) -> None:
        agent = data.draw(st.sampled_from([agent for agent in self.floor.router.agents.values() if agent.talking]))
        self.floor.do("leave", agent.call, self.floor.now)
        if not wraps_up:
            self.floor.do("resume", agent.name, self.floor.now)

    @precondition(lambda self: any(agent.talking for agent in self.floor.router.agents.values()))
    @rule(data=st.data(), to=st.sampled_from(AGENTS))
    def is_passed_on(self, data: st.DataObject, to: str) -> None:
        talks = {
            a.call for a in self.floor.router.agents.values() if a.talking and a.call in self.floor.router.assigned
        }
        call = data.draw(st.sampled_from(sorted(talks)))
        self.floor.passed_on.add(call)
        self.floor.do("passed_on", call, to, self.floor.now)

    @rule(
        queue=st.sampled_from(QUEUES),
        agents=st.lists(st.sampled_from(AGENTS), min_size=1, max_size=2, unique=True),
        talking=st.booleans(),
    )
    def is_found_with_agents(self, queue: str, agents: list[str], talking: bool) -> None:
        """A call that the line did not know, after the controller was away."""
        self.floor.callers += 1
        name, now = f"c{self.floor.callers}", self.floor.now
        self.floor.do("join", name, queue, now - 30, now, agents=agents, talking=talking, joined_at=now - 20)

    @rule(number=st.sampled_from(["+14155550100", "+14155550101"]), ago=st.floats(0, 100))
    def was_cut_off_before(self, number: str, ago: float) -> None:
        self.floor.do("keep_place", number, self.floor.now - 100 - ago, self.floor.now - ago)

    @rule(seconds=st.floats(0.1, 10) | st.floats(0.1, 100))
    def time_passes(self, seconds: float) -> None:
        self.floor.now += seconds
        self.floor.do("tick", self.floor.now)
        nothing_left = self.floor.router.next_timer()
        assert nothing_left is None or nothing_left > self.floor.now


AnyDay.TestCase.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
TestAnyDay = AnyDay.TestCase


def somebody(random: Random, floor: RandomFloor, what: str) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """What may happen next on a busy floor."""
    router, now, agent = floor.router, floor.now, random.choice(AGENTS)
    talking = [a for a in router.agents.values() if a.talking]
    ringing = [call for call in router.assigned if call in router.waiting]
    if what == "answer" and ringing:
        call = random.choice(ringing)
        return "connected", (call, random.choice(router.assigned[call]), now), {}
    if what == "end" and talking:
        return "leave", (random.choice(talking).call, now), {}
    if what == "miss" and ringing:
        call = random.choice(ringing)
        return (
            "missed",
            (call, "support", T, random.choice([router.assigned[call], router.assigned[call][:1]]), now),
            {},
        )
    if what == "give up" and router.waiting:
        return "leave", (random.choice(sorted(router.waiting)), now), {"cut_off": random.random() < 0.5}
    if what == "resume":
        return "resume", (agent, now), {}
    if what == "pause":
        return "pause", (agent, random.choice(["coffee", "lunch"]), now), {}
    if what == "shift":
        if random.random() < 0.3:
            return "logout", (agent, now), {}
        return "login", (agent, now, random.choice([None, None, random.sample(QUEUES, 2)])), {}
    if what == "phone":
        return "device", (agent, random.choice([Device.IDLE] * 5 + list(Device)), now), {}
    if what == "steal" and router.waiting:
        return "connected", (random.choice(sorted(router.waiting)), agent, now), {}
    if what == "join":
        floor.callers += 1
        more = {
            "kind": random.choice([Kind.CALLER, Kind.CALLER, Kind.CALLBACK]),
            "needs": random.choice(NEEDS),
            "priority": random.choice([0, 0, 3]),
            "last_agent": random.choice([None, *AGENTS]),
            "number": random.choice(["", "", "+14155550100", f"+1415555{floor.callers % 40 + 1000}"]),
        }
        arrived_at = now - random.choice([0.0, 0.0, random.uniform(0, 100)])
        return "join", (f"c{floor.callers}", random.choice(QUEUES), arrived_at, now), more
    return "tick", (now,), {}


WEIGHTS = {"join": 12, "answer": 12, "end": 9, "tick": 12, "resume": 8, "miss": 2, "give up": 2, "pause": 1, "shift": 2}
WEIGHTS |= {"phone": 3, "steal": 0.5}


@pytest.mark.parametrize("seed", range(6))
def test_a_long_busy_day(seed: int) -> None:
    random, floor = Random(seed), RandomFloor()
    for _ in range(2000):
        floor.now += random.choice([0.0, 0.0, random.expovariate(1 / 4)])
        what = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        name, args, more = somebody(random, floor, what)
        floor.do(name, *args, twin_every=10, **more)
        if len(floor.router.waiting) > 40:
            floor.do("leave", random.choice(sorted(floor.router.waiting)), floor.now)
    assert floor.callers > 300
