"""Where the boxes of a picture stand: columns from left to right, lines that pass between boxes. Sizes in, places out.

Owns the layered layout: a line that passes a column has a place of its own in it, and lines to the same box share it.
Boxes of a column are sorted by where their lines come from, a few times over, and set as near to that as there is room.
No text and no drawing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

COLUMN_GAP = 90.0
ROW_GAP = 28.0
PASSING = 10.0
"""Height of the place of lines that only pass a column."""
SWEEPS = 6


@dataclass(frozen=True)
class Sized:
    """A box as the layout sees it."""

    id: str
    rank: int
    width: float
    height: float
    entry: float
    """How far below its top lines come in."""


@dataclass(frozen=True)
class Wire:
    """A line from a box to another one in a later column."""

    source: str
    leaves: float
    """How far below the top of its box it leaves it."""
    target: str


@dataclass(frozen=True)
class BoxSpot:
    """Where a box stands: its left upper corner."""

    x: float
    y: float


@dataclass
class Placed:
    """The whole picture."""

    width: float
    height: float
    boxes: dict[str, BoxSpot]
    wires: list[tuple[Wire, list[tuple[float, float]]]]
    """With the points that each goes through."""


@dataclass
class _Slot:
    """A box, or the place of lines to `target` that pass the column."""

    id: str
    height: float
    entry: float
    y: float = 0.0
    sources: list[tuple["_Slot", float]] = field(default_factory=list)
    """Where its lines come from, each with how far below that slot's top it leaves."""
    targets: list[tuple["_Slot", float]] = field(default_factory=list)
    """Where lines go from it, with how far below its own top they leave."""


def place(boxes: list[Sized], wires: list[Wire]) -> Placed:
    """Wires that do not lead to a later column are left out."""
    known = {box.id: box for box in boxes}
    wires = [wire for wire in wires if known[wire.source].rank < known[wire.target].rank]
    columns: dict[int, list[_Slot]] = {}
    slots: dict[tuple[str, int], _Slot] = {}
    for box in boxes:
        slots[box.id, box.rank] = _Slot(box.id, box.height, box.entry)
        columns.setdefault(box.rank, []).append(slots[box.id, box.rank])
    ranks = range(min(columns, default=0), max(columns, default=0) + 1)
    for wire in wires:
        before, leaves = slots[wire.source, known[wire.source].rank], wire.leaves
        for rank in range(known[wire.source].rank + 1, known[wire.target].rank + 1):
            key = (wire.target, rank)
            if key not in slots:
                slots[key] = _Slot(f"{wire.target}@{rank}", PASSING, PASSING / 2)
                columns.setdefault(rank, []).append(slots[key])
            slots[key].sources.append((before, leaves))
            before.targets.append((slots[key], leaves))
            before, leaves = slots[key], slots[key].entry
    _arrange([columns.get(rank, []) for rank in ranks])
    lefts = _lefts(boxes, ranks)
    spots = {box.id: BoxSpot(lefts[box.rank], slots[box.id, box.rank].y) for box in boxes}
    routes = [(wire, _route(wire, known, slots, lefts, boxes)) for wire in wires]
    width = max((lefts[box.rank] + box.width for box in boxes), default=0.0)
    height = max((slot.y + slot.height for slot in slots.values()), default=0.0)
    return Placed(width, height, spots, routes)


def _arrange(columns: list[list[_Slot]]) -> None:
    """Sorts and sets the slots of every column, forth and back."""
    for column in columns:
        _stack(column, {})
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for column in columns if forth else reversed(columns):
            wanted = {slot.id: _wanted(slot, forth=forth) for slot in column}
            column.sort(key=lambda slot: _middle(slot, wanted[slot.id]))
            _stack(column, wanted)
    top = min((slot.y for column in columns for slot in column), default=0.0)
    for column in columns:
        for slot in column:
            slot.y -= top


def _wanted(slot: _Slot, *, forth: bool) -> float | None:
    """The top at which its lines would be straight; None: it has none on that side."""
    if forth:
        tops = [source.y + leaves - slot.entry for source, leaves in slot.sources]
    else:
        tops = [target.y + target.entry - leaves for target, leaves in slot.targets]
    return sum(tops) / len(tops) if tops else None


def _middle(slot: _Slot, wanted: float | None) -> float:
    return (slot.y if wanted is None else wanted) + slot.height / 2


def _stack(column: list[_Slot], wanted: Mapping[str, float | None]) -> None:
    """One below the other, each as near as possible to where it wants to be."""
    bottom = float("-inf")
    for slot in column:
        top = wanted.get(slot.id)
        slot.y = max(slot.y if top is None else top, bottom)
        bottom = slot.y + slot.height + ROW_GAP
    # What was pushed down pulls those above it up, half of the way.
    for at in range(len(column) - 1, -1, -1):
        top = wanted.get(column[at].id)
        if top is None or column[at].y - top <= 1:
            continue
        room = column[at].y - (column[at - 1].y + column[at - 1].height + ROW_GAP) if at else float("inf")
        column[at].y -= min((column[at].y - top) / 2, max(0.0, room))


def _lefts(boxes: list[Sized], ranks: range) -> dict[int, float]:
    """Where each column begins."""
    found, left = {}, 0.0
    for rank in ranks:
        found[rank] = left
        left += max((box.width for box in boxes if box.rank == rank), default=0.0) + COLUMN_GAP
    return found


def _route(
    wire: Wire,
    known: Mapping[str, Sized],
    slots: Mapping[tuple[str, int], _Slot],
    lefts: Mapping[int, float],
    boxes: list[Sized],
) -> list[tuple[float, float]]:
    source, target = known[wire.source], known[wire.target]
    points = [(lefts[source.rank] + source.width, slots[source.id, source.rank].y + wire.leaves)]
    for rank in range(source.rank + 1, target.rank):
        slot = slots[target.id, rank]
        width = max((box.width for box in boxes if box.rank == rank), default=0.0)
        points += [(lefts[rank], slot.y + slot.entry), (lefts[rank] + width, slot.y + slot.entry)]
    last = slots[target.id, target.rank]
    return [*points, (lefts[target.rank], last.y + last.entry)]
