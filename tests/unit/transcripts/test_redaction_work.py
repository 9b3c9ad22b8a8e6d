"""Redaction takes work that grows as a call's words do, whatever a hostile caller says: in steps, not in time."""

import sys
from types import FrameType
from typing import Any

import pytest

from bench import redaction_work
from transcripts.redaction.numbers import SpokenNumber, digits_of

FEW, MANY = 120, 480


def lines_of(name: str, count: int) -> int:
    """Lines of the room of redaction that are carried out for one of the invented calls."""
    words = redaction_work.call(name, count)
    taken = 0

    def line(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal taken
        taken += event == "line"
        return line

    def begins(frame: FrameType, _event: str, _arg: object) -> Any:
        return line if "redaction" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(begins)
    try:
        redaction_work.work(words)
    finally:
        sys.settrace(before)
    return taken


@pytest.mark.parametrize("name", redaction_work.CALLS)
def test_four_times_the_words_take_four_times_the_steps(name: str) -> None:
    few, many = lines_of(name, FEW), lines_of(name, MANY)
    assert few > FEW
    assert many <= 5 * few


class Counted(list[SpokenNumber]):
    """Counts the parts that are taken out of it, one by one or as a copy of many."""

    taken = 0

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        self.taken += len(found) if isinstance(at, slice) else 1
        return found


def test_a_row_of_digits_is_read_without_copying_what_is_left_of_it_again_and_again() -> None:
    parts = Counted([SpokenNumber("unit", "7")] * 20_000)
    assert digits_of(parts) == "7" * 20_000
    assert parts.taken <= 10 * len(parts)


@pytest.mark.parametrize("word", ["double", "quadruple"])
def test_nobody_makes_a_number_long_by_saying_double_without_end(word: str) -> None:
    assert (
        len(
            digits_of([SpokenNumber("times", "4" if word == "quadruple" else "2")] * 5000 + [SpokenNumber("unit", "1")])
        )
        <= 8
    )
