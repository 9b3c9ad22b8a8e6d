"""How loud each side of a recording is, second by second. Samples in, figures out."""

from dataclasses import asdict, dataclass
from math import log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

FULL = 32768.0
CLIPPED = 32100
"""Samples at or beyond this have hit the ceiling: the loudest that G.711 can say is 32,124 (mu-law) or 32,256
(A-law)."""
HEARD_DBFS = -55.0
"""A second louder than this holds something to hear; an idle telephone line is at -60 to -75."""
SIDES = ("caller", "agent")

Seconds = NDArray[np.float64]
"""dBFS of each second, -inf for digital silence; of 0 dBFS is the loudest square wave."""


@dataclass(frozen=True, slots=True)
class Level:
    """One side of a recording."""

    dbfs: float | None
    """How loud the seconds are in which something is heard (RMS); None: nothing is."""
    peak_dbfs: float | None
    """The loudest sample; None: all are zero."""
    clipped: float
    """Share of samples at the ceiling, 0..1."""
    heard: float
    """Share of seconds in which something is heard, 0..1."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Measured:
    """Both sides: caller, agent."""

    levels: tuple[Level, Level]
    seconds: tuple[Seconds, Seconds]

    def as_dict(self) -> dict[str, Any]:
        """As Recording.levels has it."""
        return {side: level.as_dict() for side, level in zip(SIDES, self.levels, strict=True)}


class Meter:
    """Takes stereo samples piece by piece and needs memory for seconds, not for samples."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frames = 0
        self._squares: list[NDArray[np.int64]] = []
        """Sums by second, (n, 2); the last second of a piece may go on in the next."""
        self._peak = np.zeros(2, np.int64)
        self._clipped = np.zeros(2, np.int64)

    def add(self, block: NDArray[np.int16]) -> None:
        """`block` is (frames, 2)."""
        if not len(block):
            return
        into = self._frames % self._rate
        begins = np.concatenate([[0], np.arange(self._rate - into, len(block), self._rate)])
        sums = np.empty((len(begins), 2), np.int64)
        for side in range(2):
            sound = block[:, side].astype(np.int32)
            self._peak[side] = max(self._peak[side], sound.max(), -sound.min())
            self._clipped[side] += np.count_nonzero(np.abs(sound) >= CLIPPED)
            sums[:, side] = np.add.reduceat(sound * sound, begins, dtype=np.int64)
        if into and self._squares:
            self._squares[-1][-1] += sums[0]
            sums = sums[1:]
        if len(sums):
            self._squares.append(sums)
        self._frames += len(block)

    def result(self) -> Measured:
        squares = np.concatenate(self._squares) if self._squares else np.zeros((0, 2), np.int64)
        frames = np.full(len(squares), self._rate, np.int64)
        if len(frames) and self._frames % self._rate:
            frames[-1] = self._frames % self._rate
        seconds = tuple(_dbfs(squares[:, side] / frames) for side in range(2))
        levels = tuple(self._level(side, squares[:, side], frames, seconds[side]) for side in range(2))
        return Measured((levels[0], levels[1]), (seconds[0], seconds[1]))

    def _level(self, side: int, squares: NDArray[np.int64], frames: NDArray[np.int64], seconds: Seconds) -> Level:
        heard = seconds > HEARD_DBFS
        loud = None
        if heard.any():
            loud = round(float(_dbfs(np.array([squares[heard].sum() / frames[heard].sum()]))[0]), 1)
        peak = int(self._peak[side])
        return Level(
            dbfs=loud,
            peak_dbfs=round(20 * log10(peak / FULL), 1) if peak else None,
            clipped=round(float(self._clipped[side] / self._frames), 5) if self._frames else 0.0,
            heard=round(float(heard.mean()), 3) if len(heard) else 0.0,
        )


def _dbfs(mean_squares: NDArray[np.float64]) -> Seconds:
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(mean_squares / FULL**2), np.float64)
