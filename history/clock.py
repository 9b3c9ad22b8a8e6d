"""Times that another system wrote down -> epoch seconds. Pure.

A time without a zone is that of a clock on a wall: on the day on which summer time ends one hour is written twice,
and on the day on which it begins one hour never was. Both are told (`Seen.notes`); of the two hours the first is
taken, unless something else in the line knows better.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from history.records import BadLine, Seen

NEAR = 5.0
"""Seconds by which two ways to tell the same moment may differ."""
_KEPT = 100_000


class WallClock:
    """Reads times of one zone."""

    def __init__(self, zone: str, seen: Seen) -> None:
        """`zone` is an IANA name."""
        self._zone = ZoneInfo(zone)
        self._seen = seen
        self._offsets: dict[str, tuple[float, float]] = {}

    def read(self, text: str, after: float | None = None) -> float:
        """Epoch seconds of ISO 8601 with or without a zone; `after` is a moment that was not later. Raises BadLine."""
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return self._epoch(text)
        if found.tzinfo is not None:
            return self._seen.time(found.timestamp(), text)
        wall = self._seen.time(found.replace(tzinfo=UTC).timestamp(), text)
        first, second = self._offset(text[:16], found)
        if first > second and after is not None:
            return wall - first if wall - first + NEAR >= after else wall - second
        if first != second:
            self._seen.notes["hour_twice" if first > second else "hour_never"] += 1
        return wall - first

    def _epoch(self, text: str) -> float:
        try:
            return self._seen.time(float(text) if len(text) <= 20 and text.isascii() else -1.0, text)
        except ValueError:
            raise BadLine("history.no_time", value=text[:40]) from None

    def _offset(self, minute: str, wall: datetime) -> tuple[float, float]:
        """How far the clock is before UTC, the first and the second time it shows this minute."""
        found = self._offsets.get(minute)
        if found is None:
            here = wall.replace(tzinfo=self._zone)
            both = [each.utcoffset() for each in (here.replace(fold=0), here.replace(fold=1))]
            first, second = (0.0 if each is None else each.total_seconds() for each in both)
            if len(self._offsets) > _KEPT:
                self._offsets.clear()
            found = self._offsets[minute] = (first, second)
        return found
