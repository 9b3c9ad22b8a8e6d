"""What files of another system say, as it is shown before anything is written: counts, what is left out and why, who
is unknown.

Owns the counting of visits as they pass; what was read of lines is `records.Seen`'s, who is meant `names.Names`'s.
Pure.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from history.names import Names
from history.records import Seen
from ringback.messages import Message, message

SHOWN_NAMES = 50
"""Unknown names of each kind that are told, the most frequent first."""


@dataclass(slots=True)
class Understood:
    """The files of one import."""

    seen: Seen
    names: Names
    zone: ZoneInfo
    visits: int = 0
    known: int = 0
    """Of these, how many are there already."""
    begins: float | None = None
    ends: float | None = None
    outcomes: Counter[str] = field(default_factory=Counter)
    queues: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    withheld: int = 0
    """Visits by whose number nobody is known again: withheld, internal, or no number."""
    days: Counter[str] = field(default_factory=Counter)
    """Visits by the local date on which they were entered."""
    _date: tuple[int, str] = (0, "")

    def count(self, entered: float, outcome: str, queue: str, agent: str | None, *, has_caller: bool) -> None:
        """One more visit."""
        self.visits += 1
        self.begins = entered if self.begins is None else min(self.begins, entered)
        self.ends = entered if self.ends is None else max(self.ends, entered)
        self.outcomes[outcome] += 1
        self.queues[queue] += 1
        if agent is not None:
            self.agents[agent] += 1
        self.withheld += not has_caller
        half_hour = int(entered // 1800)
        if self._date[0] != half_hour:  # no zone's day begins within one
            self._date = (half_hour, datetime.fromtimestamp(entered, self.zone).date().isoformat())
        self.days[self._date[1]] += 1

    def said(self) -> list[Message]:
        """What a person should know: what is left out, and what of the rest to know, the most frequent first."""
        left = [message(f"history.left_{why}", count=count) for why, count in self.seen.left.most_common() if count]
        notes = [message(f"history.note_{why}", count=count) for why, count in self.seen.notes.most_common() if count]
        return left + notes

    def counts(self) -> dict[str, Any]:
        """What the row of the import keeps."""
        return {
            "lines": self.seen.lines,
            "broken": self.seen.broken,
            "visits": self.visits,
            "outcomes": dict(self.outcomes),
            "queues": dict(self.queues.most_common(SHOWN_NAMES)),
            "left": {why: count for why, count in self.seen.left.items() if count},
        }

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        return self.counts() | {
            "known": self.known,
            "begins": _moment(self.begins),
            "ends": _moment(self.ends),
            "kinds": dict(self.seen.kinds.most_common()),
            "agents": dict(self.agents.most_common(SHOWN_NAMES)),
            "withheld": self.withheld,
            "unknown": {kind: dict(names.most_common(SHOWN_NAMES)) for kind, names in self.names.unknown.items()},
            "days": dict(sorted(self.days.items())),
            "broken_lines": [
                {"file": each.file, "line": each.line, "why": str(each.why), "code": each.why.code}
                for each in self.seen.broken_lines
            ],
            "said": [str(each) for each in self.said()],
        }


def _moment(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
