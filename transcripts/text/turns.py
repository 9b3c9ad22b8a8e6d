"""Words of both speakers -> turns. Pure: lists in, lists out.

A turn is one speaker's words until the other speaks or a pause. People overlap, so the words of one
speaker are first gathered into utterances (no long pause inside); only whole utterances alternate, and a
short "yes" of the listener does not tear a sentence into single words. Nobody's turn goes on when a call is passed on:
what the next agent says is another one.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.engines.recogniser import Word

UTTERANCE_PAUSE = 1.0
"""Seconds without a word that end an utterance."""
TURN_PAUSE = 2.0
"""Seconds between two utterances of one speaker that make two turns of them."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said in one go; times in seconds from the start of the recording."""

    speaker: str
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return max(word.end for word in self.words)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return sum(word.confidence for word in self.words) / len(self.words)


def turns(words: dict[str, list[Word]], handovers: Sequence[float] = ()) -> list[Turn]:
    """`words` by speaker, in any order -> turns in the order they began.

    `handovers`: seconds, in order, from which on another agent speaks as "agent".
    """
    cuts = {"agent": handovers}
    utterances = [each for speaker, said in words.items() for each in _utterances(speaker, said, cuts.get(speaker, ()))]
    utterances.sort(key=lambda each: (each.start, each.speaker))
    found: list[Turn] = []
    for each in utterances:
        last = found[-1] if found else None
        goes_on = last is not None and last.speaker == each.speaker and each.start - last.end <= TURN_PAUSE
        if goes_on and not _is_cut(found[-1].start, each.start, cuts.get(each.speaker, ())):
            found[-1] = Turn(each.speaker, found[-1].words + each.words)
        else:
            found.append(each)
    return found


def _utterances(speaker: str, words: list[Word], cuts: Sequence[float]) -> list[Turn]:
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda each: (each.start, each.end)):
        near = bool(found) and word.start - found[-1][-1].end <= UTTERANCE_PAUSE
        if near and not _is_cut(found[-1][-1].start, word.start, cuts):
            found[-1].append(word)
        else:
            found.append([word])
    return [Turn(speaker, tuple(each)) for each in found]


def _is_cut(before: float, after: float, cuts: Sequence[float]) -> bool:
    """Whether one of `cuts` lies between two beginnings."""
    return bisect_right(cuts, before) < bisect_right(cuts, after)
