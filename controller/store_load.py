"""Rows of what the machine cannot carry: callers who were refused, the alarm, the word to work that can wait."""

from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, insert, update

from calls.models import RefusedCalls
from ringback.messages import Message
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.load import say_busy

_refused = cast("Table", RefusedCalls.__table__)
ALARM = ("calls.refused", "line")


def write_refused(connection: Connection, refused: int, said: Message | None, busy: bool, now: datetime) -> None:
    """`refused`: how many since the last time; `said`: what people are told, None: nobody was refused lately."""
    if refused:
        minute = now.replace(second=0, microsecond=0)
        more = update(_refused).where(_refused.c.minute == minute).values(count=_refused.c.count + refused)
        if connection.execute(more).rowcount == 0:
            connection.execute(insert(_refused).values(minute=minute, count=refused))
    if said is None:
        clear_alarm(connection, *ALARM, now)
    else:
        raise_alarm(connection, *ALARM, said, "red", now)
    say_busy(connection, busy, now)
