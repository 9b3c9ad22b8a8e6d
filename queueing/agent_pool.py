"""The agents' side of the line: who is free, who is at work for a queue, how long each has talked today.

Owns what follows when an agent's state changes: `note` compares the mode with the one before and keeps
every index in step. Leaves to `queueing/router.py` who gets whom.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from queueing.agents import AT_WORK, AgentMode, Device, FreeAgents, Levels, PoolAgent
from queueing.errors import UnknownAgent, UnknownQueue
from queueing.expected_wait import ExpectedWait
from queueing.timers import TimerKind, Timers
from ringback.config import Queue, Settings

ENGAGED_SECONDS = 10.0
"""An agent whose phone said that it is busy is left alone for so long."""
_HANDLING = frozenset({AgentMode.TALKING, AgentMode.WRAP_UP, AgentMode.BUSY})


class AgentPool:
    """All agents of one switch."""

    def __init__(self, settings: Settings, timers: Timers, expected: ExpectedWait | None) -> None:
        self.settings = settings
        self.agents: dict[str, PoolAgent] = {}
        self.free = FreeAgents()
        self.fresh: dict[str, None] = {}
        """Agents who have become free and for whom nobody has been looked for yet."""
        self.gone: list[str] = []
        """Agents who will not take a call soon any more: who waits for them alone need not."""
        self.changed: set[str] = set()
        self.leaving: set[str] = set()
        """Agents whom the settings have no more, and who have a call yet."""
        self._left: list[PoolAgent] = []
        self.present: dict[str, set[str]] = {name: set() for name in settings.queues}
        """By queue: agents logged in with a phone that can be reached."""
        self.at_work: dict[str, set[str]] = {name: set() for name in settings.queues}
        """By queue: agents who have a call or will take one soon."""
        self.empty_since: dict[str, float] = dict.fromkeys(settings.queues, 0.0)
        """By queue that nobody is present for: since when."""
        self._timers = timers
        self._expected = expected
        self._day_ends = 0.0
        self._kept: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for given in settings.agents:
            self.agents[given.name] = PoolAgent(given.name, self.queues_of(given.name), skills=dict(given.skills))
            self.changed.add(given.name)

    def queues_of(self, agent: str) -> frozenset[str]:
        """The queues that the settings give to an agent."""
        return frozenset(name for name, queue in self.settings.queues.items() if agent in queue.agents)

    def named(self, agent: str) -> PoolAgent:
        """Raises UnknownAgent."""
        known = self.agents.get(agent)
        if known is None:
            raise UnknownAgent(agent)
        return known

    # -- what an agent does ------------------------------------------------------------------------

    def login(self, name: str, queues: list[str] | None, now: float) -> None:
        """Takes calls of these queues; None: those of the settings. Ends a pause only where it is a new shift."""
        agent = self.named(name)
        for queue in queues or ():
            if queue not in self.settings.queues:
                raise UnknownQueue(queue)
        if agent.mode is AgentMode.FREE:
            self.free.remove(agent)
        if not agent.logged_in:
            agent.paused, agent.paused_at, agent.talked, agent.counted_from = None, None, 0.0, now
            self._timers.set(TimerKind.OVERSTAY, name, None)
        agent.lost = False
        agent.logged_in, agent.chosen = True, None if queues is None else frozenset(queues)
        agent.queues = self.queues_of(name) if agent.chosen is None else agent.chosen
        if agent.mode is AgentMode.FREE:
            self.free.add(agent)
            self.fresh[name] = None
        self.gone.append(name)
        self.changed.add(name)
        self.note(agent, now)

    def logout(self, name: str, now: float) -> None:
        """Takes no calls until the next login; a talk that goes on is finished first."""
        agent = self.named(name)
        agent.logged_in, agent.paused, agent.paused_at = False, None, None
        self._timers.set(TimerKind.OVERSTAY, name, None)
        self.end_wrap_up(agent)
        self.changed.add(name)
        self.note(agent, now)

    def set_pause(self, agent: PoolAgent, pause_code: str | None, now: float, since: float | None = None) -> None:
        """Pauses, changes its code, or (None) ends the pause. `since`: it has gone on since then."""
        if pause_code is None or pause_code != agent.paused:
            began = now if since is None else min(since, now)
            agent.paused_at = None if pause_code is None else began
            limit = None if pause_code is None else self.settings.pause_limits.get(pause_code)
            self._timers.set(TimerKind.OVERSTAY, agent.name, None if limit is None else began + limit)
        agent.paused = pause_code
        self.changed.add(agent.name)
        self.note(agent, now)

    def device(self, agent: PoolAgent, device: Device, now: float) -> None:
        """The switch says how the phone is: one that is there is not lost.

        One that has just said it is busy is idle to the switch, which knows its own calls alone.
        """
        agent.device = device
        if device is not Device.UNREACHABLE and agent.call is None:
            agent.lost = False
        self.note(agent, now)

    def phone_seen(self, agent: PoolAgent, now: float) -> None:
        """The phone has registered: whatever was wrong with it is over."""
        agent.lost = False
        self.note(agent, now)

    def phone_lost(self, agent: PoolAgent, now: float) -> None:
        """The phone could not be reached or vanished, whatever the switch still says of it."""
        agent.lost = True
        self.note(agent, now)

    def engaged(self, agent: PoolAgent, now: float) -> None:
        """The phone said that it is busy: nobody's fault."""
        agent.engaged_until = now + ENGAGED_SECONDS
        self._timers.set(TimerKind.ENGAGED, agent.name, agent.engaged_until)
        self.note(agent, now)

    def end_engaged(self, agent: PoolAgent) -> None:
        """`note` must follow."""
        agent.engaged_until = None
        self._timers.set(TimerKind.ENGAGED, agent.name, None)

    def ring(self, agent: PoolAgent, call: str, now: float) -> None:
        """The phone rings for this call."""
        agent.call, agent.talking = call, False
        self.note(agent, now)

    def talk(self, agent: PoolAgent, call: str, queue: str | None, now: float) -> None:
        """The agent talks; a second word of the same talk changes nothing."""
        if agent.call == call and agent.talking:
            return
        self._roll_day(now)
        agent.call, agent.talking, agent.busy_since, agent.busy_queue = call, True, now, queue
        self.end_wrap_up(agent)
        self.note(agent, now)

    def release(self, agent: PoolAgent, now: float, wrap_up: float | None = None, grace: float = 0) -> None:
        """The agent has no call any more; after a talk `wrap_up` seconds follow, and at the most `grace` more until it
        is said how the call went (`disposition_required`)."""
        is_said = agent.disposed is not None and agent.disposed == agent.call
        if agent.talking and agent.busy_since is not None:
            self._roll_day(now)
            agent.talked += now - agent.busy_since
        agent.call, agent.talking = None, False
        if wrap_up is None:
            self.note(agent, now)
        else:
            agent.wrap_up_least = now + wrap_up if grace and not is_said else None
            self.wrap_up(agent, now + wrap_up + (0 if is_said else grace), now)

    def disposed(self, agent: PoolAgent, now: float) -> None:
        """It is said how the agent's call went: a wrap-up that waits for it ends in its usual time."""
        if agent.talking:
            agent.disposed = agent.call
        elif agent.wrap_up_least is not None:
            until, agent.wrap_up_least = max(agent.wrap_up_least, now), None
            self.wrap_up(agent, until, now)

    def wrap_up(self, agent: PoolAgent, until: float, now: float) -> None:
        """The agent has time for the work after a talk."""
        agent.wrap_up_until = until
        self._timers.set(TimerKind.WRAP_UP, agent.name, until)
        self.note(agent, now)

    def end_wrap_up(self, agent: PoolAgent) -> None:
        """The time after the talk is over; `note` must follow."""
        agent.wrap_up_until = agent.wrap_up_least = None
        self._timers.set(TimerKind.WRAP_UP, agent.name, None)

    # -- other settings (`queueing/new_settings.py`) -----------------------------------------------

    def take_queues(self, now: float) -> None:
        """Indexes of queues that are there no more go, those of new ones begin empty."""
        queues = self.settings.queues.keys()
        for index in (self.present, self.at_work):
            for gone in index.keys() - queues:
                del index[gone]
            for new in queues - index.keys():
                index[new] = set()
        for gone in self.empty_since.keys() - queues:
            del self.empty_since[gone]
            self._timers.set(TimerKind.NO_AGENTS, gone, None)
        for queue in queues - self.empty_since.keys():
            if not self.present[queue]:
                self.empty_since[queue] = now
        self._kept = {name: (present & queues, at_work & queues) for name, (present, at_work) in self._kept.items()}

    def watch_empty(self, now: float) -> None:
        """Limits of queues that nobody is present for may be others."""
        for queue, since in self.empty_since.items():
            limit = self.settings.queues[queue].no_agents
            self._timers.set(TimerKind.NO_AGENTS, queue, None if limit is None else max(now, since + limit.seconds))

    def forget_day(self, now: float) -> None:
        """The day ends by another clock."""
        self._day_ends = now

    def forget_gone(self, now: float) -> None:
        """Agents who leave go once they have no call."""
        if not self.leaving:
            return
        for agent in [self.agents[name] for name in self.leaving if self.agents[name].call is None]:
            self.note(agent, now)
            self.leaving.remove(agent.name)
            del self.agents[agent.name]
            self._kept.pop(agent.name, None)
            self.changed.discard(agent.name)
            self.fresh.pop(agent.name, None)
            for kind in (TimerKind.OVERSTAY, TimerKind.WRAP_UP, TimerKind.ENGAGED):
                self._timers.set(kind, agent.name, None)
            self._left.append(agent)

    def take_left(self) -> list[PoolAgent]:
        """Those who went since this was asked last."""
        left, self._left = self._left, []
        return left

    # -- which agent -------------------------------------------------------------------------------

    def choose(self, queue: Queue, name: str, levels: Levels, now: float) -> PoolAgent | None:
        """The free agent whose turn it is by the queue's strategy, among those with the skills."""
        able = (self.agents[agent] for agent in self.free.of(name) if self.agents[agent].meets(levels))
        if queue.strategy == "longest-idle":
            return next(able, None)
        self._roll_day(now)
        return min(able, key=lambda agent: (agent.talk_share(now), agent.idle_since, agent.name), default=None)

    def _roll_day(self, now: float) -> None:
        if now < self._day_ends:
            return
        midnight = datetime.fromtimestamp(now, ZoneInfo(self.settings.timezone)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        self._day_ends = (midnight + timedelta(days=1)).timestamp()
        for agent in self.agents.values():
            agent.talked = 0.0
            agent.counted_from = max(agent.counted_from or 0.0, midnight.timestamp())

    # -- keeping in step ---------------------------------------------------------------------------

    def note_all(self, now: float) -> None:
        """The first look at everybody."""
        for agent in self.agents.values():
            agent.counted_from = now if agent.counted_from is None else agent.counted_from
            self.note(agent, now)

    def note(self, agent: PoolAgent, now: float) -> None:
        """Something about the agent may have changed: everything that is kept by mode follows."""
        mode = agent.current(now)
        self._keep_indexes(agent, mode, now)
        if mode is agent.mode and agent.since != 0.0:
            return
        before, agent.mode, agent.since = agent.mode, mode, now
        self.changed.add(agent.name)
        if before is AgentMode.FREE:
            self.free.remove(agent)
        if mode is AgentMode.FREE:
            if before is not AgentMode.RINGING:
                agent.idle_since = now
            self.free.add(agent)
            self.fresh[agent.name] = None
        elif mode not in AT_WORK:
            self.gone.append(agent.name)
        if agent.busy_since is not None and mode not in _HANDLING:
            if self._expected is not None and agent.busy_queue is not None:
                self._expected.handled(agent.busy_queue, now - agent.busy_since, now)
            agent.busy_since = agent.busy_queue = None

    def _keep_indexes(self, agent: PoolAgent, mode: AgentMode, now: float) -> None:
        nowhere: frozenset[str] = frozenset()
        present = agent.queues if agent.present else nowhere
        at_work = agent.queues if mode in AT_WORK else nowhere
        kept = self._kept.get(agent.name, (nowhere, nowhere))
        if kept == (present, at_work):
            return
        self._kept[agent.name] = (present, at_work)
        for queue in kept[0] ^ present:
            self.present[queue].symmetric_difference_update({agent.name})
            self._note_empty(queue, now)
        for queue in kept[1] ^ at_work:
            self.at_work[queue].symmetric_difference_update({agent.name})
            if self._expected is not None:
                self._expected.staffed(queue, len(self.at_work[queue]), now)

    def _note_empty(self, queue: str, now: float) -> None:
        if self.present[queue]:
            self.empty_since.pop(queue, None)
            self._timers.set(TimerKind.NO_AGENTS, queue, None)
        elif queue not in self.empty_since:
            self.empty_since[queue] = now
            limit = self.settings.queues[queue].no_agents
            self._timers.set(TimerKind.NO_AGENTS, queue, None if limit is None else now + limit.seconds)

    # -- to survive --------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready."""
        agents = {}
        for agent in self.agents.values():
            data = {key: getattr(agent, key) for key in agent.__slots__ if key not in ("queues", "skills")}
            data["chosen"] = None if agent.chosen is None else sorted(agent.chosen)
            agents[agent.name] = data
        return {"agents": agents, "empty_since": dict(self.empty_since), "day_ends": self._day_ends}

    def restore(self, data: dict[str, Any]) -> None:
        """Everybody as they were; agents and queues that the settings have no more are left out."""
        for name, agent in self.agents.items():
            if name not in data["agents"]:
                continue
            for key, value in data["agents"][name].items():
                setattr(agent, key, value)
            agent.device, agent.mode = Device(agent.device), AgentMode(agent.mode)
            if agent.chosen is not None:
                agent.chosen = frozenset(agent.chosen) & self.settings.queues.keys()
                agent.queues = agent.chosen
            if agent.busy_queue not in self.settings.queues:
                agent.busy_queue = None
            if agent.mode is AgentMode.FREE:
                self.free.add(agent)
            self._restore_indexes(agent)
        self._day_ends = data["day_ends"]
        self.empty_since = {
            queue: data["empty_since"].get(queue, 0.0) for queue in self.settings.queues if not self.present[queue]
        }

    def _restore_indexes(self, agent: PoolAgent) -> None:
        present = agent.queues if agent.present else frozenset()
        at_work = agent.queues if agent.mode in AT_WORK else frozenset()
        self._kept[agent.name] = (present, at_work)
        for queue in present:
            self.present[queue].add(agent.name)
        for queue in at_work:
            self.at_work[queue].add(agent.name)
