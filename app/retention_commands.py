"""`ringback erase` and `ringback keep`: what admins do at the page of erasures, and shorter days for older calls.

An erasure is the same row that a page writes; a worker that runs may do its steps, or this process does.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from app.erasing_rooms import erasing_rooms
from calls.models import Call
from recording.models import Recording
from retention import erasure
from retention.errors import RetentionError
from retention.models import Erasure
from retention.policy import shortened
from ringback.config import Settings
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions
from ringback.store.erasing import quietly

BY = "command line"
WAIT_SECONDS = 60.0
"""How long the command waits for what has to be over first; then the worker goes on with it."""
Document = dict[str, Any]


def erase(
    settings: Settings, number: str | None, call: str | None, request: str, agreed: Callable[[Document], bool]
) -> Document:
    """Erases a person or a call after `agreed(preview)`: its state, and the certificate with its sha256 once done.

    Raises RetentionError where there is nothing to be erased like that.
    """
    store = _store(settings)
    eraser = erasure.Eraser(store, settings, erasing_rooms())
    with store() as session, session.begin():
        if call is not None:
            key = erasure.ask_call(session, call, BY, request).id
        else:
            key = erasure.ask_person(session, settings, number or "", BY, request).id
    row = _until(eraser, key, "asked")
    _not_refused(row)
    with store() as session, session.begin():
        if not agreed(row.preview or {}):
            erasure.withdraw(session, key)
            return {"state": "withdrawn"}
        erasure.confirm(session, key, BY, utcnow())
    row = _until(eraser, key, "confirmed", "files")
    _not_refused(row)
    return {
        "state": row.state,
        "waits": str(row.error) if row.error else None,
        "certificate": row.certificate,
        "sha256": row.sha256,
    }


def _not_refused(row: Erasure) -> None:
    if row.state == "refused":
        raise RetentionError("retention.held")


def _store(settings: Settings) -> sessionmaker[Session]:
    """Raises RetentionError where there is none that this program can work on."""
    engine = open_store(settings.store_url)
    try:
        there = inspect(engine).has_table(Erasure.__tablename__)
    except SQLAlchemyError:
        there = False
    if not there:
        raise RetentionError("retention.no_store", folder=settings.data)
    return sessions(engine)


def _until(eraser: erasure.Eraser, key: UUID, *states: str) -> Erasure:
    """The row once it has left `states`, or after the wait."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        erasure.work(eraser, str(key))
        with eraser.sessions() as session:
            row = session.get_one(Erasure, key)
        if row.state not in states or time.monotonic() > deadline:
            return row
        time.sleep(0.2)


def shorten(settings: Settings, agreed: Callable[[int, datetime | None], bool]) -> int:
    """Gives older calls the earlier day that today's `keep_days` means; how many, once `agreed(count, first day)`."""
    store = _store(settings)
    with store() as session:
        days = _earlier(session, settings)
    if not days or not agreed(len(days), min(days.values())):
        return 0
    with store() as session, session.begin():
        for call_id, day in days.items():
            quietly(session, update(Recording).where(Recording.call_id == call_id).values(keep_until=day))
    return len(days)


def _earlier(session: Session, settings: Settings) -> dict[str, datetime]:
    longest = max(queue.keep_days for queue in settings.queues.values())
    query = (
        select(Recording.call_id, Recording.keep_until, Call.queue, Call.ended_at)
        .join(Call, Call.call_id == Recording.call_id)
        .where(Recording.keep_until.is_not(None), Call.ended_at.is_not(None))
    )
    found = {}
    for call_id, keep_until, queue, ended_at in session.execute(query):
        keep_days = settings.queues[queue].keep_days if queue in settings.queues else longest
        if (day := shortened(ended_at, keep_days, keep_until)) is not None:
            found[call_id] = day
    return found
