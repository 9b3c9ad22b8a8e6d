"""Pictures of reports, as templates draw them: lines for times, bars for values, squares for the week.

Places are hundredths of the picture's width and height, so that it is drawn at any size without its words growing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from reports.figures import Unit
from web.documents.report_views import PICTURED
from web.documents.report_words import amount, hour_words, interval_words, value_words, weekday_words
from web.documents.reports import ReportColumn, ReportDocument, ReportLine

MOST_POINTS = 96
"""Points that can be reached by keyboard; of a longer line the table under it tells."""
MOST_LINES = 5
"""Values that are drawn as lines of their own: those with the most."""
MOST_BARS = 15
MOST_PICTURES = 4
MOST_LOOKED_AT = 8
"""Columns that may be drawn in place of those of which there is nothing to draw."""
TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)
HEAT_STEPS = 7
WORDS_BELOW = 6
"""Of times under a picture, at the most."""
Link = Callable[[ReportLine, str], str]
"""The address of the calls behind a figure of a row; empty: there are none."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    x: float
    y: float
    words: str
    link: str
    anchor: str
    """Where its words stand: start, middle, end."""


@dataclass(frozen=True, slots=True)
class ChartLine:
    number: int
    """Of its look."""
    words: str
    """Empty: there is one line alone."""
    path: str
    band: str
    """Between what the true value lies; empty: it is not drawn."""
    points: tuple[ChartPoint, ...]


@dataclass(frozen=True, slots=True)
class TimeChart:
    column: ReportColumn
    lines: tuple[ChartLine, ...]
    before: str
    """The path of the report beside; empty: there is none."""
    ticks: tuple[tuple[float, str], ...]
    times: tuple[tuple[float, str, str], ...]
    """Place, words, anchor."""


@dataclass(frozen=True, slots=True)
class ChartBar:
    words: str
    value: str
    interval: str
    width: float
    low: float | None
    high: float | None
    link: str
    before: float | None


@dataclass(frozen=True, slots=True)
class BarChart:
    column: ReportColumn
    bars: tuple[ChartBar, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class HeatSquare:
    step: int
    """0: nothing; up to HEAT_STEPS."""
    words: str
    told: str
    link: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    column: ReportColumn
    days: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatSquare, ...]], ...]
    """By hours, with a square of each day."""


# -- lines -----------------------------------------------------------------------------------------------


def time_charts(found: ReportDocument, language: str, link: Link) -> list[TimeChart]:
    charts = (_time_chart(found, place, language, link) for place in _pictured(found, MOST_LOOKED_AT))
    return list(islice((chart for chart in charts if any(line.path for line in chart.lines)), MOST_PICTURES))


def _pictured(found: ReportDocument, most: int = MOST_PICTURES) -> list[int]:
    """The columns that are drawn, the most telling first."""
    figures = [column.name for column in found.columns]
    chosen = [name for name in PICTURED.get(found.view.name, ()) if name in figures]
    return [figures.index(name) for name in dict.fromkeys([*chosen, *figures])][:most]


def _time_chart(found: ReportDocument, place: int, language: str, link: Link) -> TimeChart:
    column = found.columns[place]
    values = _drawn_values(found)
    times = list(dict.fromkeys(row.time for row in found.rows if row.time is not None))
    at_time = {time: at for at, time in enumerate(times)}
    rows = [list(found.rows)] if values is None else [_of_value(found, value) for value in values]
    drawn = [each for some in rows for each in some if each.cells[place].value is not None]
    tops = [each.cells[place].value or 0.0 for each in drawn]
    tops += [each.before[place].value or 0.0 for each in drawn if each.before is not None]
    top, ticks = _scale(max(tops, default=0.0), column.unit, language)
    lines = []
    for number, some in enumerate(rows):
        spots = [(_x(at_time[row.time], len(times)), row) for row in some if row.time is not None]
        lines.append(
            ChartLine(
                number=number,
                words="" if values is None or not some else some[0].label,
                path=_path([(x, _y(row.cells[place].value, top) if row.counted else None) for x, row in spots]),
                band=_band([(x, row) for x, row in spots if row.counted], place, top) if values is None else "",
                points=tuple(_points(spots, place, top, column, language, link)) if len(times) <= MOST_POINTS else (),
            )
        )
    before = ""
    if values is None and found.compared_with:
        spots = [(_x(at_time[row.time], len(times)), row) for row in rows[0] if row.time is not None]
        before = _path([(x, _y(row.before[place].value, top) if row.before else None) for x, row in spots])
    labels = list(dict.fromkeys(row.time_label for row in found.rows))
    return TimeChart(column, tuple(lines), before, ticks, tuple(_below(labels)))


def _of_value(found: ReportDocument, value: str) -> list[ReportLine]:
    return [row for row in found.rows if row.value == value]


def _drawn_values(found: ReportDocument) -> list[str] | None:
    """None: all in one line."""
    if found.asked.by == "total":
        return None
    sums: dict[str, float] = {}
    for row in found.rows:
        sums[row.value or ""] = sums.get(row.value or "", 0.0) + row.cells[0].n
    return sorted(sums, key=lambda value: (-sums[value], value))[:MOST_LINES]


def _points(
    spots: Sequence[tuple[float, ReportLine]], place: int, top: float, column: ReportColumn, language: str, link: Link
) -> Sequence[ChartPoint]:
    points = []
    for x, row in spots:
        figure = row.cells[place]
        y = _y(figure.value, top)
        if y is None or not row.counted:
            continue
        interval = interval_words(figure, column.unit, language)
        value = value_words(figure, column.unit, language) + (f" ({interval})" if interval else "")
        words = ", ".join(part for part in (row.label, row.time_label) if part) + f": {value}"
        anchor = "start" if x < 25 else "end" if x > 75 else "middle"
        points.append(ChartPoint(x, y, words, link(row, column.name), anchor))
    return points


def _x(at: int, count: int) -> float:
    return round(2 + 96 * (at + 0.5) / max(count, 1), 2)


def _y(value: float | None, top: float) -> float | None:
    return None if value is None else round(100 * (1 - min(max(value, 0.0) / top, 1.0)), 2)


def _path(spots: Sequence[tuple[float, float | None]]) -> str:
    """Broken where nothing is known."""
    parts, is_down = [], False
    for number, (x, y) in enumerate(spots):
        if y is None:
            is_down = False
            continue
        parts.append(f"{'L' if is_down else 'M'}{x} {y}")
        alone = number + 1 == len(spots) or spots[number + 1][1] is None
        if not is_down and alone:
            parts.append("h0")
        is_down = True
    return "".join(parts)


def _band(spots: Sequence[tuple[float, ReportLine]], place: int, top: float) -> str:
    """Around the line, in pieces where all is known."""
    pieces: list[list[tuple[float, float, float]]] = [[]]
    for x, row in spots:
        low, high = _y(row.cells[place].low, top), _y(row.cells[place].high, top)
        if low is None or high is None:
            pieces.append([])
        else:
            pieces[-1].append((x, low, high))
    return "".join(_ring(piece) for piece in pieces if len(piece) > 1)


def _ring(piece: Sequence[tuple[float, float, float]]) -> str:
    """Along the upper bounds and back along the lower ones."""
    there, back = [f"{x} {high}" for x, _, high in piece], [f"{x} {low}" for x, low, _ in piece[::-1]]
    return f"M{'L'.join([*there, *back])}Z"


def _scale(most: float, unit: Unit, language: str) -> tuple[float, tuple[tuple[float, str], ...]]:
    """The value at the top, and lines with their words: round numbers."""
    if unit == "share":
        top, step = 1.0, 0.25
    elif unit == "mos":
        top, step = 5.0, 1.0
    else:
        wanted = max(most, 1.0) / TICKS
        scale = 1.0
        while scale * 10 <= wanted:
            scale *= 10
        step = next(each * scale for each in STEPS if each * scale >= wanted)
        step = max(step, 1.0)
        top = step * TICKS
        while top - step >= most > 0 and top > step:
            top -= step
    count = round(top / step)
    return top, tuple((round(100 - 100 * at / count, 2), amount(at * step, unit, language)) for at in range(count + 1))


def _below(labels: Sequence[str]) -> Sequence[tuple[float, str, str]]:
    """So many times that they do not touch: the first, the last, and some between."""
    count = len(labels)
    if count <= 1:
        return [(_x(at, count), words, "middle") for at, words in enumerate(labels)]
    wide = max(len(words) for words in labels)
    most = max(2, min(WORDS_BELOW, 48 // max(wide, 1)))
    chosen = sorted({round(at * (count - 1) / (min(most, count) - 1)) for at in range(min(most, count))})
    anchors = {0: "start", count - 1: "end"} if count > 3 else {}
    return [(_x(at, count), labels[at], anchors.get(at, "middle")) for at in chosen]


# -- bars ------------------------------------------------------------------------------------------------


def bar_charts(found: ReportDocument, language: str, link: Link) -> list[BarChart]:
    charts = []
    for place in _pictured(found):
        column = found.columns[place]
        rows = [row for row in found.rows if row.cells[place].value is not None]
        rows.sort(key=lambda row: (-row.cells[0].n, row.label))
        if rows:
            charts.append(_bar_chart(rows, place, column, language, link))
    return charts


def _bar_chart(rows: Sequence[ReportLine], place: int, column: ReportColumn, language: str, link: Link) -> BarChart:
    shown = rows[:MOST_BARS]
    figures = [row.cells[place] for row in shown]
    top = 1.0 if column.unit == "share" else max([1e-9, *(figure.value or 0.0 for figure in figures)])
    bars = []
    for row, figure in zip(shown, figures, strict=True):
        is_share = column.unit == "share" and figure.low is not None and figure.high is not None
        before = row.before[place].value if row.before is not None else None
        bars.append(
            ChartBar(
                words=row.label or row.time_label,
                value=value_words(figure, column.unit, language),
                interval=interval_words(figure, column.unit, language),
                width=_width(figure.value, top) or 0.0,
                low=_width(figure.low, top) if is_share else None,
                high=_width(figure.high, top) if is_share else None,
                link=link(row, column.name),
                before=_width(before, top),
            )
        )
    return BarChart(column, tuple(bars), len(rows) - len(shown))


def _width(value: float | None, top: float) -> float | None:
    return None if value is None else round(100 * min(max(value, 0.0) / top, 1.0), 1)


# -- the week --------------------------------------------------------------------------------------------


def heat_maps(found: ReportDocument, language: str, link: Link) -> list[HeatMap]:
    """Of a report by the hours of the week; hours at which nothing ever happens are left out at both ends."""
    rows = {row.time.name: row for row in found.rows if row.time is not None}
    busy = [int(name.split(" ")[1]) for name, row in rows.items() if any(figure.n for figure in row.cells)]
    if not busy:
        return []
    hours = range(min(busy), max(busy) + 1)
    days = tuple(weekday_words(day, language, short=True) for day in range(7))
    maps = []
    for place in _pictured(found):
        column = found.columns[place]
        known = [row.cells[place].value or 0.0 for row in rows.values() if row.cells[place].value is not None]
        top = max([*known, 1e-9]) if column.unit != "share" else 1.0
        squares = []
        for hour in hours:
            of_days = [rows.get(f"{day} {hour:02}") for day in range(7)]
            squares.append(
                (hour_words(hour), tuple(_square(row, place, column, top, language, link) for row in of_days))
            )
        maps.append(HeatMap(column, days, tuple(squares)))
    return maps


def _square(
    row: ReportLine | None, place: int, column: ReportColumn, top: float, language: str, link: Link
) -> HeatSquare:
    if row is None or not row.cells[place].n:
        return HeatSquare(0, "", "", "")
    figure = row.cells[place]
    value = value_words(figure, column.unit, language)
    if figure.value is None:
        return HeatSquare(0, "·", f"{row.time_label}: {value}", link(row, column.name))
    step = 1 + min(HEAT_STEPS - 1, int(HEAT_STEPS * figure.value / top))
    short = amount(100 * figure.value, "count", language) if column.unit == "share" else value
    return HeatSquare(step, short, f"{row.time_label}: {value}", link(row, column.name))
