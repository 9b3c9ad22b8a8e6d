"""A waveform's document read for the page: how loud each speaker is along the call, and where nobody recorded.

The agents' side carries prompts and music outside their talks: that is drawn as what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web.errors import WebError

MOST = 2000
"""Columns the page gets: more than any screen shows."""
SPEAKERS = ("caller", "agent")


@dataclass(frozen=True, slots=True)
class Waveform:
    channels: list[list[float]]
    """How high to draw caller, agents, and prompts and music, 0..1, at most 2,000 values each."""
    gaps: list[list[float]]
    """[[from, to], ...] in seconds: silent on purpose."""


def waveform(document: dict[str, Any], talks: Sequence[tuple[float, float]], seconds: float | None) -> Waveform:
    """Of what `recording.encoding` writes: under `channels` for each speaker the lowest and highest sample of one
    stretch after another, as int8. `talks`: when agents talk, in seconds of a recording that has so many. Raises
    WebError for a document that is none.
    """
    try:
        caller, right = (_loudness(document["channels"][speaker]) for speaker in SPEAKERS)
        channels = [caller, *_apart(right, talks, seconds)]
        gaps = [[float(begin), float(end)] for begin, end in document.get("gaps", [])]
    except (ValueError, KeyError, TypeError) as error:
        raise WebError("recording.bad_peaks") from error
    return Waveform(channels, gaps)


def _apart(right: list[float], talks: Sequence[tuple[float, float]], seconds: float | None) -> list[list[float]]:
    """The agents' side in two: what lies in their talks, and the rest."""
    if not seconds:
        return [right, [0.0] * len(right)]
    middles = [(at + 0.5) * seconds / len(right) for at in range(len(right))]
    talking = [any(begin <= middle < end for begin, end in talks) for middle in middles]
    agents = [value if now else 0.0 for value, now in zip(right, talking, strict=True)]
    return [agents, [0.0 if now else value for value, now in zip(right, talking, strict=True)]]


def _loudness(pairs: list[int]) -> list[float]:
    # The square root: telephone speech is quiet, and ears do not hear in samples.
    loud = [(max(abs(low), abs(high)) / 128) ** 0.5 for low, high in zip(pairs[0::2], pairs[1::2], strict=True)]
    step = -(-len(loud) // MOST) or 1
    return [round(max(loud[at : at + step]), 4) for at in range(0, len(loud), step)]
