"""Tells systems beside of promises: that one was made, kept, or broken, in the transaction of the change itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from callback.models import Callback
from outbox.service import publish
from ringback.store.alarms import Executor

TOLD = """
id number line queue language source state requested_at due_at told_by expires_at attempts last_outcome agent
asked_call_id connected_call_id ticket_number ended_at end_reason
""".split()
"""What is told of a promise. Its notes are not: they may quote what was said on the phone."""


def announce(executor: Executor, kind: str, promise_id: UUID) -> None:
    """`kind` (callback.kept) happened to a promise, as its row says now. A call that an agent asked for is none."""
    told = select(*(getattr(Callback, name) for name in TOLD)).where(Callback.id == promise_id, ~Callback.once)
    row = executor.execute(told).one_or_none()
    if row is None:
        return
    body = {name: _ready(value) for name, value in zip(TOLD, row, strict=True)}
    publish(executor, kind, f"callback:{promise_id}", body)


def _ready(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)
