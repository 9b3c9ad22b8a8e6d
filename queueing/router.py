"""The waiting line: who waits, who is free, who gets whom next. Plain data and `now`, no I/O.

The rules:

- Callers and promises to call back wait in one line: higher priority first, then the arrival of the
  call. An agent gets the first of all queues the agent serves whose needs the agent's skills meet; the
  needs of one who waits fall with time as the settings say. A caller gets, of the free agents with the
  skills, the one whose turn it is by the queue's strategy (or several, whose phones ring together).
- A caller whose last agent is there waits some seconds for that agent alone; no longer once the agent
  pauses, leaves, or has missed the call.
- Whoever has an agent, ringing or talking, is out of the order but keeps the place until `leave`. An
  agent who misses an offer is paused (`missed`), so that the next caller does not ring an empty chair; one whose
  phone says that it is busy is left alone for a moment, and one whose phone cannot be reached has lost it.
  After a talk the agent has the queue's wrap-up time, which `resume` ends.
- So there is never a free agent while somebody waits whom that agent could serve, and nobody is overtaken
  by an equal who came later. Every method that can change who is free or waits returns the offers that
  follow; everything else that is due comes from `tick`, at `next_timer`.
- `snapshot` holds all of it: a router restored from it decides as this one would have.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from queueing import wrap_up
from queueing.agent_pool import AgentPool
from queueing.agents import AgentChoice, AgentMode, Device, PoolAgent
from queueing.announcing import Announcer
from queueing.decisions import Announcement, Decision, Kind, Offer, Overflow, Overstay
from queueing.errors import UnknownQueue
from queueing.expected_wait import ExpectedWait, ForecastOutcome, Prediction
from queueing.kept_positions import KeptPositions
from queueing.limits import limit_due, limit_reached
from queueing.matching import Matcher
from queueing.new_settings import Successor, take_agents, take_line
from queueing.timers import TimerKind, Timers
from queueing.waiting import Waiting
from ringback.config import Need, Queue, Settings

__all__ = [
    "AgentMode",
    "Announcement",
    "Decision",
    "Device",
    "Kind",
    "Offer",
    "Overflow",
    "Overstay",
    "PoolAgent",
    "Router",
]


BEREFT_PRIORITY = 1000
"""Of a caller whose agent's phone vanished: above all that settings can give."""


class Router:
    """All queues and agents of one switch."""

    def __init__(self, settings: Settings, expected: ExpectedWait | None = None) -> None:
        """Without `expected` the position alone is announced."""
        self.settings = settings
        self.expected = expected
        self._timers = Timers()
        self._pool = AgentPool(settings, self._timers, expected)
        self._matcher = Matcher(settings, self._timers, self._pool)
        self._announcer = Announcer(self._timers, self._pool, self._matcher, expected)
        self._kept_positions = KeptPositions(settings.reconnect_seconds)
        self._entries = 0
        self._begun = False

    @property
    def agents(self) -> dict[str, PoolAgent]:
        """By name, as the settings give them."""
        return self._pool.agents

    @property
    def waiting(self) -> dict[str, Waiting]:
        """Callers who wait, or hear a phone ring, by call."""
        return self._matcher.waiting

    @property
    def assigned(self) -> dict[str, tuple[str, ...]]:
        """Agents who ring for a call or talk on it, by call."""
        return self._matcher.assigned

    def take_settings(self, settings: Settings, successor: Successor, now: float) -> list[Decision]:
        """Other settings hold from now on, see `queueing/new_settings.py`. Whoever waited in a queue that is gone has
        been moved to its successor."""
        offers = self._match(now)
        self.settings = settings
        self._kept_positions.keep_for(settings.reconnect_seconds)
        agents = partial(take_agents, self._pool, self._timers, settings, now)
        moved = take_line(self._matcher, self._timers, settings, successor, agents, now)
        for entry in self.waiting.values():
            if entry.call not in self.assigned and entry.kind is Kind.CALLER:
                self._announcer.arm(entry)
                self._timers.set(TimerKind.LIMIT, entry.call, limit_due(*self._limit_facts(entry), now))
        return [*offers, *moved, *self._match(now)]

    # -- callers -----------------------------------------------------------------------------------

    def join(
        self,
        call: str,
        queue: str,
        arrived_at: float,
        now: float,
        *,
        kind: Kind = Kind.CALLER,
        priority: int = 0,
        needs: Sequence[Need] = (),
        last_agent: str | None = None,
        number: str = "",
        joined_at: float | None = None,
        agents: Sequence[str] = (),
        talking: bool = False,
    ) -> list[Offer]:
        """A caller or a promise begins to wait. Twice is once.

        `arrived_at` is when the call came, or the call that a promise is for: it decides the place. A
        number (E.164) that was cut off in the line a moment ago takes its old place. The priority is the
        highest of this one, the queue's and the number's. After a time without news a call may be found with its
        `agents` already, who ring for it or (`talking`) one of whom has it. Raises UnknownQueue.
        """
        if queue not in self.settings.queues:
            raise UnknownQueue(queue)
        if call not in self.waiting and call not in self._matcher.talking:
            given = self.settings.queues[queue]
            place = self._kept_positions.take(number, now)
            self._entries += 1
            entry = Waiting(call, queue, arrived_at if place is None else min(place, arrived_at), self._entries, now)
            entry.kind, entry.needs, entry.phone = kind, tuple(needs), number
            entry.joined_at = now if joined_at is None else joined_at
            entry.priority = max(priority, given.priority, self.settings.vips.get(number, 0))
            entry.announce_at = now + given.announce_first_seconds
            self.waiting[call] = entry
            if not self._found_with(entry, agents, talking, now):
                self._enter(entry, now, last_agent)
        return self._match(now)

    def picked_up(self, call: str, now: float) -> None:
        """The customer whom a promise was for is on the phone: from here on a caller like others."""
        entry = self.waiting.get(call) or self._matcher.talking.get(call)
        if entry is not None and entry.kind is Kind.CALLBACK:
            entry.kind, entry.joined_at = Kind.CALLER, now
            entry.announce_at = now + self.settings.queues[entry.queue].announce_first_seconds

    def leave(self, call: str, now: float, cut_off: bool = False) -> list[Offer]:
        """A caller neither waits nor talks any more; the agent is released, after a talk into wrap-up.

        `cut_off`: the caller hung up or was lost while waiting, and keeps the place for a while.
        """
        entry = self.waiting.pop(call, None)
        if entry is not None:
            if call not in self.assigned:
                self._matcher.order.remove(entry)
            self._timers.clear_call(call)
            if cut_off:
                self._kept_positions.keep(entry.phone, entry.arrived_at, now)
            self._announcer.wait_is_over(entry, False, now)
        elif self.expected is not None:
            self.expected.forget(call)  # it left while nobody looked: what was told can no longer be judged
        talked = self._matcher.talking.pop(call, None)
        for name in self.assigned.pop(call, ()):
            self._pool.release(self.agents[name], now, *self._after_talk(name, talked))
        return self._match(now)

    def missed(
        self,
        call: str,
        queue: str,
        arrived_at: float,
        agent: str | Iterable[str],
        now: float,
        *,
        busy: Iterable[str] = (),
        lost: Iterable[str] = (),
        first: bool = False,
    ) -> list[Offer]:
        """These agents did not answer: paused as missed; the caller waits on at the old place.

        The phones of `busy` were in use and those of `lost` could not be reached, or vanished in the talk. Others
        who rang for the same call are released as they were. `first`: served before everybody else.
        """
        named = {agent} if isinstance(agent, str) else set(agent)
        if (talked := self._matcher.talking.pop(call, None)) is not None:
            self.waiting[call] = talked
        entry = self.waiting.get(call)
        was_assigned = self.assigned.pop(call, None)
        for name in was_assigned or ():
            known = self.agents[name]
            if name in lost and not (known.talking and known.device is Device.IDLE):  # that one is back already
                self._pool.phone_lost(known, now)
            elif name in busy:
                self._pool.engaged(known, now)
            elif name in named:
                self._pool.set_pause(known, "missed", now)
            self._pool.release(known, now)
        for name in self.agents.keys() & set(lost) - set(was_assigned or ()):  # released already, as after a talk
            if self.agents[name].device is not Device.IDLE:
                self._pool.phone_lost(self.agents[name], now)
        if entry is None:
            return self.join(call, queue, arrived_at, now, priority=BEREFT_PRIORITY if first else 0)
        if was_assigned is not None or talked is not None:
            entry.priority = BEREFT_PRIORITY if first else entry.priority
            self._enter(entry, now)
        return self._match(now)

    def connected(self, call: str, agent: str, now: float) -> list[Offer]:
        """The two talk; whoever else rang for the call is released.

        Also said of a call that was found talking after the controller was away.
        """
        entry = self.waiting.pop(call, None)
        if entry is not None:
            if call not in self.assigned:
                self._matcher.order.remove(entry)
            self._timers.clear_call(call)
            self._announcer.wait_is_over(entry, True, now)
            self._matcher.talking[call] = entry
        talked = self._matcher.talking.get(call)
        for name in self.assigned.pop(call, ()):
            if name != agent:
                self._pool.release(self.agents[name], now, *self._after_talk(name, talked))
        known = self.agents.get(agent)
        if known is not None:
            if known.call not in (None, call):
                bereft = self._matcher.lose(known, now)
                if bereft is not None:
                    self._enter(bereft, now)
            self.assigned[call] = (agent,)
            self._pool.talk(known, call, None if talked is None else talked.queue, now)
        return self._match(now)

    def passed_on(self, call: str, agent: str, now: float) -> list[Offer]:
        """Whoever talked has passed the call on to `agent`, whose phone rings: `connected` or `missed` follow.

        An agent who is not free rings all the same, as the switch can; the line does not count on it.
        """
        talked = self._matcher.talking.pop(call, None)
        if talked is not None:
            self.waiting[call] = talked
        for name in self.assigned.pop(call, ()):
            self._pool.release(self.agents[name], now, *self._after_talk(name, talked))
        target = self.agents.get(agent)
        takes = target is not None and target.mode is AgentMode.FREE
        self.assigned[call] = (agent,) if takes else ()
        if target is not None and takes:
            self._pool.ring(target, call, now)
        return self._match(now)

    def move(self, call: str, queue: str, now: float) -> list[Offer]:
        """A caller who waits goes to another queue and keeps the place. Raises UnknownQueue."""
        if queue not in self.settings.queues:
            raise UnknownQueue(queue)
        entry = self.waiting.get(call)
        if entry is not None and call not in self.assigned and entry.queue != queue:
            self._matcher.order.remove(entry)
            entry.queue, entry.joined_at = queue, now
            self._enter(entry, now)
        return self._match(now)

    def told(self, call: str, now: float) -> None:
        """Something else is said to a caller who waits: announcements keep away from it."""
        entry = self.waiting.get(call)
        if entry is not None and call not in self.assigned:
            self._announcer.told(entry, now)

    def unsaid(self, call: str) -> None:
        """What was to be announced to a caller could not be said: it counts for nothing."""
        if self.expected is not None:
            self.expected.take_back(call)

    def kept_place(self, number: str, now: float) -> float | None:
        """The arrival of the call that `number` (E.164) was cut off from lately: `join` takes it; None: none."""
        return self._kept_positions.kept(number, now)

    def keep_place(self, number: str, arrived_at: float, cut_off_at: float) -> None:
        """Somebody was cut off before this line began: said in the order in which it happened."""
        self._kept_positions.keep(number, arrived_at, cut_off_at)

    def is_staffed(self, queue: str) -> bool:
        """Whether anybody of the queue is logged in with a phone that can be reached."""
        return bool(self._pool.present.get(queue))

    def position(self, call: str) -> int | None:
        """The place in the queue, 1 is next; None: does not wait."""
        entry = self.waiting.get(call)
        return None if entry is None or call in self.assigned else self._matcher.order.ahead(entry.queue, entry.key) + 1

    def prediction(self, call: str, now: float) -> Prediction | None:
        """How much longer this call waits; None: does not wait, or it is not known."""
        position = self.position(call)
        if position is None or self.expected is None:
            return None
        return self.expected.predict(self._announcer.situation(self.waiting[call], position, now), now)

    def calls_in(self, queue: str) -> list[str]:
        """Calls that wait in a queue without an agent, next first."""
        return self._matcher.order.of(queue)

    # -- agents ------------------------------------------------------------------------------------

    def device(self, agent: str, device: Device, now: float) -> list[Offer]:
        """The switch says how an agent's phone is."""
        known = self.agents.get(agent)
        if known is not None:
            self._pool.device(known, device, now)
        return self._match(now)

    def phone_seen(self, agent: str, now: float) -> list[Offer]:
        """An agent's phone has registered."""
        known = self.agents.get(agent)
        if known is not None:
            self._pool.phone_seen(known, now)
        return self._match(now)

    def login(self, agent: str, now: float, queues: list[str] | None = None) -> list[Offer]:
        """The agent takes calls of these queues; None: of those the settings give. Said again, changes them.

        Raises UnknownAgent, UnknownQueue.
        """
        self._pool.login(agent, queues, now)
        return self._match(now)

    def take_up(self, left: AgentChoice, now: float) -> list[Offer]:
        """An agent goes on as before a restart; queues and agents that the settings have no more are left out."""
        if left.agent not in self.agents:
            return []
        queues = [queue for queue in left.queues or () if queue in self.settings.queues]
        self._pool.login(left.agent, queues or None, now)
        agent = self.agents[left.agent]
        if left.paused is not None:
            self._pool.set_pause(agent, left.paused, now, since=left.since)
        if left.lost:
            self._pool.phone_lost(agent, now)
        if left.logged_out:
            self._pool.logout(left.agent, now)
        if left.wrapping_up and left.since is not None:
            self._pool.wrap_up(agent, left.since + wrap_up.longest(self.settings, agent), now)
        return self._match(now)

    def logout(self, agent: str, now: float) -> list[Offer]:
        """No calls until the next login; a talk that goes on is finished first. Raises UnknownAgent."""
        self._pool.logout(agent, now)
        return self._match(now)

    def pause(self, agent: str, pause_code: str, now: float) -> list[Offer]:
        """No offers for this agent until `resume`. Raises UnknownAgent."""
        self._pool.set_pause(self._pool.named(agent), pause_code, now)
        return self._match(now)

    def disposed(self, agent: str, now: float) -> list[Offer]:
        """The agent has said how the call went. Raises UnknownAgent."""
        self._pool.disposed(self._pool.named(agent), now)
        return self._match(now)

    def resume(self, agent: str, now: float) -> list[Offer]:
        """The agent takes calls again, wrap-up or not, unless it waits for a disposition. Raises UnknownAgent."""
        if (known := self._pool.named(agent)).wrap_up_least is None:
            self._pool.end_wrap_up(known)
        self._pool.set_pause(known, None, now)
        return self._match(now)

    def take_changes(self) -> list[PoolAgent]:
        """Agents whose mode, pause or queues have changed since the last time this was asked."""
        changed, self._pool.changed = self._pool.changed, set()
        return [self.agents[name] for name in sorted(changed)]

    def take_left(self) -> list[PoolAgent]:
        """Agents whom the settings have no more and who are gone, since the last time this was asked."""
        return self._pool.take_left()

    def take_outcomes(self) -> list[ForecastOutcome]:
        """Expected waits with the waits that followed, since the last time this was asked."""
        return self.expected.take_outcomes() if self.expected is not None else []

    # -- time --------------------------------------------------------------------------------------

    def next_timer(self) -> float | None:
        """When `tick` has something to do; None: not before something else happens."""
        return self._timers.next()

    def tick(self, now: float) -> list[Decision]:
        """Does what is due: ends wrap-up, widens needs, sends callers on, says what is to be announced."""
        out: list[Decision] = [*self._match(now)]
        announce: list[str] = []
        while due := self._timers.take_due(now):
            limits: list[str] = []
            for kind, name in due:
                match kind:
                    case TimerKind.WRAP_UP:
                        self._pool.end_wrap_up(self.agents[name])
                        self._pool.note(self.agents[name], now)
                    case TimerKind.ENGAGED:
                        self._pool.end_engaged(self.agents[name])
                        self._pool.note(self.agents[name], now)
                    case TimerKind.OVERSTAY:
                        agent = self.agents[name]
                        out.append(Overstay(name, agent.paused or "", agent.paused_at or now))
                    case TimerKind.WIDEN | TimerKind.HOLD:
                        self._matcher.reconsider(self.waiting[name], now, still_reserved=kind == TimerKind.WIDEN)
                    case TimerKind.NO_AGENTS:
                        limits += self._matcher.order.of(name)
                    case TimerKind.LIMIT:
                        limits.append(name)
                    case TimerKind.ANNOUNCE:
                        announce.append(name)
            out += self._match(now)
            for call in limits:
                out += self._send_on(call, now)
            out += self._match(now)
        return out + self._announcer.announce(announce, now)

    # -- to survive --------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """All that `restore` needs, as JSON-ready data."""
        return {
            **self._pool.snapshot(),
            **self._matcher.snapshot(),
            "timers": self._timers.snapshot(),
            "places": self._kept_positions.snapshot(),
            "entries": self._entries,
            "begun": self._begun,
            "expected": None if self.expected is None else self.expected.snapshot(),
        }

    @classmethod
    def restore(cls, data: dict[str, Any], settings: Settings, expected: ExpectedWait | None = None) -> "Router":
        """The router as it was when `snapshot` was taken. `expected` is a new one with the history."""
        router = cls(settings, expected)
        router._pool.restore(data)
        router._matcher.restore(data)
        router._timers.restore(data["timers"])
        router._kept_positions.restore(data["places"])
        router._entries, router._begun = data["entries"], data["begun"]
        if expected is not None and data["expected"] is not None:
            expected.restore(data["expected"])
        return router

    # -- between -----------------------------------------------------------------------------------

    def _match(self, now: float) -> list[Offer]:
        if not self._begun:
            self._begun = True
            self._pool.note_all(now)
        return self._matcher.match(now)

    def _enter(self, entry: Waiting, now: float, last_agent: str | None = None) -> None:
        """Puts one who waits into the order, and sets what time will change about it."""
        self._matcher.enter(entry, now, last_agent)
        if entry.kind is Kind.CALLER:
            self._announcer.arm(entry)
            self._timers.set(TimerKind.LIMIT, entry.call, limit_due(*self._limit_facts(entry), now))

    def _found_with(self, entry: Waiting, agents: Sequence[str], talking: bool, now: float) -> bool:
        """Gives an entry the agents that it was found with; False: none of them can have it."""
        free = [name for name in agents if name in self.agents and self.agents[name].call in (None, entry.call)]
        if not free:
            return False
        if talking:
            self._matcher.talking[entry.call] = self.waiting.pop(entry.call)
            self.assigned[entry.call] = (free[0],)
            self._pool.talk(self.agents[free[0]], entry.call, entry.queue, now)
            return True
        self.assigned[entry.call] = tuple(free)
        for name in free:
            self._pool.ring(self.agents[name], entry.call, now)
        return True

    def _after_talk(self, name: str, talked: Waiting | None) -> tuple[float | None, float]:
        return wrap_up.after_talk(self.settings, self.agents[name], None if talked is None else talked.queue)

    def _limit_facts(self, entry: Waiting) -> tuple[Queue, Waiting, int, float | None]:
        ahead = self._matcher.order.ahead(entry.queue, entry.key)
        return self._matcher.queue(entry), entry, ahead, self._pool.empty_since.get(entry.queue)

    def _send_on(self, call: str, now: float) -> list[Decision]:
        """What the limits say of one who waits."""
        entry = self.waiting.get(call)
        if entry is None or call in self.assigned or entry.kind is not Kind.CALLER:
            return []
        reached = None if entry.queue in entry.limits_told else limit_reached(*self._limit_facts(entry), now)
        if reached is None:
            self._timers.set(TimerKind.LIMIT, call, limit_due(*self._limit_facts(entry), now))
            return []
        reason, limit = reached
        queue = entry.queue
        entry.limits_told.append(queue)
        if limit.to in entry.limits_told:
            return []  # that queue could not serve the caller either: the wait goes on where it is
        if limit.to in self.settings.queues:
            offers = self.move(call, limit.to, now)
        else:
            offers = []
            self._announcer.told(entry, now)
        return [Overflow(call, limit.to, reason, queue), *offers]
