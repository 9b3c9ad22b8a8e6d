"""What a process tells of itself besides being alive, for those who watch from outside: one row for each, each second.

Numbers by name, which whoever shows them (`web/metrics`) words; nothing decides by them. What is old is not told on.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ringback.store.alarms import insert_or_leave
from ringback.store.waits import LineMemory

BEGINS = "told: "
"""The name of the row, before that of the process."""
LATEST = timedelta(seconds=15)
"""What was told before that is not known any more."""


def tell(session: Session, process: str, numbers: Mapping[str, Any], now: datetime) -> None:
    """In the caller's transaction. Several processes of one name share a row."""
    name, values = BEGINS + process, {"data": dict(numbers), "saved_at": now}
    said = update(LineMemory).where(LineMemory.name == name).values(values)
    if session.connection().execute(said).rowcount == 0:
        session.connection().execute(insert_or_leave(LineMemory).values(name=name, **values))


def told(session: Session, process: str, now: datetime) -> Mapping[str, Any]:
    """What it told last; empty: nothing lately."""
    query = select(LineMemory.data, LineMemory.saved_at).where(LineMemory.name == BEGINS + process)
    row = session.execute(query).first()
    return {} if row is None or abs(now - row.saved_at) > LATEST else row.data
