"""Lines of a table for spreadsheets (CSV, RFC 4180), in which nothing that anybody sent becomes a formula. Pure.

What callers send, names above all, must not become a formula where the file is opened: a cell that begins like one has
an apostrophe before it, as OWASP's "CSV Injection" advises. Telephone numbers have it for the same reason; it also
keeps a spreadsheet from making a sum of them. `unguarded` takes it off again where such a file comes back.
"""

import csv
import io
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""What begins a formula, in one spreadsheet or another."""
BOM = "\ufeff"
"""By which spreadsheets know UTF-8."""
_EMPTY = " \u00a0\u200b\ufeff"
"""What only looks empty at a cell's beginning."""


def csv_line(cells: Sequence[object]) -> str:
    """One line; no cell of it is a formula."""
    written = io.StringIO()
    csv.writer(written).writerow([_safe(cell) for cell in cells])
    return written.getvalue()


def unguarded(cell: str) -> str:
    """A cell as it was before `csv_line` wrote it."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _safe(cell: object) -> str:
    """Text that is no formula. What only looks empty at its beginning does not hide one; a number is nobody's text."""
    if isinstance(cell, int | float):
        return str(cell)
    text = "" if cell is None else str(cell).replace("\0", "")
    return f"'{text}" if _is_formula(text) else text


def _is_formula(text: str) -> bool:
    return text.lstrip(_EMPTY).startswith(FORMULA) or text.startswith(FORMULA)
