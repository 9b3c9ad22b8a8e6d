"""Which calls a number on the list means, and when a number calls too often. Pure: no store, no clock.

A number is compared as text where calls come in (asterisk-conf/extensions.conf.j2), so each way to write it is worked
out here (`ringback/config/spellings.py`). A text by which a line's callers are read as another number is left out:
refusing somebody else's calls is worse than not refusing.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ringback.config.spellings import spellings

MINUTE = 60.0
PLUS = "p"
"""Stands for the plus of a number where calls come in."""
MOST_NUMBERS = 4096
"""Numbers whose calls are counted: somebody who makes up numbers must not fill the memory."""

Read = Callable[[str, str], str | None]
"""Text and country to an E.164 number; None: it is none."""


def keys_of(number: str, came_from: str, countries: Iterable[str], read: Read) -> list[str]:
    """How calls from `number` (E.164) look on lines in these countries: `US/p12025550123`, an address behind an @."""
    behind = f"@{came_from}" if came_from else ""
    return [
        f"{country}/{text.replace('+', PLUS)}{behind}"
        for country in dict.fromkeys(countries)
        for text in spellings(number)
        if read(text, country) == number
    ]


@dataclass
class CallRate:
    """Counts calls from each number in the last minute, and says which call too often."""

    most: int
    """Calls a minute; the next is one too many."""
    _calls: dict[str, deque[float]] = field(default_factory=dict)

    def called(self, caller: str, at: float) -> None:
        """A call of this caller has come, whether it was refused or not."""
        calls = self._calls.pop(caller, deque(maxlen=self.most + 1))
        calls.append(at)
        self._calls[caller] = calls  # who called last is forgotten last
        if len(self._calls) > MOST_NUMBERS:
            del self._calls[next(iter(self._calls))]

    def too_many(self, now: float) -> list[str]:
        """Whoever has called more often than that within the last minute; the others are forgotten once it is over."""
        for caller in [caller for caller, calls in self._calls.items() if calls[-1] <= now - MINUTE]:
            del self._calls[caller]
        return [caller for caller, calls in self._calls.items() if len(calls) > self.most and calls[0] > now - MINUTE]
