"""Is what lies in a recording what was heard on the line? Samples and prompts in, notes out; no rows, no clock.

A recording can have the right length and the right levels and be garbage: garbled by a codec (docs/adr/0030), read at
another rate, with its sides exchanged. But the first thing that a caller hears is a prompt whose sound lies here, and
Asterisk puts it on the agents' side as it is. So a piece of it is looked for where it must be, by normalised
correlation; only where it is not found is the search widened, up to every prompt there is. What cannot be judged is
not: a prompt that was cut early, changed since, or never played. What is garbled later, in the talk, shows at the seams
of packets.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from recording.levels import SIDES
from recording.notes import Note, note

RATE = 8000
LOOK_SECONDS = 15.0
"""Of the beginning of a recording, at most, are looked at."""
TALK_SECONDS = 3.0
"""Of the middle of the first talk."""
PIECE_SECONDS = 0.5
"""As much of a prompt is looked for."""
FIRST_SECONDS = 3.0
"""The piece is the loudest of this beginning of a prompt: later it may have been cut by a key."""
LATE_SECONDS = 1.0
"""Asterisk begins to play this much after the answer at most, on a machine that is not busy: there is looked first."""
ALIKE = 0.8
"""Correlation from which two pieces are the same sound: G.711 leaves 0.99 and more, a garbled prompt 0.1."""
ACTIVE_SECONDS = 1.5
"""With less sound than this nothing is judged by what is missing from it."""
ACTIVE_SAMPLE = 300
"""Of 32768: the loudest sample of a packet in which something is heard."""
FRAME = 160
"""Samples of one packet."""
SEAM_FRAMES = 50
"""Packets with sound, one after another, from which seams are judged: a second."""
SEAM_SECONDS = 2.0
"""Of the beginning in which seams are looked at."""
SEAM = 8.0
"""How much rougher packets begin than they go on. 850 human prompts and all music stay below 2.6, with 40 % of the
packets lost below 6.1; recordings that a codec has garbled begin at 15."""
OFFSET = 1500
"""Of 32768: a mean beyond this is no sound."""
NOISE_RMS = 1500
NOISE_CORRELATION = 0.1
"""White noise has nothing in common with itself a few samples later; speech has 0.7 and more, a tone 1."""
GARBLED = frozenset({"garbled_by_codec", "unlike_prompt", "half_speed", "double_speed", "sides_exchanged"})
"""Notes of recordings that are not what was heard; the others of this file are remarks."""

Sound = NDArray[np.float32]
Stereo = NDArray[np.int16]
"""(frames, 2), caller left."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a call began, as far as the sound can be compared with it."""

    first: tuple[Path, ...] = ()
    """Sounds of the prompts that it may have begun with, the likeliest first; none: nothing can be judged."""
    others: Callable[[], Iterable[Path]] = field(default=tuple)
    """All sounds that Ringback may have played instead, asked for only in doubt."""
    seconds: float = 0.0
    """How long nothing but the first prompts was played: until a key, an agent, or the end."""
    since: float = 0.0
    """When the call began (seconds since the epoch): a sound that was changed later tells nothing."""

    @property
    def wanted(self) -> float:
        """Seconds of the beginning that are looked at."""
        return min(self.seconds, LOOK_SECONDS) if self.first else 0.0


def notes_of(beginning: Stereo, talk: Stereo, opening: Opening) -> list[Note]:
    """What is wrong with a recording: its first `opening.wanted` seconds and a piece of its talk. None: all is well, or
    nobody can tell."""
    for part in (beginning[: round(SEAM_SECONDS * RATE)], talk):
        if any(seam(part[:, side]) > SEAM for side in (0, 1)):
            return [note("garbled_by_codec")]
    return _against_prompts(beginning, opening) + [each for side in (0, 1) for each in _remarks(talk[:, side], side)]


def _against_prompts(beginning: Stereo, opening: Opening) -> list[Note]:
    usable = opening.seconds - LATE_SECONDS
    if usable < PIECE_SECONDS or not len(beginning):
        return []
    pieces = _pieces(opening.first[:1], usable)
    near = halved(beginning[: round((FIRST_SECONDS + LATE_SECONDS + PIECE_SECONDS) * RATE), 1])
    if any(piece.is_in(near, near=True) for piece in pieces):
        return []
    pieces = _pieces(opening.first, usable)
    caller, agent = (halved(beginning[:, side]) for side in (0, 1))
    if any(piece.is_in(agent) for piece in pieces):
        return []
    others = list(opening.others())
    if any(piece.is_in(agent) for piece in _pieces(others, usable)):
        return []
    if any(piece.is_in(caller) for piece in pieces):
        return [note("sides_exchanged")]
    for kind, found in (("half_speed", note("half_speed")), ("double_speed", note("double_speed"))):
        if any(piece.is_in(agent) for piece in _pieces(opening.first, usable, kind)):
            return [found]
    changed = any(_changed(path) > opening.since for path in (*opening.first, *others))
    return [] if changed or not pieces or _active_seconds(agent) < ACTIVE_SECONDS else [note("unlike_prompt")]


def seam(side: NDArray[np.int16]) -> float:
    """How much rougher the packets of one side begin than they go on, 1 being as rough; 0: too little to tell."""
    frames = side[: len(side) // FRAME * FRAME].reshape(-1, FRAME)
    if len(frames) <= SEAM_FRAMES:
        return 0.0
    loud = np.abs(frames[:, ::4].astype(np.int32)).max(axis=1) > ACTIVE_SAMPLE
    active = loud[1:] & loud[:-1]  # where a packet was lost, the next begins anew
    if np.count_nonzero(active) < SEAM_FRAMES:
        return 0.0
    before, after = (part[active].astype(np.int32) for part in (frames[:-1], frames[1:]))
    inside = after[:, 8:-8:8] - 2 * after[:, 7:-9:8] + after[:, 6:-10:8]
    first = after[:, 0] - 2 * before[:, -1] + before[:, -2]
    second = after[:, 1] - 2 * after[:, 0] + before[:, -1]
    roughest = max(float(np.median(np.abs(each))) for each in (first, second))
    return roughest / max(float(np.median(np.abs(inside))), 1.0)


def halved(side: NDArray[np.int16]) -> Sound:
    """At half the rate, which is enough to tell prompts apart and costs a third."""
    even = side[: len(side) // 2 * 2].astype(np.float32)
    return (even[0::2] + even[1::2]) * np.float32(0.5 / 32768)


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a prompt to be looked for, at half the rate."""

    sound: Sound
    """Of length 1 as a vector."""
    begin: float
    """Second of the prompt at which it begins."""

    def is_in(self, heard: Sound, *, near: bool = False) -> bool:
        """Whether it is in there; with `near` only where it is when all goes as usual."""
        size = len(self.sound)
        if near:
            heard = heard[round(self.begin * RATE / 2) : round((self.begin + LATE_SECONDS) * RATE / 2) + size]
        if len(heard) < size:
            return False
        length = -(-(len(heard) + size) // 4096) * 4096  # which the transform is quick with
        products = np.fft.irfft(np.fft.rfft(heard, length) * _conjugate(self, length), length)
        energy = np.concatenate(([0.0], np.cumsum(heard.astype(np.float64) ** 2)))
        windows = np.sqrt(np.maximum(energy[size:] - energy[:-size], 1e-6))
        return bool((products[: len(heard) - size + 1] >= ALIKE * windows).any())


@lru_cache(maxsize=64)
def _conjugate(piece: Piece, length: int) -> NDArray[np.complexfloating]:
    return np.conj(np.fft.rfft(piece.sound, length))


def _pieces(paths: Iterable[Path], seconds: float, kind: str = "") -> list[Piece]:
    """The loudest piece within the first `seconds` of each prompt, where it has one that could be known."""
    limit = int(min(seconds, FIRST_SECONDS) * 4) / 4  # few different ones, so that they are made once
    found = (_piece(path, _changed(path), kind, limit) for path in paths)
    return [piece for piece in found if piece is not None]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


@lru_cache(maxsize=512)
def _piece(path: Path, _changed: float, kind: str, seconds: float) -> Piece | None:
    try:
        whole, rate = soundfile.read(path, dtype="int16")
    except (soundfile.SoundFileError, OSError):
        return None
    if rate != RATE or whole.ndim != 1:
        return None
    spoilt = {"half_speed": np.repeat(whole, 2), "double_speed": whole[::2]}.get(kind, whole)
    sound = halved(spoilt[: round(seconds * RATE)])
    size = round(PIECE_SECONDS * RATE / 2)
    if len(sound) < size:
        return None
    energy = np.concatenate(([0.0], np.cumsum(sound.astype(np.float64) ** 2)))
    begin = int(np.argmax(energy[size:] - energy[:-size]))
    piece = sound[begin : begin + size]
    length = float(np.linalg.norm(piece))
    return Piece(piece / np.float32(length), begin * 2 / RATE) if length > 0.1 else None


def _active_seconds(heard: Sound) -> float:
    step = FRAME // 2
    loudest = np.abs(heard[: len(heard) // step * step]).reshape(-1, step).max(axis=1, initial=0)
    return float(np.count_nonzero(loudest > ACTIVE_SAMPLE / 32768)) * FRAME / RATE


def _remarks(side: NDArray[np.int16], number: int) -> list[Note]:
    """Of one side of the talk: sound that is shifted as a whole, or nothing but noise."""
    if len(side) < RATE:
        return []
    sound = side.astype(np.float32)
    mean = float(sound.mean())
    found = [note(f"offset_{SIDES[number]}")] if abs(mean) > OFFSET else []
    sound -= np.float32(mean)
    power = float(np.dot(sound, sound))
    if power > NOISE_RMS**2 * len(sound):
        alike = [abs(float(np.dot(sound[lag:], sound[:-lag]))) / power for lag in (1, 2, 3, 4)]
        if max(alike) < NOISE_CORRELATION:
            found.append(note(f"noise_{SIDES[number]}"))
    return found
