"""The picture of a line as SVG, with figures where there are any. Pure: a graph in, text out.

Colours are the reader's own (`currentColor`), so that it can stand in a light or a dark page or alone. Owns how wide
words are about: nothing here knows a font, so what is too long is cut, and whole in the title of its row.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from ivr.graph.layout import Placed, Sized, Wire, place
from ivr.graph.model import BoxKind, FlowGraph, GraphBox, GraphRow
from ringback.messages import Message

WIDTH = 290.0
"""Of a box."""
PAD = 12.0
TITLE, NOTE, ROW, LEADS = 30.0, 17.0, 23.0, 17.0
"""Heights: of the title, of a note below it, of a row, and of what its row leads to, in words."""
INDENT = 14.0
MARGIN = 16.0
LETTER, BOLD_LETTER, SMALL_LETTER = 7.0, 8.0, 6.5
"""About how wide a letter is: in a row, in a title, in a note."""
FIGURE_WIDTH = 56.0
BETWEEN = 12.0
"""Two figures of one line."""
ROUND = 8.0


@dataclass(frozen=True)
class GraphFigure:
    """A number at a box or a row."""

    text: str
    title: str
    """The whole of it in words."""
    url: str = ""
    """The calls behind it; empty: none are shown."""


@dataclass(frozen=True)
class GraphFigures:
    """Real numbers, by what they belong to."""

    boxes: Mapping[str, tuple[GraphFigure, ...]]
    """By the box's id: a line below its title."""
    rows: Mapping[tuple[str, str], GraphFigure]
    """By menu and key."""


NO_FIGURES = GraphFigures({}, {})
Say = Callable[[Message], str]
"""A message in the reader's language."""


def svg(graph: FlowGraph, say: Say, figures: GraphFigures = NO_FIGURES, *, alone: bool = False) -> str:
    """`alone`: as a file of its own, on white; else for a page, which gives its colours and its font."""
    drawing = _Drawing(graph, say, figures)
    placed = place(drawing.sizes(), drawing.wires())
    return drawing.written(placed, alone=alone)


class _Drawing:
    def __init__(self, graph: FlowGraph, say: Say, figures: GraphFigures) -> None:
        self.graph, self.say, self.figures = graph, say, figures

    # -- sizes -------------------------------------------------------------------------------------

    def sizes(self) -> list[Sized]:
        """Every box as large as what is in it."""
        return [
            Sized(box.id, box.rank, WIDTH, self._head(box) + self._rows_height(box), TITLE / 2)
            for box in self.graph.boxes
        ]

    def wires(self) -> list[Wire]:
        """One for each row that leads to a box further on."""
        found = []
        for box in self.graph.boxes:
            top = self._head(box)
            for row in box.rows:
                if row.to is not None:
                    found.append(Wire(box.id, top + ROW / 2, row.to))
                top += self._row_height(row)
        return found

    def _head(self, box: GraphBox) -> float:
        lines = len(box.notes) + len(_lines_of(self.figures.boxes.get(box.id, ())))
        return TITLE + NOTE * lines + (6 if box.rows else 8 if lines else 0)

    def _rows_height(self, box: GraphBox) -> float:
        return sum(self._row_height(row) for row in box.rows) + (PAD / 2 if box.rows else 0)

    def _row_height(self, row: GraphRow) -> float:
        return ROW + (LEADS if row.what is not None and row.leads is not None else 0)

    # -- drawing -----------------------------------------------------------------------------------

    def written(self, placed: Placed, *, alone: bool) -> str:
        """The whole file, or the element for a page."""
        width, height = placed.width + 2 * MARGIN, placed.height + 2 * MARGIN
        title = self.say(self.graph.boxes[0].title)
        columns = 1 + max(box.rank for box in self.graph.boxes)
        style = ' style="background:#fff;color:#1c2733" font-family="sans-serif"' if alone else ""
        size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
        told = f'class="flow-columns-{columns}" role="group" aria-label={quoteattr(title)} font-size="13"{style}'
        parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>']
        parts += [self._wire(points) for _, points in placed.wires]
        for box in self.graph.boxes:
            spot = placed.boxes[box.id]
            parts.append(self._box(box, spot.x + MARGIN, spot.y + MARGIN))
        return "\n".join([*parts, "</svg>"])

    def _wire(self, points: list[tuple[float, float]]) -> str:
        moved = [(x + MARGIN, y + MARGIN) for x, y in points]
        path = f"M{moved[0][0]:.1f} {moved[0][1]:.1f}"
        for at, ((x, y), (to_x, to_y)) in enumerate(pairwise(moved)):
            if at % 2:  # through a column that it passes
                path += f"L{to_x:.1f} {to_y:.1f}"
            else:
                half = (to_x - x) / 2
                path += f"C{x + half:.1f} {y:.1f} {to_x - half:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        x, y = moved[-1]
        head = f"M{x - 7:.1f} {y - 4:.1f}L{x:.1f} {y:.1f}L{x - 7:.1f} {y + 4:.1f}"
        return f'<path d="{path}{head}" fill="none" stroke="currentColor" stroke-opacity=".55" stroke-width="1.4"/>'

    def _box(self, box: GraphBox, x: float, y: float) -> str:
        height = self._head(box) + self._rows_height(box)
        shade = ".035" if box.kind in (BoxKind.LINE, BoxKind.MENU) else ".09"
        frame = f'width="{WIDTH:.0f}" height="{height:.1f}" rx="{ROUND:.0f}"'
        parts = [
            f'<g transform="translate({x:.1f} {y:.1f})">',
            f'<rect {frame} fill="currentColor" fill-opacity="{shade}" stroke="currentColor" stroke-opacity=".4"/>',
            _text(PAD, 20, self.say(box.title), WIDTH - 2 * PAD, BOLD_LETTER, 'font-weight="700"'),
        ]
        top = TITLE + 8
        for note in box.notes:
            parts.append(_text(PAD, top, self.say(note), WIDTH - 2 * PAD, SMALL_LETTER, SMALL))
            top += NOTE
        if figures := self.figures.boxes.get(box.id):
            parts.append(_figures(PAD, top, figures))
        top = self._head(box)
        if box.rows:
            parts.append(
                f'<path d="M0 {top - 3:.1f}H{WIDTH:.0f}" stroke="currentColor" stroke-opacity=".25" fill="none"/>'
            )
        for row in box.rows:
            parts.append(self._row(row, top))
            top += self._row_height(row)
        return "\n".join([*parts, "</g>"])

    def _row(self, row: GraphRow, top: float) -> str:
        left = PAD + row.indent * INDENT
        figure = self.figures.rows.get(row.option) if row.option is not None else None
        room = WIDTH - PAD - (FIGURE_WIDTH if figure is not None else 0)
        parts = []
        if row.key:
            parts.append(_key(left, top, row.key))
            left += 26
        first = row.what or row.leads
        if first is not None:
            parts.append(_text(left, top + 16, self.say(first), room - left, LETTER, ""))
        if row.what is not None and row.leads is not None:
            words = f"→ {self.say(row.leads)}"
            parts.append(_text(left, top + ROW + 10, words, WIDTH - PAD - left, SMALL_LETTER, SMALL))
        if figure is not None:
            parts.append(_figure(WIDTH - PAD, top + 16, figure, 'text-anchor="end" font-weight="700"'))
        return "\n".join(parts)


def _key(left: float, top: float, key: str) -> str:
    """As it is on a phone."""
    frame = f'<rect x="{left:.1f}" y="{top + 3:.1f}" width="18" height="17" rx="4" fill="none" {EDGE}/>'
    place_of = f'x="{left + 9:.1f}" y="{top + 16:.1f}" text-anchor="middle"'
    return f'{frame}<text {place_of} fill="currentColor" font-weight="700">{escape(key)}</text>'


EDGE = 'stroke="currentColor" stroke-opacity=".6"'
SMALL = 'font-size="12" fill-opacity=".8"'


def _text(x: float, y: float, words: str, room: float, letter: float, more: str) -> str:
    """Cut where there is no room, and then with all of it in its title."""
    most = max(3, int(room / letter))
    words = " ".join(words.split())
    shown = words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
    title = "" if shown == words else f"<title>{escape(words)}</title>"
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="currentColor" {more}>{title}{escape(shown)}</text>'


def _lines_of(figures: tuple[GraphFigure, ...]) -> list[list[GraphFigure]]:
    """As many side by side as there is room for."""
    lines: list[list[GraphFigure]] = []
    left = 0.0
    for each in figures:
        width = len(each.text) * SMALL_LETTER + BETWEEN
        if not lines or left + width - BETWEEN > WIDTH - 2 * PAD:
            lines.append([])
            left = 0.0
        lines[-1].append(each)
        left += width
    return lines


def _figures(x: float, y: float, figures: tuple[GraphFigure, ...]) -> str:
    """Side by side, and below each other where there is no room."""
    parts = []
    for at, line in enumerate(_lines_of(figures)):
        left = x
        for each in line:
            parts.append(_figure(left, y + at * NOTE, each, 'font-size="12"'))
            left += len(each.text) * SMALL_LETTER + BETWEEN
    return "\n".join(parts)


def _figure(x: float, y: float, figure: GraphFigure, more: str) -> str:
    text = (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="currentColor" {more}><title>{escape(figure.title)}</title>'
        f"{escape(figure.text)}</text>"
    )
    return f"<a href={quoteattr(figure.url)} aria-label={quoteattr(figure.title)}>{text}</a>" if figure.url else text
