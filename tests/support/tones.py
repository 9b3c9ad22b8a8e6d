"""Two tones on a call, and what became of them in its recording."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 8000


def tone(path: Path, hertz: float, seconds: float) -> Path:
    """A wav file (8 kHz, mono, 16 bit) of one tone."""
    time = np.arange(round(seconds * RATE)) / RATE
    samples = (0.3 * 32767 * np.sin(2 * np.pi * hertz * time)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return path


def strongest(sound: NDArray[np.float64], rate: int = RATE) -> tuple[float, float]:
    """Hertz of the strongest tone in the loudest second, and its share of that second's power, 0..1."""
    windows = [sound[begin : begin + rate] for begin in range(0, len(sound) - rate + 1, rate // 4)]
    loudest = max(windows, key=lambda window: float(np.sum(window**2)))
    power = np.abs(np.fft.rfft(loudest * np.hanning(rate))) ** 2
    peak = int(np.argmax(power[20:])) + 20
    return float(peak), float(power[peak - 3 : peak + 4].sum() / max(power.sum(), 1e-12))
