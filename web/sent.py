"""What a request carries, looked at before any page reads it: bounded, and text that every store can keep.

Owns no meaning: what a field must be is its page's to say. What is refused here is answered with a sentence and 400.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.routing import IntegerConverter

from web.errors import OddRequest

MOST_ARGUMENT = 2000
"""Characters of one value in an address."""
UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
"""Signs that PostgreSQL keeps in no text, and halves of signs, which nothing can encode."""
MOST_INTEGER = 2**31 - 1


class SmallInteger(IntegerConverter):
    """A number in an address that every store has room for; a larger one names nothing."""

    def __init__(self, map_: Any, **how: Any) -> None:
        super().__init__(map_, **({"max": MOST_INTEGER} | how))


def init(app: Flask) -> None:
    """Has every request of `app` looked at; to be called before its addresses are known."""
    app.url_map.converters["int"] = SmallInteger
    app.before_request(_look)


def _look() -> None:
    """Raises OddRequest."""
    if (request.content_length or 0) > (request.max_content_length or 0):
        raise RequestEntityTooLarge
    _refuse_unkeepable([request.path])
    for name, value in request.args.items(multi=True):
        if len(value) > MOST_ARGUMENT:
            raise OddRequest("web.argument_long", name=_shown(name), most=MOST_ARGUMENT)
    for given in (request.args, request.form):
        for name, value in given.items(multi=True):
            _refuse_unkeepable((name, value))
    if request.is_json and request.get_data():
        _look_at_json()


def _look_at_json() -> None:
    try:
        _refuse_unkeepable(_texts(request.get_json()))
    except RecursionError:
        raise OddRequest("web.json_deep") from None
    except BadRequest:
        raise OddRequest("web.no_json") from None


def _texts(document: Any) -> Iterable[str]:
    """Every text in a JSON document, names too."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from _texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)


def _refuse_unkeepable(texts: Iterable[str]) -> None:
    if any(UNKEEPABLE.search(text) for text in texts):
        raise OddRequest("web.odd_text")


def _shown(name: str) -> str:
    return re.sub(r"[^\w.-]", "?", name)[:40]
