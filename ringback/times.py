"""When what is due: the nearest of many times found at once. For every clock that is driven by `now`."""

import heapq
from collections.abc import ItemsView, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=str | tuple[str, ...])


class Times(Generic[K]):
    """Epoch seconds by key.

    A heap with lazy removal: a time that was set anew or cleared stays in the heap until it comes up and is
    thrown away then.
    """

    def __init__(self) -> None:
        self._at: dict[K, float] = {}
        self._heap: list[tuple[float, K]] = []

    def set(self, key: K, at: float | None) -> None:
        """Replaces the time; None clears it."""
        if at is None:
            self._at.pop(key, None)
        elif self._at.get(key) != at:
            self._at[key] = at
            heapq.heappush(self._heap, (at, key))

    def next(self) -> float | None:
        """The nearest time."""
        heap = self._heap
        while heap and self._at.get(heap[0][1]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def due(self, now: float) -> Iterator[K]:
        """What is due, by time, one after the other; it is not due any more. What is set meanwhile counts."""
        while (at := self.next()) is not None and at <= now:
            _, key = heapq.heappop(self._heap)
            del self._at[key]
            yield key

    def items(self) -> ItemsView[K, float]:
        """Every key with its time."""
        return self._at.items()
