"""Dead letters: work that failed too often has a row, so that it survives the worker and a person can try it again.

The worker notes every unexpected error of a stage here; after TRIES of them the piece is set aside, which stops
nothing behind it. Stages whose rows carry a lease set their own rows aside (`ringback/store/lease.py`).
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ringback.messages import Message, message
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import Base, uuid7

TRIES = 3
"""Unexpected errors after which a piece of work is left alone."""
ALARM = "work.set_aside"
"""An alarm of this kind stands while anything is set aside."""
AWAY_SECONDS = 30.0
"""Before the next try where the machine is the trouble."""
WAIT_SECONDS = 2.0
"""Before the second try; each further one waits twice as long."""


class Failure(Base):
    """A piece of a worker's stage that ended in an error nobody expected."""

    __tablename__ = "work_failure"
    __table_args__ = (UniqueConstraint("stage", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid7)
    stage: Mapped[str]
    key: Mapped[str]
    """What the stage calls the piece: a call_id, a promise's id."""
    tries: Mapped[int]
    error: Mapped[Message]
    """What the last one said."""
    failed_at: Mapped[datetime]
    not_before: Mapped[datetime]
    """When the next try may begin."""

    def rests(self, now: datetime) -> bool:
        """Whether it is not to be tried now: set aside, or not before later."""
        return self.tries >= TRIES or self.not_before > now


def note(
    session: Session,
    stage: str,
    key: str,
    error: Message,
    now: datetime,
    wait: float = WAIT_SECONDS,
    *,
    counts: bool = True,
) -> int:
    """Notes a failure of a piece; how many count now. Several workers may note the same piece.

    One that is the machine's trouble and not the piece's (`ringback/environment.py`) rests and does not count.
    """
    new = {"id": uuid7(), "stage": stage, "key": key, "tries": 0, "error": error, "failed_at": now, "not_before": now}
    session.execute(insert_or_leave(Failure).values(**new))
    row = session.scalars(select(Failure).where(Failure.stage == stage, Failure.key == key).with_for_update()).one()
    row.tries, row.error, row.failed_at = row.tries + counts, error, now
    row.not_before = now + timedelta(seconds=wait * 2 ** (row.tries - 1) if counts else AWAY_SECONDS)
    if row.tries >= TRIES:
        raise_alarm(session, ALARM, "worker", message("ringback.set_aside"), "yellow", now)
    return row.tries


def of_stage(session: Session, stage: str) -> dict[str, Failure]:
    """The pieces of a stage that failed, by key."""
    return {row.key: row for row in session.scalars(select(Failure).where(Failure.stage == stage))}


def forget(session: Session, stage: str, key: str, now: datetime) -> bool:
    """Forgets a piece's failures: it went well, or somebody wants it tried again. False: there were none."""
    found = session.execute(
        delete(Failure).where(Failure.stage == stage, Failure.key == key).returning(Failure.id),
        execution_options={"synchronize_session": False},
    ).first()
    if not standing(session):
        clear_alarm(session, ALARM, "worker", now)
    return found is not None


def standing(session: Session) -> list[Failure]:
    """What is set aside, the newest first."""
    query = select(Failure).where(Failure.tries >= TRIES).order_by(Failure.failed_at.desc())
    return list(session.scalars(query))


def counts(session: Session) -> dict[str, int]:
    """How much of each stage is set aside."""
    query = select(Failure.stage, func.count()).where(Failure.tries >= TRIES).group_by(Failure.stage)
    return dict(session.execute(query).tuples().all())
