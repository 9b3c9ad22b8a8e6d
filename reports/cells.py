"""Cells as rows: packed, read, and added up. Numbers lie in columns, so that a year of days is added in a moment.

A packed cell is JSON of its keys and names, then the counts (keys x names) and the histograms as columns (key, name,
bin, count), all integers, compressed. `Sums` adds many into groups and is read as tallies.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from reports.collecting import CellKey, Cells
from reports.tally import NOTHING, Histogram, Tally

LAYOUT = 1
"""Goes up with every change of what is counted or how it is packed: cells of another one are made again."""
_COUNT, _SMALL = np.dtype("<i8"), np.dtype("<u4")


def pack(cells: Cells) -> bytes:
    """The same cells give the same bytes."""
    keys = sorted(cells)
    names = sorted({name for tally in cells.values() for name in tally.counts})
    charts = sorted({name for tally in cells.values() for name in tally.bins})
    at_name = {name: at for at, name in enumerate(names)}
    counts = np.zeros((len(keys), len(names)), _COUNT)
    columns: list[tuple[int, int, int, int]] = []
    for row, key in enumerate(keys):
        for name, count in cells[key].counts.items():
            counts[row, at_name[name]] = count
        for chart, name in enumerate(charts):
            columns += [(row, chart, bin_, count) for bin_, count in cells[key].bins.get(name, {}).items()]
    return _packed(keys, names, charts, counts, np.array(columns, np.int64).reshape(-1, 4).T)


def _packed(keys: list[CellKey], names: list[str], charts: list[str], counts: np.ndarray, bins: np.ndarray) -> bytes:
    """Of columns as `Unpacked` has them, keys and words sorted. What is nothing is left out."""
    bins = bins[:, bins[3] > 0]
    bins = bins[:, np.lexsort((bins[2], bins[1], bins[0]))]
    rows = np.zeros(len(keys), bool)
    rows[np.unique(bins[0])] = True
    rows |= counts.any(axis=1)
    columns = np.asarray(counts.any(axis=0))
    plots = np.zeros(len(charts), bool)
    plots[np.unique(bins[1])] = True
    small = np.stack([(np.cumsum(rows) - 1)[bins[0]], (np.cumsum(plots) - 1)[bins[1]], bins[2], bins[3]]).astype(_SMALL)
    left = [key for key, there in zip(keys, rows.tolist(), strict=True) if there]
    told = [name for name, there in zip(names, columns.tolist(), strict=True) if there]
    drawn = [name for name, there in zip(charts, plots.tolist(), strict=True) if there]
    head = json.dumps([LAYOUT, left, told, drawn, small.shape[1]], ensure_ascii=False, separators=(",", ":")).encode()
    body = np.ascontiguousarray(counts[rows][:, columns], _COUNT).tobytes() + np.ascontiguousarray(small).tobytes()
    return zlib.compress(len(head).to_bytes(4, "little") + head + body, 1)


def add_up(parts: Sequence["Part"]) -> bytes:
    """Many cells as one, each key under the name that its part gives it; packed as if `pack` had been given the sum."""
    keys = sorted({rename(key) for part, rename in parts for key in part.keys})
    names = sorted({name for part, _ in parts for name in part.names})
    charts = sorted({name for part, _ in parts for name in part.charts})
    at_key, at_name, at_chart = ({each: at for at, each in enumerate(some)} for some in (keys, names, charts))
    counts = np.zeros((len(keys), len(names)), _COUNT)
    columns = [np.zeros((4, 0), np.int64)]
    for part, rename in parts:
        rows = np.array([at_key[rename(key)] for key in part.keys], np.int64)
        np.add.at(counts, (rows[:, None], np.array([at_name[name] for name in part.names], np.int64)), part.counts)
        plots = np.array([at_chart[name] for name in part.charts], np.int64)
        if part.bins.shape[1]:
            bins = part.bins.astype(np.int64)
            columns.append(np.stack([rows[bins[0]], plots[bins[1]], bins[2], bins[3]]))
    together, place = np.unique(np.concatenate(columns, axis=1)[:3], axis=1, return_inverse=True)
    weights = np.concatenate(columns, axis=1)[3]
    summed = np.rint(np.bincount(place.reshape(-1), weights=weights, minlength=together.shape[1])).astype(np.int64)
    return _packed(keys, names, charts, counts, np.concatenate([together, summed[None, :]]))


@dataclass(frozen=True)
class Unpacked:
    keys: list[CellKey]
    names: list[str]
    charts: list[str]
    counts: np.ndarray
    """keys x names"""
    bins: np.ndarray
    """4 x n: place of the key, place of the chart, bin, count."""


def unpack(packed: bytes) -> Unpacked | None:
    """None: it was packed by a version that counted otherwise."""
    raw = zlib.decompress(packed)
    size = int.from_bytes(raw[:4], "little")
    layout, keys, names, charts, length = json.loads(raw[4 : 4 + size])
    if layout != LAYOUT:
        return None
    many = len(keys) * len(names)
    counts = np.frombuffer(raw, _COUNT, many, 4 + size).reshape(len(keys), len(names))
    bins = np.frombuffer(raw, _SMALL, 4 * length, 4 + size + many * _COUNT.itemsize).reshape(4, length)
    return Unpacked([(queue, value) for queue, value in keys], names, charts, counts, bins)


def cells_of(unpacked: Unpacked) -> Cells:
    """As they were before they were packed."""
    cells: Cells = {}
    for row, key in enumerate(unpacked.keys):
        tally = cells[key] = Tally()
        for at in np.flatnonzero(unpacked.counts[row]):
            tally.counts[unpacked.names[at]] = int(unpacked.counts[row, at])
    for row, chart, bin_, count in unpacked.bins.T.tolist():
        tally = cells[unpacked.keys[row]]
        tally.note(unpacked.charts[chart], bin_)
        tally.bins[unpacked.charts[chart]][bin_] += count - 1
    return cells


Part = tuple[Unpacked, Callable[[CellKey], CellKey]]
"""A cell, and how its keys are called in the sum."""


class SummedTally(Tally):
    """A group of `Sums`, read alone: its histograms are made when somebody asks."""

    def __init__(self, counts: dict[str, int], charts: Callable[[str], Histogram]) -> None:
        super().__init__()
        self.counts.update(counts)
        self._charts = charts

    def histogram(self, name: str) -> Histogram:
        return self._charts(name)


@dataclass
class Sums:
    """Many cells added into groups, numbered from 0."""

    groups: int
    wanted: frozenset[str] | None = None
    """Histograms that somebody will ask for; None: all."""
    _counts: dict[str, np.ndarray] = field(default_factory=dict)
    _bins: dict[str, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))

    def add(self, cell: Unpacked, group_of: Callable[[CellKey], int | None]) -> None:
        """`group_of`: None leaves a key out."""
        found = [group_of(key) for key in cell.keys]
        groups = np.array([-1 if group is None else group for group in found], np.int64)
        inside = groups >= 0
        if not inside.any():
            return
        for at, name in enumerate(cell.names):
            into = self._counts.get(name)
            if into is None:
                into = self._counts[name] = np.zeros(self.groups, np.int64)
            np.add.at(into, groups[inside], cell.counts[inside, at])
        for at, name in enumerate(cell.charts):
            if self.wanted is not None and name not in self.wanted:
                continue
            mine = cell.bins[:, cell.bins[1] == at]
            to = groups[mine[0]]
            self._bins[name].append(np.stack([to, mine[2].astype(np.int64), mine[3].astype(np.int64)])[:, to >= 0])

    def tallies(self) -> list[Tally]:
        """One for each group."""
        charts = {name: _by_group(parts, self.groups) for name, parts in self._bins.items()}

        def chart_of(group: int) -> Callable[[str], Histogram]:
            return lambda name: charts[name][group] if name in charts else NOTHING

        columns = {name: column.tolist() for name, column in self._counts.items()}
        return [
            SummedTally({name: column[group] for name, column in columns.items() if column[group]}, chart_of(group))
            for group in range(self.groups)
        ]


def _by_group(parts: Iterable[np.ndarray], groups: int) -> list[Histogram]:
    """Histograms by their group, of columns of group, bin, count."""
    joined = np.concatenate(list(parts), axis=1)
    if not joined.shape[1]:
        return [NOTHING] * groups
    bins, place = np.unique(joined[1], return_inverse=True)
    dense = np.bincount(joined[0] * len(bins) + place, weights=joined[2], minlength=groups * len(bins))
    dense = np.rint(dense).astype(np.int64).reshape(groups, len(bins))
    return [Histogram(bins[row > 0], row[row > 0]) for row in dense]
