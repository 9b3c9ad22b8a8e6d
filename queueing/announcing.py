"""What callers in the line are told, and when: first, then every so often, never twice in quick succession."""

from queueing.agent_pool import AgentPool
from queueing.agents import AgentMode, Levels
from queueing.decisions import Announcement, Kind
from queueing.expected_wait import ExpectedWait, Situation
from queueing.matching import Matcher
from queueing.timers import TimerKind, Timers
from queueing.waiting import Waiting

QUIET_SECONDS = 15.0
"""So long after a caller was told something nothing else is announced."""


class Announcer:
    """Announcements of the position and, where `expected` is given and right, of the wait."""

    def __init__(self, timers: Timers, pool: AgentPool, matcher: Matcher, expected: ExpectedWait | None) -> None:
        self._timers = timers
        self._pool = pool
        self._matcher = matcher
        self._expected = expected

    def arm(self, entry: Waiting) -> None:
        """The caller waits (again): sets when the next announcement is due."""
        if entry.told_at is not None:
            entry.announce_at = max(entry.announce_at, entry.told_at + QUIET_SECONDS)
        self._timers.set(TimerKind.ANNOUNCE, entry.call, entry.announce_at)

    def told(self, entry: Waiting, now: float) -> None:
        """Something else is said to the caller now: announcements keep away from it."""
        entry.told_at = now
        self.arm(entry)

    def announce(self, calls: list[str], now: float) -> list[Announcement]:
        """Those of `calls` who still wait, in the order of the line."""
        entries = [self._matcher.waiting[call] for call in calls if call in self._matcher.waiting]
        entries = [entry for entry in entries if entry.call not in self._matcher.assigned]
        out = []
        for entry in sorted(entries, key=lambda entry: entry.key):
            queue = self._matcher.queue(entry)
            if entry.announce_at > now:
                self.arm(entry)  # something else was said in the meantime
                continue
            entry.told_at, entry.announce_at = now, now + queue.announce_every_seconds
            self.arm(entry)
            position = self._matcher.order.ahead(entry.queue, entry.key) + 1
            minutes = None
            if self._expected is not None and queue.announce_wait:
                minutes = self._expected.announce(entry.call, self.situation(entry, position, now), now)
            out.append(Announcement(entry.call, position, minutes))
        return out

    def wait_is_over(self, entry: Waiting, served: bool, now: float) -> None:
        """The caller talks, or has left."""
        if self._expected is not None and entry.kind is Kind.CALLER:
            self._expected.wait_is_over(entry.call, entry.queue, now - entry.joined_at, served, now)

    def situation(self, entry: Waiting, position: int, now: float) -> Situation:
        """What the expected wait is computed from."""
        able = self._able(entry.queue, entry.levels)
        ahead = 0.0
        for queue, at_work in self._pool.at_work.items():
            if queue != entry.queue and not able & at_work:
                continue
            # Agents of several queues, and of several skills, serve by arrival over all who can have them: of those
            # before, that part counts which our agents serve.
            for levels, before in self._matcher.order.ahead_by_levels(queue, entry.key).items():
                others = self._able(queue, levels)
                ahead += before * len(able & others) / max(len(others), 1)
        agents = [self._pool.agents[name] for name in able]
        ends = [a.wrap_up_until for a in agents if a.mode is AgentMode.WRAP_UP and a.wrap_up_until is not None]
        wrapping = tuple(sorted(max(end - now, 0.0) for end in ends))
        return Situation(entry.queue, position, ahead, len(agents) - len(wrapping), wrapping)

    def _able(self, queue: str, levels: Levels) -> set[str]:
        """Agents at work for the queue who have what is needed."""
        at_work = self._pool.at_work[queue]
        return {name for name in at_work if self._pool.agents[name].meets(levels)} if levels else at_work
