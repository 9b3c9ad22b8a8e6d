"""How long the controller gathers events before a step: each step costs a transaction, however little it brings."""

GATHER_SECONDS = 0.012
"""Between the beginnings of two steps. Nobody hears it: a channel looks for commands with each voice packet (20 ms)."""
BUSY_GATHER_SECONDS = 0.036
"""The same where there is much to do: fewer and larger steps."""
BUSY_EVENTS = 200
"""A second, from which it is much."""


class Pace:
    """Counts what came in a second, for how the next one goes."""

    def __init__(self) -> None:
        self.seconds = GATHER_SECONDS
        """Between the beginnings of two steps."""
        self._taken = 0

    def took(self, events: int) -> None:
        """A step took so many events."""
        self._taken += events

    def look(self) -> None:
        """Called every second."""
        self.seconds = BUSY_GATHER_SECONDS if self._taken > BUSY_EVENTS else GATHER_SECONDS
        self._taken = 0
