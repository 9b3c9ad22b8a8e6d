"""What the player is given (`web/templates/_player.html`, `web/static/player.js`): one for calls, parts and lists.

Owns how much quieter one side of a recording is than the other. Leaves who may hear what to the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recording.levels import SIDES

MOST_GAIN = 20.0
"""Decibels by which a side is raised at most: what is quieter than that is noise, and would be heard as such."""
QUIET_DBFS = -26.0
"""As loud as both sides are made where both are quieter than that: telephone speech that nobody has to strain for."""


@dataclass(frozen=True)
class PlayerPart:
    """One sound and all that is to be known for playing it."""

    id: str
    """Of the audio element."""
    source: str
    """The address of the sound."""
    told: str
    """Where it is told what was heard."""
    seconds: float | None
    """How long it is, if that is known."""
    title: str
    """What a phone shows on its lock screen: no name and no number of a caller."""
    at: float = 0.0
    """The second at which it begins."""
    gains: tuple[float, ...] = ()
    """See `lane_gains`."""
    quiet: str = ""
    """The address of where nobody says anything; empty: the page knows it otherwise."""
    previous: str = ""
    next: str = ""
    """Addresses of the neighbours in a list."""


def lane_gains(levels: Mapping[str, Any] | None) -> tuple[float, ...]:
    """Decibels by which caller and agent are raised to be equally loud, by `Recording.levels`; empty: nobody measured
    them. The louder one stays as it is, unless both are quiet."""
    if not levels:
        return ()
    loud = [(levels.get(side) or {}).get("dbfs") for side in SIDES]
    if all(each is None for each in loud):
        return ()
    wanted = max(QUIET_DBFS, *(each for each in loud if each is not None))
    return tuple(0.0 if each is None else round(min(MOST_GAIN, wanted - each), 1) for each in loud)
