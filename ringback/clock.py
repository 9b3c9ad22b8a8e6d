"""The time by which things are done and lengths are measured, while the machine's clock may be set at any moment."""

import time
from collections.abc import Callable

STEP_SECONDS = 2.0
"""So far apart, the machine's clock was set and has not just been corrected a little."""
LATE_SECONDS = 60.0
"""A sign of life that seems older when it is first seen, or to come from the future, was written by another clock."""


class Clock:
    """Seconds since the epoch that never go back: the machine's clock at the start, then evenly on.

    Setting the machine's clock changes nothing until `follow`, which is for a moment when nothing is being measured.
    """

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def now(self) -> float:
        return self._steady() + self._offset

    @property
    def ahead(self) -> float:
        """By how much the machine's clock was set forward since (less than 0: back); 0: it was not."""
        apart = self._wall() - self.now()
        return apart if abs(apart) > STEP_SECONDS else 0.0

    def follow(self) -> None:
        """From here on what the machine's clock says."""
        self._offset = self._wall() - self._steady()


class LastSign:
    """When a sign of life that carries the machine's time was given, by a clock that goes on evenly."""

    def __init__(self) -> None:
        self._stamp = 0.0
        self._at = 0.0

    def at(self, stamp: float, clock: Clock) -> float:
        """Of the newest one, which says `stamp`; 0: there was none."""
        if stamp != self._stamp:
            age = clock.now() + clock.ahead - stamp
            self._at = clock.now() - (age if 0 <= age <= LATE_SECONDS else 0.0)
            self._stamp = stamp
        return self._at if stamp else 0.0
