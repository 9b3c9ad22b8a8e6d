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
QUIET = 0.18
"""As the columns have it: what is louder is somebody."""
HISS = 0.09
"""What the lowest step of a sample makes: a line that hisses says nothing."""
QUIET_SHARE = 0.35
"""Of what a side's loud columns have: a quiet caller is somebody, too."""
LULL = 2.0
"""Seconds that must be quiet to be skipped, besides those that are left before and after."""
MARGIN = 0.3
"""Seconds of quiet that are left before and after, so that no word loses its first sound."""
Stretches = list[list[float]]
"""[[from, to], ...] in seconds."""


@dataclass(frozen=True, slots=True)
class Waveform:
    channels: list[list[float]]
    """How high to draw caller, agents, and prompts and music, 0..1, at most 2,000 values each."""
    gaps: Stretches
    """Silent on purpose."""
    silences: Stretches
    """Where nobody says anything and nothing is played, to be skipped by whoever wants that."""


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
    return Waveform(channels, gaps, silences(channels, seconds))


def silences(channels: Sequence[Sequence[float]], seconds: float | None) -> Stretches:
    """Where all channels are quiet for long enough, without the margins. `channels`: as `Waveform.channels`, of a
    recording of so many seconds. As fine as the columns are: of 90 minutes they are three seconds each."""
    columns = max((len(channel) for channel in channels), default=0)
    if not seconds or not columns:
        return []
    limits = [_quiet_below(channel) for channel in channels]
    quiet = [
        all(at >= len(channel) or channel[at] < limit for channel, limit in zip(channels, limits, strict=True))
        for at in range(columns)
    ]
    step, found, begun = seconds / columns, [], None
    for at, is_quiet in enumerate([*quiet, False]):
        if is_quiet and begun is None:
            begun = at
        elif not is_quiet and begun is not None:
            begin, end = begun * step + MARGIN, at * step - MARGIN
            if end - begin >= LULL:
                found.append([round(begin, 2), round(end, 2)])
            begun = None
    return found


def _quiet_below(channel: Sequence[float]) -> float:
    """Of a side by its louder columns, those of which one in twenty is louder still."""
    loud = sorted(value for value in channel if value > 0)
    return max(HISS, min(QUIET, QUIET_SHARE * loud[int(0.95 * len(loud))])) if loud else QUIET


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
