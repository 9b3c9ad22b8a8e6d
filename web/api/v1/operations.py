"""An address of /api/v1: declared once, with what is asked and answered, and run the same way each.

The order of a request: it is counted, the key's scope is looked at, then what was sent; a POST with a word of the
program's own for it is done once (`idempotency`); what changes something is committed here, together with what was
answered. Views get shapes and give shapes, and say by ApiProblem what they cannot do.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from flask import Response, current_app, request
from pydantic import BaseModel

from web.access import Asker
from web.api.v1 import blueprint, idempotency
from web.api.v1.asker import asker_with
from web.api.v1.reading import body_as, query_as
from web.context import Program, db, program
from web.policy import Scope
from web.problem_details import ApiProblem

Method = Literal["GET", "POST", "PATCH"]
PART = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<choices>[^)]*)\))?:)?(?P<name>\w+)>")
"""A part of an address that changes, as Flask writes it."""


@dataclass(frozen=True)
class ApiReply:
    """What a view gives where the shape alone does not say it all."""

    shape: BaseModel | None
    status: int = 0
    """0: as the operation says."""
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[..., BaseModel | ApiReply | Response]


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: Method
    rule: str
    """Below /api/v1, as Flask writes it."""
    name: str
    tag: str
    scope: Scope
    summary: str
    description: str
    view: View
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    answers: type[BaseModel] | None
    """None: a stream of events, or nothing."""
    status: int
    problems: tuple[int, ...]
    """Of what the view itself refuses."""
    tagged: bool
    """Whether its answer has an ETag."""
    matched: bool
    """Whether If-Match is looked at."""
    streams: bool
    """Whether the answer goes on: server-sent events."""
    examples: Mapping[str, Any]
    """By part of the address or argument, a value that the document shows."""

    @property
    def changes(self) -> bool:
        return self.method != "GET"

    @property
    def path(self) -> str:
        """As the document writes it."""
        return PART.sub(lambda found: f"{{{found['name']}}}", self.rule)


OPERATIONS: list[Operation] = []
"""All, in the order of their modules."""


def operation(
    method: Method,
    rule: str,
    *,
    scope: Scope,
    summary: str,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    answers: type[BaseModel] | None = None,
    status: int = 200,
    problems: tuple[int, ...] = (),
    tagged: bool = False,
    matched: bool = False,
    streams: bool = False,
    examples: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declares the view that follows; what its docstring says goes into the document."""

    def declare(view: View) -> View:
        made = Operation(
            method,
            rule,
            view.__name__,
            rule.split("/")[1],
            scope,
            summary,
            " ".join((view.__doc__ or "").split()),
            view,
            query,
            body,
            answers,
            status,
            problems,
            tagged,
            matched,
            streams,
            examples or {},
        )
        OPERATIONS.append(made)
        blueprint.add_url_rule(rule, made.name, lambda **parts: _run(made, parts), methods=[method])
        return view

    return declare


def still_as(shape: BaseModel) -> None:
    """Whether a program that says by If-Match what it changes has seen it as it is. Raises ApiProblem."""
    if request.if_match and not request.if_match.contains(_tag(_json(shape))):
        raise ApiProblem(412, "web.changed_since")


def _run(made: Operation, parts: dict[str, Any]) -> Response:
    asker = asker_with(made.scope, made.changes)
    if made.query is not None:
        parts["query"] = query_as(made.query)
    elif request.args:
        errors = [{"name": name[:100], "detail": "This address takes no arguments."} for name in request.args]
        raise ApiProblem(400, "web.query_wrong", errors=errors[:20])
    if made.method != "POST":
        return _answer(made, asker, parts)
    word = idempotency.word_of(request.headers.get(idempotency.HEADER))
    return _answer(made, asker, parts) if word is None else _once(made, asker, parts, word)


def _once(made: Operation, asker: Asker, parts: dict[str, Any], word: str) -> Response:
    named = cast("Program", program()).row.id, word
    print_ = idempotency.fingerprint(request.method, request.full_path, request.get_data())
    under_way: idempotency.UnderWay = current_app.extensions["api_v1"].under_way
    with under_way.alone(named):
        before = idempotency.answered(db(), named, print_)
        return before if before is not None else _answer(made, asker, parts, lambda found: _keep(named, print_, found))


def _keep(named: idempotency.Named, print_: str, response: Response) -> None:
    idempotency.keep(db(), named, print_, response)


def _answer(
    made: Operation, asker: Asker, parts: dict[str, Any], keep: Callable[[Response], None] = lambda _found: None
) -> Response:
    """Does what is asked. What changes something is committed with `keep`, or not at all."""
    if made.body is not None:
        parts["body"] = body_as(made.body)
    given = made.view(asker, **parts)
    if isinstance(given, Response):
        return given
    answer = given if isinstance(given, ApiReply) else ApiReply(given)
    text = "" if answer.shape is None else _json(answer.shape)
    response = Response(text, answer.status or made.status, answer.headers, mimetype="application/json")
    if made.tagged:
        response.set_etag(_tag(text))
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(["Authorization", "Cookie"])
    if made.changes:
        keep(response)
        db().commit()
    elif made.tagged:
        response.make_conditional(request)
    return response


def _json(shape: BaseModel) -> str:
    return shape.model_dump_json(by_alias=True)


def _tag(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
