"""A report as PDF: A4, the picture first, the table over as many pages as it takes, the rules last; without a browser.

The picture is of the first figure: a line over time, or bars by value, drawn as vectors. Letters are PT Sans, of which
the file has the ones that are used.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import fontpkg_pt_sans
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from reports.exports.table import ReportTable, TableRow
from reports.figures import FigureValue, Unit
from ringback.messages import message

MOST_ROWS = 500
"""On paper; the files for spreadsheets have all."""
MOST_BARS = 20
WIDE = 6
"""Columns beyond which the page lies on its side."""
INK, GREY, LINE, SHADE, MARK = (30, 30, 30), (110, 110, 110), (190, 190, 190), (238, 238, 238), (26, 95, 180)
FONT, SMALL, BODY = "PT Sans", 7.5, 9.0
PICTURE = 52.0
"""Its height in mm."""
FONTS = Path(fontpkg_pt_sans.__file__).parent / "files"
logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of each table of a font that it leaves out
logging.getLogger("fpdf.output").setLevel(logging.WARNING)


def as_pdf(table: ReportTable, at: datetime) -> bytes:
    """The whole file; `at` is the moment that its properties name."""
    paper = _Paper(table)
    paper.set_creation_date(at.astimezone(UTC))
    paper.add_page()
    _head(paper, table)
    _picture(paper, table)
    _rows(paper, table)
    _rules(paper, table)
    return bytes(paper.output())


class _Paper(FPDF):
    """Pages with their number and the report's name at the foot."""

    def __init__(self, table: ReportTable) -> None:
        columns = len(table.columns) + bool(table.time_title) + bool(table.value_title)
        super().__init__("landscape" if columns > WIDE else "portrait", "mm", "A4")
        self._table = table
        self.add_font(FONT, "", FONTS / "PT_Sans-Web-Regular.ttf")
        self.add_font(FONT, "B", FONTS / "PT_Sans-Web-Bold.ttf")
        self.set_title(table.title)
        self.set_lang(table.language)
        self.set_margin(14)
        self.set_auto_page_break(True, 16)
        self.set_text_color(*INK)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, "", SMALL)
        self.set_text_color(*GREY)
        self.cell(self.epw / 2, 5, f"{self._table.title} · {self._table.period}"[:90])
        self.cell(self.epw / 2, 5, f"{self.page_no()} / {{nb}}", align="R")
        self.set_text_color(*INK)


def _head(paper: _Paper, table: ReportTable) -> None:
    paper.set_font(FONT, "B", 16)
    paper.multi_cell(0, 8, table.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FONT, "", BODY + 1)
    paper.multi_cell(0, 5.5, table.period, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FONT, "", SMALL)
    paper.set_text_color(*GREY)
    for line in (table.say(message("reports.made", at=table.made)), *table.notes):
        paper.multi_cell(0, 4, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_text_color(*INK)
    paper.ln(3)


# -- the picture -----------------------------------------------------------------------------------------


def _picture(paper: _Paper, table: ReportTable) -> None:
    """Nothing where there is nothing to compare."""
    if not table.columns or len(table.rows) < 2:
        return
    column = table.columns[0]
    paper.set_font(FONT, "B", BODY)
    paper.cell(0, 5, column.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    if table.value_title:
        _bars(paper, table, column.unit)
    else:
        _line(paper, table, column.unit)
    paper.ln(3)


def _top(figures: Sequence[FigureValue], unit: Unit) -> float:
    """Where the axis ends: all of a share, else the largest value."""
    if unit == "share":
        return 1.0
    return max((each.value for each in figures if each.value is not None), default=0.0) or 1.0


def _line(paper: _Paper, table: ReportTable, unit: Unit) -> None:
    """Over time; where nothing is known the line has a gap."""
    figures = [row.cells[0] for row in table.rows]
    top, low = _top(figures, unit), min(0.0, *(each.value or 0.0 for each in figures))
    left, above = paper.l_margin + 16, paper.get_y() + 2
    width, height = paper.epw - 18, PICTURE - 10

    def place(at: int, value: float) -> tuple[float, float]:
        return left + width * at / (len(figures) - 1), above + height * (1 - (value - low) / (top - low))

    paper.set_font(FONT, "", SMALL)
    paper.set_text_color(*GREY)
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.15)
    for part in range(5):
        value = low + (top - low) * part / 4
        _, y = place(0, value)
        paper.line(left, y, left + width, y)
        paper.set_xy(paper.l_margin, y - 2)
        paper.cell(15, 4, table.shown(FigureValue(value, 1), unit), align="R")
    _labels(paper, table, left, width, above + height + 0.5)
    paper.set_draw_color(*MARK)
    paper.set_line_width(0.5)
    runs: list[list[tuple[float, float]]] = [[]]
    for at, each in enumerate(figures):
        if each.value is None:
            runs.append([])
        else:
            runs[-1].append(place(at, each.value))
    paper.set_fill_color(*MARK)
    for run in runs:
        if len(run) == 1:
            paper.circle(*run[0], 0.5, "F")
        elif run:
            paper.polyline(run)
    paper.set_text_color(*INK)
    paper.set_y(above + height + 6)


def _labels(paper: _Paper, table: ReportTable, left: float, width: float, y: float) -> None:
    """As many times as there is room for, the first and the last among them."""
    many = min(len(table.rows), 6)
    for part in range(many):
        at = round(part * (len(table.rows) - 1) / (many - 1))
        x = left + width * at / (len(table.rows) - 1)
        align = "L" if part == 0 else "R" if part == many - 1 else "C"
        paper.set_xy(x if align == "L" else x - 30 if align == "R" else x - 15, y)
        paper.cell(30, 4, table.rows[at].label, align=align)


def _bars(paper: _Paper, table: ReportTable, unit: Unit) -> None:
    """By value: the sum of a value's times cannot be told from its rows, so only tables of one time have them."""
    if table.time_title:
        return
    rows = sorted(table.rows, key=lambda row: -(row.cells[0].value or 0.0))[:MOST_BARS]
    top = _top([row.cells[0] for row in rows], unit)
    paper.set_font(FONT, "", BODY - 1)
    room = paper.epw - 45 - 25
    for row in rows:
        y = paper.get_y()
        value = max(0.0, row.cells[0].value or 0.0)
        paper.cell(44, 5, _fitting(paper, row.value, 43))
        paper.set_fill_color(*MARK)
        if row.cells[0].value is not None:
            paper.rect(paper.l_margin + 45, y + 0.8, max(0.2, room * value / top), 3.4, "F")
        paper.set_xy(paper.l_margin + 46 + room * value / top, y)
        paper.cell(24, 5, table.shown(row.cells[0], unit), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fitting(paper: _Paper, words: str, width: float) -> str:
    if paper.get_string_width(words) <= width:
        return words
    while words and paper.get_string_width(f"{words}…") > width:
        words = words[:-1]
    return f"{words}…"


# -- the table -------------------------------------------------------------------------------------------


def _rows(paper: _Paper, table: ReportTable) -> None:
    """Cell by cell: the library's own tables take ten times as long."""
    grid = _Grid(paper, table)
    grid.heads()
    for row in table.rows[:MOST_ROWS]:
        grid.row(_words(table, row))
    if len(table.rows) != 1 or not grid.places:
        grid.row(_words(table, table.total), "B")
    if len(table.rows) > MOST_ROWS:
        paper.ln(1)
        left_out = len(table.rows) - MOST_ROWS
        paper.multi_cell(
            0, 5, table.say(message("reports.rows_left_out", count=left_out)), new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
    paper.ln(4)


class _Grid:
    """Lines of cells, with the headings again on each page."""

    def __init__(self, paper: _Paper, table: ReportTable) -> None:
        self._paper = paper
        titles = [title for title in (table.time_title, table.value_title) if title]
        self.places = len(titles)
        self._heads = [*titles, *(column.title for column in table.columns)]
        self._size = SMALL if len(self._heads) > WIDE else BODY
        parts = [1.7] * self.places + [1.0] * len(table.columns)
        self._widths = [paper.epw * part / sum(parts) for part in parts]
        self._height = self._size * 0.62

    def heads(self) -> None:
        """As high as the longest of them takes."""
        paper, top = self._paper, self._paper.get_y()
        paper.set_font(FONT, "B", self._size)
        height = max(
            cast("float", paper.multi_cell(width, self._height, head, dry_run=True, output="HEIGHT"))
            for width, head in zip(self._widths, self._heads, strict=True)
        )
        if top + height + self._height > paper.page_break_trigger:
            paper.add_page()
            top = paper.get_y()
        paper.set_fill_color(*SHADE)
        paper.rect(paper.l_margin, top, paper.epw, height, "F")
        left = paper.l_margin
        for at, (width, head) in enumerate(zip(self._widths, self._heads, strict=True)):
            paper.set_xy(left, top)
            paper.multi_cell(width, self._height, head, align="L" if at < self.places else "R")
            left += width
        paper.set_xy(paper.l_margin, top + height)

    def row(self, words: list[str], weight: str = "") -> None:
        paper = self._paper
        if paper.get_y() + self._height > paper.page_break_trigger:
            paper.add_page()
            self.heads()
        paper.set_font(FONT, weight, self._size)
        for at, (width, each) in enumerate(zip(self._widths, words, strict=True)):
            shorter = _fitting(paper, each, width - 2)
            paper.cell(width, self._height, shorter, align="L" if at < self.places else "R")
        paper.ln(self._height)
        paper.set_draw_color(*LINE)
        paper.set_line_width(0.1)
        paper.line(paper.l_margin, paper.get_y(), paper.w - paper.r_margin, paper.get_y())


def _words(table: ReportTable, row: TableRow) -> list[str]:
    is_total = row is table.total
    places = []
    if table.time_title:
        places.append(row.label)
    if table.value_title:
        places.append((row.label if not table.time_title else "") if is_total else row.value)
    cells = zip(table.columns, row.cells, strict=True)
    return [*places, *(table.shown(cell, column.unit) for column, cell in cells)]


def _rules(paper: _Paper, table: ReportTable) -> None:
    paper.set_font(FONT, "B", BODY + 1)
    paper.cell(0, 6, table.say(message("reports.rules")), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for column in table.columns:
        paper.set_font(FONT, "B", SMALL)
        paper.multi_cell(0, 4, column.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.set_font(FONT, "", SMALL)
        paper.multi_cell(0, 4, column.rule, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        paper.ln(1)
