"""How long a caller will wait, and what of it is said aloud.

With k callers ahead the wait is the time of k + 1 departures from the line: each comes at the rate at
which agents get free plus the rate at which those ahead give up. For one kind of agents with exponential
times that is the sum of 1 / (s mu + j theta) over j = 0..k, with its squares as the variance (W. Whitt,
"Improving service by informing customers about anticipated delays", Management Science 45, 1999; the
stationary case is Erlang A). Here the rates are those of the same half hour of past weeks and follow the
wait into the next half hours, and agents in wrap-up get free when their wrap-up ends.

What is told is an upper quantile of the gamma distribution with this mean and variance, rounded up to a
step that can be spoken. `Accuracy` judges it by the waits that follow and moves the quantile.
"""

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from queueing.accuracy import Accuracy, Forecast, ForecastOutcome
from queueing.decisions import OVER_AN_HOUR
from queueing.history import HALF_HOUR, History

__all__ = ["Accuracy", "ExpectedWait", "Forecast", "ForecastOutcome", "Prediction", "Situation", "spoken_minutes"]

STEPS = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)
"""Minutes that can be spoken."""
_FAR = 3 * 3600.0
"""Nothing is computed further than this."""
_UNSURE = 0.2
"""How well the rates themselves are known: this part of the wait is added to its deviation."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The present state, as one caller meets it."""

    queue: str
    position: int
    """1 is next."""
    ahead: float
    """Callers who are served before, those of other queues by the part of their agents that are shared."""
    busy: int
    """Agents at work for the queue who ring, talk, or will take a call any moment."""
    wrapping: tuple[float, ...] = ()
    """For each other agent at work, all in wrap-up: seconds until it ends, the soonest first."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The wait as a distribution, seconds."""

    mean: float
    variance: float

    def quantile(self, level: float) -> float:
        """The wait that is not passed with probability `level`, for a gamma distribution.

        By the cube-root approximation of E. B. Wilson and M. M. Hilferty (1931), within some percent.
        """
        shape = self.mean**2 / self.variance if self.variance > 0 else math.inf
        if math.isinf(shape):
            return self.mean
        root = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(level) / (3 * math.sqrt(shape))
        return self.mean * max(root, 0.0) ** 3


def spoken_minutes(seconds: float) -> int:
    """Rounded up to one of STEPS; OVER_AN_HOUR beyond the last."""
    return next((step for step in STEPS if seconds <= step * 60), OVER_AN_HOUR)


class ExpectedWait:
    """Expected waits of all queues: told, judged by what followed, silent where they have been wrong."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.accuracy: dict[str, Accuracy] = {}
        self._open: dict[str, list[Forecast]] = {}
        self._outcomes: list[ForecastOutcome] = []
        self._staffed: dict[str, tuple[int, float]] = {}

    # -- to tell -----------------------------------------------------------------------------------

    def predict(self, situation: Situation, now: float) -> Prediction | None:
        """None: not known, because there is no history yet, or nobody is at work."""
        rates = _Rates(self.history, situation, now)
        if not rates.known:
            return None
        passed = variance = 0.0
        ends = list(situation.wrapping)
        taking = float(situation.busy)
        ahead = situation.ahead
        while ahead > -1.0 and passed < _FAR:
            part = min(ahead + 1.0, 1.0)  # shared agents make the number of those ahead a fraction
            rate = rates.at(passed, taking, max(ahead, 0.0))
            step = 1.0 / rate if rate > 0 else _FAR
            if ends:
                left = max(ends[0] - passed, 0.0)
                if left <= step:
                    ends.pop(0)
                    taking += 1.0
                step = -math.expm1(-rate * left) / rate if rate > 0 else left
            passed += step * part
            variance += (step * part) ** 2
            ahead -= 1.0
        return Prediction(max(passed, 1.0), variance + (_UNSURE * passed) ** 2 + 1.0)

    def announce(self, call: str, situation: Situation, now: float) -> int | None:
        """The minutes to tell (a step, or OVER_AN_HOUR); None: tell the position alone."""
        prediction = self.predict(situation, now)
        if prediction is None:
            return None
        accuracy = self.accuracy.setdefault(situation.queue, Accuracy())
        bound = spoken_minutes(prediction.quantile(accuracy.level))
        told = not accuracy.silent
        forecast = Forecast(call, situation.queue, now, situation.position, prediction.mean, bound, told)
        self._open.setdefault(call, []).append(forecast)
        return bound if told else None

    def take_back(self, call: str) -> None:
        """What was just announced was not said."""
        forecasts = self._open.get(call)
        if forecasts:
            forecasts.pop()

    def forget(self, call: str) -> None:
        """Nobody knows when this wait ended."""
        self._open.pop(call, None)

    # -- to learn ----------------------------------------------------------------------------------

    def wait_is_over(self, call: str, queue: str, waited: float, served: bool, now: float) -> None:
        """The caller got an agent, or left after `waited` seconds in this queue."""
        self.history.learn(queue, now, waited=waited, abandoned=not served)
        for forecast in self._open.pop(call, ()):
            outcome = ForecastOutcome(forecast, now - forecast.at, served)
            self.accuracy[forecast.queue].observe(outcome)
            self._outcomes.append(outcome)

    def handled(self, queue: str, seconds: float, now: float) -> None:
        """An agent is done with a call of this queue, wrap-up included."""
        self.history.learn(queue, now, handled=seconds)

    def staffed(self, queue: str, agents: int, now: float) -> None:
        """From now on this many agents are at work for this queue."""
        before = self._staffed.get(queue)
        self._staffed[queue] = (agents, now)
        if before is None:
            return
        count, at = before
        while at < now:
            until = min(now, (at // HALF_HOUR + 1) * HALF_HOUR)
            self.history.learn(queue, at, agents=count, seconds=until - at)
            at = until

    def take_outcomes(self) -> list[ForecastOutcome]:
        """Forecasts whose waits are over, since the last time this was asked."""
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    # -- to survive --------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready; the history is kept by itself."""
        return {
            "accuracy": {queue: accuracy.snapshot() for queue, accuracy in self.accuracy.items()},
            "open": [asdict(forecast) for forecasts in self._open.values() for forecast in forecasts],
            "staffed": self._staffed,
        }

    def restore(self, data: dict[str, Any]) -> None:
        """As it was; outcomes that were not taken are lost."""
        self.accuracy = {queue: Accuracy.restore(accuracy) for queue, accuracy in data["accuracy"].items()}
        for forecast in data["open"]:
            self._open.setdefault(forecast["call"], []).append(Forecast(**forecast))
        self._staffed = {queue: (agents, at) for queue, (agents, at) in data["staffed"].items()}

    def was_away(self) -> None:
        """Nobody looked for a while: who was at work then is not known."""
        self._staffed.clear()


class _Rates:
    """Departures from the line in each second, as time goes on from now."""

    def __init__(self, history: History, situation: Situation, now: float) -> None:
        self._history = history
        self._queue = situation.queue
        self._now = now
        self._usual_now = history.agents(situation.queue, now)
        self._until = -1.0
        self._service = self._abandonment = 0.0
        self.known = bool(situation.busy or situation.wrapping)
        self.known = self.known and history.handling_seconds(situation.queue, now) is not None

    def at(self, passed: float, taking: float, ahead: float) -> float:
        """`passed` seconds from now, with `taking` agents of those who are at work now and this many ahead."""
        if passed >= self._until:
            at = self._now + passed
            self._until = passed + HALF_HOUR - at % HALF_HOUR
            handling = self._history.handling_seconds(self._queue, at)
            usual = self._history.agents(self._queue, at)
            more = 1.0 if not usual or not self._usual_now else min(max(usual / self._usual_now, 0.25), 4.0)
            self._service = more / max(handling or 1.0, 1.0)
            self._abandonment = self._history.abandonment_rate(self._queue, at)
        return taking * self._service + ahead * self._abandonment
