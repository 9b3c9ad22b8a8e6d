"""What happens now: calls that go on, agents, processes."""

from flask.typing import ResponseReturnValue

from web import access
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.now import live_document
from web.documents.waits import accuracy_now
from web.now import blueprint
from web.now.page import now_page_of
from web.polling import answer
from web.security import is_htmx


@blueprint.get("/now")
def now_page() -> ResponseReturnValue:
    """The whole page, or for htmx its living part; 304 while nothing changed."""
    return _live()


def _live() -> ResponseReturnValue:
    moment = now()
    document, seen = live_for_person(moment)
    page = now_page_of(document, seen, moment)
    return answer("now/now_live.html" if is_htmx() else "now/now.html", document, **vars(page))


def live_for_person(moment: float) -> tuple[Document, set[str]]:
    """What happens now, as far as it is for who asks: no caller of a colleague, words only of calls that may be
    read, no alarm of a supervisor's own; and which calls may be opened."""
    document = live_document(db(), moment)
    document["alarms"] = [each for each in document["alarms"] if access.may_know_of_alarm(person(), each["kind"])]
    document["waits"] = accuracy_now(db(), settings())
    seen = access.seen_calls(db(), person(), [call["call_id"] for call in document["calls"]])
    document["calls"] = [
        call for call in document["calls"] if access.may_know_of(call["call_id"] in seen, call["agent"])
    ]
    for call in document["calls"]:
        if call["call_id"] not in seen:
            call["words"], call["alerts"] = [], []
    return document, seen
