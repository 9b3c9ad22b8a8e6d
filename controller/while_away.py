"""What became of calls while no controller was there, as files tell it: events that were written down, recordings.

Reads them and decides nothing. A recording's last write is the best that is known of the end of a call that nobody saw
end: Asterisk writes as long as the call goes on.
"""

from collections.abc import Iterable
from pathlib import Path

from pbx import missed
from pbx.ami import Headers
from ringback.config import Settings


class WhileAway:
    """The files of one data folder."""

    def __init__(self, settings: Settings) -> None:
        self._recordings = settings.spool
        self._missed = missed.folder(settings)
        self._read: list[Path] = []

    def events(self, since: float) -> list[Headers]:
        """Those from `since` on, which are then `forget`s to remove."""
        events, files = missed.read(self._missed)
        self._read += files
        return [event for event in events if float(event.get("Timestamp") or 0) >= since]

    def forget(self) -> None:
        """What was read is written in rows."""
        for path in self._read:
            path.unlink(missing_ok=True)
        self._read.clear()

    def heard_until(self, call_ids: Iterable[str]) -> dict[str, float]:
        """When the sound of calls was last written, where there is any."""
        found = {}
        for call_id in call_ids:
            path = self._recordings / f"{call_id}.raw"
            if path.exists():
                found[call_id] = path.stat().st_mtime
        return found
