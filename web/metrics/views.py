"""The address /metrics: who may read it, and in which of Prometheus' formats.

A program with the scope `metrics:read` may, and where `web.metrics` is open everybody on this machine. A key that was
good while the store answered is known on while it does not: that it is away is what must be heard then.
"""

import hashlib
import ipaddress
from datetime import datetime
from typing import cast

from flask import Flask, Response, current_app, request
from prometheus_client.exposition import choose_encoder

from ringback.messages import say
from ringback.store.base import utc
from ringback.store.engine import STORE_FAULTS
from web import keys
from web.context import now, parts, settings
from web.metrics import blueprint
from web.metrics.kept import GivenMetrics, KeptMetrics
from web.policy import Scope

SCOPE: Scope = "metrics:read"
EXTENSION = "metrics"


class KnownReaders:
    """Keys that were good when they were last looked at, by their digest, until they end."""

    def __init__(self) -> None:
        self._until: dict[str, datetime | None] = {}

    def is_good(self, token: str, at: datetime) -> bool | None:
        """None: there is no such key. False: it is for something else."""
        digest = hashlib.sha256(token.encode(errors="replace")).hexdigest()
        try:
            with parts().sessions() as session:
                row = keys.find(session, token)
                good = None if row is None or keys.is_over(row) else SCOPE in keys.scopes_of(row)
                until = None if row is None else row.expires_at
        except STORE_FAULTS:
            if digest not in self._until:
                raise
            until = self._until[digest]
            return True if until is None or until > at else None
        if good:
            self._until[digest] = until
        else:
            self._until.pop(digest, None)
        return good


def init(app: Flask) -> None:
    """What is kept between two requests."""
    app.extensions[EXTENSION] = KeptMetrics(app.extensions["ringback"].sessions), KnownReaders()


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics, as text."""
    kept, readers = cast("tuple[KeptMetrics, KnownReaders]", current_app.extensions[EXTENSION])
    refused = _refusal(readers)
    if refused is not None:
        return refused
    encoder, kind = choose_encoder(request.headers.get("Accept", ""))
    return Response(encoder(GivenMetrics(kept.metrics(settings()))), content_type=kind)


def _refusal(readers: KnownReaders) -> Response | None:
    """None: whoever asks may read."""
    given = settings().web.metrics
    if given == "off":
        return _said(404, "web.http_nothing_there")
    if given == "open" and _is_here(request.remote_addr or ""):
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return _said(401, "web.needs_key")
    try:
        good = readers.is_good(token.strip(), utc(now()))
    except STORE_FAULTS:
        answer = _said(503, "web.store_away")
        answer.headers["Retry-After"] = "15"
        return answer
    if good is None:
        return _said(401, "web.unknown_key")
    return None if good else _said(403, "web.key_without_scope", scope=SCOPE)


def _is_here(address: str) -> bool:
    """Whether it is this machine's own; behind a proxy that is whoever asks the proxy (`web/proxies.py`)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _said(status: int, code: str, **facts: str) -> Response:
    answer = Response(say(code, facts, "en") + "\n", status, content_type="text/plain; charset=utf-8")
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
