"""What a recogniser is: 8 kHz mono sound in, words with times and confidence out.

Owns the Protocol that both engines keep to. Where speech is, how much of it is given at once and what
becomes of the words is the affair of `speech.py`, `decode.py` and `transcripts/text/turns.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.int16]
"""Mono samples, signed 16 bit."""

RATE = 8000
"""Samples a second of every recording."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as a recogniser heard it."""

    start: float
    """Seconds from the start of the sound it was given."""
    end: float
    confidence: float
    """0 to 1; each engine means its own thing by it, so compare only within one engine."""
    text: str

    def shifted(self, seconds: float) -> "Word":
        """The same word on a clock that began `seconds` earlier."""
        return replace(self, start=self.start + seconds, end=self.end + seconds)


NO_WORD = " -–—.…,♪"
"""What Whisper writes for what it could not make out; a percent sign alone was said."""


def is_word(text: str) -> bool:
    """Whether anything was understood."""
    return bool(text.strip(NO_WORD))


class Recogniser(Protocol):
    """One engine with one loaded model."""

    engine: str
    """vosk or whisper"""
    model: str
    """The model's own name, kept on the transcript."""
    language: str
    window_seconds: float
    """The longest sound worth giving at once; shorter pieces may be joined up to it (see speech.windows)."""

    batch: int
    """How many sounds it likes to be given at once."""

    def transcribe(self, sounds: Sequence[Sound]) -> list[list[Word]]:
        """The words of each of `sounds` (8 kHz) in the order they were said, none outside its sound."""
        ...


def inside(words: list[Word], seconds: float) -> list[Word]:
    """`words` with every time within 0..`seconds` and every confidence within 0..1; empty texts left out."""
    kept = []
    for word in words:
        text = word.text.strip()
        if not text:
            continue
        start = min(max(word.start, 0.0), seconds)
        end = min(max(word.end, start), seconds)
        kept.append(Word(start, end, min(max(word.confidence, 0.0), 1.0), text))
    return kept
