"""Whether work that can wait shall wait: the controller says so, the worker asks before each piece of such work."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import Session

from ringback.store.waits import LineMemory

NAME = "load"
LONGEST = timedelta(seconds=60)
"""A controller that was killed said so for the last time: nothing waits for it for longer."""


def say_busy(connection: Connection, busy: bool, now: datetime) -> None:
    """In the caller's transaction."""
    values = {"data": {"busy": busy}, "saved_at": now}
    if connection.execute(update(LineMemory).where(LineMemory.name == NAME).values(values)).rowcount == 0:
        connection.execute(insert(LineMemory).values(name=NAME, **values))


def is_busy(session: Session, now: datetime) -> bool:
    """Whether callers need all of the machine just now."""
    row = session.execute(select(LineMemory.data, LineMemory.saved_at).where(LineMemory.name == NAME)).first()
    return row is not None and bool(row.data.get("busy")) and now - row.saved_at < LONGEST
