"""From standing alarms to messages: writes what whom is to be told, each in one transaction, before anything is sent.

Any number of workers may plan: what is told, and that one message is on its way to an address at a time, are unique in
the store, and whoever comes second gets nothing. What is due is `policy.py`'s; sending is `deliver.py`'s.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from alarms.addresses import AlarmAddress, all_addresses
from alarms.models import AlarmMessage, AlarmTold
from alarms.policy import UNSENT, AlarmFacts, News, ToldBefore, goes_now, news, subject_of
from ivr.hours import Schedule
from ringback.config import Settings
from ringback.messages import message
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm

MOST = 40
"""Things that one message tells; what is beyond them waits for the next."""
ENDED_WITHIN = timedelta(days=7)
"""Whoever could not be told for so long that an alarm is over is not told any more."""
LOOK_SECONDS = 1.0
"""From one look to the next."""
LATE = timedelta(minutes=2)
"""A message that waits for longer is an alarm itself."""


@dataclass
class Planner:
    """A stage of the worker: `due` gives addresses that are to be told something, `plan` writes their message."""

    sessions: sessionmaker[Session]
    settings: Settings
    _schedules: dict[str, Schedule] = field(init=False)
    _addresses: dict[tuple[str, str], AlarmAddress] = field(init=False)
    _looked_at: float = -LOOK_SECONDS

    def __post_init__(self) -> None:
        zone = self.settings.timezone
        self._schedules = {name: Schedule(hours, zone) for name, hours in self.settings.hours.items()}
        self._addresses = all_addresses(self.settings)

    def due(self, session: Session, _full: bool) -> list[str]:
        """Addresses for which there is something new, as `recipient address`."""
        if not self._addresses or time.monotonic() < self._looked_at + LOOK_SECONDS:
            return []
        self._looked_at = time.monotonic()
        return [subject_of(*key) for key in self._wanted(session, utcnow())]

    def plan(self, key: str) -> int | None:
        """Writes the message to one address; how many things it tells, None: somebody else has written it."""
        recipient, _, name = key.partition(" ")
        now = utcnow()
        try:
            with self.sessions() as session, session.begin():
                found = self._news(session, (recipient, name), now)
                if not goes_now(found, _last_at(session, recipient, name), now):
                    return None
                self._write(session, recipient, name, found[:MOST], now)
                return min(len(found), MOST)
        except IntegrityError:
            return None

    def tidy(self) -> None:
        """Says which addresses nothing reaches, lets go of those that nobody is told at any more, forgets the old."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            self._drop_gone(session, now)
            self._tell_late(session, now)
            forget(session, now - timedelta(days=self.settings.alarms.keep_days))

    # -- what is new -------------------------------------------------------------------------------------

    def _wanted(self, session: Session, now: datetime) -> list[tuple[str, str]]:
        waiting = set(
            session.execute(
                select(AlarmMessage.recipient, AlarmMessage.address).where(
                    AlarmMessage.state == "waiting", AlarmMessage.purpose == "alarm"
                )
            ).tuples()
        )
        return [
            key
            for key in self._addresses
            if key not in waiting and goes_now(self._news(session, key, now), _last_at(session, *key), now)
        ]

    def _news(self, session: Session, key: tuple[str, str], now: datetime) -> list[News]:
        recipient = self.settings.alarms.recipients.get(key[0])
        if recipient is None or key not in self._addresses:
            return []
        hours = self._schedules.get(recipient.hours) if recipient.hours else None
        if hours is not None and hours.closed(now.timestamp()) is not None:
            return []
        told = _histories(session, *key, now)
        alarms = _alarms(session, *key, now)
        return sorted(news(recipient, subject_of(*key), alarms, told, now), key=lambda each: each.alarm.level != "red")

    def _write(self, session: Session, recipient: str, address: str, found: list[News], now: datetime) -> None:
        row = AlarmMessage(recipient=recipient, address=address, created_at=now)
        session.add(row)
        session.flush()
        for each in found:
            told = AlarmTold(
                alarm_id=each.alarm.id,
                recipient=recipient,
                address=address,
                what=each.what,
                times=each.times,
                message_id=row.id,
                at=now,
            )
            session.add(told)
        session.flush()

    # -- what does not arrive ----------------------------------------------------------------------------

    def _drop_gone(self, session: Session, now: datetime) -> None:
        """An address that the settings have no more gets nothing any more."""
        for row in session.scalars(select(AlarmMessage).where(AlarmMessage.state == "waiting")):
            if (row.recipient, row.address) not in self._addresses and row.lease_owner is None:
                drop = update(AlarmMessage).where(AlarmMessage.id == row.id, AlarmMessage.lease_owner.is_(None))
                values = {"state": "dropped", "finished_at": now}
                session.execute(drop.values(values), execution_options={"synchronize_session": False})
        known = {subject_of(*key) for key in self._addresses}
        for subject in session.scalars(select(Alarm.subject).where(Alarm.kind == UNSENT, Alarm.cleared_at.is_(None))):
            if subject not in known:
                clear_alarm(session, UNSENT, subject, now)

    def _tell_late(self, session: Session, now: datetime) -> None:
        late = select(AlarmMessage).where(
            AlarmMessage.state == "waiting", AlarmMessage.created_at < now - LATE, AlarmMessage.error.is_not(None)
        )
        for row in session.scalars(late):
            if (row.recipient, row.address) in self._addresses:
                tell_unsent(session, row, now)


def tell_unsent(session: Session, row: AlarmMessage, now: datetime) -> None:
    """People learn on pages, and at other addresses, that this one is told nothing."""
    address = row.address.partition(":")[2] if row.address.startswith("mail:") else row.address
    said = message("alarms.unsent", recipient=row.recipient, address=address, why=row.error)
    raise_alarm(session, UNSENT, subject_of(row.recipient, row.address), said, "red", now)


def _pending(recipient: str, address: str, now: datetime) -> ColumnElement[bool]:
    """Of a query over Alarm: those that stand, and those that ended lately, which the address knows and whose end it
    does not."""
    mine = select(AlarmTold.id).where(
        AlarmTold.alarm_id == Alarm.id, AlarmTold.recipient == recipient, AlarmTold.address == address
    )
    told = mine.correlate(Alarm).exists()
    ended = mine.where(AlarmTold.what == "ended").correlate(Alarm).exists()
    return or_(Alarm.cleared_at.is_(None), and_(Alarm.cleared_at > now - ENDED_WITHIN, told, ~ended))


def _histories(session: Session, recipient: str, address: str, now: datetime) -> dict[UUID, ToldBefore]:
    """What the address was told of alarms that are pending."""
    rows = session.execute(
        select(AlarmTold.alarm_id, AlarmTold.what, AlarmTold.times, AlarmTold.at)
        .join(Alarm, Alarm.id == AlarmTold.alarm_id)
        .where(AlarmTold.recipient == recipient, AlarmTold.address == address, _pending(recipient, address, now))
    ).tuples()
    found: dict[UUID, ToldBefore] = defaultdict(ToldBefore)
    for alarm_id, what, times, at in rows:
        before = found[alarm_id]
        if what == "ended":
            found[alarm_id] = replace(before, ended=True)
        else:
            last = at if before.last_at is None else max(before.last_at, at)
            found[alarm_id] = replace(before, told=True, last_at=last, repeats=max(before.repeats, times))
    return dict(found)


def forget(session: Session, before: datetime) -> int:
    """Deletes alarms that ended before this, with what was told of them; how many."""
    quietly = {"synchronize_session": False}
    gone = session.execute(delete(Alarm).where(Alarm.cleared_at < before), execution_options=quietly)
    unused = ~select(AlarmTold.id).where(AlarmTold.message_id == AlarmMessage.id).exists()
    old = (AlarmMessage.state != "waiting", AlarmMessage.created_at < before, unused)
    session.execute(delete(AlarmMessage).where(*old), execution_options=quietly)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _alarms(session: Session, recipient: str, address: str, now: datetime) -> list[AlarmFacts]:
    """Those that are pending, the oldest first."""
    columns = (Alarm.id, Alarm.kind, Alarm.subject, Alarm.level, Alarm.seen_at, Alarm.cleared_at)
    pending = select(*columns).where(_pending(recipient, address, now)).order_by(Alarm.raised_at)
    return [
        AlarmFacts(id_, kind, subject, level, seen_at is not None, cleared_at is not None)
        for id_, kind, subject, level, seen_at, cleared_at in session.execute(pending).tuples()
    ]


def _last_at(session: Session, recipient: str, address: str) -> datetime | None:
    which = (AlarmMessage.recipient == recipient, AlarmMessage.address == address, AlarmMessage.purpose == "alarm")
    return session.scalar(select(func.max(AlarmMessage.created_at)).where(*which))
