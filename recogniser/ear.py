"""Where a caller speaks: utterances in the sound of one call, as they grow. Counts samples; knows no clock or engine.

A voice is what the speech detector takes for one and what is not much softer than the loudest of the utterance: behind
a caller others may talk. At the first short pause the utterance is worth hearing, because most answers are a word or
two; it is over after a longer one, because people hesitate.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recogniser.engines import LONGEST_SECONDS
from transcripts.engines.recogniser import RATE, Sound
from transcripts.engines.speech import FRAME, WARM_UP, judge

LOT = 2
"""Frames (of 32 ms) that are judged at a time."""
ENTER, LEAVE = 0.35, 0.2
"""Speech begins above the one probability and ends below the other: lower than for transcripts, because the detector is
never sure of a word as short as "two" that stands alone. Of 110 such words 16 were not heard with 0.5 and 0.3."""
LEAST_VOICE = 3
"""Frames of voice that are worth hearing: anything shorter is a click."""
FIRST_PAUSE = 5
"""Frames without a voice after which what was said so far is heard."""
END_PAUSE = 20
"""Frames without a voice after which the utterance is over."""
NEWS = 12
"""Frames of voice after which an utterance without a pause is heard again."""
PAD = 9
"""Frames kept before and behind the voice: soft first and last sounds of words lie there."""
SOFT_DB = 14.0
"""Below the loudest of the utterance by so much is somebody behind the caller."""
ABOVE_DB = 9.0
"""Above what was heard before by so much is the caller, before whom others were heard."""
SETTLED = 8
"""Frames after which an utterance may be found to have been those others."""

Judge = Callable[[Sound], NDArray[np.float32]]
"""The probability of speech in each frame of a sound."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said so far without a long pause."""

    number: int
    """Counts the utterances of a call."""
    voice: int
    """Frames of voice so far: what has the same number and as many is the same sound."""
    sound: Sound | None
    """What was said so far, if it is worth hearing (again)."""
    paused: bool
    """Nobody has spoken since, for a moment."""
    ended: bool = False
    """It is over."""


@dataclass
class CallerEar:
    """The sound of one call."""

    judged_by: Judge = judge
    _sound: Sound = field(init=False)
    _base: int = field(init=False, default=0)
    """The sample at which `_sound` begins."""
    _judged: int = field(init=False, default=0)
    """Up to where it was judged."""
    _number: int = field(init=False, default=0)
    _start: int | None = field(init=False, default=None)
    """Where the utterance under way begins; None: nobody speaks."""
    _voice_end: int = field(init=False, default=0)
    _voice: int = field(init=False, default=0)
    _given: int = field(init=False, default=0)
    """`_voice` when the utterance was last given out."""
    _loudest: float = field(init=False, default=0.0)
    """Level of the loudest frame, in dB, sinking slowly."""

    def __post_init__(self) -> None:
        self._sound = np.zeros(0, np.int16)

    @property
    def is_spoken_to(self) -> bool:
        """Whether an utterance is under way."""
        return self._start is not None and self._voice >= LEAST_VOICE

    def feed(self, sound: Sound) -> list[Utterance]:
        """Takes the next samples; what there is to hear."""
        self._sound = np.concatenate([self._sound, sound])
        ready = (self._base + len(self._sound) - self._judged) // FRAME // LOT * LOT
        found: list[Utterance] = []
        if ready:
            early = max(self._base, self._judged - WARM_UP)
            until = self._judged + ready * FRAME
            likely = self.judged_by(self._sound[early - self._base : until - self._base])[-ready:]
            for value in likely.tolist():
                found += self._decide(float(value))
            self._let_go()
        return found

    def _decide(self, likely: float) -> list[Utterance]:
        at, self._judged = self._judged, self._judged + FRAME
        level = self._level(at)
        if self._start is None:
            if likely >= ENTER:
                self._begin(at, level)
            return []
        if likely >= ENTER and level > self._loudest + ABOVE_DB and self._voice >= SETTLED:
            self._begin(at, level)  # what came before was behind the caller
            return []
        self._loudest = max(self._loudest - 0.05, level)
        if likely >= LEAVE and level > self._loudest - SOFT_DB:
            self._voice += 1
            self._voice_end = self._judged
        quiet = (self._judged - self._voice_end) // FRAME
        is_long = self._judged - self._start >= (LONGEST_SECONDS - 0.5) * RATE
        if quiet >= END_PAUSE or is_long:
            return self._end()
        if self._voice < LEAST_VOICE or self._voice == self._given:
            return []
        if quiet == FIRST_PAUSE or self._voice - self._given >= NEWS:
            return [self._give(paused=quiet >= FIRST_PAUSE)]
        return []

    def _begin(self, at: int, level: float) -> None:
        self._number += 1
        self._start = max(self._base, at - PAD * FRAME)
        self._voice, self._given, self._loudest, self._voice_end = 1, 0, level, self._judged

    def _end(self) -> list[Utterance]:
        found: list[Utterance] = []
        if self._voice >= LEAST_VOICE:
            if self._voice != self._given:
                found.append(self._give(paused=True))
            found.append(Utterance(self._number, self._voice, None, paused=True, ended=True))
        self._start = None
        return found

    def _give(self, *, paused: bool) -> Utterance:
        assert self._start is not None
        self._given = self._voice
        end = min(self._judged, self._voice_end + PAD * FRAME)
        sound = self._sound[self._start - self._base : end - self._base].copy()
        return Utterance(self._number, self._voice, sound, paused)

    def _level(self, at: int) -> float:
        frame = self._sound[at - self._base : at - self._base + FRAME].astype(np.float64)
        return float(10 * np.log10(np.mean(frame**2) + 1.0))

    def _let_go(self) -> None:
        """Forgets sound that neither the utterance nor the detector's warming up needs."""
        keep = self._judged - max(WARM_UP, PAD * FRAME)
        if self._start is not None:
            keep = min(keep, self._start)
        drop = max(0, keep - self._base) // FRAME * FRAME
        if drop:
            self._sound = self._sound[drop:].copy()
            self._base += drop
