"""Times at which the line has something to do: one for each kind and name, the nearest found at once.

A heap with lazy removal: a time that was set anew or cleared stays in the heap until it comes up and is
thrown away then. Leaves to the line what a time means.
"""

import heapq
from enum import StrEnum


class TimerKind(StrEnum):
    """What a time is for; the name beside it is a call's, an agent's or a queue's."""

    WRAP_UP = "wrap-up"
    OVERSTAY = "overstay"
    WIDEN = "widen"
    HOLD = "hold"
    NO_AGENTS = "no agents"
    LIMIT = "limit"
    ANNOUNCE = "announce"


CALL_TIMERS = (TimerKind.WIDEN, TimerKind.HOLD, TimerKind.LIMIT, TimerKind.ANNOUNCE)


class Timers:
    """Epoch seconds by (kind, name)."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], float] = {}
        self._heap: list[tuple[float, str, str]] = []

    def set(self, kind: TimerKind, name: str, at: float | None) -> None:
        """Replaces the time; None clears it."""
        if at is None:
            self._at.pop((kind, name), None)
        elif self._at.get((kind, name)) != at:
            self._at[kind, name] = at
            heapq.heappush(self._heap, (at, kind, name))

    def clear_call(self, call: str) -> None:
        """Nothing is due for this call any more."""
        for kind in CALL_TIMERS:
            self._at.pop((kind, call), None)

    def next(self) -> float | None:
        """The nearest time."""
        heap = self._heap
        while heap and self._at.get((heap[0][1], heap[0][2])) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def take_due(self, now: float) -> list[tuple[str, str]]:
        """What is due, by time; it is not due any more."""
        due = []
        while (at := self.next()) is not None and at <= now:
            _, kind, name = heapq.heappop(self._heap)
            del self._at[kind, name]
            due.append((kind, name))
        return due

    def snapshot(self) -> list[tuple[str, str, float]]:
        """JSON-ready."""
        return [(kind, name, at) for (kind, name), at in self._at.items()]

    def restore(self, data: list[tuple[str, str, float]]) -> None:
        """The times as they were."""
        for kind, name, at in data:
            self.set(TimerKind(kind), name, at)
