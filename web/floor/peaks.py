"""A waveform file read for the page: how loud each speaker is along the call."""

import json
from pathlib import Path

from web.errors import N_, WebError

MOST = 2000
"""Columns the page gets: more than any screen shows."""


def read_peaks(path: Path) -> list[list[float]]:
    """Loudness 0..1 for each channel, at most 2,000 values each; raises WebError for a file that is none.

    The file holds for each channel pairs of lowest and highest sample as int8, as `recording` writes them:
    `channels` is a list of such lists, or `data` has the pairs of all channels interleaved.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [_loudness(pairs) for pairs in _pairs(content)]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise WebError(N_("The waveform file of this recording cannot be read.")) from error


def _pairs(content: dict) -> list[list[tuple[float, float]]]:  # type: ignore[type-arg]
    if isinstance(content.get("channels"), list):
        flat = [[value for item in channel for value in _many(item)] for channel in content["channels"]]
    else:
        count, data = int(content.get("channels", 1)), content["data"]
        flat = [
            [data[at + side] for at in range(2 * channel, len(data) - 1, 2 * count) for side in (0, 1)]
            for channel in range(count)
        ]
    return [list(zip(values[0::2], values[1::2], strict=False)) for values in flat]


def _many(item: float | list[float]) -> list[float]:
    return item if isinstance(item, list) else [item]


def _loudness(pairs: list[tuple[float, float]]) -> list[float]:
    loud = [max(abs(low), abs(high)) / 128 for low, high in pairs]
    step = -(-len(loud) // MOST) or 1
    return [round(min(1.0, max(loud[at : at + step])), 4) for at in range(0, len(loud), step)]
