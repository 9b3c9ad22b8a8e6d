"""Whether what callers were told came true, and what follows from it. One `Accuracy` for each queue.

An announcement is a bound: "at most ten minutes". It was wrong by more than half when the wait came to
more than one and a half times what was told. Being served sooner breaks no promise; that bounds do not
get too wide is seen to by `level`, which moves so that in the long run one bound in ten is passed.
"""

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

WANTED = 0.9
"""The share of callers who wait no longer than they were told."""
_STEP = 0.01
"""How far `level` moves after each wait."""
_LAST = 10
_TOO_MANY_WRONG = 3
_ERRORS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was announced, or would have been while the expected wait falls silent."""

    call: str
    queue: str
    at: float
    position: int
    expected: float
    """Seconds."""
    bound: int
    """Minutes: one of the steps that can be spoken."""
    told: bool
    """False: the caller heard the position alone."""


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """A forecast with the wait that followed."""

    forecast: Forecast
    waited: float
    """Seconds from the announcement until an agent, or until the caller left."""
    served: bool

    @property
    def kept(self) -> bool | None:
        """The wait was no longer than the bound; None: the caller left before that could be seen.

        "More than an hour" is no bound that a wait could pass.
        """
        if self.waited > self.forecast.bound * 60.0:
            return self.forecast.bound > 60
        return True if self.served else None

    @property
    def wrong_by_half(self) -> bool:
        """The caller waited more than half as long again as the bound."""
        return self.forecast.bound <= 60 and self.waited > self.forecast.bound * 90.0


@dataclass
class Accuracy:
    """The last announcements of a queue against the waits that followed."""

    level: float = WANTED
    """The quantile of the wait that is told, before it is rounded up."""
    wrong: deque[bool] = field(default_factory=lambda: deque(maxlen=_LAST))
    errors: deque[float] = field(default_factory=lambda: deque(maxlen=_ERRORS_KEPT))
    """Seconds between the expected wait and the real one, of those who were served."""

    @property
    def silent(self) -> bool:
        """Three of the last ten were wrong by more than half: tell the position alone."""
        return sum(self.wrong) >= _TOO_MANY_WRONG

    @property
    def mean_error(self) -> float | None:
        """Mean absolute error in seconds, as the wallboard shows it."""
        return sum(self.errors) / len(self.errors) if self.errors else None

    def observe(self, outcome: ForecastOutcome) -> None:
        """Takes in a wait; also those that were not told count, so that it speaks again when it is right.

        The level follows I. Gibbs and E. Candes, "Adaptive conformal inference under distribution shift",
        NeurIPS 2021: up by the wanted share after a bound that was passed, down by the rest after one kept.
        """
        if outcome.kept is None:
            return
        self.wrong.append(outcome.wrong_by_half)
        if outcome.served:
            self.errors.append(abs(outcome.waited - outcome.forecast.expected))
        self.level += _STEP * (WANTED - (1.0 if outcome.kept else 0.0))
        self.level = min(max(self.level, 0.5), 0.995)

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**asdict(self), "wrong": list(self.wrong), "errors": list(self.errors)}

    @classmethod
    def restore(cls, data: dict[str, Any]) -> "Accuracy":
        """As it was."""
        accuracy = cls(data["level"])
        accuracy.wrong.extend(data["wrong"])
        accuracy.errors.extend(data["errors"])
        return accuracy
