"""How loud each side of a recording is, second by second. Samples in, figures out."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
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
OURS = "ours"
"""What Ringback itself says and plays on the agents' side."""

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
class SecondFigures:
    """What was measured of each second: arrays of (seconds, 2) but for `frames`, which has one column."""

    squares: NDArray[np.int64]
    peaks: NDArray[np.int64]
    clipped: NDArray[np.int64]
    frames: NDArray[np.int64]

    def level(self, side: int, chosen: NDArray[np.bool_]) -> Level:
        """Of the chosen seconds of one side."""
        squares, frames = self.squares[chosen, side], self.frames[chosen]
        heard = _dbfs(squares / frames) > HEARD_DBFS
        loud = None
        if heard.any():
            loud = round(float(_dbfs(np.array([squares[heard].sum() / frames[heard].sum()]))[0]), 1)
        peak = int(self.peaks[chosen, side].max(initial=0))
        count = int(frames.sum())
        return Level(
            dbfs=loud,
            peak_dbfs=round(20 * log10(peak / FULL), 1) if peak else None,
            clipped=round(float(self.clipped[chosen, side].sum() / count), 5) if count else 0.0,
            heard=round(float(heard.mean()), 3) if len(heard) else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """Both sides: caller, agent."""

    levels: tuple[Level, Level]
    seconds: tuple[Seconds, Seconds]

    apart: Level | None = None
    """What the agents' side holds outside their talks, prompts and music, where that is known."""
    figures: SecondFigures | None = None

    def told_apart(self, talking: Iterable[int]) -> "Measured":
        """With the agents' level that of the seconds in which they talk, and all others of their side `apart`."""
        if self.figures is None:
            return self
        chosen = np.zeros(len(self.seconds[1]), np.bool_)
        chosen[[second for second in talking if second < len(chosen)]] = True
        levels = (self.levels[0], self.figures.level(1, chosen))
        return replace(self, levels=levels, apart=self.figures.level(1, ~chosen))

    def as_dict(self) -> dict[str, Any]:
        """As Recording.levels has it."""
        found = {side: level.as_dict() for side, level in zip(SIDES, self.levels, strict=True)}
        return found if self.apart is None else {**found, OURS: self.apart.as_dict()}


class Meter:
    """Takes stereo samples piece by piece and needs memory for seconds, not for samples."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frames = 0
        self._figures: list[NDArray[np.int64]] = []
        """By second: squares of both sides, peaks, clipped samples, (n, 6); the last second of a piece may go on."""

    def add(self, block: NDArray[np.int16]) -> None:
        """`block` is (frames, 2)."""
        if not len(block):
            return
        into = self._frames % self._rate
        begins = np.concatenate([[0], np.arange(self._rate - into, len(block), self._rate)])
        found = np.empty((len(begins), 6), np.int64)
        for side in range(2):
            sound = block[:, side].astype(np.int32)
            found[:, side] = np.add.reduceat(np.square(sound, dtype=np.int64), begins)
            loud = np.abs(sound, out=sound)
            found[:, 2 + side] = np.maximum.reduceat(loud, begins)
            found[:, 4 + side] = np.add.reduceat(loud >= CLIPPED, begins, dtype=np.int64)
        if into and self._figures:
            last = self._figures[-1][-1]
            last[[0, 1, 4, 5]] += found[0, [0, 1, 4, 5]]
            last[2:4] = np.maximum(last[2:4], found[0, 2:4])
            found = found[1:]
        if len(found):
            self._figures.append(found)
        self._frames += len(block)

    def result(self) -> Measured:
        found = np.concatenate(self._figures) if self._figures else np.zeros((0, 6), np.int64)
        frames = np.full(len(found), self._rate, np.int64)
        if len(frames) and self._frames % self._rate:
            frames[-1] = self._frames % self._rate
        figures = SecondFigures(found[:, :2], found[:, 2:4], found[:, 4:], frames)
        seconds = tuple(_dbfs(figures.squares[:, side] / frames) for side in range(2))
        every = np.ones(len(found), np.bool_)
        levels = (figures.level(0, every), figures.level(1, every))
        return Measured(levels, (seconds[0], seconds[1]), figures=figures)


def _dbfs(mean_squares: NDArray[np.float64]) -> Seconds:
    with np.errstate(divide="ignore"):
        return np.asarray(10 * np.log10(mean_squares / FULL**2), np.float64)
