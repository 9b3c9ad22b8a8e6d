"""A waveform's document read for the page: how loud each speaker is along the call, and where nobody recorded."""

from dataclasses import dataclass
from typing import Any

from web.errors import WebError

MOST = 2000
"""Columns the page gets: more than any screen shows."""
SPEAKERS = ("caller", "agent")


@dataclass(frozen=True, slots=True)
class Waveform:
    channels: list[list[float]]
    """How high to draw caller and agent, 0..1, at most 2,000 values each."""
    gaps: list[list[float]]
    """[[from, to], ...] in seconds: silent on purpose."""


def waveform(document: dict[str, Any]) -> Waveform:
    """Of what `recording.flac` writes: under `channels` for each speaker the lowest and highest sample of one stretch
    after another, as int8. Raises WebError for a document that is none.
    """
    try:
        channels = [_loudness(document["channels"][speaker]) for speaker in SPEAKERS]
        gaps = [[float(begin), float(end)] for begin, end in document.get("gaps", [])]
    except (ValueError, KeyError, TypeError) as error:
        raise WebError("recording.bad_peaks") from error
    return Waveform(channels, gaps)


def _loudness(pairs: list[int]) -> list[float]:
    # The square root: telephone speech is quiet, and ears do not hear in samples.
    loud = [(max(abs(low), abs(high)) / 128) ** 0.5 for low, high in zip(pairs[0::2], pairs[1::2], strict=True)]
    step = -(-len(loud) // MOST) or 1
    return [round(max(loud[at : at + step]), 4) for at in range(0, len(loud), step)]
