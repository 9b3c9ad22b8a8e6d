"""What somebody says in a drill, on its way from the browser: pieces in memory, for a minute, and never in a file.

The front takes small requests, so a voice comes in pieces. Each person has one at a time; one that is begun anew, taken
or too old is forgotten.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from library.drill.hearing import LONGEST
from library.errors import LibraryError
from transcripts.engines.recogniser import RATE

MOST_BYTES = round((LONGEST + 2) * RATE * 2)
"""Of a voice; the browser stops before."""
MOST_PEOPLE = 50
"""Whose voices are on their way at the same time."""
OLD = 90.0
"""Seconds after which one that nobody took is forgotten."""


@dataclass
class VoicesOnTheirWay:
    """Of one process."""

    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, bytearray]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, person: str, at: int, piece: bytes) -> int:
        """How much is there now. A piece that comes twice is taken once. Raises LibraryError."""
        with self._lock:
            self._forget_old()
            if at == 0:
                self._kept.pop(person, None)
            _, sound = self._kept.get(person, (0.0, bytearray()))
            if at > len(sound) or (person not in self._kept and len(self._kept) >= MOST_PEOPLE):
                raise LibraryError("library.drill_lost")
            if at + len(piece) > MOST_BYTES:
                self._kept.pop(person, None)
                raise LibraryError("library.drill_long", most=round(LONGEST))
            sound[at:] = piece
            self._kept[person] = self.clock(), sound
            return len(sound)

    def take(self, person: str) -> bytes:
        """The whole of it, which is forgotten here. Raises LibraryError: there is none."""
        with self._lock:
            self._forget_old()
            found = self._kept.pop(person, None)
        if found is None:
            raise LibraryError("library.drill_lost")
        return bytes(found[1])

    def _forget_old(self) -> None:
        oldest = self.clock() - OLD
        for person in [each for each, (at, _) in self._kept.items() if at < oldest]:
            del self._kept[person]
