"""Other queues, agents and rules while people wait and talk: what becomes of whom.

The rules:

- Who waits keeps the place. Who waits in a queue that the settings have no more goes on in the one that its line leads
  to instead, at the place of the arrival; so does who talks, as far as the line is concerned: the talk goes on.
- An agent whom the settings have no more gets no call from now on; a call that the agent has, ringing or talking, is
  finished first. Then the line forgets the agent. One who is new comes as at a start: with a phone that is to be
  heard of.
- What agents chose at their login stays, as far as the queues are there. Pauses and wrap-up go on.
- Needs and limits are those of the new settings at once; a priority stays as the caller came with it.
"""

from collections.abc import Callable

from queueing.agent_pool import AgentPool
from queueing.agents import AgentMode, PoolAgent
from queueing.decisions import Kind, Overflow, Reason
from queueing.matching import Matcher
from queueing.timers import TimerKind, Timers
from queueing.waiting import Waiting
from ringback.config import Settings

Successor = Callable[[str, str], str]
"""(call, queue that is gone) -> the queue that takes its place."""


def take_line(
    matcher: Matcher,
    timers: Timers,
    settings: Settings,
    successor: Successor,
    change_agents: Callable[[], None],
    now: float,
) -> list[Overflow]:
    """Who waits is out of the order while the agents change (`change_agents`), and in it again afterwards."""
    entries = [*matcher.waiting.values(), *matcher.talking.values()]
    in_order = [entry for entry in matcher.waiting.values() if entry.call not in matcher.assigned]
    for entry in in_order:
        matcher.order.remove(entry)
    moved: list[Overflow] = []
    for entry in entries:
        if entry.queue not in settings.queues:
            gone, entry.queue = entry.queue, successor(entry.call, entry.queue)
            if entry.call in matcher.waiting and entry.call not in matcher.assigned:
                entry.joined_at = now
                if entry.kind is Kind.CALLER:
                    moved.append(Overflow(entry.call, entry.queue, Reason.QUEUE_GONE, gone))
    change_agents()
    matcher.take_settings(settings)
    for entry in in_order:
        if entry.reserved_for is not None and not _may_have(matcher, entry):
            entry.reserved_for = None
            timers.set(TimerKind.HOLD, entry.call, None)
        matcher.put_again(entry, now)
    return moved


def _may_have(matcher: Matcher, entry: Waiting) -> bool:
    agent = matcher.agent(entry.reserved_for)
    return agent is not None and entry.queue in agent.queues


def take_agents(pool: AgentPool, timers: Timers, settings: Settings, now: float) -> None:
    """Nobody waits in the order meanwhile."""
    before, pool.settings = pool.settings, settings
    free = [agent for agent in pool.agents.values() if agent.mode is AgentMode.FREE]
    for agent in free:
        pool.free.remove(agent)
    pool.take_queues(now)
    given = {agent.name: agent for agent in settings.agents}
    for name, agent in pool.agents.items():
        if name not in given:
            pool.leaving.add(name)
            _leave(agent, timers)
            continue
        if name in pool.leaving:
            pool.leaving.remove(name)
            agent.logged_in = True
        agent.skills = dict(given[name].skills)
        chosen = None if agent.chosen is None else agent.chosen & settings.queues.keys()
        agent.chosen = chosen or None
        agent.queues = pool.queues_of(name) if agent.chosen is None else agent.chosen
        agent.busy_queue = agent.busy_queue if agent.busy_queue in settings.queues else None
        _watch_pause(agent, timers, before, settings, now)
        pool.changed.add(name)
    for name in given.keys() - pool.agents.keys():
        pool.agents[name] = PoolAgent(name, pool.queues_of(name), skills=dict(given[name].skills), counted_from=now)
    for agent in free:
        pool.free.add(agent)
        pool.fresh[agent.name] = None
    if before.timezone != settings.timezone:
        pool.forget_day(now)
    for name in [*pool.agents]:
        pool.gone.append(name)
        pool.note(pool.agents[name], now)
    pool.forget_gone(now)
    pool.watch_empty(now)


def _leave(agent: PoolAgent, timers: Timers) -> None:
    agent.logged_in = False
    agent.paused = agent.paused_at = agent.chosen = agent.busy_queue = agent.wrap_up_until = None
    agent.queues = frozenset()
    for kind in (TimerKind.OVERSTAY, TimerKind.WRAP_UP, TimerKind.ENGAGED):
        timers.set(kind, agent.name, None)


def _watch_pause(agent: PoolAgent, timers: Timers, before: Settings, settings: Settings, now: float) -> None:
    """A pause that goes on has the limit of now; one that was reported is not reported twice."""
    if agent.paused is None or agent.paused_at is None:
        return
    old, new = (each.pause_limits.get(agent.paused) for each in (before, settings))
    told = old is not None and now >= agent.paused_at + old
    if old != new and not told:
        timers.set(TimerKind.OVERSTAY, agent.name, None if new is None else max(now, agent.paused_at + new))
