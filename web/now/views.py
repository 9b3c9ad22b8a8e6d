"""What happens now: calls that go on, agents, processes."""

from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from web import access
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.now import live_document
from web.documents.waits import accuracy_now
from web.now import blueprint
from web.now.page import shown_to
from web.now.pieces import Floor, NowPieces
from web.polling import answer
from web.security import is_htmx


@blueprint.get("/now")
def now_page() -> ResponseReturnValue:
    """The whole page, or for htmx its living part; 304 while nothing changed."""
    floor = look(now())
    seen = _seen(floor.document)
    pieces = NowPieces(floor, person(), seen, token=generate_csrf())
    sections = {section.name.removeprefix("now-"): section for section in pieces.sections()}
    template = "now/now_live.html" if is_htmx() else "now/now.html"
    return answer(template, shown_to(person(), floor.document, seen), **sections)


def look(moment: float) -> Floor:
    """What happens at `moment`, for nobody in particular."""
    document = live_document(db(), moment)
    document["waits"] = accuracy_now(db(), settings())
    return Floor(document, moment)


def live_for_person(moment: float) -> Document:
    """What happens now as far as it is for who asks."""
    document = look(moment).document
    return shown_to(person(), document, _seen(document))


def _seen(document: Document) -> set[str]:
    return access.seen_calls(db(), person(), [*(call["call_id"] for call in document["calls"]), *document["messages"]])
