"""Which intervals of which channel are silenced for the secrets of a call, and where to listen again. Pure.

Recognisers are careless with the times of digits and leave whole groups out. So the speaker's own channel is silent
from the last word understood before a secret to the first one after it; the other channel, where an echo may repeat
what is said, only over the words themselves. Speech that nobody understood, in answer to a question for a secret, is
silenced too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.engines.recogniser import Word
from transcripts.engines.speech import PAD
from transcripts.redaction.labels import BESIDE, GUESSED, Label
from transcripts.redaction.passwords import asks_for
from transcripts.redaction.speakers import SLOP, Talk

CHANNELS = {"caller": 0, "agent": 1}
REACH = 15.0
"""Seconds without an understood word that belong to a secret beside them, at most."""
TOGETHER = 1.0
"""Words of a secret nearer to each other than this are one interval on the other channel."""
ANSWER = 25.0
"""Seconds that an answer takes at most."""
REAL_WORDS = 5
"""Fewer words than that are a yes, a thank you, and end no answer."""
SLOWEST = 1.2
"""Seconds of speech for a word; where fewer words were understood, some were not."""
LONGEST_WORD = 5.0
"""Seconds that nobody needs for one word, whatever a recogniser says."""
AROUND = 15.0
"""Seconds on either side of a secret that are listened to again."""
_NEVER = frozenset("never nobody никому никогда".split())
"""We never ask for your PIN by email."""

Ranges = Mapping[str, Sequence[Sequence[float]]]
"""Where each speaker speaks: [[start, end], ...] in seconds, in order."""


@dataclass(frozen=True, slots=True)
class SecretInterval:
    """A secret's place in time."""

    kind: str
    speaker: str
    start: float
    end: float
    source: str = "text"


@dataclass(frozen=True, slots=True)
class Silence:
    """An interval of a channel, in seconds."""

    channel: int
    start: float
    end: float


def silences(
    intervals: Iterable[SecretInterval], words: Mapping[str, Sequence[Word]], seconds: float, margin: float
) -> list[Silence]:
    """What is silent in a masked recording of `seconds`, in order, none touching another."""
    intervals = list(intervals)
    found: list[Silence] = []
    for speaker in dict.fromkeys(interval.speaker for interval in intervals):
        own = [interval for interval in intervals if interval.speaker == speaker]
        found += _silent_for(own, words.get(speaker, ()), CHANNELS[speaker], margin)
    return _tidy(found, seconds)


def _silent_for(
    intervals: Sequence[SecretInterval], words: Sequence[Word], channel: int, margin: float
) -> list[Silence]:
    """For one speaker's secrets, on both channels. Calls of hours have hundreds: every word is looked at once."""
    words = sorted(words, key=_middle)
    middles = [_middle(word) for word in words]
    said = _outside(words, middles, intervals)
    said_middles = [_middle(word) for word in said]
    ends = list(accumulate((word.end for word in said), max))
    starts = list(accumulate((word.start for word in reversed(said)), min))[::-1]
    found = []
    for interval in intervals:
        first, last = bisect_left(said_middles, interval.start), bisect_right(said_middles, interval.end)
        before = ends[first - 1] if first else interval.start - REACH
        after = starts[last] if last < len(said) else interval.end + REACH
        own = (
            min(max(before, interval.start - REACH), interval.start - margin),
            max(min(after, interval.end + REACH), interval.end + margin),
        )
        found.append(Silence(channel, *own))
        inside = words[bisect_left(middles, interval.start) : bisect_right(middles, interval.end)]
        pieces = [(word.start, word.end) for word in inside] or [(interval.start, interval.end)]
        found += [Silence(1 - channel, start - margin, end + margin) for start, end in _joined(pieces, TOGETHER)]
    return found


def _outside(words: Sequence[Word], middles: Sequence[float], intervals: Sequence[SecretInterval]) -> list[Word]:
    """The words (in the order of their middles) that belong to no secret."""
    kept: list[Word] = []
    place = 0
    for start, end in _joined([(interval.start, interval.end) for interval in intervals], 0.0):
        kept += words[place : bisect_left(middles, start, lo=place)]
        place = max(place, bisect_right(middles, end))
    return [*kept, *words[place:]]


def unheard(talk: Talk, ranges: Ranges, wanted: frozenset[str]) -> list[SecretInterval]:
    """Speech without an understood word, where the answer to a question for one of the `wanted` kinds is expected."""
    found = []
    silent = {speaker: _not_understood(talk, speaker, ranges.get(speaker, ())) for speaker in talk.streams}
    for label in talked_of(talk, wanted):
        for speaker, places in silent.items():
            if speaker != label.speaker and not _may_be_answered(talk, label):
                continue
            start, end = _answer(talk, label, speaker)
            first = bisect_left(places, start - SLOP, key=_centre)
            for low, high in places[first : bisect_right(places, end, key=_centre)]:
                found.append(SecretInterval(label.kind, speaker, low, high, "unheard"))
    return sorted(set(found), key=lambda interval: (interval.start, interval.kind))


def _may_be_answered(talk: Talk, label: Label) -> bool:
    """Whether the other one may say a secret after that: not where it is told already, or nobody is to tell it."""
    before = talk.streams[label.speaker].plain[max(0, label.index - BESIDE) : label.index]
    return talk.asks(label) or (label.strength != GUESSED and _NEVER.isdisjoint(before))


def talked_of(talk: Talk, wanted: frozenset[str]) -> list[Label]:
    """The labels by which somebody may say a secret of the `wanted` kinds; a password is often only spoken of."""
    return [
        label
        for label in talk.labels
        if label.kind in wanted and (label.kind != "password" or asks_for(talk.streams[label.speaker], label))
    ]


def _not_understood(talk: Talk, speaker: str, ranges: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """The ranges of a speaker's speech in which hardly a word was understood, in order."""
    return sorted(((low, high) for low, high in ranges if not _is_heard(talk, speaker, low, high)), key=_centre)


def _centre(place: tuple[float, float]) -> float:
    return (place[0] + place[1]) / 2


def listen_again(
    intervals: Iterable[SecretInterval], talk: Talk, wanted: frozenset[str], seconds: float
) -> list[tuple[float, float]]:
    """Intervals worth hearing once more: around every secret, and wherever secrets are talked about."""
    times = [(interval.start, interval.end) for interval in intervals]
    times += [(label.start, label.end) for label in talked_of(talk, wanted)]
    around = [(max(0.0, start - AROUND), min(seconds, end + AROUND)) for start, end in times]
    return [(start, end) for start, end in _joined(around, 0.0) if end > start]


def _answer(talk: Talk, label: Label, speaker: str) -> tuple[float, float]:
    """From the end of the saying with the label to the next real saying of anybody but `speaker`, who answers."""
    stream = talk.streams[label.speaker]
    end = label.end if speaker == label.speaker else max(label.end, stream.end_of_go(label.last - 1))
    until = min((other.next_saying(end + 0.2, REAL_WORDS) for other in talk.others(speaker)), default=float("inf"))
    return end, min(until, end + ANSWER)


def _is_heard(talk: Talk, speaker: str, low: float, high: float) -> bool:
    """Whether about as much was understood between two times as is said in them; words trailing off are none."""
    stream = talk.streams[speaker]
    understood = 0
    first, last = bisect_left(stream.starts, low - LONGEST_WORD), bisect_right(stream.starts, high + 0.1)
    for word, number in zip(stream.words[first:last], stream.numbers[first:last], strict=True):
        if low - 0.1 <= _middle(word) <= high + 0.1 and not word.text.rstrip().endswith(("...", "…")):
            understood += len(number.value) if number is not None and number.part == "digits" else 1
    return understood >= max(1.0, (high - low - 2 * PAD) / SLOWEST)


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def spans(pieces: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Pieces in order, those that touch made one."""
    return _joined(pieces, 0.0)


def _joined(pieces: Iterable[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Pieces in order, those nearer than `gap` to each other made one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(pieces):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _tidy(found: Sequence[Silence], seconds: float) -> list[Silence]:
    tidy = []
    for channel in sorted({each.channel for each in found}):
        pieces = [(max(0.0, s.start), min(seconds, s.end)) for s in found if s.channel == channel]
        joined = _joined(((start, end) for start, end in pieces if end > start), 0.05)
        tidy += [Silence(channel, round(start, 3), round(end, 3)) for start, end in joined]
    return tidy
