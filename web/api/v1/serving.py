"""What stands before and after every request to /api/v1: counting, headers, and the document itself."""

import time
from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, jsonify

from web.api.v1 import blueprint
from web.api.v1.asker import identity
from web.api.v1.document import document
from web.api.v1.events import OpenStreams
from web.api.v1.idempotency import UnderWay
from web.api.v1.limits import Buckets, CountedRequest
from web.context import settings
from web.problem_details import ApiProblem


@dataclass(frozen=True)
class ApiParts:
    """What requests share."""

    buckets: Buckets = field(default_factory=Buckets)
    under_way: UnderWay = field(default_factory=UnderWay)
    streams: OpenStreams = field(default_factory=OpenStreams)


def init(app: Flask) -> None:
    app.extensions["api_v1"] = ApiParts()


@blueprint.before_request
def count() -> None:
    """Raises ApiProblem: too many requests of this key."""
    taken: CountedRequest = current_app.extensions["api_v1"].buckets.take(
        identity(), settings().web.api_requests_per_minute, time.monotonic()
    )
    g.api_taken = taken
    if taken.wait:
        headers = {"Retry-After": str(taken.wait)}
        raise ApiProblem(429, "web.too_many_requests", headers=headers, most=taken.most, seconds=taken.wait)


@blueprint.after_request
def told(response: Response) -> Response:
    """How many requests are left."""
    taken: CountedRequest | None = g.get("api_taken")
    if taken is not None:
        response.headers["RateLimit-Limit"] = str(taken.most)
        response.headers["RateLimit-Remaining"] = str(taken.remaining)
        response.headers["RateLimit-Reset"] = str(taken.full_in)
    return response


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The document, for whoever may ask anything here."""
    return jsonify(document())
