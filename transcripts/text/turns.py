"""Words of both speakers -> turns. Pure: lists in, lists out.

A turn is one speaker's words until the other speaks or a pause. People overlap, so the words of one
speaker are first gathered into utterances (no long pause inside); only whole utterances alternate, and a
short "yes" of the listener does not tear a sentence into single words.
"""

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


def turns(words: dict[str, list[Word]]) -> list[Turn]:
    """`words` by speaker, in any order -> turns in the order they began."""
    utterances = [each for speaker, said in words.items() for each in _utterances(speaker, said)]
    utterances.sort(key=lambda each: (each.start, each.speaker))
    found: list[Turn] = []
    for each in utterances:
        if found and found[-1].speaker == each.speaker and each.start - found[-1].end <= TURN_PAUSE:
            found[-1] = Turn(each.speaker, found[-1].words + each.words)
        else:
            found.append(each)
    return found


def _utterances(speaker: str, words: list[Word]) -> list[Turn]:
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda each: (each.start, each.end)):
        if found and word.start - found[-1][-1].end <= UTTERANCE_PAUSE:
            found[-1].append(word)
        else:
            found.append([word])
    return [Turn(speaker, tuple(each)) for each in found]
