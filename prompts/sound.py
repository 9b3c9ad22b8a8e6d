"""Sound as a telephone wants it: 8 kHz, mono, one level, short quiet edges. Numbers in, numbers out.

Owns what makes a voice and an owner's recording alike, so that no prompt is louder than its neighbour or begins before
the phone has opened its sound. Which prompt is made of what is `prompts/builder.py`'s.
"""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import soundfile

from prompts.errors import PromptBuildError

Samples = npt.NDArray[np.float64]
"""One channel of sound; full scale is -1..1."""

RATE = 8000
LEVEL_DB = -19.0
"""Loudness of the spoken parts in dB under full scale: that of Asterisk's own prompts, so that none jumps."""
PEAK_DB = -3.0
EDGE_SECONDS = 0.1
"""Quiet kept at both ends: a phone that opens its sound late must not eat the first letter."""
SILENCE_DB = -42.0
"""A part this far under the loudest is taken for silence."""
PIECE_EDGE_SECONDS = 0.03
"""Likewise of a piece, which is part of something longer."""
GAP_SECONDS = 0.45
"""Pause between two sentences."""


def resample(samples: Samples, rate: int) -> Samples:
    """`samples` at 8 kHz: its spectrum cut at 4 kHz with a soft edge from 3.6 kHz, so that nothing rings."""
    pad = rate // 10
    padded = np.concatenate([np.zeros(pad), samples, np.zeros(pad)])
    padded = np.concatenate([padded, np.zeros(-len(padded) % rate)])  # whole seconds: every bin has its twin
    spectrum = np.fft.rfft(padded)
    hertz = np.fft.rfftfreq(len(padded), 1 / rate)
    edge = np.clip((4000 - hertz) / 400, 0, 1)
    spectrum *= np.sin(edge * np.pi / 2) ** 2
    length = len(padded) // rate * RATE
    shortened = spectrum[: length // 2 + 1]
    if len(shortened) < length // 2 + 1:
        shortened = np.pad(shortened, (0, length // 2 + 1 - len(shortened)))
    return np.fft.irfft(shortened, length) * (RATE / rate)


def trim(speech: Samples) -> tuple[Samples, float]:
    """8 kHz `speech` without the silence around it, and the loudness (root of mean square) of its spoken parts."""
    frame = RATE // 100
    frames = speech[: len(speech) // frame * frame].reshape(-1, frame)
    power = np.mean(frames**2, axis=1)
    if not len(power) or power.max() == 0:
        raise PromptBuildError("prompts.silence")
    spoken = power > power.max() * 10 ** (SILENCE_DB / 10)
    first, last = np.flatnonzero(spoken)[[0, -1]]
    inner = speech[first * frame : (last + 1) * frame].copy()
    fade = np.linspace(0, 1, frame // 2)
    inner[: len(fade)] *= fade
    inner[-len(fade) :] *= fade[::-1]
    return inner, float(np.sqrt(power[spoken].mean()))


def joined(
    parts: Sequence[tuple[Samples, float]], gap_seconds: float = GAP_SECONDS, edge_seconds: float = EDGE_SECONDS
) -> npt.NDArray[np.int16]:
    """What a telephone plays of parts that were trimmed, with pauses: spoken at LEVEL_DB, no peak over PEAK_DB."""
    edge, gap = np.zeros(round(edge_seconds * RATE)), np.zeros(round(gap_seconds * RATE))
    pieces = [piece for speech, _ in parts for piece in (gap, speech)][1:]
    whole = np.concatenate([edge, *pieces, edge])
    level = np.mean([level for _, level in parts])
    gain = min(10 ** (LEVEL_DB / 20) / level, 10 ** (PEAK_DB / 20) / np.abs(whole).max())
    sound: npt.NDArray[np.int16] = np.round(whole * gain * 32767).astype(np.int16)
    return sound


def wav(sound: npt.NDArray[np.int16]) -> bytes:
    """The file that Asterisk plays."""
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, subtype="PCM_16", format="WAV")
    return file.getvalue()
