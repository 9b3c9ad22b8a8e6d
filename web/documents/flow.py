"""The figures of a line's menus, ready for its picture: how many heard each menu, chose what, said nothing, hung up.

Counts are `calls.menu_figures`'; the picture is `ivr/graph/`'s. Both the page and the command line show what is here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from calls.menu_figures import MenuFigures, MenusFigures, menu_figures
from ivr.graph.model import LINE, FlowGraph, graph_of, menu_id
from ivr.graph.svg import GraphFigure, GraphFigures, Say
from prompts import files
from ringback.config import EntryPoint, Settings
from ringback.messages import message

DAYS = (7, 30)
"""What may be looked at: so many days, with today."""


@dataclass(frozen=True)
class DaysShown:
    """Some days by the clock of the settings, both included."""

    first: date
    last: date

    @classmethod
    def until(cls, now: datetime, days: int, settings: Settings) -> "DaysShown":
        """The last so many, with that of `now`."""
        today = now.astimezone(ZoneInfo(settings.timezone)).date()
        return cls(today - timedelta(days=days - 1), today)


Link = Callable[[dict[str, str]], str]
"""The address of the list of calls with these filters; empty: nobody is led there."""


def flow_graph(settings: Settings, line: EntryPoint, language: str) -> FlowGraph:
    """The picture, in the reader's language; what is said, in that language where callers of the line hear it so."""
    heard = language if language in (line.language, *line.languages) else line.language
    own = files.own_folder(settings)
    folder = own if own.exists() else None
    return graph_of(settings, line, language, lambda spoken: files.text_of(heard, spoken, folder))


def figures_of(session: Session, settings: Settings, line: EntryPoint, days: DaysShown) -> MenusFigures:
    """Of the calls of these days."""
    zone = ZoneInfo(settings.timezone)
    since = datetime.combine(days.first, time(), zone)
    return menu_figures(session, since, datetime.combine(days.last + timedelta(days=1), time(), zone), line.number)


def drawn(graph: FlowGraph, found: MenusFigures, days: DaysShown, say: Say, link: Link) -> GraphFigures:
    """The figures as they stand in the picture, each with the way to its calls."""
    base = {"line": graph.line.number, "from": str(days.first), "to": str(days.last)}
    title = say(message("ivr.graph_calls", count=found.calls))
    boxes: dict[str, tuple[GraphFigure, ...]] = {LINE: (GraphFigure(title, title, link(base) if found.calls else ""),)}
    rows = {}
    for box in graph.boxes:
        menu = found.menus.get(box.name) or MenuFigures(box.name)
        if box.id != menu_id(box.name):
            continue
        boxes[box.id] = tuple(_of_menu(menu, say, lambda more: link(base | more)))
        for row in box.rows:
            if row.option is not None:
                rows[row.option] = _of_row(menu, row.option[1], say, link(base | {"menu": ":".join(row.option)}))
    return GraphFigures(boxes, rows)


def _of_menu(menu: MenuFigures, say: Say, link: Link) -> list[GraphFigure]:
    """Heard, hung up there, given a person after tries in vain, tries in silence and with keys that mean nothing."""
    counted = [
        ("ivr.graph_heard", menu.heard, {"menu": menu.name}),
        ("ivr.graph_left", menu.left, {"menu": f"{menu.name}:left"}),
        ("ivr.graph_silent", menu.silent, {"menu": f"{menu.name}:silent"}),
        ("ivr.graph_wrong", menu.wrong, {"menu": f"{menu.name}:wrong"}),
    ]
    found = []
    for code, count, where in counted:
        if count or code == "ivr.graph_heard":
            words = say(message(code, count=count))
            found.append(
                GraphFigure(
                    words, f"{say(message('ivr.graph_menu', name=menu.name))}: {words}", link(where) if count else ""
                )
            )
    return found


def _of_row(menu: MenuFigures, key: str, say: Say, url: str) -> GraphFigure:
    option = menu.options.get(key)
    count = 0 if option is None else option.taken
    facts = {"count": count, "key": key, "menu": menu.name, "percent": round(100 * menu.share(key))}
    return GraphFigure(str(count), say(message("ivr.graph_taken", **facts)), url if count else "")
