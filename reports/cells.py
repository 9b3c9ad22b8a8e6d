"""Cells as rows: packed, read, and added up. Numbers lie in columns, so that a year of days is added in a moment.

A packed cell is JSON of its keys and names, then the counts (keys x names) and the histograms: runs (key, name, how
many bins), and the bins and counts of all of them as columns, in as few bytes as hold them. All of it is compressed.
`Sums` adds many into groups and is read as tallies.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    rows: list[tuple[int, int, int]] = []
    for at, key in enumerate(keys):
        for name, count in cells[key].counts.items():
            counts[at, at_name[name]] = count
        for place, name in enumerate(charts, at * len(charts)):
            rows += [(place, bin_, count) for bin_, count in cells[key].bins.get(name, {}).items() if count]
    return _packed(keys, names, charts, counts, _added(*np.array(rows, np.int64).reshape(-1, 3).T))


def _packed(keys: list[CellKey], names: list[str], charts: list[str], counts: np.ndarray, bins: "_Added") -> bytes:
    """`bins`: their places are key x chart. Keys and words are sorted; those of which there is nothing are left out."""
    of_key, of_chart = np.divmod(bins.places, max(len(charts), 1))
    rows, columns = np.asarray(counts.any(axis=1)), np.asarray(counts.any(axis=0))
    rows[of_key] = True
    plots = np.zeros(len(charts), bool)
    plots[of_chart] = True
    left = [key for key, there in zip(keys, rows.tolist(), strict=True) if there]
    told = [name for name, there in zip(names, columns.tolist(), strict=True) if there]
    drawn = [name for name, there in zip(charts, plots.tolist(), strict=True) if there]
    head = json.dumps([LAYOUT, left, told, drawn], ensure_ascii=False, separators=(",", ":")).encode()
    runs = np.stack([(np.cumsum(rows) - 1)[of_key], (np.cumsum(plots) - 1)[of_chart], np.diff(bins.ends)]).astype(_RUN)
    numbers = [_small(column) for column in (bins.bins, bins.counts)]
    sizes = _SIZES.pack(runs.shape[1], len(bins.bins), *(column.itemsize for column in numbers))
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
    bins = _added(*np.concatenate(columns, axis=1))
    if any(part.times < 0 for part in parts) and ((bins.counts < 0).any() or (counts < 0).any()):
        raise LessThanNothing
    return _packed(keys, names, charts, counts, bins)


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

    def __init__(self, groups: int, heads: Iterable[CellHead], wanted: frozenset[str] | None = None) -> None:
        """`heads`: of all cells that will be added; `wanted`: histograms that somebody will ask for, None: all."""
        self._groups, different = groups, set(heads)
        self._names = {name: at for at, name in enumerate(sorted({name for head in different for name in head.names}))}
        drawn = {name for head in different for name in head.charts if wanted is None or name in wanted}
        self._charts = {name: at for at, name in enumerate(sorted(drawn))}
        self._of_head: dict[CellHead, tuple[np.ndarray, np.ndarray]] = {}
        self._counts, self._bins = _Columns(max(len(self._names), 1)), _Columns(max(len(self._charts), 1))

    def add(self, cell: Unpacked, groups: np.ndarray) -> None:
        """`groups`: of each key; what is below 0 is left out."""
        names, charts = self._places_in(cell.head)
        inside = groups >= 0
        if not inside.any():
            return
        places = np.add.outer(groups[inside] * self._counts.stride, names).ravel()
        self._counts.add(places, np.broadcast_to(np.uint8(0), places.shape), cell.counts[inside].ravel())
        key, chart, length = cell.runs
        group, plot = groups[key], charts[chart]
        place, bins, counts = np.repeat(group * self._bins.stride + plot, length), cell.bins, cell.bin_counts
        if not (inside.all() and (charts >= 0).all()):
            wanted = np.repeat((group >= 0) & (plot >= 0), length)
            place, bins, counts = place[wanted], bins[wanted], counts[wanted]
        self._bins.add(place, bins, counts)

    def rest(self) -> None:
        """What comes next goes into other groups than what came until now: nothing needs to be added to that again."""
        self._counts.rest()
        self._bins.rest()

    def _places_in(self, head: CellHead) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of its names and charts; below 0: nobody wants that chart."""
        found = self._of_head.get(head)
        if found is None:
            names = [self._names[name] for name in head.names]
            charts = [self._charts.get(name, -1) for name in head.charts]
            found = self._of_head[head] = np.array(names, np.int64), np.array(charts, np.int64)
        return found

    def tallies(self) -> tuple[list[Tally], Tally]:
        """One for each group, and that of all groups together."""
        counts, bins = self._counts.done(), self._bins.done()
        total = self._tallies([self._counts.total()], [self._bins.total()], 1)[0]
        return self._tallies(counts, bins, self._groups), total

    def _tallies(self, counts: Sequence["_Added"], bins: Sequence["_Added"], groups: int) -> list[Tally]:
        names, many, plots = list(self._names), self._counts.stride, self._bins.stride
        told: list[dict[str, int]] = [{} for _ in range(groups)]
        for some in counts:
            for place, count in zip(some.places.tolist(), some.counts.tolist(), strict=True):
                told[place // many][names[place % many]] = count
        where = {
            place: (some, first, last)
            for some in bins
            for place, first, last in zip(
                some.places.tolist(), some.ends.tolist(), some.ends[1:].tolist(), strict=False
            )
        }

        def chart_of(group: int) -> Callable[[str], Histogram]:
            def chart(name: str) -> Histogram:
                found = where.get(group * plots + self._charts[name]) if name in self._charts else None
                if found is None:
                    return NOTHING
                some, first, last = found
                return Histogram(some.bins[first:last], some.counts[first:last])

            return chart

        return [SummedTally(each, chart_of(group)) for group, each in enumerate(told)]


AT_ONCE, AT_MOST = 500_000, 2_000_000
"""Rows that are added in one go, some tens of megabytes: where their groups are complete, and in any case."""


@dataclass(frozen=True)
class _Added:
    """Rows of which none is twice, and no count 0."""

    places: np.ndarray
    """Sorted, each once."""
    ends: np.ndarray
    """One more than places: between which of `bins` those of a place are."""
    bins: np.ndarray
    """Of one place after the other, sorted."""
    counts: np.ndarray

    def rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Each with its place."""
        return np.repeat(self.places, np.diff(self.ends)), self.bins, self.counts


class _Columns:
    """Rows of a place, a bin and a count, added up where place and bin are the same. A place is one of `stride` in a
    group."""

    def __init__(self, stride: int) -> None:
        self.stride = stride
        self._waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._many = 0
        self._added: list[_Added] = []
        self._totals: list[_Added] = []

    def add(self, places: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> None:
        self._waiting.append((places, bins, counts))
        self._many += len(places)
        if self._many > AT_MOST:
            self._put_together()

    def rest(self) -> None:
        if self._many > AT_ONCE:
            self._put_together()

    def done(self) -> list[_Added]:
        """All of it, in pieces that have no place in common."""
        self._put_together()
        places = np.concatenate([each.places for each in self._added])
        if len(np.unique(places)) < len(places):
            self._added = [_all_of(self._added)]
        return self._added

    def total(self) -> _Added:
        """As if all groups were the same one; after `done`."""
        return _all_of(self._totals)

    def _put_together(self) -> None:
        added = _added(*_beside(self._waiting))
        self._waiting, self._many = [], 0
        places, bins, counts = added.rows()
        self._added.append(added)
        self._totals.append(_added(places % self.stride, bins, counts))


def _all_of(some: Sequence[_Added]) -> _Added:
    return some[0] if len(some) == 1 else _added(*_beside([each.rows() for each in some]))


def _beside(rows: Sequence[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    """Columns one below the other; three of nothing where there are none."""
    return [np.concatenate(column) for column in zip(*rows, strict=True)] or [np.zeros(0, np.int64)] * 3


def _added(places: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> _Added:
    """Of rows in any order."""
    if not len(places):
        nothing = np.zeros(0, np.int64)
        return _Added(nothing, np.zeros(1, np.int64), nothing, nothing)
    (place, at_place), (bin_, at_bin) = _numbered(places), _numbered(bins)
    at_place *= len(bin_)
    at_place += at_bin
    room = len(place) * len(bin_)
    if room <= SPARSE * len(places):
        dense = np.bincount(at_place, weights=counts, minlength=room)
        there = np.flatnonzero(dense)
        told = dense[there]
    else:
        there, back = np.unique(at_place, return_inverse=True)
        told = np.bincount(back.ravel(), weights=counts)
        there, told = there[told != 0], told[told != 0]
    ends = np.searchsorted(there, np.arange(len(place) + 1) * len(bin_))
    of_place = np.repeat(np.arange(len(place)) * len(bin_), np.diff(ends))
    has = np.diff(ends) > 0
    ends = np.concatenate([[0], ends[1:][has]])
    return _Added(place[has], ends, bin_[there - of_place], np.rint(told).astype(np.int64))


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
