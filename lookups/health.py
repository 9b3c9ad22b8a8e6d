"""Whether a system beside is there: after some failures in a row nobody waits for it, until it answers again. Pure.

While it is away, what callers asked last is asked again in the background, so that it is known to be back before the
next caller; and once in a while a caller is let through, whose number may be one that it can answer.
"""

from collections import deque

FAILURES = 3
"""In a row: from then on callers do not wait for an answer."""
PROBE_SECONDS, MOST_PROBE_SECONDS = 5.0, 60.0
"""Until it is asked again; each time twice as long."""
CALLER_SECONDS = 30.0
"""How often a caller is let through meanwhile."""
NUMBERS_KEPT = 5
"""Numbers that are asked about again: one alone may be what breaks the system."""


class SystemHealth:
    """Of one system. Times are seconds of any clock that never goes back."""

    def __init__(self) -> None:
        self.failures = 0
        """In a row."""
        self._since = 0.0
        """When the first of them was."""
        self._numbers: deque[str] = deque(maxlen=NUMBERS_KEPT)
        self._probe_at = 0.0
        self._probe_seconds = PROBE_SECONDS
        self._caller_at = 0.0
        self._told: bool | None = None
        """Whether people were told that it is away; None: perhaps by a controller before this one."""

    @property
    def is_away(self) -> bool:
        return self.failures >= FAILURES

    def lets_through(self, now: float) -> bool:
        """Whether a caller's number is asked about."""
        if not self.is_away:
            return True
        if now < self._caller_at:
            return False
        self._caller_at = now + CALLER_SECONDS
        return True

    def number_to_probe(self, now: float) -> str | None:
        """What is to be asked about in the background now; None: nothing."""
        if not self.is_away or now < self._probe_at or not self._numbers:
            return None
        self._probe_seconds = min(2 * self._probe_seconds, MOST_PROBE_SECONDS)
        self._probe_at = now + self._probe_seconds
        self._numbers.rotate(-1)
        return self._numbers[-1]

    def failed(self, number: str, now: float) -> None:
        """No answer that can be told."""
        self._since = self._since if self.failures else now
        self.failures += 1
        if number not in self._numbers:
            self._numbers.append(number)
        if self.failures == FAILURES:
            self._probe_seconds = PROBE_SECONDS
            self._probe_at, self._caller_at = now + PROBE_SECONDS, now + CALLER_SECONDS

    def answered(self) -> None:
        """It is there, whether or not it knows the number."""
        self.failures = 0
        self._numbers.clear()

    def to_tell(self, now: float) -> bool | None:
        """Whether people are to be told that it is away (True), or is there again (False); None: they know."""
        # What is gone for some seconds is nobody's alarm.
        away = self.is_away and now - self._since >= PROBE_SECONDS
        if away is self._told or (self.failures and not away):
            return None
        self._told = away
        return away
