"""Times at which the line has something to do: one for each kind and name. Leaves to the line what a time means."""

from enum import StrEnum

from ringback.times import Times


class TimerKind(StrEnum):
    """What a time is for; the name beside it is a call's, an agent's or a queue's."""

    WRAP_UP = "wrap-up"
    ENGAGED = "engaged"
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
        self._times: Times[tuple[str, str]] = Times()

    def set(self, kind: TimerKind, name: str, at: float | None) -> None:
        """Replaces the time; None clears it."""
        self._times.set((kind, name), at)

    def clear_call(self, call: str) -> None:
        """Nothing is due for this call any more."""
        for kind in CALL_TIMERS:
            self._times.set((kind, call), None)

    def next(self) -> float | None:
        """The nearest time."""
        return self._times.next()

    def take_due(self, now: float) -> list[tuple[str, str]]:
        """What is due, by time; it is not due any more."""
        return list(self._times.due(now))

    def snapshot(self) -> list[tuple[str, str, float]]:
        """JSON-ready."""
        return [(kind, name, at) for (kind, name), at in self._times.items()]

    def restore(self, data: list[tuple[str, str, float]]) -> None:
        """The times as they were."""
        for kind, name, at in data:
            self.set(TimerKind(kind), name, at)
