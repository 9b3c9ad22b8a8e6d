"""Positions of callers who were cut off while they waited: anyone who calls again soon takes the old one."""


class KeptPositions:
    """Arrival times by number (E.164), kept for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._places: dict[str, tuple[float, float]] = {}
        """Number -> (arrival, kept until); the oldest first, because all are kept equally long."""

    def keep_for(self, seconds: float) -> None:
        """Those that are kept already stay as they are."""
        self._seconds = seconds

    def keep(self, number: str, arrived_at: float, now: float) -> None:
        """A caller without a number cannot be known again."""
        self._forget(now)
        if number:
            self._places.pop(number, None)
            self._places[number] = (arrived_at, now + self._seconds)

    def kept(self, number: str, now: float) -> float | None:
        """What `take` would give."""
        self._forget(now)
        return self._places[number][0] if number in self._places else None

    def take(self, number: str, now: float) -> float | None:
        """The arrival of the call that was cut off, once; None: there was none lately."""
        self._forget(now)
        return self._places.pop(number)[0] if number in self._places else None

    def _forget(self, now: float) -> None:
        while self._places:
            number = next(iter(self._places))
            if self._places[number][1] >= now:
                return
            del self._places[number]

    def snapshot(self) -> list[tuple[str, float, float]]:
        """JSON-ready."""
        return [(number, arrived_at, until) for number, (arrived_at, until) in self._places.items()]

    def restore(self, data: list[tuple[str, float, float]]) -> None:
        """The places as they were."""
        self._places = {number: (arrived_at, until) for number, arrived_at, until in data}
