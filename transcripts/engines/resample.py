"""Telephone sound (8 kHz) as the 16 kHz that Whisper and the speech detector expect.

Doubling the rate needs one half-band filter: the old samples stay as they are, the new ones between
them are interpolated (Crochiere & Rabiner, Multirate Digital Signal Processing, section 4.2).
"""

import numpy as np
from numpy.typing import NDArray

from transcripts.engines.recogniser import Sound

_HALF = 16
_OFFSETS = np.arange(-_HALF, _HALF) + 0.5
_TAPS = (np.sinc(_OFFSETS) * np.kaiser(2 * _HALF, 7.0)).astype(np.float32)
_TAPS /= _TAPS.sum()


def to_16k(sound: Sound) -> NDArray[np.float32]:
    """`sound` at twice its rate, as floats from -1 to 1: exactly twice as many samples."""
    if not len(sound):
        return np.zeros(0, np.float32)
    old = sound.astype(np.float32) / 32768.0
    new = np.empty(2 * len(old), np.float32)
    new[0::2] = old
    padded = np.concatenate([np.zeros(_HALF - 1, np.float32), old, np.zeros(_HALF, np.float32)])
    new[1::2] = np.convolve(padded, _TAPS, mode="valid")
    return np.clip(new, -1.0, 1.0)
