"""Sound files of others, read with bounds: what an owner uploads or imports may be anything at all.

A file is looked at by what it says of itself before it is read, so that a small file that claims to be hours of sound,
or that grows while it is unpacked, costs no more than the longest prompt.
"""

import io
from pathlib import Path

import numpy as np
import soundfile

from prompts.errors import PromptError
from prompts.sound import Samples
from ringback.messages import text as own_words

LONGEST_SECONDS = 60
"""The longest prompt: callers hang up long before."""
LARGEST_BYTES = 20 * 1024 * 1024
"""The largest file: a minute in two channels of 24 bits at 48 kHz is 17 MB."""
FORMATS = ("WAV", "WAVEX", "FLAC", "OGG", "MP3", "MPEG", "AIFF", "AU", "W64", "RF64")
"""What is read, as libsndfile calls it."""
RATES = range(4000, 384001)
CHANNELS = 8


def read_sound(source: Path | bytes) -> tuple[Samples, int]:
    """One channel of a sound file (the middle of several) and its samples per second.

    Raises PromptError: too large, too long, or no sound that can be read.
    """
    if (len(source) if isinstance(source, bytes) else source.stat().st_size) > LARGEST_BYTES:
        raise PromptError("prompts.too_large", megabytes=LARGEST_BYTES // 1024**2)
    try:
        with soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            rate, channels = file.samplerate, file.channels
            if file.format not in FORMATS or rate not in RATES or not 1 <= channels <= CHANNELS:
                raise PromptError("prompts.odd_format", format=file.format, rate=rate, channels=channels)
            # What a file says of its length need not be true: so much is read and no more.
            samples = file.read((LONGEST_SECONDS + 1) * rate, dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError, ValueError) as error:
        raise PromptError("prompts.unheard", why=own_words(str(error))) from error
    if len(samples) > LONGEST_SECONDS * rate:
        raise PromptError("prompts.too_long", seconds=LONGEST_SECONDS)
    return np.nan_to_num(samples.mean(axis=1)), rate
