"""How right the announced waits were: the page, and the part of it that asks again by itself."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from web import access
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.waits import waits_document
from web.now import blueprint
from web.polling import answer
from web.security import is_htmx


@dataclass(frozen=True)
class WaitsPage:
    """Everything that now/waits_live.html shows."""

    waits: Document
    silent: int
    """How many queues announce no wait now."""
    wrong: bool
    """Whether one of them is silent because its announcements were wrong too often."""
    seen: set[str]
    """The calls whose page who asks may open."""


@blueprint.get("/waits")
def waits() -> ResponseReturnValue:
    """The whole page, or for htmx its living part; 304 while nothing changed."""
    found = waits_document(db(), now(), settings())
    why = [each["why"] for each in found["queues"] if each["why"]]
    page = WaitsPage(
        waits=found,
        silent=len(why),
        wrong="wrong" in why,
        seen=access.seen_calls(db(), person(), [each["call_id"] for each in found["last"]]),
    )
    return answer("now/waits_live.html" if is_htmx() else "now/waits.html", found, **vars(page))
