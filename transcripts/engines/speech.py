"""Where somebody speaks: ranges of speech in one channel, and how they are packed for a recogniser.

Owns the decision what is never decoded. Two gates: sound that is digitally near silence is told by its
level alone (nearly free); only the rest goes to Silero VAD, the small network that faster-whisper
ships, because level alone takes music, line noise and breathing for speech. Which parts of a channel
belong to the talk at all is decided by `decode.py` and `transcripts/text/talks.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transcripts.engines.recogniser import RATE, Sound, Word
from transcripts.engines.resample import to_16k

FRAME = 256
"""Samples a decision stands on: 32 ms, what Silero takes at a time."""
BLOCK = 60 * RATE
"""Samples read at a time, so that an hour of sound needs no more memory than a minute."""
WARM_UP = FRAME * 32
"""Samples given to the network before each block, so that its state is settled where we begin to listen."""
QUIET = 48.0
"""A frame whose loudest sample is below this (-57 dB of full scale) is silence without asking the network."""
ENTER, LEAVE = 0.5, 0.3
"""Speech begins above the one probability and ends below the other."""
PAUSE = 0.35
"""Seconds below LEAVE that end a range."""
SHORTEST = 0.1
"""Seconds; anything shorter is a click."""
PAD = 0.3
"""Seconds kept on either side of a range: soft first and last sounds of words lie there."""
LONGEST = 25.0
"""Seconds of speech without a pause that are decoded in one go."""
JOINT = 0.5
"""Seconds of silence put between two ranges that are decoded together."""

Reader = Callable[[int, int], Sound]
"""(first sample, one past the last) -> that part of a channel."""


@dataclass(frozen=True, slots=True)
class SpeechRange:
    """A piece of a channel in samples, end not included."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / RATE


def find_speech(read: Reader, start: int, end: int) -> list[SpeechRange]:
    """Ranges of speech between two samples of a channel, in order, apart from each other.

    Memory stays flat whatever the length: the channel is read a minute at a time.
    """
    flags = [_speech_probability(read, begin, min(begin + BLOCK, end), start) for begin in range(start, end, BLOCK)]
    if not flags:
        return []
    probability = np.concatenate(flags)
    return [part for piece in _ranges(probability, start, end) for part in _cut(piece, probability, start)]


def _cut(piece: SpeechRange, probability: NDArray[np.float32], start: int) -> list[SpeechRange]:
    """Somebody who speaks on and on is cut where speech is least likely, not in the middle of a word."""
    parts = []
    while piece.seconds > LONGEST:
        last = piece.start + round(LONGEST * RATE)
        first = last - round(LONGEST / 3 * RATE)
        frames = probability[(first - start) // FRAME : (last - start) // FRAME]
        cut = first + int(frames.argmin()) * FRAME
        parts.append(SpeechRange(piece.start, cut))
        piece = SpeechRange(cut, piece.end)
    return [*parts, piece]


def _speech_probability(read: Reader, begin: int, end: int, first: int) -> NDArray[np.float32]:
    """One probability a frame for `begin`..`end`; sound before `begin` only warms the network up."""
    early = max(first, begin - WARM_UP)
    return judge(read(early, end))[(begin - early) // FRAME :]


def judge(sound: Sound) -> NDArray[np.float32]:
    """The probability of speech in each frame of `sound`; the last frame may be a part of one."""
    frames = -(-len(sound) // FRAME)
    padded = np.zeros(frames * FRAME, np.int16)
    padded[: len(sound)] = sound
    # One bit less for the loudest negative sample, whose absolute value int16 cannot hold.
    loud = np.abs(padded.reshape(frames, FRAME).astype(np.int32)).max(axis=1) >= QUIET
    probability = np.zeros(frames, np.float32)
    for piece in _loud_ranges(loud):
        lead = max(0, piece.start - WARM_UP // FRAME)
        part = to_16k(padded[lead * FRAME : piece.end * FRAME])
        probability[piece.start : piece.end] = _network()(part)[piece.start - lead :]
    return probability


def _loud_ranges(loud: NDArray[np.bool_]) -> list[SpeechRange]:
    """Frames worth the network's time: loud ones, with up to half a second of quiet between them."""
    found: list[SpeechRange] = []
    for frame in np.flatnonzero(loud).tolist():
        if found and frame - found[-1].end <= 16:
            found[-1] = SpeechRange(found[-1].start, frame + 1)
        else:
            found.append(SpeechRange(frame, frame + 1))
    return found


@lru_cache(maxsize=1)
def _network() -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    from faster_whisper.vad import get_vad_model

    model: Any = get_vad_model()

    def probabilities(sound: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(model(sound), np.float32).reshape(-1)

    return probabilities


def _ranges(probability: NDArray[np.float32], start: int, end: int) -> list[SpeechRange]:
    """Hysteresis over the frames, then padding; neighbours that touch after padding become one."""
    pause, shortest, pad = round(PAUSE * RATE / FRAME), SHORTEST * RATE, round(PAD * RATE)
    found: list[SpeechRange] = []
    begun: int | None = None
    quiet_since: int | None = None
    for index, value in enumerate(probability.tolist() + [0.0] * (pause + 1)):
        if value >= ENTER:
            begun = index if begun is None else begun
        if begun is None or value >= LEAVE:
            quiet_since = None
            continue
        quiet_since = index if quiet_since is None else quiet_since
        if index - quiet_since >= pause:
            if (quiet_since - begun) * FRAME >= shortest:
                first = max(start, start + begun * FRAME - pad)
                last = min(end, start + quiet_since * FRAME + pad)
                if found and first <= found[-1].end:
                    found[-1] = SpeechRange(found[-1].start, last)
                else:
                    found.append(SpeechRange(first, last))
            begun = quiet_since = None
    return found


@dataclass(frozen=True, slots=True)
class Window:
    """Ranges that are decoded in one go, with a short silence between them."""

    ranges: tuple[SpeechRange, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound that is decoded."""
        return sum(r.seconds for r in self.ranges) + JOINT * (len(self.ranges) - 1)

    def sound(self, read: Reader) -> Sound:
        gap = np.zeros(round(JOINT * RATE), np.int16)
        parts: list[Sound] = []
        for piece in self.ranges:
            if parts:
                parts.append(gap)
            parts.append(read(piece.start, piece.end))
        return np.concatenate(parts)

    def in_place(self, words: Iterable[Word]) -> list[Word]:
        """Words of the joined sound at their true times: each belongs to the range its middle falls into."""
        starts, clock = [], 0.0
        for piece in self.ranges:
            starts.append(clock)
            clock += piece.seconds + JOINT
        placed = []
        for word in words:
            middle = (word.start + word.end) / 2
            number = max(i for i, begin in enumerate(starts) if begin <= max(middle, 0.0) + JOINT / 2 or i == 0)
            piece = self.ranges[number]
            moved = word.shifted(piece.start / RATE - starts[number])
            low, high = piece.start / RATE, piece.end / RATE
            begin = min(max(moved.start, low), high)
            placed.append(Word(begin, min(max(moved.end, begin), high), word.confidence, word.text))
        return placed


def windows(ranges: Iterable[SpeechRange], longest: float) -> list[Window]:
    """Ranges packed in order into windows of at most `longest` seconds; a longer range is cut.

    Whisper pays for 30 s whatever it is given, so full windows are what makes silence free.
    """
    packed: list[list[SpeechRange]] = []
    filled = 0.0
    limit = int(longest * RATE)
    for piece in ranges:
        for begin in range(piece.start, piece.end, limit):
            part = SpeechRange(begin, min(begin + limit, piece.end))
            if packed and filled + JOINT + part.seconds <= longest:
                packed[-1].append(part)
                filled += JOINT + part.seconds
            else:
                packed.append([part])
                filled = part.seconds
    return [Window(tuple(group)) for group in packed]
