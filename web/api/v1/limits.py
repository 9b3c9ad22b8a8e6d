"""How many requests a key may send: a bucket that fills evenly, in the memory of the pages' one process.

Plain data and `now`. A restart fills all buckets, which harms nobody.
"""

import math
import threading
from dataclasses import dataclass

MOST_BUCKETS = 10_000
"""More keys and people than any installation has; the fullest are forgotten first."""


@dataclass(frozen=True)
class CountedRequest:
    """What became of one request."""

    most: int
    """A minute."""
    remaining: int
    full_in: int
    """Seconds until the bucket is full again."""
    wait: int
    """Seconds until the next request is taken; 0: this one was."""


class Buckets:
    """One for each who asks. Safe in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}
        """Requests that are left, and when that was so."""

    def take(self, who: str, most: int, now: float) -> CountedRequest:
        """One request of `who`, who may send `most` a minute, that many at once."""
        rate = most / 60
        with self._lock:
            level, then = self._levels.get(who, (float(most), now))
            level = min(float(most), level + max(0.0, now - then) * rate)
            wait = 0 if level >= 1 else math.ceil((1 - level) / rate)
            level -= 0 if wait else 1
            self._levels[who] = level, now
            if len(self._levels) > MOST_BUCKETS:
                self._levels = {name: kept for name, kept in self._levels.items() if kept[0] < most - 1}
        return CountedRequest(most, int(level), math.ceil((most - level) / rate), wait)
