"""The turns of a call -> its sentences, each with who said it, when, and where its words stand. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from transcripts.engines.recogniser import Word
from transcripts.text.readable import ENDS
from transcripts.text.turns import Turn

LONGEST = 32
"""Words of a sentence; a longer one is cut where its speaker paused longest."""
LEAST = 8
"""Words before and after such a cut."""


@dataclass(frozen=True, slots=True)
class SaidSentence:
    """What somebody said between two full stops."""

    seq: int
    """Of the turn."""
    first: int
    """Of its words in the turn; `last` is the one behind its last."""
    last: int
    speaker: str
    """caller or agent"""
    start: float
    """Seconds of the recording."""
    end: float
    text: str


def sentences(turns: Iterable[tuple[int, Turn]]) -> list[SaidSentence]:
    """`turns` with their numbers, in their order."""
    return [each for seq, turn in turns for each in _of_turn(seq, turn)]


def _of_turn(seq: int, turn: Turn) -> Iterator[SaidSentence]:
    first = 0
    for at, word in enumerate(turn.words):
        if _ends(word.text) or at + 1 == len(turn.words):
            for begin, end in _cut(turn.words, first, at + 1):
                yield _sentence(seq, turn, begin, end)
            first = at + 1


def _ends(text: str) -> bool:
    return text.rstrip("»”\"')").endswith(tuple(ENDS))


def _cut(words: Sequence[Word], first: int, last: int) -> list[tuple[int, int]]:
    """Where nobody knows the end of a sentence, pauses stand in."""
    if last - first <= LONGEST:
        return [(first, last)]
    gaps = [after.start - before.end for before, after in pairwise(words[first:last])]
    at = max(range(LEAST, last - first - LEAST), key=lambda place: gaps[place - 1]) + first
    return _cut(words, first, at) + _cut(words, at, last)


def _sentence(seq: int, turn: Turn, first: int, last: int) -> SaidSentence:
    words = turn.words[first:last]
    text = " ".join(word.text for word in words)
    return SaidSentence(seq, first, last, turn.speaker, words[0].start, max(word.end for word in words), text)
