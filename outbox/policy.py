"""When a delivery is tried again, and how much a receiver is given at once. Pure: times are arguments.

The schedule is that of Standard Webhooks. A receiver that fails several times in a row is away: nobody waits for it,
one delivery asks now and then whether it is back, which costs the delivery nothing unless its time had come.
"""

import random

SCHEDULE = (0.0, 5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each try, from the one before: 0, 5 s, 5 m, 30 m, 2, 5, 10, 14, 20, 24 h."""
TRIES = len(SCHEDULE)
"""After as many a delivery is a dead letter."""
JITTER = 0.1
"""Of a pause, up and down: what failed together does not come back together."""
LONGEST_PAUSE = 86_400.0
"""However long a receiver would like to be left alone."""
FAILURES = 3
"""In a row: from then on it is away."""
PROBE_SECONDS, MOST_PROBE_SECONDS = 5.0, 300.0
"""Until it is asked whether it is back; each time twice as long."""
LOCKED_OUT_SECONDS = 300.0
"""Between tries of a password that is refused: no account is locked by us."""
TOLD_AFTER_SECONDS = 30.0
"""What is away for a shorter time is nobody's alarm."""
SLOW_SECONDS = 60.0
"""How long a receiver that was given less at once is called slow, when nothing more happens."""


def pause_after(attempts: int, wanted: float | None = None, spread: float | None = None) -> float:
    """Seconds until the next try after as many failed ones (at least 1, fewer than TRIES); not before `wanted`, which
    the receiver named. `spread` 0..1 is the jitter."""
    spread = random.random() if spread is None else spread
    pause = SCHEDULE[attempts] * (1 - JITTER + 2 * JITTER * spread)
    return max(pause, min(wanted or 0.0, LONGEST_PAUSE))


class ReceiverHealth:
    """Of one receiver, for whoever delivers to it. Times are seconds of a clock that never goes back."""

    def __init__(self, most_at_once: int) -> None:
        self.most_at_once = most_at_once
        self.failures = 0
        """In a row."""
        self.is_locked_out = False
        self._at_once = float(most_at_once)
        """How many it is given now: halved when it has too much to do, one more with each that it takes."""
        self._rests_until = 0.0
        self._probe_at = 0.0
        self._probe_seconds = PROBE_SECONDS

    @property
    def is_away(self) -> bool:
        return self.failures >= FAILURES

    @property
    def asks_only(self) -> bool:
        """Whether a single delivery asks how it is, due or not."""
        return self.is_away or self.is_locked_out

    def room(self, in_flight: int, now: float) -> int:
        """How many more deliveries may begin."""
        if now < self._rests_until:
            return 0
        if self.asks_only:
            return int(in_flight == 0 and now >= self._probe_at)
        return max(0, int(self._at_once) - in_flight)

    def next_at(self, now: float) -> float | None:
        """When there is room again that time alone makes; None: there is, or a delivery on its way makes it."""
        wakes = max(self._rests_until, self._probe_at if self.asks_only else 0.0)
        return wakes if wakes > now else None

    def delivered(self) -> None:
        """It took one."""
        self.failures = 0
        self.is_locked_out = False
        self._probe_seconds = PROBE_SECONDS
        self._at_once = min(self._at_once + 1, self.most_at_once)

    def failed(self, now: float, seconds: float | None = None, *, eases: bool = False) -> None:
        """It did not; `seconds`: how long it wants to be left alone; `eases`: it has too much to do."""
        self.failures += 1
        if eases:
            self._at_once = max(1.0, self._at_once / 2)
            self._rests_until = max(self._rests_until, now + min(seconds or 0.0, LONGEST_PAUSE))
        if self.asks_only:
            self._probe_at = now + self._probe_seconds
            self._probe_seconds = min(2 * self._probe_seconds, MOST_PROBE_SECONDS)

    def locked_out(self, now: float) -> None:
        """It refuses our password."""
        self.is_locked_out = True
        self._probe_at = now + LOCKED_OUT_SECONDS

    def restore(self, *, is_away: bool, is_locked_out: bool) -> None:
        """As somebody else knew it."""
        self.failures = FAILURES if is_away else 0
        self.is_locked_out = is_locked_out

    def ask_at_once(self) -> None:
        """Somebody wants it to be tried now, whatever it said."""
        self._rests_until = self._probe_at = 0.0
        self._probe_seconds = PROBE_SECONDS
