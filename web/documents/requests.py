"""Requests of people at pages, and of programs, to the controller, and what became of them."""

import time
import uuid
from collections.abc import Collection
from datetime import UTC
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from ringback.messages import as_document
from ringback.store.base import utc
from ringback.store.bus import Request

ANSWER_SECONDS = 5.0
"""A request that waits longer than this for the controller is late."""
LOOK_SECONDS = 0.05
SHOWN_SECONDS = 30.0
"""How long the outcome of a request stays beside its subject."""


def latest_requests(session: Session, now: float, kinds: Collection[str]) -> dict[str, dict[str, Any]]:
    """By subject the newest request of these kinds, while it waits for an answer and a little after."""
    query = select(Request).where(
        Request.kind.in_(kinds),
        or_(Request.done_at.is_(None), Request.done_at > utc(now - SHOWN_SECONDS)),
        Request.asked_at > utc(now - 3600),
    )
    latest = {row.subject: row for row in session.scalars(query.order_by(Request.asked_at))}
    return {
        subject: {
            "kind": row.kind,
            "args": row.args,
            "asked_by": row.asked_by,
            "asked_at": row.asked_at.astimezone(UTC).isoformat(),
            "state": _state(row, now),
            **as_document("error", row.error),
        }
        for subject, row in latest.items()
    }


def ask(session: Session, kind: str, subject: str, by: str, reason: str = "") -> uuid.UUID:
    """Writes a request about a recording down; its key, for `wait_for_answer` once it is committed."""
    args = {"by": by, "reason": reason} if kind == "recording.pause" else {"by": by}
    row = Request(kind=kind, subject=subject, args=args, asked_by=by)
    session.add(row)
    session.flush()
    return row.id


def wait_for_answer(sessions: sessionmaker[Session], key: uuid.UUID, seconds: float) -> Request | None:
    """The request once the controller has answered it; None: it has not in time."""
    deadline = time.monotonic() + seconds
    while True:
        with sessions() as session:
            row = session.get(Request, key)
        if row is not None and row.done_at is not None:
            return row
        if time.monotonic() >= deadline:
            return None
        time.sleep(LOOK_SECONDS)


def _state(row: Request, now: float) -> str:
    if row.done_at is not None:
        return "refused" if row.error else "done"
    return "late" if now - row.asked_at.timestamp() > ANSWER_SECONDS else "asked"
