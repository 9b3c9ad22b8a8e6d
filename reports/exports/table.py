"""A report as one table in one language: what files and letters are made of, whatever their format.

Owns the shape alone. Which rows there are and what they are called is the caller's (`web/documents/report_tables.py`),
and so are the words of figures (`tell`): pages and files say the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from reports.asking import Interval
from reports.figures import FigureValue, Unit
from ringback.messages import Message, message

WITHIN = ("quarter", "half", "hour")
"""Intervals whose rows are moments of the clock, told in the reader's zone; all others are days of the house."""
WITH_INTERVAL: tuple[Unit, ...] = ("share", "score")
"""Units that are told with of how many they are, and between what they lie."""
PARTS = (message("reports.column_n"), message("reports.column_low"), message("reports.column_high"))
"""Headings of what stands beside those."""
Tell = Callable[[FigureValue, Unit, str], str]
"""A figure in words of a language."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One figure."""

    name: str
    title: str
    unit: Unit
    rule: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One time and one value; the total has neither."""

    label: str
    """Its time in words; empty in a table of one time."""
    begins: datetime | None
    """In the zone it is told in; None where the time has no beginning (all Mondays), and of the total."""
    value: str
    cells: tuple[FigureValue, ...]
    """One for each column."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Everything that a file shows."""

    title: str
    period: str
    """The days, in words."""
    interval: Interval
    time_title: str
    """Empty: there is one time, and no column for it."""
    value_title: str
    """Empty: there is one value."""
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    total: TableRow
    notes: tuple[str, ...]
    """What must be known to read it: what is not counted yet, in which zone times are."""
    language: str
    made: str
    """When it was made, in words."""
    tell: Tell

    def say(self, what: Message) -> str:
        return what.worded(self.language)

    def shown(self, figure: FigureValue, unit: Unit) -> str:
        return self.tell(figure, unit, self.language)


def one_line(words: str) -> str:
    """Without ends of lines and characters that show nothing."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())
