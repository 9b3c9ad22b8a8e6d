"""One who waits, and the order of all who do.

Order: higher priority first, then the arrival of the call, whether a caller or a promise to call back
waits there. Those who have an agent, ringing or talking, are not in it. Finding the next for an agent
looks at the head of each group of equals (same queue, skills needed now, agent waited for), of which
there are few, and not at everyone who waits.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from queueing.agents import Levels, PoolAgent
from queueing.decisions import Kind
from ringback.config import Need

Key = tuple[int, float, int, str]
"""Minus the priority, arrival, number of the entry, call: sorts as the line is served."""


@dataclass(slots=True)
class Waiting:
    """A place in the line, and what it remembers while its caller talks."""

    call: str
    queue: str
    arrived_at: float
    """When the call came, or the call that the promise is for: this decides the place."""
    number: int
    """Counts entries; between equal arrivals the earlier entry is first."""
    joined_at: float
    """When the wait in this queue began."""
    kind: Kind = Kind.CALLER
    priority: int = 0
    needs: tuple[Need, ...] = ()
    """What the caller's own choice needs; the queue's needs come on top."""
    levels: Levels = ()
    """What is needed now."""
    reserved_for: str | None = None
    """The agent of the last talk, for as long as only that one may take the call."""
    phone: str = ""
    """The caller's number, for a call cut off that comes again; empty: not known."""
    announce_at: float = 0.0
    told_at: float | None = None
    limits_told: list[str] = field(default_factory=list)
    """Queues whose limit has been reached for this call: each sends a caller on only once."""

    @property
    def key(self) -> Key:
        """Where the entry stands among all."""
        return (-self.priority, self.arrived_at, self.number, self.call)

    def snapshot(self) -> dict[str, Any]:
        """JSON-ready."""
        data = {name: getattr(self, name) for name in self.__slots__}
        data["limits_told"] = list(self.limits_told)
        data["needs"] = [need.model_dump(mode="json") for need in self.needs]
        return data

    @classmethod
    def restore(cls, data: dict[str, Any]) -> "Waiting":
        """The entry as it was."""
        return cls(
            **{
                **data,
                "kind": Kind(data["kind"]),
                "needs": tuple(Need.model_validate(need) for need in data["needs"]),
                "levels": tuple((skill, level) for skill, level in data["levels"]),
            }
        )


def levels_after(needs: Sequence[Need], seconds: float) -> Levels:
    """What is needed of an agent once the caller has waited `seconds`."""
    levels: dict[str, int] = {}
    for need in needs:
        passed = [after for after in need.after if after <= seconds]
        level = need.after[max(passed)] if passed else need.level
        levels[need.skill] = max(level, levels.get(need.skill, 0))
    return tuple(sorted((skill, level) for skill, level in levels.items() if level > 0))


def next_widening(needs: Sequence[Need], seconds: float) -> float | None:
    """After how many seconds of waiting in all the needs change next."""
    return min((after for need in needs for after in need.after if after > seconds), default=None)


class Order:
    """Everyone who waits without an agent."""

    def __init__(self) -> None:
        self._queues: dict[str, list[Key]] = {}
        self._groups: dict[tuple[str, str | None], dict[Levels, list[Key]]] = {}
        self._reserved: dict[str, set[str]] = {}

    def add(self, entry: Waiting) -> None:
        """Queue, priority, arrival, levels and reserved_for must not change while the entry is here."""
        insort(self._queues.setdefault(entry.queue, []), entry.key)
        group = self._groups.setdefault((entry.queue, entry.reserved_for), {})
        insort(group.setdefault(entry.levels, []), entry.key)
        if entry.reserved_for is not None:
            self._reserved.setdefault(entry.reserved_for, set()).add(entry.call)

    def remove(self, entry: Waiting) -> None:
        """The entry must be here."""
        row = self._queues[entry.queue]
        del row[bisect_left(row, entry.key)]
        group = self._groups[entry.queue, entry.reserved_for]
        row = group[entry.levels]
        del row[bisect_left(row, entry.key)]
        if not row:
            del group[entry.levels]
        if entry.reserved_for is not None:
            self._reserved[entry.reserved_for].discard(entry.call)

    def first_for(self, agent: PoolAgent) -> Key | None:
        """Who is next for this agent."""
        best: Key | None = None
        for queue in agent.queues:
            for reserved_for in (None, agent.name):
                for levels, row in self._groups.get((queue, reserved_for), {}).items():
                    if (best is None or row[0] < best) and agent.meets(levels):
                        best = row[0]
        return best

    def ahead(self, queue: str, key: Key) -> int:
        """How many of this queue are served before `key`."""
        return bisect_left(self._queues.get(queue, ()), key)

    def ahead_by_levels(self, queue: str, key: Key) -> dict[Levels, int]:
        """Those of this queue who are served before `key`, by what they need now."""
        found: dict[Levels, int] = {}
        for (of_queue, _), groups in self._groups.items():
            if of_queue == queue:
                for levels, row in groups.items():
                    found[levels] = found.get(levels, 0) + bisect_left(row, key)
        return found

    def of(self, queue: str) -> list[str]:
        """Calls that wait in a queue, next first."""
        return [key[-1] for key in self._queues.get(queue, ())]

    def reserved_for(self, agent: str) -> list[str]:
        """Calls that wait for this agent alone."""
        return sorted(self._reserved.get(agent, ()))
