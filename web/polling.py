"""How a living page asks again: with the tag of what it shows, so that nothing is sent while nothing changed.

The pages that are told by themselves what happens (`streaming`) ask in this way, too, where nothing reaches them.
"""

import hashlib
import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from web import i18n
from web.context import person
from web.documents.facts import Document
from web.security import is_htmx

PASSING = ("now", "beat_at", "pid", "started_at")
"""What changes without being news."""


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
    news = news_of([i18n.choose_language(), person().name, person().role, document])
    return hashlib.sha256(news.encode()).hexdigest()[:20]


def news_of(document: object) -> str:
    """All that is news in `document`: two that say the same look the same on a page."""
    return json.dumps(_without_passing(document), sort_keys=True)


def _without_passing(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_passing(part) for key, part in value.items() if key not in PASSING}
    return [_without_passing(part) for part in value] if isinstance(value, list) else value
