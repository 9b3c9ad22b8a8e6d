"""Tables of text (CSV) line by line: which character parts the cells, which column is which. Pure.

A record is one line: a cell never goes on in the next, so that one quotation mark too many costs one line and not
the file.
"""

import csv
from collections.abc import Sequence

from history.records import BadLine
from ringback.spreadsheets import unguarded

DELIMITERS = ",;\t|"


def delimiter_of(line: str) -> str:
    """The one that parts the cells of this line."""
    return max(DELIMITERS, key=line.count)


def cells(text: str, delimiter: str = ",") -> list[str]:
    """The cells of a line. Raises BadLine."""
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise BadLine("history.no_table_line", why=str(error)) from error


def cell(row: Sequence[str], at: int | None) -> str:
    """One of them, without what spreadsheets keep formulas away with; empty: there is none."""
    return "" if at is None or at >= len(row) else unguarded(row[at].strip())


def heads(row: Sequence[str]) -> list[str]:
    """The names of columns, as they are compared."""
    return [unguarded(each.strip()).casefold().replace(" ", "_") for each in row]
