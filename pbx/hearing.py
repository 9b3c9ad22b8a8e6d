"""Whether a phone heard a certain prompt: compares what it recorded with the prompt's own sound.

Owns the comparison, for the demo, the self-check and the tests. It reads a recording that is still
being written, so that a script can go on as soon as a prompt is heard. What was said by people is for
the recogniser (`transcripts`), not for this.
"""

import time
from pathlib import Path
from threading import Event

import numpy as np
import soundfile
from numpy.typing import NDArray

from pbx.phone import PhoneError

RATE = 8000
HEADER_BYTES = 44
"""Of the wav files that `pbx.softphone` writes."""
PIECE_SECONDS = 1.0
"""As much of a prompt is looked for: enough to tell prompts apart, short enough to come through whole."""
ALIKE = 0.8
"""Correlation from which two sounds are the same: G.711 alone leaves 0.99, other words stay under 0.75."""
LOOK_SECONDS = 0.1
"""How often a growing recording is looked at."""

Sound = NDArray[np.float32]


class Ear:
    """Listens to the recording of one phone (16 bit, 8 kHz, mono) while it grows."""

    def __init__(self, recording: Path) -> None:
        self.recording = recording

    def sound(self) -> Sound:
        """All that was heard so far, -1 to 1."""
        raw = self.recording.read_bytes()[HEADER_BYTES:] if self.recording.exists() else b""
        return np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / np.float32(32768)

    def find(self, prompt: Path, *, last: bool = False, after: float = 0.0) -> float | None:
        """Second of the recording at which the first piece of `prompt` is first heard; None: it is not.

        With `last` it is the prompt's last piece: then the whole was played. Earlier than `after` (a second
        of the recording) does not count.
        """
        heard = self.sound()[int(after * RATE) :]
        alike = likeness(heard, piece(prompt, last=last))
        found = np.flatnonzero(alike >= ALIKE)
        return after + float(found[0]) / RATE if found.size else None

    def wait(self, prompt: Path, timeout: float, *, last: bool = False, after: float = 0.0) -> float:
        """As `find`, but waits for it. Raises PhoneError when it is not heard in time."""
        deadline = time.monotonic() + timeout
        pause = Event()
        while True:
            found = self.find(prompt, last=last, after=after)
            if found is not None:
                return found
            if time.monotonic() >= deadline:
                raise PhoneError(f"The prompt {prompt.stem} was not heard within {timeout:g} s.")
            pause.wait(LOOK_SECONDS)


def piece(prompt: Path, *, last: bool) -> Sound:
    """The first (or last) PIECE_SECONDS of a prompt, from where it is loud enough to be known."""
    sound, rate = soundfile.read(prompt, dtype="float32")
    if rate != RATE or sound.ndim != 1:
        raise PhoneError(f"{prompt} is not 8 kHz mono: convert it first.")
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    whole: Sound = sound[loud[0] : loud[-1] + 1] if loud.size else sound
    length = int(PIECE_SECONDS * RATE)
    return whole[-length:] if last else whole[:length]


def likeness(heard: Sound, wanted: Sound) -> NDArray[np.floating]:
    """How well `wanted` fits at each place of `heard`: normalised correlation, 1 is the same sound."""
    size = len(wanted)
    if len(heard) < size or size == 0:
        return np.zeros(0)
    length = 1 << (len(heard) + size - 1).bit_length()
    spectrum = np.fft.rfft(heard, length) * np.conj(np.fft.rfft(wanted, length))
    products = np.fft.irfft(spectrum, length)[: len(heard) - size + 1]
    energy = np.concatenate(([0.0], np.cumsum(heard.astype(np.float64) ** 2)))
    windows = np.sqrt(np.maximum(energy[size:] - energy[:-size], 1e-6))
    alike: NDArray[np.floating] = products / (windows * max(float(np.linalg.norm(wanted)), 1e-6))
    return alike
