"""The picture of a line as text: for a terminal, and in the languages of two drawing programs, Mermaid and Graphviz."""

from collections.abc import Iterator

from ivr.graph.model import FlowGraph, GraphBox, GraphRow
from ivr.graph.svg import NO_FIGURES, GraphFigures, Say


def text(graph: FlowGraph, say: Say, figures: GraphFigures = NO_FIGURES) -> str:
    """Every box with its rows, one below the other."""
    lines: list[str] = []
    for box in graph.boxes:
        lines.append(say(box.title))
        lines += [f"    {say(note)}" for note in box.notes]
        if found := figures.boxes.get(box.id):
            lines.append(f"    {', '.join(each.text for each in found)}")
        lines += [f"  {_row_words(row, say, figures)}" for row in box.rows]
        lines.append("")
    return "\n".join(lines)


def _row_words(row: GraphRow, say: Say, figures: GraphFigures) -> str:
    figure = figures.rows.get(row.option) if row.option is not None else None
    told = [say(each) for each in (row.what, row.leads) if each is not None]
    number = f"   [{figure.text}]" if figure is not None else ""
    return f"{'    ' * row.indent}{row.key or ' '}  {' → '.join(told)}{number}"


def mermaid(graph: FlowGraph, say: Say, figures: GraphFigures = NO_FIGURES) -> str:
    """A flowchart from left to right."""
    names = {box.id: f"b{at}" for at, box in enumerate(graph.boxes)}
    lines = ["flowchart LR"]
    for box in graph.boxes:
        words = "<br/>".join(_mermaid(each) for each in (say(box.title), *_inside(box, say)))
        lines.append(f'  {names[box.id]}["{words}"]')
    for source, target, label in _arrows(graph, say, figures):
        lines.append(f'  {names[source]} -->|"{_mermaid(label)}"| {names[target]}')
    return "\n".join(lines) + "\n"


def dot(graph: FlowGraph, say: Say, figures: GraphFigures = NO_FIGURES) -> str:
    """For Graphviz."""
    lines = ["digraph flow {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for box in graph.boxes:
        words = "\\n".join(_dot(each) for each in (say(box.title), *_inside(box, say)))
        lines.append(f'  "{_dot(box.id)}" [label="{words}"];')
    for source, target, label in _arrows(graph, say, figures):
        lines.append(f'  "{_dot(source)}" -> "{_dot(target)}" [label="{_dot(label)}"];')
    return "\n".join([*lines, "}", ""])


def _inside(box: GraphBox, say: Say) -> Iterator[str]:
    """What leads to no other box."""
    for row in box.rows:
        if row.to is None and row.leads is not None:
            told = [say(each) for each in (row.what, row.leads) if each is not None]
            yield f"{row.key} {' → '.join(told)}".strip()


def _arrows(graph: FlowGraph, say: Say, figures: GraphFigures) -> Iterator[tuple[str, str, str]]:
    """(box, box, words) of each row that leads further."""
    for box in graph.boxes:
        above: list[GraphRow] = []
        for row in box.rows:
            above = [each for each in above if each.indent < row.indent]
            if row.to is not None:
                options = [each.option for each in (*above, row) if each.option is not None]
                figure = next((figures.rows[option] for option in options if option in figures.rows), None)
                told = [f"{each.key} {say(each.what)}".strip() for each in (*above, row) if each.what is not None]
                number = f" ({figure.text})" if figure is not None else ""
                yield box.id, row.to, ", ".join(told) + number
            above.append(row)


def _mermaid(words: str) -> str:
    """As its labels take them: what is markup there is written as a code."""
    return "".join(f"#{ord(char)};" if char in '"#<>&`|[]{}\\' else char for char in " ".join(words.split()))


def _dot(words: str) -> str:
    return " ".join(words.split()).replace("\\", "\\\\").replace('"', '\\"')
