"""A report as XLSX: numbers, dates, durations and shares that a spreadsheet can go on with, and no formula.

The first sheet is the table alone, headings in its first line; each heading has its rule as a note. The second says
what the report is, and the rule of each figure again, for whoever prints it.
"""

import io
from datetime import datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reports.exports.table import PARTS, WITH_INTERVAL, WITHIN, ReportTable, TableRow
from reports.figures import Unit
from ringback.messages import message

FORMATS: dict[Unit, str] = {
    "share": "0.0%",
    "seconds": "[h]:mm:ss",
    "count": "#,##0",
    "score": "0.0",
    "mos": "0.00",
    "hours": "0.0",
}
A_DAY = 86400.0
"""A spreadsheet's durations are parts of a day."""
TIMES = {"quarter": "dd.mm.yyyy hh:mm", "half": "dd.mm.yyyy hh:mm", "hour": "dd.mm.yyyy hh:mm", "month": "mm.yyyy"}
DAY = "dd.mm.yyyy"
LONGEST_CELL = 32_000
"""Characters; a spreadsheet takes 32,767."""
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}


def as_xlsx(table: ReportTable) -> bytes:
    """The whole file."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, OPTIONS) as book:
        book.set_properties({"title": table.title, "comments": table.period})
        styles = _Styles(book)
        _table(book.add_worksheet(table.say(message("reports.sheet_table"))), table, styles)
        _rules(book.add_worksheet(table.say(message("reports.sheet_rules"))), table, styles)
    return written.getvalue()


class _Styles:
    """Formats by what they are for, each once in the file."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def number(self, pattern: str, *, total: bool = False) -> Any:
        if (pattern, total) not in self._made:
            more = {"bold": True, "top": 1} if total else {}
            self._made[pattern, total] = self._book.add_format({"num_format": pattern, "align": "right", **more})
        return self._made[pattern, total]

    def text(self, *, total: bool = False) -> Any:
        if ("", total) not in self._made:
            self._made["", total] = self._book.add_format({"bold": True, "top": 1} if total else {})
        return self._made["", total]


def _table(sheet: Worksheet, table: ReportTable, styles: _Styles) -> None:
    heads = [title for title in (table.time_title, table.value_title) if title]
    notes: dict[int, str] = {}
    for column in table.columns:
        notes[len(heads)] = column.rule
        heads.append(column.title)
        if column.unit in WITH_INTERVAL:
            heads += [f"{column.title}: {table.say(part)}" for part in PARTS]
    for at, head in enumerate(heads):
        sheet.write_string(0, at, _cut(head), styles.heading)
        if at in notes:
            sheet.write_comment(0, at, _cut(notes[at]), {"x_scale": 2, "y_scale": 1.5})
    sheet.set_column(0, len(heads) - 1, 14)
    if table.time_title or table.value_title:
        sheet.set_column(0, 0, 20)
    for line, row in enumerate(table.rows, 1):
        _row(sheet, line, table, row, styles, total=False)
    _row(sheet, len(table.rows) + 1, table, table.total, styles, total=True)
    sheet.freeze_panes(1, bool(table.time_title) + bool(table.value_title))
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _row(sheet: Worksheet, line: int, table: ReportTable, row: TableRow, styles: _Styles, *, total: bool) -> None:
    at = 0
    plain = styles.text(total=total)
    if table.time_title:
        if row.begins is None:
            sheet.write_string(line, at, _cut(row.label), plain)
        else:
            pattern = TIMES.get(table.interval, DAY)
            sheet.write_datetime(line, at, _naive(row.begins, table), styles.number(pattern))
        at += 1
    if table.value_title:
        sheet.write_string(line, at, _cut(row.label if total and not table.time_title else row.value), plain)
        at += 1
    for column, cell in zip(table.columns, row.cells, strict=True):
        style = styles.number(FORMATS[column.unit], total=total)
        _number(sheet, line, at, cell.value, column.unit, style)
        at += 1
        if column.unit in WITH_INTERVAL:
            sheet.write_number(line, at, cell.n, styles.number(FORMATS["count"], total=total))
            _number(sheet, line, at + 1, cell.low, column.unit, style)
            _number(sheet, line, at + 2, cell.high, column.unit, style)
            at += 3


def _number(sheet: Worksheet, line: int, at: int, value: float | None, unit: Unit, style: Any) -> None:
    """Nothing is an empty cell, which no mean counts."""
    if value is None:
        sheet.write_blank(line, at, None, style)
    else:
        sheet.write_number(line, at, value / A_DAY if unit == "seconds" else value, style)


def _naive(at: datetime, table: ReportTable) -> datetime:
    """As the clock shows it: a spreadsheet knows no zones."""
    shown = at.replace(tzinfo=None)
    return shown if table.interval in WITHIN else shown.replace(hour=0, minute=0, second=0)


def _rules(sheet: Worksheet, table: ReportTable, styles: _Styles) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, _cut(table.title), styles.title)
    said = [table.period, table.say(message("reports.made", at=table.made)), *table.notes]
    for line, words in enumerate(said, 1):
        sheet.write_string(line, 0, _cut(words))
    first = len(said) + 2
    sheet.write_string(first, 0, table.say(message("reports.column_figure")), styles.heading)
    sheet.write_string(first, 1, table.say(message("reports.column_rule")), styles.heading)
    for line, column in enumerate(table.columns, first + 1):
        sheet.write_string(line, 0, _cut(column.title), styles.wrapped)
        sheet.write_string(line, 1, _cut(column.rule), styles.wrapped)


def _cut(words: str) -> str:
    return words[:LONGEST_CELL]
