"""A waveform file read for the page: how loud each speaker is along the call."""

import json
from pathlib import Path

from web.errors import N_, WebError

MOST = 2000
"""Columns the page gets: more than any screen shows."""
SPEAKERS = ("caller", "agent")


def read_peaks(path: Path) -> list[list[float]]:
    """How high to draw caller and agent, 0..1, at most 2,000 values each; raises WebError for a file that is none.

    The file is what `recording.flac` writes: under `channels` for each speaker the lowest and highest sample of
    one stretch after another, as int8.
    """
    try:
        channels = json.loads(path.read_text(encoding="utf-8"))["channels"]
        return [_loudness(channels[speaker]) for speaker in SPEAKERS]
    except (ValueError, KeyError, TypeError) as error:
        raise WebError(N_("The waveform file of this recording cannot be read.")) from error


def _loudness(pairs: list[int]) -> list[float]:
    # The square root: telephone speech is quiet, and ears do not hear in samples.
    loud = [(max(abs(low), abs(high)) / 128) ** 0.5 for low, high in zip(pairs[0::2], pairs[1::2], strict=True)]
    step = -(-len(loud) // MOST) or 1
    return [round(max(loud[at : at + step]), 4) for at in range(0, len(loud), step)]
