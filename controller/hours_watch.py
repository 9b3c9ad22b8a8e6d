"""Tells callers who wait that their queue closes soon, or has closed with nobody left in it. Plain data and `now`."""

from collections.abc import Iterable

from ivr.call import CallDriver
from ivr.events import ClosedNow, ClosingSoon, Event
from ivr.table import CallState
from queueing.router import Router

LOOK_SECONDS = 5.0


class HoursWatch:
    """Looks at the hours of those who wait, every few seconds."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._at = 0.0
        self._told: set[str] = set()
        """Calls that know that it closes soon."""

    def next_timer(self) -> float | None:
        """When `look` has something to look at; None: nobody waits."""
        return self._at if self._router.settings.hours and self._router.waiting else None

    def look(self, calls: Iterable[tuple[str, str, CallDriver]], now: float) -> list[tuple[str, Event]]:
        """What the calls are to be told; each as its name in the line, its call_id and itself."""
        due = self.next_timer()
        if due is None or now < due:
            return []
        self._at = now + LOOK_SECONDS
        events: list[tuple[str, Event]] = []
        waiting = [(key, name, call) for key, name, call in calls if call.state is CallState.WAITING]
        self._told &= {name for _, name, _ in waiting}
        for key, name, call in waiting:
            queue = call.facts.queue
            assert queue is not None, "who waits, waits in a queue"
            if call.flow.closed(queue, now) is not None:
                if not self._router.is_staffed(queue):
                    events.append((name, ClosedNow(now)))
            elif name not in self._told and call.flow.closes_soon(queue, now):
                self._told.add(name)
                self._router.told(key, now)
                events.append((name, ClosingSoon(now)))
        return events
