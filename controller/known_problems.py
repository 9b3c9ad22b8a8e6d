"""Known problems as calls are told of them: what stands in the store, kept in memory and looked at each second."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ivr.flow import LineProblem

Standing = Iterable[tuple[str, str, Sequence[str]]]
"""Of each that stands, the newest first: id, prompt, the numbers of its lines."""


@dataclass
class ProblemBook:
    """Of one switch; the newest problem of a line is the one that is told."""

    _by_line: dict[str, LineProblem] = field(default_factory=dict)

    def take(self, standing: Standing) -> None:
        """This is so now."""
        found: dict[str, LineProblem] = {}
        for id_, prompt, lines in standing:
            for line in lines:
                found.setdefault(line, LineProblem(id_, prompt))
        self._by_line = found

    def of(self, line: str) -> LineProblem | None:
        """What callers of this line hear first."""
        return self._by_line.get(line)
