"""Cells: packed, added up, taken away again, put into groups."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import cells
from reports.collecting import CellKey, Cells
from reports.tally import Tally

NUMBERS = st.dictionaries(st.sampled_from(["offered", "lost"]), st.integers(0, 9), max_size=2)
CHARTS = st.dictionaries(
    st.sampled_from(["wait", "talk"]),
    st.dictionaries(st.integers(0, 700) | st.just(86_400), st.integers(0, 9), max_size=4),
    max_size=2,
)
KEYS = st.tuples(st.sampled_from(["", "sales", "support"]), st.sampled_from(["", "anna", "ben"]))
CELLS = st.dictionaries(
    KEYS,
    st.builds(
        lambda counts, bins: Tally(Counter(counts), {name: Counter(chart) for name, chart in bins.items()}),
        NUMBERS,
        CHARTS,
    ),
    max_size=5,
)


def unpacked(some: Cells) -> cells.Unpacked:
    found = cells.unpack(cells.pack(some))
    assert found is not None
    return found


def same(key: CellKey) -> CellKey:
    return key


def together(*some: Cells) -> Cells:
    found: Cells = {}
    for each in some:
        for key, tally in each.items():
            found.setdefault(key, Tally()).merge(tally)
    return found


@given(CELLS, CELLS, CELLS)
def test_what_is_added_and_taken_away_is_as_if_it_had_been_counted_so(day: Cells, old: Cells, new: Cells) -> None:
    parts = [cells.CellTerm(unpacked(together(day, old)), same), cells.CellTerm(unpacked(old), same, -1)]
    assert cells.add_up([*parts, cells.CellTerm(unpacked(new), same)]) == cells.pack(together(day, new))


def test_more_cannot_be_taken_away_than_there_is() -> None:
    one: Cells = {("support", ""): Tally(Counter(offered=1), {"wait": Counter({7: 1})})}
    two: Cells = {("support", ""): Tally(Counter(offered=1), {"wait": Counter({7: 2})})}
    with pytest.raises(cells.LessThanNothing):
        cells.add_up([cells.CellTerm(unpacked(one), same), cells.CellTerm(unpacked(two), same, -1)])


@given(st.lists(CELLS, max_size=4), st.booleans())
def test_groups_are_the_sums_of_their_keys(some: list[Cells], in_pieces: bool) -> None:
    """Also where rows are added piece by piece, and of keys that are left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "AT_ONCE", 2 if in_pieces else cells.AT_ONCE)
        patch.setattr(cells, "AT_MOST", 7 if in_pieces else cells.AT_MOST)
        all_of = [unpacked(each) for each in some]
        sums = cells.Sums(2, [cell.head for cell in all_of])
        for cell in all_of:
            sums.rest()  # though the same groups come again
            sums.add(cell, np.array([["support", "sales", ""].index(queue) - 1 for queue, _ in cell.keys], np.int64))
        each_of, total = sums.tallies()
    for group, tally in enumerate([*each_of, total]):
        wanted = {0: ["sales"], 1: [""], 2: ["sales", ""]}[group]
        expected = together(*({("", ""): t} for each in some for key, t in each.items() if key[0] in wanted))
        counts, bins = expected.get(("", ""), Tally()).plain()
        assert dict(tally.counts) == counts
        for name in ("wait", "talk"):
            chart = tally.histogram(name)
            assert dict(zip(chart.bins.tolist(), chart.counts.tolist(), strict=True)) == bins.get(name, {})
            assert chart.total == sum(bins.get(name, {}).values())
