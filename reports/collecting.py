"""Cells that grow while facts are read: each fact goes into the total of its queue and into what tells it apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reports.measures import Kind
from reports.tally import Tally

CellKey = tuple[str, str]
"""Queue (empty: none) and value."""
Cells = dict[CellKey, Tally]
"""One kind in one time."""
Told = Mapping[Kind, str | None]
"""What one fact has to be told apart by; None: nothing, and it is in no cell of that kind."""


@dataclass
class Collected:
    """All kinds of one time."""

    kinds: dict[Kind, Cells] = field(default_factory=dict)

    def into(self, queue: str | None, told: Told) -> Sequence[Tally]:
        """Every tally that a fact goes into."""
        of = queue or ""
        found = [self._tally("total", (of, ""))]
        found += [self._tally(kind, (of, value)) for kind, value in told.items() if value is not None]
        return found

    def _tally(self, kind: Kind, key: CellKey) -> Tally:
        # Asked hundreds of thousands of times: what is there already must not cost a new one.
        cells = self.kinds.get(kind)
        if cells is None:
            cells = self.kinds[kind] = {}
        tally = cells.get(key)
        if tally is None:
            tally = cells[key] = Tally()
        return tally

    def merge(self, other: "Collected") -> None:
        for kind, cells in other.kinds.items():
            mine = self.kinds.setdefault(kind, {})
            for key, tally in cells.items():
                mine.setdefault(key, Tally()).merge(tally)
