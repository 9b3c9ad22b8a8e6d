"""What happens now: calls that go on, agents, processes; how a living page asks again."""

import hashlib
import json

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from web import access, i18n
from web.context import db, now, person, settings
from web.documents.facts import Document
from web.documents.now import live_document
from web.documents.waits import accuracy_now
from web.security import is_htmx

blueprint = Blueprint("floor", __name__)
PASSING = ("now", "beat_at", "pid", "started_at")
"""What changes without being news."""


@blueprint.get("/now")
def now_page() -> ResponseReturnValue:
    """The whole page, or for htmx its living part; 304 while nothing changed."""
    return _live()


def _live() -> ResponseReturnValue:
    moment = now()
    document, seen = live_for_person(moment)
    return answer(
        "now_live.html" if is_htmx() else "now.html",
        document,
        live=document,
        seen=seen,
        settable={each["agent"] for each in document["agents"] if access.may_set(person(), each["agent"])},
        moment=moment,
        reasons=list(settings().pause_limits),
    )


def live_for_person(moment: float) -> tuple[Document, set[str]]:
    """What happens now, as far as it is for who asks: no caller of a colleague, and words of calls that may be read
    alone; and which calls these are."""
    document = live_document(db(), moment)
    document["waits"] = accuracy_now(db(), settings())
    seen = access.seen_calls(db(), person(), [call["call_id"] for call in document["calls"]])
    document["calls"] = [
        call for call in document["calls"] if access.may_know_of(call["call_id"] in seen, call["agent"])
    ]
    for call in document["calls"]:
        if call["call_id"] not in seen:
            call["words"], call["alerts"] = [], []
    return document, seen


def answer(template: str, document: Document, **values: object) -> ResponseReturnValue:
    """`template` with a tag of what it shows; for htmx 304 when the tag it has is still right.

    The template writes `poll_headers` on the part that asks again, so that the browser's cache, which could
    show one person's page to the next, stays out of it.
    """
    tag = tag_of(document)
    if is_htmx() and request.method == "GET" and request.if_none_match.contains(tag):
        return Response(status=304)
    return render_template(template, poll_headers=poll_headers(document), **values)


def poll_headers(document: Document) -> str:
    """What the part of a page that shows `document` sends along when it asks again."""
    return json.dumps({"If-None-Match": f'"{tag_of(document)}"'})


def tag_of(document: Document) -> str:
    """A short hash of what a page shows of `document`, in the language of who asks and for nobody else."""
    news = json.dumps(
        [i18n.choose_language(), person().name, person().role, _without_passing(document)], sort_keys=True
    )
    return hashlib.sha256(news.encode()).hexdigest()[:20]


def _without_passing(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_passing(part) for key, part in value.items() if key not in PASSING}
    return [_without_passing(part) for part in value] if isinstance(value, list) else value
