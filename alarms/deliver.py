"""Hands messages over: leased work of the worker, one row after another, mail and services side by side.

A message says how its alarms are when it goes, not when it was planned: one that waited for a server for hours tells
what is over by now.
"""

import logging
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from alarms.addresses import MAIL, all_addresses
from alarms.letters import Told, letter_of, trial_letter
from alarms.models import AlarmMessage, AlarmTold
from alarms.plan import tell_unsent
from alarms.policy import UNSENT, subject_of
from ringback import secrets
from ringback.config import Settings
from ringback.handover import couriers, services
from ringback.handover.errors import OtherSideAway, RefusesAddress, RefusesUs
from ringback.handover.letter import Letter
from ringback.store import lease
from ringback.store.alarms import clear_alarm, insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.bus import Alarm
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
AWAY_SECONDS = 30.0
TERMS = Terms(
    log,
    waits={OtherSideAway: AWAY_SECONDS, RefusesUs: couriers.REFUSED_SECONDS},
    ended_state="failed",
    ends=(RefusesAddress,),
)


@dataclass
class Courier:
    """A stage of the worker: messages by mail, or those by services, so that a slow one holds up no other."""

    sessions: sessionmaker[Session]
    settings: Settings
    by_mail: bool

    def due(self, session: Session, _full: bool) -> list[str]:
        """Messages that can go now."""
        is_mail = AlarmMessage.address.startswith(f"{MAIL}:")
        return couriers.waiting(session, AlarmMessage, is_mail if self.by_mail else ~is_mail)

    def deliver(self, key: str) -> str | None:
        """One message; its state then, None: it waits, or somebody else has it."""
        return couriers.hand_on(
            self.sessions,
            AlarmMessage,
            key,
            terms=lambda _row: TERMS,
            name=lambda row: f"message to {row.recipient}",
            send=self._send,
            failed=self._failed,
        )

    def _failed(self, row: AlarmMessage) -> None:
        if row.purpose == "alarm":
            with self.sessions() as session, session.begin():
                tell_unsent(session, session.get_one(AlarmMessage, row.id), utcnow())

    def _send(self, held: lease.Lease, row: AlarmMessage) -> str:
        address = all_addresses(self.settings).get((row.recipient, row.address))
        if address is None:
            return self._finish(held, row, "dropped", [])
        with self.sessions() as session:
            told = _told(session, row.id)
        letter = self._letter(row, told)
        if letter is None:
            return self._finish(held, row, "dropped", [])
        if address.is_mail:
            still_here = couriers.still_here(self.sessions, held)
            couriers.by_mail(self.settings, letter, row.id, address.target, still_here)
        else:
            secret = secrets.alarm_secret(self.settings, address.recipient)
            services.send(address.target, secret, letter.subject, letter.body)
        return self._finish(held, row, "sent", told)

    def _letter(self, row: AlarmMessage, told: list[Told]) -> Letter | None:
        """None: all that it was to tell has been erased."""
        recipient = self.settings.alarms.recipients[row.recipient]
        if row.purpose == "test":
            return trial_letter(row.recipient, recipient.language, row.asked_by)
        if not told:
            return None
        page = self.settings.web.public_url
        zone = ZoneInfo(self.settings.timezone)
        return letter_of(told, recipient.language, zone, f"{page.rstrip('/')}/alarms" if page else "")

    def _finish(self, held: lease.Lease, row: AlarmMessage, state: str, told: list[Told]) -> str:
        """The result in one transaction with what the message has told besides what was planned."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            held.release(session, state=state, finished_at=now)
            over = {each.alarm.id for each in told if each.alarm.cleared_at is not None and each.what != "ended"}
            for alarm_id in session.scalars(select(Alarm.id).where(Alarm.id.in_(over))):  # some may be erased by now
                facts = {"recipient": row.recipient, "address": row.address, "what": "ended", "times": 0}
                values = {"id": uuid7(), "alarm_id": alarm_id, "message_id": row.id, "at": now, **facts}
                session.execute(insert_or_leave(AlarmTold).values(**values))
            if state == "sent":
                clear_alarm(session, UNSENT, subject_of(row.recipient, row.address), now)
        return state


def _told(session: Session, message_id: UUID) -> list[Told]:
    """What a message tells, the urgent first."""
    later = aliased(Alarm)
    same = (later.kind == Alarm.kind, later.subject == Alarm.subject, later.id != Alarm.id)
    changed = exists().where(*same, later.raised_at == Alarm.cleared_at).correlate(Alarm)
    rows = session.execute(
        select(Alarm, AlarmTold.what, AlarmTold.times, changed)
        .join(AlarmTold, AlarmTold.alarm_id == Alarm.id)
        .where(AlarmTold.message_id == message_id)
        .order_by(Alarm.raised_at)
    ).tuples()
    found = [Told(alarm, what, times, bool(changed_now)) for alarm, what, times, changed_now in rows]
    return sorted(found, key=lambda each: (each.alarm.cleared_at is not None, each.alarm.level != "red"))
