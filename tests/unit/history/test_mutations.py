"""However a good file is broken, each reader tells visits that can be, or says in a sentence why it does not."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from history import cdr, queue_log, table
from history.errors import HistoryError
from history.records import A_DAY, EARLIEST, LONGEST, OUTCOMES, Seen, VisitRecord

CAPTURES = Path(__file__).parent / "captures"
NOW = 1_800_000_000.0
TABLE = "call,queue,entered,outcome,wait,agent,talk\n" + "".join(
    f"{each},support,2026-10-25T02:{each:02}:00,answered,1:{each:02},anna,{each}.5\n" for each in range(20)
)
GOOD = {
    "queue_log": (CAPTURES / "queue_log.1").read_text(),
    "cdr": (CAPTURES / "Master.csv.1").read_text(),
    "csv": TABLE,
}
TEXT = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=5)


def read(kind: str, text: str, seen: Seen) -> Iterator[VisitRecord]:
    lines = [("file", list(enumerate(text.split("\n"), 1)))]
    if kind == "queue_log":
        return queue_log.visits(lines, seen)
    if kind == "cdr":
        return cdr.visits(lines, seen, "Europe/Berlin", {"605": "support"})
    return table.visits(lines, seen, "Europe/Berlin", {})


@pytest.mark.parametrize("kind", GOOD)
@given(st.lists(st.tuples(st.integers(0, 6000), TEXT | st.just("\n"), st.integers(0, 40)), max_size=5))
@hypothesis_settings(max_examples=40)
def test_what_is_told_can_be(kind: str, changes: list[tuple[int, str, int]]) -> None:
    text = GOOD[kind]
    for at, new, cut in changes:
        text = text[: at % len(text)] + new + text[at % len(text) + cut :]
    seen = Seen(now=NOW)
    told = []
    with suppress(HistoryError):
        told = list(read(kind, text, seen))
    assert len({each.key for each in told}) == len(told) or kind == "csv"
    for each in told:
        assert each.outcome in OUTCOMES and each.queue
        assert EARLIEST - 2 * LONGEST <= each.entered <= NOW + A_DAY
        assert all(lasted is None or lasted >= 0 for lasted in (each.wait, each.talk, each.hold, each.wrap))
    assert all(str(each.why) != each.why.code for each in seen.broken_lines)
