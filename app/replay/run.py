"""The replay: callers and agents of the past, in the order of time, in two worlds at once.

One world has the settings under which the calls were made, the other the new ones. What the replay gets wrong it gets
wrong in both, so the difference between the two is what the settings make; beside them stands what really happened.
Both are taken through time together, so only calls that go on are kept.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from sqlalchemy.orm import Session

from app.replay.matching import MenuMatcher
from app.replay.plans import AgentElsewhere, AgentWas, CallerPlan, CallOutcome
from app.replay.reading import PastReader
from app.replay.report import ReplayReport
from app.replay.world import ReplayWorld
from ringback.config import Settings

WARM_UP = timedelta(hours=1)
"""Replayed before the time that is asked for, so that those who wait at its beginning are there; not counted."""
STEP_SECONDS = 600.0
LAST_STEPS = 24
"""After the last call came, until whoever is still there hangs up."""


@dataclass
class _Pair:
    """A call until it is over in both worlds."""

    plan: CallerPlan
    outcomes: dict[int, CallOutcome] = field(default_factory=dict)


@dataclass
class ReplayDone:
    """What came of a replay, with what has to be known to read it."""

    report: ReplayReport
    left_out: Counter[str]
    """Calls that were not replayed, by why."""
    odd_times: int
    endless: int
    """Calls that would have gone on for hours after the last one came: they hung up then."""
    how: Counter[str]
    """Keys in the new menus, by the rule that found them."""
    strangers: list[str]
    """Agents of the new settings of whom the past says nothing: they take no call."""


class Replay:
    """One replay of one time."""

    def __init__(
        self,
        session: Session,
        before: Settings,
        after: Settings,
        since: datetime,
        until: datetime,
        *,
        line: str | None = None,
        longer: float = 30.0,
    ) -> None:
        self._since = since.timestamp()
        self._reader = PastReader(session, before, since - WARM_UP, until)
        self._report = ReplayReport(longer, line)
        self._pairs: dict[str, _Pair] = {}
        self._endless = 0
        self._agents: dict[str, tuple[object, ...]] = {}
        self._usual: dict[str, frozenset[str]] = {
            agent.name: frozenset(name for name, queue in before.queues.items() if agent.name in queue.agents)
            for agent in before.agents
        }
        start = (since - WARM_UP).timestamp()
        self._worlds = [
            ReplayWorld(settings, MenuMatcher(before, settings), start, partial(self._done, place))
            for place, settings in enumerate((before, after))
        ]

    def run(self) -> ReplayDone:
        """Raises what the store raises; writes nothing."""
        for was in filter(self._is_news, self._reader.agents_before()):
            self._agent_is(was)
        agents = filter(self._is_news, self._reader.agents())
        for item in heapq.merge(self._reader.calls(), agents, key=attrgetter("at")):
            for world in self._worlds:
                world.run_to(item.at)
            self._happens(item)
        self._let_end()
        known = self._reader.known_agents()
        after = self._worlds[1]
        return ReplayDone(
            self._report,
            self._reader.left_out,
            self._reader.odd_times,
            self._endless,
            after.how,
            sorted(agent.name for agent in after.settings.agents if agent.name not in known),
        )

    def _happens(self, item: CallerPlan | AgentElsewhere | AgentWas) -> None:
        match item:
            case CallerPlan():
                self._pairs[item.call_id] = _Pair(item)
                for world in self._worlds:
                    world.arrive(item)
            case AgentElsewhere():
                for world in self._worlds:
                    world.agent_elsewhere(item)
            case AgentWas():
                self._agent_is(item)

    def _is_news(self, was: AgentWas) -> bool:
        """Whether the agent did something: what calls make of an agent is for the replay to make anew."""
        before, self._agents[was.agent] = self._agents.get(was.agent), was.choice
        return before != was.choice

    def _agent_is(self, was: AgentWas) -> None:
        usual = was.queues == self._usual.get(was.agent)
        for world in self._worlds:
            world.agent_is(was, usual=usual)

    def _let_end(self) -> None:
        for _ in range(LAST_STEPS):
            if not self._pairs:
                return
            for world in self._worlds:
                world.run_to(world.now + STEP_SECONDS)
        self._endless = len(self._pairs)
        for world in self._worlds:
            world.hang_up_all()
            world.run_to(world.now + STEP_SECONDS)

    def _done(self, world: int, call_id: str, outcome: CallOutcome) -> None:
        pair = self._pairs[call_id]
        pair.outcomes[world] = outcome
        if len(pair.outcomes) == len(self._worlds):
            del self._pairs[call_id]
            if pair.plan.at >= self._since:
                self._report.add(pair.plan, pair.outcomes[0], pair.outcomes[1])
