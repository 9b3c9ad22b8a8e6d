"""A report as CSV: numbers for programs (shares 0 to 1, durations in seconds, times in ISO 8601), and no formula."""

from collections.abc import Iterator

from reports.exports.table import PARTS, WITH_INTERVAL, WITHIN, ReportTable, TableRow
from reports.figures import FigureValue, Unit
from ringback.messages import message
from ringback.spreadsheets import BOM, csv_line

DIGITS: dict[Unit, int] = {"share": 6, "seconds": 3, "score": 2, "mos": 3, "hours": 3, "count": 0}


def as_csv(table: ReportTable) -> str:
    """The whole file; the last line is the total."""
    return BOM + "".join(csv_line(line) for line in _lines(table))


def _lines(table: ReportTable) -> Iterator[list[object]]:
    heads: list[object] = [title for title in (table.time_title, table.value_title) if title]
    for column in table.columns:
        heads.append(column.title if column.unit == "count" else f"{column.title}, {_unit(table, column.unit)}")
        if column.unit in WITH_INTERVAL:
            heads += [f"{column.title}: {table.say(part)}" for part in PARTS]
    yield heads
    for row in table.rows:
        yield [*_places(table, row), *_numbers(table, row)]
    first: list[object] = [table.total.label] if table.time_title or table.value_title else []
    yield [*first, *[""] * (bool(table.time_title) + bool(table.value_title) - 1), *_numbers(table, table.total)]


def _unit(table: ReportTable, unit: Unit) -> str:
    return table.say(message(f"reports.unit_{unit}"))


def _places(table: ReportTable, row: TableRow) -> Iterator[object]:
    if table.time_title:
        if row.begins is None:
            yield row.label
        else:
            yield row.begins.isoformat() if table.interval in WITHIN else row.begins.date().isoformat()
    if table.value_title:
        yield row.value


def _numbers(table: ReportTable, row: TableRow) -> Iterator[object]:
    for column, cell in zip(table.columns, row.cells, strict=True):
        yield _number(cell.value, column.unit)
        if column.unit in WITH_INTERVAL:
            yield from _interval(cell, column.unit)


def _interval(cell: FigureValue, unit: Unit) -> Iterator[object]:
    yield cell.n
    yield _number(cell.low, unit)
    yield _number(cell.high, unit)


def _number(value: float | None, unit: Unit) -> object:
    if value is None:
        return None
    return round(value, DIGITS[unit]) if DIGITS[unit] else round(value)
