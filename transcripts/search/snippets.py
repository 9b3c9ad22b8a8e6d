"""What is shown of a turn: a stretch of its words around what was found, with that marked. Pure.

Pieces are plain text and whether it is marked; whoever shows them escapes them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from transcripts.search.document import of_word
from transcripts.search.query import Term
from transcripts.search.words import stem

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
    first, size = term.words[0], len(term.words)
    if term.kind == "word":
        first = stem(first)
        yield from (place for word, place in flat if stem(word) == first)
    elif term.kind == "prefix":
        yield from (place for word, place in flat if word.startswith(first))
    else:
        for begin in range(len(flat) - size + 1):
            row = flat[begin : begin + size]
            if all(word == wanted for (word, _), wanted in zip(row, term.words, strict=True)):
                yield from (place for _, place in row)


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
