"""What is shown of a turn: a stretch of its words around what was found, with that marked. Pure.

Pieces are plain text and whether it is marked; whoever shows them escapes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from transcripts.search.document import NUMBER_GROUPS, as_one, of_word
from transcripts.search.forms import apart, asked_keys, keys
from transcripts.search.query import Term

BEFORE, LENGTH = 8, 32
"""Words shown before the first that is marked, and in all; a turn that is no longer is shown whole."""


@dataclass(frozen=True)
class SnippetPiece:
    text: str
    marked: bool


@dataclass(frozen=True)
class Snippet:
    pieces: list[SnippetPiece]
    at: float
    """Seconds of the recording at which the first marked word is said."""


def snippet(terms: Iterable[Term], speaker: str, start: float, said: Sequence[Any], text: str) -> Snippet:
    """A stretch of a turn. `said` are `Segment.words`; empty: only the turn's text and start are known."""
    shown = [str(entry[3]) for entry in said] or text.split()
    marked = _marked(list(terms), "caller" if speaker == "caller" else "agent", shown)
    first = min(marked, default=0)
    begin = max(0, first - BEFORE) if len(shown) > LENGTH else 0
    end = min(len(shown), begin + LENGTH)
    at = float(said[first][0]) if said else start
    return Snippet(_pieces(shown, marked, begin, end), at)


def _marked(terms: list[Term], speaker: str, shown: list[str]) -> set[int]:
    """Places of the words that are part of something found."""
    flat = [(word, place) for place, each in enumerate(shown) for word in of_word(each)]
    found: set[int] = set()
    for term in terms:
        if term.speaker in (None, speaker):
            found.update(_places(term, flat))
    return found


def _places(term: Term, flat: list[tuple[str, int]]) -> Iterator[int]:
    word = term.words[0]
    if term.kind == "prefix":
        yield from (place for said, place in flat if said.startswith(word))
    elif term.kind in ("exact", "compound"):
        yield from _in_a_row(term.words, flat)
    one = word if len(term.words) == 1 else as_one(term.words)
    if one and one.isdecimal():
        yield from _number(one, flat, term.kind == "prefix")
    elif one and term.kind not in ("prefix", "exact"):
        yield from _in_any_form(one, flat)
        pairs = set(apart(one)) if term.kind != "one" else set()
        for (first, at), (second, after) in pairwise(flat):
            if (first, second) in pairs:
                yield from (at, after)


def _in_a_row(said: tuple[str, ...], flat: list[tuple[str, int]]) -> Iterator[int]:
    for begin in range(len(flat) - len(said) + 1):
        row = flat[begin : begin + len(said)]
        if all(word == wanted for (word, _), wanted in zip(row, said, strict=True)):
            yield from (place for _, place in row)


def _in_any_form(asked: str, flat: list[tuple[str, int]]) -> Iterator[int]:
    """A word, and what is shown in parts and is the word as one."""
    wanted = set(asked_keys(asked))
    for place, shown in groupby(flat, lambda each: each[1]):
        parts = [word for word, _ in shown]
        one = as_one(parts) if len(parts) > 1 else None
        if any(not wanted.isdisjoint(keys(word)) for word in (*parts, *([one] if one else []))):
            yield place


def _number(asked: str, flat: list[tuple[str, int]], beginning: bool) -> Iterator[int]:
    """A number, or what begins with it, in one group or in several."""
    for begin in range(len(flat)):
        digits = ""
        for end, (word, _) in enumerate(flat[begin : begin + NUMBER_GROUPS], begin + 1):
            digits += word
            if digits == asked or (beginning and digits.startswith(asked)):
                yield from (place for _, place in flat[begin:end])
            if not asked.startswith(digits):
                break


def _pieces(shown: list[str], marked: set[int], begin: int, end: int) -> list[SnippetPiece]:
    """Runs of marked and other words. The spaces between them stand outside of what is marked."""
    runs = [(mark, list(places)) for mark, places in groupby(range(begin, end), lambda place: place in marked)]
    pieces = []
    for mark, places in runs:
        text = " ".join(shown[place] for place in places)
        if not mark:
            text = f"{' ' if places[0] > begin else ''}{text}{' ' if places[-1] < end - 1 else ''}"
        pieces.append(SnippetPiece(text, mark))
    before = [SnippetPiece("… ", False)] if begin else []
    return before + pieces + ([SnippetPiece(" …", False)] if end < len(shown) else [])
