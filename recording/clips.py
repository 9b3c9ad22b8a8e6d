"""An interval of a recording as a file of its own: for snippets, proofs, spoken reasons."""

import io

import soundfile

from recording.copies import borrow
from recording.errors import NoSound
from recording.levels import SIDES
from recording.models import Recording
from ringback.config import Settings

LONGEST = 600.0
"""Seconds; a longer one is the recording itself."""


def cut(settings: Settings, row: Recording, begin: float, end: float, side: str | None = None) -> bytes:
    """FLAC of the seconds from `begin` to `end`, as far as they lie in the recording: stereo, or one side alone.

    Raises as `recording.service.borrow` does, and NoSound where nothing lies in between.
    """
    if not 0 <= begin < end or end - begin > LONGEST:
        raise NoSound("recording.clip_length", most=LONGEST, begin=round(begin, 1), end=round(end, 1))
    with borrow(settings, row) as path, soundfile.SoundFile(path) as sound:
        first = round(begin * sound.samplerate)
        if first >= sound.frames:
            raise NoSound("recording.clip_beyond", begin=round(begin, 1))
        sound.seek(first)
        wanted = min(round(end * sound.samplerate), sound.frames) - first
        samples = sound.read(max(1, wanted), dtype="int16", always_2d=True)
        rate = sound.samplerate
    if side is not None and samples.shape[1] == len(SIDES):
        samples = samples[:, SIDES.index(side)]
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format="FLAC", subtype="PCM_16")
    return target.getvalue()
