"""Hands messages over: leased work of the worker, one row after another, mail and services side by side.

A message says how its alarms are when it goes, not when it was planned: one that waited for a server for hours tells
what is over by now. It is taken for sent when the other side has taken it; a worker that is killed in between sends it
again with the same Message-ID, by which most mailboxes know it (docs/adr/0038).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from alarms.addresses import MAIL, AlarmAddress, all_addresses
from alarms.letters import Letter, Told, letter_of, trial_letter
from alarms.models import AlarmMessage, AlarmTold
from alarms.plan import tell_unsent
from alarms.policy import UNSENT, subject_of
from ringback import secrets
from ringback.config import Settings
from ringback.handover import services, smtp
from ringback.handover.errors import OtherSideAway, RefusesAddress, RefusesUs
from ringback.store import lease, leased
from ringback.store.alarms import clear_alarm, insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.bus import Alarm
from ringback.store.engine import STORE_FAULTS
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
AWAY_SECONDS = 30.0
REFUSED_SECONDS = 300.0
"""Until a server that refuses our password is asked again."""
TERMS = Terms(
    log,
    waits={OtherSideAway: AWAY_SECONDS, RefusesUs: REFUSED_SECONDS},
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
        waiting = select(AlarmMessage).where(AlarmMessage.state == "waiting", is_mail if self.by_mail else ~is_mail)
        rows = session.scalars(waiting.order_by(AlarmMessage.id)).all()
        now = utcnow()
        return [str(row.id) for row in rows if lease.is_free(row, now) or leased.is_over(row)]

    def deliver(self, key: str) -> str | None:
        """One message; its state then, None: it waits, or somebody else has it."""
        with self.sessions() as session, session.begin():
            row = session.get(AlarmMessage, UUID(key))
            held = None if row is None or row.state != "waiting" else leased.take(session, row, TERMS)
        if row is None or held is None:
            return None
        mine = held
        state = leased.work_on(self.sessions, mine, f"message to {row.recipient}", TERMS, lambda: self._send(mine, row))
        if state == "failed":
            with self.sessions() as session, session.begin():
                failed = session.get_one(AlarmMessage, row.id)
                if failed.purpose == "alarm":
                    tell_unsent(session, failed, utcnow())
        return state

    def _send(self, held: lease.Lease, row: AlarmMessage) -> str:
        address = all_addresses(self.settings).get((row.recipient, row.address))
        if address is None:
            return self._finish(held, row, "dropped", [])
        now = utcnow()
        with self.sessions() as session:
            told = _told(session, row.id)
        letter = self._letter(row, told)
        if letter is None:
            return self._finish(held, row, "dropped", [])
        self._hand_over(address, letter, row, self._still_here(held), now)
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

    def _hand_over(
        self, address: AlarmAddress, letter: Letter, row: AlarmMessage, still_here: Callable[[], None], now: datetime
    ) -> None:
        server = self.settings.alarms.mail
        if not address.is_mail:
            secret = secrets.alarm_secret(self.settings, address.recipient)
            services.send(address.target, secret, letter.subject, letter.body)
        elif server is None:
            raise RefusesUs("alarms.no_mail_server")
        else:
            mail = letter.as_mail(row.id, server.sender, address.target, now)
            smtp.send(server, secrets.smtp_password(self.settings), mail, address.target, still_here)

    def _still_here(self, held: lease.Lease) -> Callable[[], None]:
        tick = leased.renewing(self.sessions, held)

        def renew() -> None:
            try:
                tick()
            except STORE_FAULTS:
                log.warning("the lease of a message could not be renewed; it has some time left")

        return renew

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
