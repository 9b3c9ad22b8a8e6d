"""`ringback graph`: the way of callers through a line, as a drawing or as text."""

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from app.opened import UnreadableStore
from ivr.graph import written
from ivr.graph.model import FlowGraph
from ivr.graph.svg import NO_FIGURES, GraphFigures, Say, svg
from ringback.config import ConfigError, EntryPoint, Settings
from ringback.messages import Message
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions
from web.documents.flow import DaysShown, drawn, figures_of, flow_graph


def graph(settings: Settings, number: str | None, form: str, language: str, days: int | None) -> str:
    """One line's, or all of them where it is text and none was named. `form` is text, svg, mermaid or dot. With `days`
    the numbers of so many are on it.

    Raises ConfigError for a line that is not there, UnreadableStore.
    """
    lines = [line for line in settings.lines if number in (None, line.number)]
    if not lines:
        raise ConfigError("app.self_call_no_line", line=number)
    shown = lines if form == "text" else lines[:1]
    return "\n".join(_one(settings, line, form, language, days) for line in shown)


def _one(settings: Settings, line: EntryPoint, form: str, language: str, days: int | None) -> str:
    def say(what: Message) -> str:
        return what.worded(language)

    found = flow_graph(settings, line, language)
    figures = NO_FIGURES
    if days is not None:
        shown = DaysShown.until(utcnow(), days, settings)
        engine = open_store(settings.store_url)
        try:
            with sessions(engine)() as session:
                counted = figures_of(session, settings, line, shown)
        except SQLAlchemyError as error:
            raise UnreadableStore("app.store_unusable", folder=settings.data, why=type(error).__name__) from error
        finally:
            engine.dispose()
        figures = drawn(found, counted, shown, say, lambda _chosen: "")
    return _WRITERS[form](found, say, figures)


def _alone(found: FlowGraph, say: Say, figures: GraphFigures) -> str:
    return svg(found, say, figures, alone=True) + "\n"


_WRITERS: dict[str, Callable[[FlowGraph, Say, GraphFigures], str]] = {
    "text": written.text,
    "svg": _alone,
    "mermaid": written.mermaid,
    "dot": written.dot,
}
