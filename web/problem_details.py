"""Problem details (RFC 9457): how everything under /api/v1 says that a request came to nothing.

Owns the form of it and which addresses have it; what went wrong is said by whoever finds it, by a code and facts as
everywhere. The sentences are English, as programmers read logs in it; `code` is what programs go by.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, json, request

from ringback.messages import ready, say

UNDER = "/api/v1"
TYPE = "application/problem+json"
KIND = "urn:ringback:problem:"
"""Before the code: what `type` says of the problem."""


class ApiProblem(Exception):
    """A request of a program came to nothing; the sentence of its code says why."""

    def __init__(
        self,
        status: int,
        code: str,
        /,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **facts: Any,
    ) -> None:
        """`errors`: what is wrong in single fields, each with `name` and `detail`."""
        super().__init__(code)
        self.status, self.code, self.detail = status, code, say(code, ready(facts), "en")
        self.errors, self.headers = list(errors), dict(headers or {})

    def response(self) -> Response:
        return problem(self.status, self.code, self.detail, self.errors, self.headers)


def is_asked() -> bool:
    """Whether this request is one of those that are answered so."""
    return request.path == UNDER or request.path.startswith(f"{UNDER}/")


def problem(
    status: int,
    code: str,
    detail: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer."""
    said: dict[str, Any] = {
        "type": f"{KIND}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        said["errors"] = list(errors)
    return Response(json.dumps(said), status, {**(headers or {}), "Content-Type": TYPE})


def problem_of(status: int, code: str, /, headers: Mapping[str, str] | None = None, **facts: Any) -> Response:
    """The answer, by the code of its sentence."""
    return problem(status, code, say(code, ready(facts), "en"), headers=headers)
