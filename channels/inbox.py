"""What the stages of the worker have in common that take customers' answers in: leased, one after another, each once.

How far a place was read is a row, written with each answer's own row, so that a worker that is killed goes on behind
the last one that it took. Where it cannot be read, nothing is lost: answers lie there until it can. That is said on the
page of the channels, with what to do, and is an alarm.
"""

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from channels.errors import ChannelError, InboxAway, InboxRefuses
from channels.models import ChannelInbox
from ringback.config import Settings
from ringback.messages import Message
from ringback.store import lease, leased
from ringback.store.alarms import clear_alarm, insert_or_leave, raise_alarm
from ringback.store.base import utcnow
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
AWAY_SECONDS = 20.0
REFUSED_SECONDS = 300.0
"""Until a server that refuses our password is asked again, unless somebody wants it to be."""
INBOX_ALARM = "channel.inbox"
TOLD_AFTER = timedelta(minutes=2)
"""What is away for a shorter time is nobody's alarm; a wrong password is one at once."""
TERMS = Terms(log, waits={InboxAway: AWAY_SECONDS, InboxRefuses: REFUSED_SECONDS})


def ask_at_once(session: Session, name: str) -> None:
    """Somebody has mended something: the next look is now."""
    free = update(ChannelInbox).where(ChannelInbox.id == name, ChannelInbox.lease_owner.is_(None))
    values = {"lease_until": None, "attempts": 0, "looked_at": None}
    session.execute(free.values(**values).execution_options(synchronize_session=False))


@dataclass
class AnswerInbox(ABC):
    """One place from which answers come; a stage of the worker."""

    sessions: sessionmaker[Session]
    settings: Settings
    name: ClassVar[str] = ""
    """Of its row."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Which one it is; empty: the settings have none."""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """Between two looks."""

    @abstractmethod
    def away(self, why: Message) -> Message:
        """What the alarm says when it cannot be read."""

    @abstractmethod
    def read(self, held: lease.Lease, row: ChannelInbox) -> int:
        """Takes in what is new and ends with `done`; how many. Raises InboxAway, InboxRefuses."""

    def due(self, session: Session, _full: bool) -> list[str]:
        """The place, when it is time to look."""
        if not self.place:
            return []
        row = session.get(ChannelInbox, self.name)
        return [self.name] if row is None or self._is_due(row, utcnow()) else []

    def _is_due(self, row: ChannelInbox, now: datetime) -> bool:
        if not lease.is_free(row, now):
            return False
        if row.looked_at is None or row.failing_since is not None or row.place != self.place:
            return True
        return row.looked_at + timedelta(seconds=self.seconds) <= now

    def look(self, name: str) -> int | None:
        """How many answers came in; None: somebody else looks, or it cannot be read."""
        with self.sessions() as session, session.begin():
            session.execute(insert_or_leave(ChannelInbox).values(id=name, place="", validity=0, last=0, attempts=0))
            row = session.scalars(select(ChannelInbox).where(ChannelInbox.id == name)).one()
            held = leased.take(session, row, TERMS)
            session.expunge_all()
        if held is None:
            return None
        mine, taken = held, 0

        def work() -> str:
            nonlocal taken
            try:
                taken = self.read(mine, row)
            except ChannelError as error:
                with self.sessions() as session, session.begin():
                    self._failing(session, error, utcnow())
                raise
            return "read"

        state = leased.work_on(self.sessions, mine, f"inbox {name}", TERMS, work)
        return None if state is None else taken

    def come_to(self, session: Session, validity: int, last: int) -> None:
        """How far it is read, in the transaction of what was taken in."""
        far = update(ChannelInbox).where(ChannelInbox.id == self.name)
        values = {"place": self.place, "validity": validity, "last": last}
        session.execute(far.values(**values).execution_options(synchronize_session=False))

    def done(self, held: lease.Lease, validity: int, last: int, *, to_its_end: bool) -> None:
        """It could be read; not to its end: the next look is at once."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            looked = now if to_its_end else None
            how = {"place": self.place, "validity": validity, "last": last, "looked_at": looked}
            held.release(session, attempts=0, failing_since=None, **how)
            clear_alarm(session, INBOX_ALARM, self.name, now)

    def _failing(self, session: Session, why: ChannelError, now: datetime) -> None:
        """Since when it cannot be read, and the alarm once that matters."""
        row = session.get_one(ChannelInbox, self.name)
        row.failing_since = row.failing_since or now
        if isinstance(why, InboxRefuses) or now - row.failing_since >= TOLD_AFTER:
            raise_alarm(session, INBOX_ALARM, self.name, self.away(why.message), "red", now)
