"""One call's words as the detectors read them: by speaker, with what each says of numbers, and what is talked about.

Pure. A label (`labels.py`) tells what the next number is; it may be said by either speaker, before the number and
sometimes right after it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from transcripts.engines.recogniser import Word
from transcripts.redaction.labels import Label, labels_in
from transcripts.redaction.numbers import SpokenNumber, number_in, plain

SLOP = 1.0
"""Seconds by which a recogniser's times of two speakers may disagree."""
PAUSE = 1.0
"""A silence of so many seconds ends what somebody says in one go."""
QUESTION_SECONDS = 15.0
"""So far apart may the words of one question be that tell what is asked for."""
MARKER = re.compile(r"•(card|code|expiry|pin|one_time_code|password|bank_account|phone|email|name)•")
"""What stands in a text where a secret was (`masks.py`)."""
_ASKING = re.compile(r"наз[оа]ви\w*|продикту\w*|прочита\w*|скаж\w*|подскаж\w*")
_ASKS = frozenset(
    "what which where when could can need give read tell spell назовите продиктуйте прочитайте скажите какой какая "
    "какую какие какому по теперь подскажите запишу".split()
)


@dataclass(frozen=True)
class SpeakerStream:
    """One speaker's words in the order in which they were said."""

    speaker: str
    words: Sequence[Word]

    @cached_property
    def plain(self) -> list[str]:
        return [plain(word.text) for word in self.words]

    @cached_property
    def starts(self) -> list[float]:
        """When each word begins."""
        return [word.start for word in self.words]

    @cached_property
    def different(self) -> frozenset[str]:
        """The words without doubles."""
        return frozenset(self.plain)

    @cached_property
    def numbers(self) -> list[SpokenNumber | None]:
        """What each word says as a part of a number; the letter o right after a digit is one."""
        found = [number_in(word.text) for word in self.words]
        for at in range(1, len(found)):
            if self.plain[at] == "o" and found[at - 1] is not None:
                found[at] = SpokenNumber("unit", "0")
        return found

    @cached_property
    def labels(self) -> list[Label]:
        """In the order of the words."""
        return labels_in(self.speaker, self.words, self.plain, self.numbers)

    @cached_property
    def in_labels(self) -> frozenset[int]:
        """Places of all words of labels."""
        return frozenset(at for label in self.labels for at in range(label.index, label.last))

    @cached_property
    def go_ends(self) -> list[int]:
        """For each word, one past the last that is said in one go with it."""
        found = [len(self.words)] * len(self.words)
        for at in range(len(self.words) - 2, -1, -1):
            goes_on = self.words[at + 1].start - self.words[at].end < PAUSE
            found[at] = found[at + 1] if goes_on else at + 1
        return found

    def end_of_go(self, at: int) -> float:
        """When the go ends that a word belongs to."""
        return self.words[self.go_ends[at] - 1].end

    def next_saying(self, after: float, words: int) -> float:
        """When the next saying of so many words begins after a time; infinity: never."""
        if words not in self._sayings:
            length = 0
            begins: list[float] = []
            for at in range(len(self.words) - 1, -1, -1):
                length = length + 1 if self.go_ends[at] > at + 1 else 1
                begins += [self.words[at].start] if length >= words else []
            self._sayings[words] = begins[::-1]
        begins = self._sayings[words]
        at = bisect_right(begins, after)
        return begins[at] if at < len(begins) else float("inf")

    @cached_property
    def _sayings(self) -> dict[int, list[float]]:
        """Where somebody goes on for so many words, by their number."""
        return {}

    @cached_property
    def label_places(self) -> list[int]:
        """Of the first word of each label."""
        return [label.index for label in self.labels]

    @cached_property
    def markers(self) -> dict[int, str]:
        """Kinds by place, where a secret was masked already."""
        found = ((at, MARKER.fullmatch(word.text.strip())) for at, word in enumerate(self.words))
        return {at: match.group(1) for at, match in found if match}


@dataclass(frozen=True)
class Talk:
    """Both speakers' words."""

    streams: Mapping[str, SpeakerStream]

    @classmethod
    def of(cls, words: Mapping[str, Sequence[Word]]) -> "Talk":
        return cls({speaker: SpeakerStream(speaker, list(said)) for speaker, said in words.items()})

    def others(self, speaker: str) -> list[SpeakerStream]:
        return [stream for name, stream in self.streams.items() if name != speaker]

    @cached_property
    def labels(self) -> list[Label]:
        """Everybody's, by their time."""
        return sorted((label for s in self.streams.values() for label in s.labels), key=lambda label: label.start)

    @cached_property
    def _label_starts(self) -> list[float]:
        return [label.start for label in self.labels]

    def labels_before(self, speaker: str, index: int) -> Iterator[Label]:
        """The labels said before that word, by the speaker or by another, the last first."""
        until = self.streams[speaker].words[index].start + SLOP
        for at in range(bisect_right(self._label_starts, until) - 1, -1, -1):
            label = self.labels[at]
            if label.speaker != speaker or label.index < index:
                yield label

    def label_before(self, speaker: str, index: int, seconds: float) -> Label | None:
        """The last label said before that word, by the speaker or by another, at most so long before it."""
        best = next(self.labels_before(speaker, index), None)
        word = self.streams[speaker].words[index]
        return best if best is not None and word.start - best.end <= seconds else None

    def question(self, speaker: str, index: int, answers: Sequence[float]) -> list[Label]:
        """The labels of the question that this word answers, the last first: those since the answer before it.

        `answers`: when each number of the talk ended, in order.
        """
        found: list[Label] = []
        since = float("-inf")
        for label in self.labels_before(speaker, index):
            if not found:
                before = bisect_right(answers, label.start)
                since = answers[before - 1] if before else since
            elif label.start < since or found[0].start - label.end > QUESTION_SECONDS:
                break
            found.append(label)
        return found

    def label_after(self, speaker: str, index: int, words: int) -> Label | None:
        """The first label the speaker says within so many words after that one, without a pause."""
        stream = self.streams[speaker]
        at = bisect_right(stream.label_places, index)
        for label in stream.labels[at : at + words]:
            if label.index <= index + words and label.start - stream.words[index].end < 2.0:
                return label
        return None

    def said_between(self, speaker: str, start: float, end: float) -> list[tuple[SpeakerStream, int]]:
        """What others said between two times: the streams and the places of the words whose middle lies there."""
        found: list[tuple[SpeakerStream, int]] = []
        if end <= start:
            return found
        for other in self.others(speaker):
            first = bisect_right(other.starts, start - 5.0)
            for at in range(first, len(other.words)):
                word = other.words[at]
                if word.start > end:
                    break
                if start < (word.start + word.end) / 2 < end:
                    found.append((other, at))
        return found

    def asks(self, label: Label) -> bool:
        """Whether the sentence around a label asks for something."""
        stream = self.streams[label.speaker]
        low, high = max(0, label.index - 10), min(len(stream.words), label.index + 9)
        said = [at for at in range(low, high) if abs(stream.words[at].start - label.start) < 5.0]
        return any(stream.words[at].text.rstrip().endswith("?") or is_asking(stream.plain[at]) for at in said)


def is_asking(word: str) -> bool:
    """Whether somebody who says that asks for something."""
    return word in _ASKS or bool(_ASKING.fullmatch(word))
