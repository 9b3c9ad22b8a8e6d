"""What agents did, change by change: compares each with what was last said of the same agent. Decides nothing.

An agent counts from the moment at which the switch has said how the agent's phone is: before that a new controller
knows nothing, and what it would say were its own restart and not the agent's doing.
"""

from dataclasses import dataclass, field, replace

from queueing.agents import Device, PoolAgent


@dataclass(frozen=True, slots=True)
class AgentChange:
    """An agent's state from `at` on; the fields are those of `calls.models.AgentStateChange`."""

    agent: str
    at: float
    state: str
    reason: str | None
    queues: tuple[str, ...]
    reachable: bool

    def says_as(self, other: "AgentChange | None") -> bool:
        """Whether nothing but the time differs."""
        return other is not None and replace(self, at=other.at) == other


@dataclass
class AgentHistory:
    """All agents of one switch."""

    _last: dict[str, AgentChange] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _look_at: set[str] = field(default_factory=set)

    def phone_reported(self, agent: str) -> None:
        """The switch has said how this agent's phone is."""
        self._known.add(agent)
        self._look_at.add(agent)

    def take(
        self, agents: dict[str, PoolAgent], changed: list[PoolAgent], left: list[PoolAgent], now: float
    ) -> list[AgentChange]:
        """Changes since this was last asked, of `changed`, of those whose phones were reported, and of those who are no
        agents any more."""
        if not (changed or left or self._look_at):
            return []
        agents = {agent.name: agent for agent in left} | agents
        changed = [*changed, *left]
        names = (self._look_at | {agent.name for agent in changed}) & self._known & agents.keys()
        self._look_at.clear()
        made = []
        for name in sorted(names):
            agent, last = agents[name], self._last.get(name)
            moved = last is None or last.state != agent.mode.value
            change = AgentChange(
                name,
                (agent.since or now) if moved else now,
                agent.mode.value,
                agent.paused,
                tuple(sorted(agent.queues)),
                agent.device is not Device.UNREACHABLE,
            )
            if not change.says_as(last):
                self._last[name] = change
                made.append(change)
        return made
