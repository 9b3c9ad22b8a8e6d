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

from pbx.phones.phone import PhoneError

RATE = 8000
HEADER_BYTES = 44
"""Of the wav files that `pbx.phones.softphone` writes."""
PIECE_SECONDS = 1.0
"""As much of a prompt is looked for: enough to tell prompts apart, short enough to come through."""
WINDOW_SECONDS, STEP_SECONDS = 0.25, 0.125
"""The piece is compared window by window: on a busy machine packets are late and sound has gaps in it."""
ALIKE = 0.9
"""Correlation from which two windows are the same sound: G.711 alone leaves 0.99."""
SLIP_SECONDS = 0.2
"""How far gaps may move a window from its place."""
SHARE = 0.55
"""Of the windows that must be found, all in place."""
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
        place = first_place(self.sound()[int(after * RATE) :], piece(prompt, last=last))
        return None if place is None else after + place

    def wait(self, prompt: Path, timeout: float, *, last: bool = False, after: float = 0.0) -> float:
        """As `find`, but waits for it. Raises PhoneError when it is not heard in time."""
        wanted = piece(prompt, last=last)
        deadline = time.monotonic() + timeout
        pause = Event()
        start = int(after * RATE)
        while True:
            heard = self.sound()
            place = first_place(heard[start:], wanted)
            if place is not None:
                return start / RATE + place
            if time.monotonic() >= deadline:
                raise PhoneError("pbx.prompt_unheard", prompt=prompt.stem, seconds=timeout)
            # What came so far without the prompt needs no second look, but for its end.
            start = max(start, len(heard) - int((PIECE_SECONDS + 2 * SLIP_SECONDS) * RATE))
            pause.wait(LOOK_SECONDS)


def piece(prompt: Path, *, last: bool) -> Sound:
    """The first (or last) PIECE_SECONDS of a prompt, from where it is loud enough to be known."""
    sound, rate = soundfile.read(prompt, dtype="float32")
    if rate != RATE or sound.ndim != 1:
        raise PhoneError("pbx.prompt_format", file=prompt)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    whole: Sound = sound[loud[0] : loud[-1] + 1] if loud.size else sound
    length = int(PIECE_SECONDS * RATE)
    return whole[-length:] if last else whole[:length]


def first_place(heard: Sound, wanted: Sound) -> float | None:
    """Where `wanted` is first heard, in seconds; None: nowhere. Gaps of a few packets do no harm."""
    size, step = int(WINDOW_SECONDS * RATE), int(STEP_SECONDS * RATE)
    offsets = list(range(0, max(1, len(wanted) - size + 1), step))
    loudest = max(_energy(wanted[offset : offset + size]) for offset in offsets)
    # A pause sounds like any other pause: only windows with sound in them can tell prompts apart.
    offsets = [offset for offset in offsets if _energy(wanted[offset : offset + size]) > 0.05 * loudest]
    found: list[tuple[int, int]] = []
    for offset in offsets:
        alike = likeness(heard, wanted[offset : offset + size])
        found += [(int(place) - offset, offset) for place in np.flatnonzero(alike >= ALIKE)]
    slip = int(SLIP_SECONDS * RATE)
    needed = max(1, round(SHARE * len(offsets)))
    found.sort()
    for number, (start, _) in enumerate(found):
        near = {offset for place, offset in found[number : number + 50 * len(offsets)] if place - start <= slip}
        if len(near) >= needed:
            return max(0, start) / RATE
    return None


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


def _energy(sound: Sound) -> float:
    return float(np.sum(sound.astype(np.float64) ** 2))
