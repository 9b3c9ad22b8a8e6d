"""The events of Asterisk that no controller heard: the watchdog writes them down, the next controller reads them.

Owns the folder and the form of its files: a line of JSON for each event, with the time at which Asterisk says it
happened. What the events mean is `pbx/codec.py`'s; a second copy of one that was heard after all harms nothing.
"""

import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from pbx.ami import Headers
from ringback.config import Settings

log = logging.getLogger(__name__)

EVENT_NAMES = ("AsyncAGIExec", "BridgeEnter", "BridgeLeave", "DialEnd", "Hangup")
"""How calls went on without us. Keys are not among them: nobody was there to answer."""
MOST_BYTES = 50_000_000
"""Of one absence; what happens later is known by what Asterisk has at the end of it."""
KEPT_SECONDS = 7 * 86400.0
"""Files that no controller has read go after this time."""


def folder(settings: Settings) -> Path:
    """Where the files lie."""
    return settings.data / "spool" / "missed"


class MissedEvents:
    """Writes one absence down after the other."""

    def __init__(self, where: Path) -> None:
        self._where = where
        self._file: TextIO | None = None

    @property
    def is_open(self) -> bool:
        """Whether events are written down now."""
        return self._file is not None

    def begin(self, now: float) -> None:
        """An absence has begun."""
        self._where.mkdir(parents=True, exist_ok=True)
        for path in self._where.glob("*.jsonl"):
            if now - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink(missing_ok=True)
        self._file = (self._where / f"{now * 1000:.0f}.jsonl").open("a", encoding="utf-8")

    def write(self, events: Iterable[Headers]) -> None:
        """At once: whoever reads may come any moment."""
        if self._file is not None and self._file.tell() < MOST_BYTES:
            self._file.writelines(json.dumps(event) + "\n" for event in events)
            self._file.flush()

    def end(self) -> None:
        """Somebody listens again."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read(where: Path) -> tuple[list[Headers], list[Path]]:
    """All that was written down, in order, and the files: to be removed once it is taken in."""
    events: list[Headers] = []
    files = sorted(where.glob("*.jsonl"))
    for path in files:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                log.warning("a line of %s is cut off: whoever wrote it was killed", path)
                continue
            if isinstance(event, dict) and all(isinstance(value, str) for value in event.values()):
                events.append(event)
    return events, files
