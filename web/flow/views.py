"""The page of a line's flow: what callers can come to, and how many did."""

from dataclasses import dataclass
from functools import partial

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from ivr.graph.model import FlowGraph
from ivr.graph.svg import GraphFigures, svg
from ringback.config import EntryPoint
from ringback.messages import Message
from ringback.store.base import utc
from web.calls.listing import address
from web.context import db, needs, now, settings
from web.documents.flow import DAYS, DaysShown, drawn, figures_of, flow_graph
from web.flow import blueprint


@dataclass(frozen=True)
class FlowPage:
    """Everything that flow/flow.html shows."""

    line: EntryPoint
    lines: list[EntryPoint]
    days: int
    choices: tuple[int, ...]
    """Numbers of days that may be looked at."""
    graph: FlowGraph
    figures: GraphFigures
    drawing: Markup
    """The same as a picture."""
    calls: int
    tries_counted: int
    """Those of them of which silence and wrong keys are known."""


@blueprint.get("/flow")
@needs("flow")
def flow() -> ResponseReturnValue:
    lines = settings().lines
    line = next((each for each in lines if each.number == request.args.get("line")), lines[0])
    days = next((each for each in DAYS if str(each) == request.args.get("days")), DAYS[0])
    shown = DaysShown.until(utc(now()), days, settings())
    found = figures_of(db(), settings(), line, shown)
    graph = flow_graph(settings(), line, str(get_locale()))
    figures = drawn(graph, found, shown, _say, partial(address, "calls.calls"))
    # Nothing in it is text that was not escaped: see `ivr/graph/svg.py`.
    drawing = Markup(svg(graph, _say, figures))  # noqa: S704
    page = FlowPage(line, lines, days, DAYS, graph, figures, drawing, found.calls, found.tries_counted)
    return render_template("flow/flow.html", say=_say, **vars(page))


def _say(what: Message) -> str:
    return what.worded(str(get_locale()))
