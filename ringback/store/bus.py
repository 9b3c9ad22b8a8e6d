"""What processes tell one another through the store: requests, agents' states, alarms, signs of life.

The web writes a Request, the controller takes it up and answers on the same row. The controller publishes AgentState;
every process writes its Process row each second (`beat`). What a request may ask is the controller's
(`controller/requests.py`); the sentence of an alarm is the room's that raises it, and where it leads `web/alarms.py`'s.
"""

import os
import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Index, Table, bindparam, insert, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from ringback.messages import Message
from ringback.store.base import Base, utcnow, uuid7


class Request(Base):
    """What a person at a page asks of the controller. Answered when `done_at` is set."""

    __tablename__ = "request"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """agent.pause, agent.resume, agent.disposed, agent.login, agent.logout, callback.cancel, recording.pause,
    recording.resume"""
    subject: Mapped[str]
    """For agent.*: the agent's name; for recording.*: the call's call_id."""
    args: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    asked_by: Mapped[str | None] = mapped_column(default=None)
    asked_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    done_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    error: Mapped[Message | None] = mapped_column(default=None)
    """Why it was not done; None: it was."""


class AgentState(Base):
    """Where an agent is now, as the controller sees it."""

    __tablename__ = "agent_state"

    agent: Mapped[str] = mapped_column(primary_key=True)
    display: Mapped[str]
    extension: Mapped[str]
    state: Mapped[str]
    """away (phone not registered), free, ringing, talking, wrap-up, paused, busy (own call)"""
    reason: Mapped[str | None] = mapped_column(default=None)
    """Of a pause: missed, or the person's own word."""
    since: Mapped[datetime] = mapped_column(default_factory=utcnow)
    call_id: Mapped[str | None] = mapped_column(default=None)
    """The call that the agent rings for or talks on."""
    queues: Mapped[list[Any] | None] = mapped_column(default=None)
    """Queues chosen at the last login, by name; None: those that the settings give."""


class Alarm(Base):
    """Something that a person must see to. Raised and cleared by `ringback.store.alarms`."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_standing",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    kind: Mapped[str]
    """`<about what>.<what is wrong>`, e.g. callback.broken, recording.space_low. Raised with a message, whose code need
    not be the kind: a kind may have several sentences."""
    subject: Mapped[str]
    """Which one: a promise's id, a call_id, a disk. Standing alarms of one kind and subject are one."""
    text: Mapped[str]
    """The English sentence, for those who know no codes."""
    level: Mapped[str]
    """yellow (soon), red (now)"""
    args: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """The facts of the sentence, and where it leads: for callback.broken number and ticket."""
    code: Mapped[str | None] = mapped_column(default=None)
    """Of the sentence: pages word it in their language with `args`. None: raised before there were codes."""
    raised_at: Mapped[datetime] = mapped_column(default_factory=utcnow)
    seen_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody said that it is seen to: nobody is told of it again, though it may go on. None: nobody has."""
    seen_by: Mapped[str | None] = mapped_column(default=None)
    cleared_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """When it was over; None: it stands."""
    cleared_by: Mapped[str | None] = mapped_column(default=None)
    """Who ended it by seeing to it; None: it ended by itself, or stands."""


AWAY_SECONDS = 5.0
"""A process whose sign of life is older than this is away."""


class Process(Base):
    """A sign of life of one of `ringback.processes`, written each second."""

    __tablename__ = "process"

    name: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    trouble: Mapped[Message | None] = mapped_column(default=None)
    """What is wrong just now in one sentence, e.g. that Asterisk does not answer; None: nothing."""

    def is_away(self, now: datetime) -> bool:
        """Whether it has given no sign of life for too long; one from the future was given before the clock was set."""
        return abs((now - self.beat_at).total_seconds()) > AWAY_SECONDS


_process = cast("Table", Process.__table__)
_BEAT = (
    update(_process)
    .where(_process.c.name == bindparam("of_name"))
    .values({name: bindparam(f"new_{name}") for name in ("pid", "started_at", "beat_at", "trouble")})
)
"""Made once: every process says it each second."""


def beat(session: Session, name: str, started_at: datetime, trouble: Message | None) -> None:
    """This process lives, in the caller's transaction. Processes of one name share a row: any of them is life."""
    values = {"pid": os.getpid(), "started_at": started_at, "beat_at": utcnow(), "trouble": trouble}
    connection = session.connection()
    if not connection.execute(_BEAT, {"of_name": name} | {f"new_{key}": val for key, val in values.items()}).rowcount:
        connection.execute(insert(_process).values(name=name, **values))
