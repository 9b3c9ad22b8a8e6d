"""How right the announced waits were: the page, and the part of it that asks again by itself."""

from flask.typing import ResponseReturnValue

from web import access
from web.context import db, now, person, settings
from web.documents.waits import waits_document
from web.now import blueprint
from web.polling import answer
from web.security import is_htmx


@blueprint.get("/waits")
def waits() -> ResponseReturnValue:
    """The whole page, or for htmx its living part; 304 while nothing changed."""
    found = waits_document(db(), now(), settings())
    seen = access.seen_calls(db(), person(), [each["call_id"] for each in found["last"]])
    return answer("now/waits_live.html" if is_htmx() else "now/waits.html", found, waits=found, seen=seen)
