"""What past weeks were like in each half hour: how long calls take, how soon callers give up, who is there.

Figures are kept by queue and half hour of the week (in the owner's time zone, so that nine o'clock stays
nine o'clock) and fade from week to week. Where a half hour has seen little, the queue's whole past speaks.
Filled by `learn` as things happen, or from rows of the past; knows nothing of where those come from.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

HALF_HOUR = 1800.0
SLOTS = 7 * 48
"""Half hours of a week; 0 begins on Monday at midnight."""
_KEEP = 0.7
"""What is left of a week's weight when the next one comes."""
_ENOUGH_CALLS = 20
"""So few handled calls in all say nothing yet."""
_BORROWED_CALLS = 10.0
"""A half hour's own figures are mixed with as many calls of the queue's average."""


@dataclass(slots=True)
class HalfHour:
    """Faded sums of one half hour of the week, or of all of them."""

    week: int = 0
    handled: float = 0.0
    """Calls."""
    handling: float = 0.0
    """Seconds of talk and wrap-up of these calls."""
    waited: float = 0.0
    """Seconds that callers waited, served or not."""
    abandoned: float = 0.0
    """Callers who gave up."""
    agent_seconds: float = 0.0
    """Agents at work, times seconds."""
    seconds: float = 0.0
    """For which the number of agents is known."""

    def fade(self, week: int) -> None:
        """Older weeks count less."""
        if self.week and week > self.week:
            share = _KEEP ** (week - self.week)
            self.handled, self.handling = self.handled * share, self.handling * share
            self.waited, self.abandoned = self.waited * share, self.abandoned * share
            self.agent_seconds, self.seconds = self.agent_seconds * share, self.seconds * share
        self.week = max(week, self.week)


@dataclass
class _Past:
    all: HalfHour = field(default_factory=HalfHour)
    slots: dict[int, HalfHour] = field(default_factory=dict)


class History:
    """Past weeks of all queues."""

    def __init__(self, timezone: str = "UTC") -> None:
        """`timezone` is an IANA name."""
        self._zone = ZoneInfo(timezone)
        self._queues: dict[str, _Past] = {}

    def slot(self, at: float) -> int:
        """The half hour of the week at `at` (epoch seconds)."""
        local = datetime.fromtimestamp(at, self._zone)
        return local.weekday() * 48 + local.hour * 2 + local.minute // 30

    def learn(
        self,
        queue: str,
        at: float,
        *,
        handled: float | None = None,
        waited: float | None = None,
        abandoned: bool = False,
        agents: float | None = None,
        seconds: float = 0.0,
    ) -> None:
        """One fact at `at`, each of: a call took `handled` seconds of an agent; a caller waited `waited`
        seconds, served or (`abandoned`) not; `agents` were at work for the next `seconds`.
        """
        week = int(at // (7 * 86400.0))
        past = self._queues.setdefault(queue, _Past())
        for sums in (past.all, past.slots.setdefault(self.slot(at), HalfHour())):
            sums.fade(week)
            if handled is not None:
                sums.handled += 1
                sums.handling += handled
            if waited is not None:
                sums.waited += waited
                sums.abandoned += abandoned
            if agents is not None:
                sums.agent_seconds += agents * seconds
                sums.seconds += seconds

    def handling_seconds(self, queue: str, at: float) -> float | None:
        """How long a call takes an agent, wrap-up included; None: not known yet."""
        past = self._queues.get(queue)
        if past is None or not self.knows(queue):
            return None
        usual = past.all.handling / past.all.handled
        slot = past.slots.get(self.slot(at))
        if slot is None:
            return usual
        return (slot.handling + usual * _BORROWED_CALLS) / (slot.handled + _BORROWED_CALLS)

    def knows(self, queue: str) -> bool:
        """Whether enough calls of the queue were handled to say how long one takes."""
        past = self._queues.get(queue)
        return past is not None and past.all.handled >= _ENOUGH_CALLS

    def abandonment_rate(self, queue: str, at: float) -> float:
        """Callers who give up, for each second that somebody waits: abandonments / time waited.

        This is the maximum likelihood estimate of the rate for exponential patience when the patience of
        those who were served is only known to be longer than their wait.
        """
        past = self._queues.get(queue)
        if past is None or past.all.waited <= 0 or past.all.abandoned <= 0:
            return 0.0
        usual = past.all.abandoned / past.all.waited
        slot = past.slots.get(self.slot(at))
        if slot is None:
            return usual
        return (slot.abandoned + _BORROWED_CALLS) / (slot.waited + _BORROWED_CALLS / usual)

    def agents(self, queue: str, at: float) -> float | None:
        """How many agents are usually at work then; None: not known."""
        past = self._queues.get(queue)
        slot = None if past is None else past.slots.get(self.slot(at))
        return None if slot is None or slot.seconds < HALF_HOUR / 6 else slot.agent_seconds / slot.seconds

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            queue: {"all": asdict(past.all), "slots": {str(slot): asdict(sums) for slot, sums in past.slots.items()}}
            for queue, past in self._queues.items()
        }

    @classmethod
    def restore(cls, data: dict[str, Any], timezone: str = "UTC") -> "History":
        """The history as it was."""
        history = cls(timezone)
        for queue, past in data.items():
            slots = {int(slot): HalfHour(**sums) for slot, sums in past["slots"].items()}
            history._queues[queue] = _Past(HalfHour(**past["all"]), slots)
        return history
