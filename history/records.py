"""What files of another system are read as: visits to queues, and lines that were not understood. Pure.

The readers (`queue_log.py`, `cdr.py`, `table.py`) are handed lines with their numbers, file after file, and yield
visits; what they meet on the way they count in a `Seen`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from history.errors import HistoryError
from ringback.messages import Message

OUTCOMES = ("answered", "abandoned", "callback", "overflow", "message", "closed", "transferred", "lost")
"""The words of `calls.models.QueueVisit.outcome`."""
LEFT = ("going_on", "beheaded", "no_queue", "by_map")
"""Why what was understood is not imported; each has a sentence `history.left_<reason>`."""
NOTES = (
    *("lost_restart", "lost_silent", "lost_unended", "no_wait"),
    *("hour_twice", "hour_never", "other_zone", "encoding"),
)
"""What a person should know of what is imported; each has a sentence `history.note_<reason>`."""
SHOWN_FAULTS = 20
"""Broken lines that are told one by one; the others are counted."""
EARLIEST = 631_152_000.0
"""1990-01-01: nothing was written down before, whatever a line says."""
LONGEST = 7 * 86_400.0
"""No wait and no talk is longer."""
A_DAY = 86_400.0

Line = tuple[int, str]
"""Its number in the file, 1 is the first, and its text without the line break."""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """A visit as the other system's files tell it, in its own names."""

    key: str
    """The same whichever files it is read from; another for every other visit."""
    call: str
    """The same for visits of one call."""
    queue: str
    entered: float
    """Epoch seconds."""
    outcome: str
    """One of OUTCOMES, or `event` where the map may say another one (`history.names.Names.outcome`)."""
    wait: float | None
    line: str = ""
    agent: str = ""
    talk: float | None = None
    hold: float | None = None
    wrap: float | None = None
    caller: str = ""
    """The number as it stands there: hostile text."""
    ended_by: str | None = None
    transferred: bool = False
    event: str = ""
    """What ended the visit in the file's words, e.g. EXITWITHKEY/1; empty: the outcome is told by itself."""


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that was not understood; nothing of it is used."""

    file: str
    line: int
    why: Message


@dataclass(slots=True)
class Seen:
    """What was met in the files."""

    now: float
    """Nothing can have happened more than a day after it."""
    file: str = ""
    """Which is being read."""
    lines: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    """Events of a queue_log, applications of CDRs: how often each was read."""
    broken: int = 0
    broken_lines: list[BrokenLine] = field(default_factory=list)
    """The first SHOWN_FAULTS."""
    left: Counter[str] = field(default_factory=Counter)
    """By LEFT."""
    notes: Counter[str] = field(default_factory=Counter)
    """By NOTES."""

    def break_(self, line: int, why: Message) -> None:
        """This line was not understood."""
        self.broken += 1
        if len(self.broken_lines) < SHOWN_FAULTS:
            self.broken_lines.append(BrokenLine(self.file, line, why))

    def time(self, epoch: float, shown: str) -> float:
        """A time that can be. Raises BadLine."""
        if not EARLIEST <= epoch <= self.now + A_DAY:
            raise BadLine("history.no_time", value=shown[:40])
        return epoch


class BadLine(HistoryError):
    """Of one line; never leaves the reader."""


def seconds(text: str) -> float:
    """A duration that can be. Raises BadLine."""
    try:
        value = float(text) if len(text) <= 20 and text.isascii() else -1.0
    except ValueError:
        value = -1.0
    if not 0 <= value <= LONGEST:  # NaN neither
        raise BadLine("history.no_seconds", value=text[:40])
    return value


Files = Iterable[tuple[str, Iterable[Line]]]
"""Files with their names and lines, the oldest first."""
