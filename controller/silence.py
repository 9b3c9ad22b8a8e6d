"""Phones that vanish: whose sound has stopped is asked, in the call, whether it is still there. Plain data and `now`.

Owns which channel is counted and asked when. A phone that is held, muted, or sends no sound at all answers and stays;
one that is gone does not, and Asterisk ends its channel (docs/adr/0027). Counting and asking are the controller's.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ASKED_AGAIN_SECONDS = 30.0
"""A phone that stays silent is asked as often as this."""


@dataclass
class SilenceWatch:
    """All channels of one switch that could fall silent."""

    seconds: float
    """How long nothing must have come before a phone is asked."""
    _heard: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By channel: packets that had come, and when there was one more than before."""
    _asked: dict[str, float] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _looked_at: float = 0.0

    def is_due(self, now: float) -> bool:
        """Whether to look now: three times in `seconds`, to notice in time."""
        if now < self._looked_at + self.seconds / 3:
            return False
        self._looked_at = now
        return True

    def to_count(self, channels: Iterable[str]) -> list[str]:
        """Which of the channels that there are want counting: none that has only just come, as most are soon gone."""
        there = set(channels)
        due = sorted(there & self._known)
        self._known = there
        for gone in self._heard.keys() - there:
            del self._heard[gone]
            self._asked.pop(gone, None)
        return due

    def counted(self, packets: Mapping[str, int], now: float) -> list[str]:
        """So many packets have come on each; returns the channels whose phones are to be asked now."""
        ask = []
        for channel, count in packets.items():
            before, since = self._heard.get(channel, (-1, now))
            if count != before:
                self._heard[channel] = (count, now)
                self._asked.pop(channel, None)
            elif now - since >= self.seconds and now - self._asked.get(channel, -math.inf) >= ASKED_AGAIN_SECONDS:
                self._asked[channel] = now
                ask.append(channel)
        return ask
