"""The same request twice is done once: what was answered is kept under the program's own word for the request.

The answer is written in the transaction of the change itself, so that either both are there or neither. While a
request is worked on its twin is refused; one that failed has changed nothing, and may come again under the same word.
Owns `api_answer`.
"""

import hashlib
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Response
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from web.models import ApiAnswer
from web.problem_details import ApiProblem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""Of an answer that was given before."""
KEPT = timedelta(hours=24)
FORM = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Location", "ETag")
BUSY_SECONDS = 1

Named = tuple[uuid.UUID, str]
"""A key and the program's word for its request."""


class UnderWay:
    """Requests that are being worked on in this process, the only one that serves pages. Safe in several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._named: set[Named] = set()

    @contextmanager
    def alone(self, named: Named) -> Iterator[None]:
        """Raises ApiProblem where its twin is at work."""
        with self._lock:
            if named in self._named:
                headers = {"Retry-After": str(BUSY_SECONDS)}
                raise ApiProblem(409, "web.idempotency_busy", headers=headers)
            self._named.add(named)
        try:
            yield
        finally:
            with self._lock:
                self._named.discard(named)


def word_of(header: str | None) -> str | None:
    """What the program calls its request; None: nothing. Raises ApiProblem."""
    if header is None:
        return None
    if not FORM.fullmatch(header):
        raise ApiProblem(400, "web.idempotency_key_wrong")
    return header


def fingerprint(method: str, address: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join([method.encode(), address.encode(), body])).hexdigest()


def answered(session: Session, named: Named, print_: str) -> Response | None:
    """What was answered to this request before; None: it is new. Raises ApiProblem where the word is another's."""
    query = select(ApiAnswer).where(ApiAnswer.key_id == named[0], ApiAnswer.idempotency_key == named[1])
    row = session.scalar(query.where(ApiAnswer.at >= utcnow() - KEPT))
    if row is None:
        return None
    if row.fingerprint != print_:
        raise ApiProblem(422, "web.idempotency_other")
    return Response(row.body, row.status, {**row.headers, REPLAYED: "true"}, mimetype="application/json")


def keep(session: Session, named: Named, print_: str, response: Response) -> None:
    """Writes down what is being answered, and forgets what is too old. Raises ApiProblem: another was quicker."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.at < utcnow() - KEPT))
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    values = {
        "id": uuid7(),
        "key_id": named[0],
        "idempotency_key": named[1],
        "fingerprint": print_,
        "status": response.status_code,
        "headers": headers,
        "body": response.get_data(as_text=True),
        "at": utcnow(),
    }
    if session.execute(insert_or_leave(ApiAnswer).values(values).returning(ApiAnswer.id)).first() is None:
        raise ApiProblem(409, "web.idempotency_busy", headers={"Retry-After": str(BUSY_SECONDS)})
