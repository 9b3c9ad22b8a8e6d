"""Cells as rows: packed, read, and added up. Numbers lie in columns, so that a year of days is added in a moment.

A packed cell is JSON of its keys and names, then the counts (keys x names) and the histograms: runs (key, name, how
many bins), and the bins and counts of all of them as columns, in as few bytes as hold them. All of it is compressed.
`Sums` adds many into groups and is read as tallies.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from math import prod
from typing import NamedTuple

import numpy as np

from reports.collecting import CellKey, Cells
from reports.tally import NOTHING, Histogram, Tally

LAYOUT = 2
"""Goes up with every change of what is counted or how it is packed: cells of another one are made again."""
_COUNT, _RUN = np.dtype("<i8"), np.dtype("<u4")
_SIZES = struct.Struct("<IIBB")
"""How many runs and bins, and how many bytes a bin and a count take."""


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
            bins = sorted(cells[key].bins.get(name, {}).items())
            columns += [(row, chart, bin_, count) for bin_, count in bins if count]
    return _packed(keys, names, charts, counts, np.array(columns, np.int64).reshape(-1, 4).T)


def _packed(keys: list[CellKey], names: list[str], charts: list[str], counts: np.ndarray, bins: np.ndarray) -> bytes:
    """Of rows (key, chart, bin, count), sorted, with no count of 0; keys and words are sorted, too. Those of which
    there is nothing are left out."""
    rows = np.asarray(counts.any(axis=1))
    rows[bins[0]] = True
    columns = np.asarray(counts.any(axis=0))
    plots = np.zeros(len(charts), bool)
    plots[bins[1]] = True
    left = [key for key, there in zip(keys, rows.tolist(), strict=True) if there]
    told = [name for name, there in zip(names, columns.tolist(), strict=True) if there]
    drawn = [name for name, there in zip(charts, plots.tolist(), strict=True) if there]
    head = json.dumps([LAYOUT, left, told, drawn], ensure_ascii=False, separators=(",", ":")).encode()
    places = (np.cumsum(rows) - 1)[bins[0]] * len(drawn) + (np.cumsum(plots) - 1)[bins[1]]
    run, length = np.unique(places, return_counts=True)
    runs = np.stack([*np.divmod(run, max(len(drawn), 1)), length]).astype(_RUN)
    numbers = [_small(column) for column in bins[2:]]
    sizes = _SIZES.pack(len(run), len(places), *(column.itemsize for column in numbers))
    body = [np.ascontiguousarray(each).tobytes() for each in (counts[rows][:, columns], runs, *numbers)]
    return zlib.compress(b"".join([len(head).to_bytes(4, "little"), head, sizes, *body]), 1)


def _small(column: np.ndarray) -> np.ndarray:
    """In as few bytes as hold them."""
    top = int(column.max()) if len(column) else 0
    return column.astype(next(f"<u{size}" for size in (1, 2, 4, 8) if top < 256**size))


def add_up(parts: Sequence["CellTerm"]) -> bytes:
    """Many cells as one, each key under the name that its part gives it; packed as if `pack` had been given the sum.
    Raises LessThanNothing where more is taken away than there is."""
    keys = sorted({rename(key) for part, rename, _ in parts for key in part.keys})
    names = sorted({name for part, _, _ in parts for name in part.names})
    charts = sorted({name for part, _, _ in parts for name in part.charts})
    at_key, at_name, at_chart = ({each: at for at, each in enumerate(some)} for some in (keys, names, charts))
    counts = np.zeros((len(keys), len(names)), _COUNT)
    columns = [np.zeros((3, 0), np.int64)]
    for part, rename, times in parts:
        rows = np.array([at_key[rename(key)] for key in part.keys], np.int64)
        np.add.at(
            counts, (rows[:, None], np.array([at_name[name] for name in part.names], np.int64)), times * part.counts
        )
        plots = np.array([at_chart[name] for name in part.charts], np.int64)
        place = rows[part.runs[0]] * len(charts) + plots[part.runs[1]]
        columns.append(np.stack([np.repeat(place, part.runs[2]), part.bins, times * part.bin_counts.astype(np.int64)]))
    places, bins, summed = _summed(*np.concatenate(columns, axis=1))
    if any(part.times < 0 for part in parts) and ((summed < 0).any() or (counts < 0).any()):
        raise LessThanNothing
    return _packed(keys, names, charts, counts, np.stack([*np.divmod(places, max(len(charts), 1)), bins, summed]))


@dataclass(frozen=True, eq=False)
class CellHead:
    """What a cell has numbers of. Cells of the same keys and names share one: what is made of it is made once."""

    keys: tuple[CellKey, ...]
    names: tuple[str, ...]
    charts: tuple[str, ...]


@dataclass(frozen=True)
class Unpacked:
    head: CellHead
    counts: np.ndarray
    """keys x names"""
    runs: np.ndarray
    """3 x n: place of the key, place of the chart, how many bins it has."""
    bins: np.ndarray
    """Of one run after the other."""
    bin_counts: np.ndarray

    @property
    def keys(self) -> tuple[CellKey, ...]:
        return self.head.keys

    @property
    def names(self) -> tuple[str, ...]:
        return self.head.names

    @property
    def charts(self) -> tuple[str, ...]:
        return self.head.charts


def head_of(packed: bytes) -> CellHead | None:
    """Without unpacking the numbers, which are a hundred times as much. None: it was packed by a version that counted
    otherwise."""
    reader = zlib.decompressobj()
    size = int.from_bytes(reader.decompress(packed, 4), "little")
    return _head(reader.decompress(reader.unconsumed_tail, size))


def numbers_of(head: CellHead, packed: bytes) -> Unpacked:
    """The rest of a cell whose head was read."""
    raw = zlib.decompress(packed)
    at = 4 + int.from_bytes(raw[:4], "little")
    runs, many, of_bin, of_count = _SIZES.unpack_from(raw, at)
    at += _SIZES.size
    shapes = (
        (_COUNT, (len(head.keys), len(head.names))),
        (_RUN, (3, runs)),
        (np.dtype(f"<u{of_bin}"), (many,)),
        (np.dtype(f"<u{of_count}"), (many,)),
    )
    found = []
    for kind, shape in shapes:
        length = prod(shape)
        found.append(np.frombuffer(raw, kind, length, at).reshape(shape))
        at += length * kind.itemsize
    return Unpacked(head, *found)


def unpack(packed: bytes) -> Unpacked | None:
    """None as `head_of`."""
    head = head_of(packed)
    return None if head is None else numbers_of(head, packed)


@lru_cache(maxsize=512)
def _head(told: bytes) -> CellHead | None:
    """Of `[layout, keys, names, charts]`."""
    layout, *rest = json.loads(told)
    if layout != LAYOUT:
        return None
    keys, names, charts = rest
    return CellHead(tuple((queue, value) for queue, value in keys), tuple(names), tuple(charts))


def cells_of(unpacked: Unpacked) -> Cells:
    """As they were before they were packed."""
    cells: Cells = {}
    for row, key in enumerate(unpacked.keys):
        tally = cells[key] = Tally()
        for at in np.flatnonzero(unpacked.counts[row]):
            tally.counts[unpacked.names[at]] = int(unpacked.counts[row, at])
    bins = iter(zip(unpacked.bins.tolist(), unpacked.bin_counts.tolist(), strict=True))
    for row, chart, length in unpacked.runs.T.tolist():
        cells[unpacked.keys[row]].bins[unpacked.charts[chart]] = Counter(dict(islice(bins, length)))
    return cells


class CellTerm(NamedTuple):
    """A cell, how its keys are called in the sum, and whether it is added or (-1) taken away."""

    cell: Unpacked
    rename: Callable[[CellKey], CellKey]
    times: int = 1


class LessThanNothing(Exception):
    """What was taken away was never in the sum."""


class SummedTally(Tally):
    """A group of `Sums`, read alone: its histograms are made when somebody asks."""

    def __init__(self, counts: dict[str, int], charts: Callable[[str], Histogram]) -> None:
        super().__init__()
        self.counts.update(counts)
        self._charts = charts
        self._made: dict[str, Histogram] = {}

    def histogram(self, name: str) -> Histogram:
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._charts(name)
        return found


class Sums:
    """Many cells added into groups, numbered from 0. Numbers are laid beside one another and added when there are many:
    a year of days has ten million, and each is touched as few times as can be."""

    def __init__(self, groups: int, wanted: frozenset[str] | None = None) -> None:
        """`wanted`: histograms that somebody will ask for; None: all."""
        self._groups, self._wanted = groups, wanted
        self._names: dict[str, int] = {}
        self._charts: dict[str, int] = {}
        self._places: dict[CellHead, tuple[np.ndarray, np.ndarray]] = {}
        self._counts, self._bins = _Columns(), _Columns()

    def add(self, cell: Unpacked, groups: np.ndarray) -> None:
        """`groups`: of each key; what is below 0 is left out."""
        names, charts = self._places_of(cell.head)
        inside = groups >= 0
        if not inside.any():
            return
        places = np.add.outer(groups[inside], names).ravel()
        self._counts.add(places, np.zeros_like(places), cell.counts[inside].ravel())
        key, chart, length = cell.runs
        group, plot = groups[key], charts[chart]
        place, bins, counts = np.repeat(group + plot, length), cell.bins, cell.bin_counts
        if not (inside.all() and (charts >= 0).all()):
            wanted = np.repeat((group >= 0) & (plot >= 0), length)
            place, bins, counts = place[wanted], bins[wanted], counts[wanted]
        self._bins.add(place, bins, counts)

    def _places_of(self, head: CellHead) -> tuple[np.ndarray, np.ndarray]:
        """Where the groups of its names and charts begin; below 0: nobody wants that chart."""
        found = self._places.get(head)
        if found is None:
            names = [self._names.setdefault(name, len(self._names) * self._groups) for name in head.names]
            charts = [
                self._charts.setdefault(name, len(self._charts) * self._groups) if self._is_wanted(name) else -1
                for name in head.charts
            ]
            found = self._places[head] = np.array(names, np.int64), np.array(charts, np.int64)
        return found

    def _is_wanted(self, chart: str) -> bool:
        return self._wanted is None or chart in self._wanted

    def tallies(self) -> tuple[list[Tally], Tally]:
        """One for each group, and that of all groups together."""
        counts, bins = self._counts.summed(), self._bins.summed()
        each = self._tallies(counts, bins, self._groups)
        return each, self._tallies(self._as_one(counts), self._as_one(bins), 1)[0]

    def _as_one(self, columns: np.ndarray) -> np.ndarray:
        """As if all groups were the same one."""
        return _summed(columns[0] // self._groups, columns[1], columns[2])

    def _tallies(self, counts: np.ndarray, bins: np.ndarray, groups: int) -> list[Tally]:
        names = list(self._names)
        told: list[dict[str, int]] = [{} for _ in range(groups)]
        for place, count in counts[[0, 2]].T.tolist():
            told[place % groups][names[place // groups]] = count
        begins = {name: place // self._groups * groups for name, place in self._charts.items()}

        @cache
        def ends_of(name: str) -> list[int]:
            return np.searchsorted(bins[0], np.arange(begins[name], begins[name] + groups + 1)).tolist()

        def chart_of(group: int) -> Callable[[str], Histogram]:
            def chart(name: str) -> Histogram:
                if name not in begins:
                    return NOTHING
                first, last = ends_of(name)[group : group + 2]
                return Histogram(bins[1, first:last], bins[2, first:last]) if last > first else NOTHING

            return chart

        return [SummedTally(each, chart_of(group)) for group, each in enumerate(told)]


AT_ONCE = 1_000_000
"""Rows that are added in one go: some tens of megabytes."""


class _Columns:
    """Rows of a place, a bin and a count, added up where place and bin are the same."""

    def __init__(self) -> None:
        self._waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._many = 0
        self._done: list[np.ndarray] = []

    def add(self, places: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> None:
        self._waiting.append((places, bins, counts))
        self._many += len(places)
        if self._many > AT_ONCE:
            self._done.append(self._together())

    def summed(self) -> np.ndarray:
        """3 x n: place, bin, count, sorted by place, then bin; no count is 0."""
        last = self._together()
        if not self._done:
            return last
        return _summed(*np.concatenate([*self._done, last], axis=1))

    def _together(self) -> np.ndarray:
        if not self._waiting:
            return np.zeros((3, 0), np.int64)
        waiting, self._waiting, self._many = self._waiting, [], 0
        places, bins, counts = (np.concatenate(column) for column in zip(*waiting, strict=True))
        return _summed(places, bins, counts)


def _summed(places: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """`_Columns.summed` of rows in any order."""
    if not len(places):
        return np.zeros((3, 0), np.int64)
    (place, at_place), (bin_, at_bin) = _numbered(places), _numbered(bins)
    cell = at_place * len(bin_) + at_bin
    room = len(place) * len(bin_)
    if room <= SPARSE * len(cell):
        dense = np.bincount(cell, weights=counts, minlength=room)
        there = np.flatnonzero(dense)
        told = dense[there]
    else:
        there, back = np.unique(cell, return_inverse=True)
        told = np.bincount(back.ravel(), weights=counts)
        there, told = there[told != 0], told[told != 0]
    return np.stack([place[there // len(bin_)], bin_[there % len(bin_)], np.rint(told).astype(np.int64)])


SPARSE = 16
"""Places for one row from which on sorting is cheaper than counting."""


def _numbered(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different values, sorted, and of each value which one it is. None is below 0."""
    top = int(values.max()) + 1
    if top > SPARSE * len(values):
        found, back = np.unique(values, return_inverse=True)
        return found, back.ravel()
    there = np.zeros(top, bool)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]
