"""Sends letters with reports: leased work of the worker, one row after another, over the mail server of the alarms.

Whether somebody may see a report, where it goes and in which language is asked when it is sent, not when it was
planned. Who may not, or has no address, gets nothing, and the owner of the schedule is told once. What is still being
counted is waited for, an hour at the most.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from reports.errors import NotCountedYet, ReportError
from reports.exports.table import ReportTable
from reports.goals.service import settle
from reports.models import ReportCounting
from reports.schedules import service
from reports.schedules.letter import TYPES, report_mail, told_mail
from reports.schedules.models import ReportLetter, ReportSchedule
from reports.schedules.policy import check_format
from reports.schedules.recipients import PersonOf, ReportPerson
from reports.slots import start_of
from ringback.config import Settings
from ringback.handover import couriers
from ringback.handover.errors import OtherSideAway, RefusesAddress, RefusesUs
from ringback.handover.letter import Attachment, Letter
from ringback.messages import Message, message, words_of
from ringback.store import lease
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
AWAY_SECONDS = 60.0
COUNTING_SECONDS = 30.0
COUNTED_WITHIN = timedelta(hours=1)
"""After it was due a report goes as it is, and says what is not counted."""
KEPT = timedelta(days=400)
"""How long is remembered what was sent; longer than anything is caught up with."""
TERMS = Terms(
    log,
    waits={OtherSideAway: AWAY_SECONDS, RefusesUs: couriers.REFUSED_SECONDS, NotCountedYet: COUNTING_SECONDS},
    quiet=(NotCountedYet,),
    ended_state="failed",
    ends=(RefusesAddress, ReportError),
)


class TableOf(Protocol):
    """Makes the table of a schedule's view, of these days, for one person. Raises ReportError for what cannot be asked,
    or not by that person."""

    def __call__(
        self,
        session: Session,
        settings: Settings,
        view: Mapping[str, Any],
        title: str,
        days: tuple[date, date],
        who: ReportPerson,
        now: datetime,
    ) -> ReportTable: ...


@dataclass
class ReportPlanner:
    """A stage of the worker: writes the letters that are due, and settles what is over."""

    sessions: sessionmaker[Session]
    settings: Settings
    person_of: PersonOf

    def due(self, session: Session, _full: bool) -> list[str]:
        return ["letters"] if service.is_due(session, self.settings, self.person_of, utcnow()) else []

    def plan(self, _key: str) -> int:
        with self.sessions() as session, session.begin():
            return service.plan(session, self.settings, self.person_of, utcnow())

    def tidy(self) -> None:
        """Forgets old letters; goals whose day is over are settled."""
        with self.sessions() as session, session.begin():
            settle(session, self.settings, utcnow())
            old = delete(ReportLetter).where(ReportLetter.state != "waiting", ReportLetter.created_at < utcnow() - KEPT)
            session.execute(old, execution_options={"synchronize_session": False})


@dataclass
class ReportCourier:
    """A stage of the worker: sends what was planned."""

    sessions: sessionmaker[Session]
    settings: Settings
    person_of: PersonOf
    table_of: TableOf

    def due(self, session: Session, _full: bool) -> list[str]:
        return couriers.waiting(session, ReportLetter)

    def deliver(self, key: str) -> str | None:
        """One letter; its state then, None: it waits, or somebody else has it."""
        return couriers.hand_on(
            self.sessions,
            ReportLetter,
            key,
            terms=lambda _row: TERMS,
            name=lambda row: f"report to {row.name}",
            send=self._send,
            failed=self._failed,
        )

    def _send(self, held: lease.Lease, row: ReportLetter) -> str:
        now = utcnow()
        with self.sessions() as session:
            schedule = session.get(ReportSchedule, row.schedule_id)
            who = self.person_of(session, row.account_id)
            said = _refusal(schedule, row, who)
            mail = None if said or schedule is None or who is None else self._mail(session, schedule, row, who, now)
        if mail is None or who is None:
            return self._refused(held, row, schedule, said)
        couriers.by_mail(self.settings, mail, row.id, who.address, couriers.still_here(self.sessions, held))
        with self.sessions() as session, session.begin():
            held.release(session, state="sent", finished_at=utcnow(), address=who.address)
            _forget_told(session, row)
        return "sent"

    def _mail(
        self, session: Session, schedule: ReportSchedule, row: ReportLetter, who: ReportPerson, now: datetime
    ) -> Letter:
        base = self.settings.web.public_url
        page = f"{base.rstrip('/')}/reports/sending" if base else ""
        if row.purpose == "told":
            return told_mail(schedule.title, row.about or message("reports.mail_why"), language_of(who), page)
        self._wait_until_counted(session, row, now)
        from reports.exports import document, workbook  # they take a second to load, which a start must not wait for

        table = self.table_of(session, self.settings, schedule.view, schedule.title, (row.since, row.until), who, now)
        file_format = check_format(schedule.file_format)
        content = document.as_pdf(table, now) if file_format == "pdf" else workbook.as_xlsx(table)
        days = "-".join(dict.fromkeys((row.since.isoformat(), row.until.isoformat())))
        file = Attachment(f"report-{days}.{file_format}", TYPES[file_format], content)
        return report_mail(table, file, page)

    def _wait_until_counted(self, session: Session, row: ReportLetter, now: datetime) -> None:
        """Raises NotCountedYet."""
        if row.purpose != "scheduled" or now > row.due_at + COUNTED_WITHIN:
            return
        counting = session.get(ReportCounting, 1)
        ends = start_of(row.until + timedelta(days=1), ZoneInfo(self.settings.timezone))
        if counting is None or counting.counted_until is None or counting.counted_until < ends:
            raise NotCountedYet("reports.counting")

    def _refused(
        self, held: lease.Lease, row: ReportLetter, schedule: ReportSchedule | None, said: Message | None
    ) -> str:
        with self.sessions() as session, session.begin():
            held.release(session, state="refused", finished_at=utcnow(), error=said)
            if schedule is not None and said is not None and said.code != PAUSED:
                _tell_owner(session, schedule, row, said)
        return "refused"

    def _failed(self, row: ReportLetter) -> None:
        with self.sessions() as session, session.begin():
            schedule, failed = session.get(ReportSchedule, row.schedule_id), session.get(ReportLetter, row.id)
            if schedule is not None and failed is not None:
                why = failed.error or words_of(ReportError("reports.counting"))
                _tell_owner(session, schedule, row, message("reports.letter_failed", name=row.name, why=why))


PAUSED = "reports.letter_paused"


def language_of(who: ReportPerson) -> str:
    return who.language or "en"


def _refusal(schedule: ReportSchedule | None, row: ReportLetter, who: ReportPerson | None) -> Message | None:
    """Why somebody gets nothing; None: nothing is in the way."""
    if who is None:
        return message("reports.letter_no_account", name=row.name or "–")
    if not who.may_see:
        return message("reports.letter_no_right", name=who.name)
    if not who.address:
        return message("reports.letter_no_address", name=who.name)
    if schedule is not None and schedule.paused_at is not None and row.purpose == "scheduled":
        return message(PAUSED)
    return None


def _tell_owner(session: Session, schedule: ReportSchedule, row: ReportLetter, said: Message) -> None:
    """Once, until the person gets a report again."""
    if row.purpose != "scheduled" or row.account_id == schedule.owner_id:
        return
    values = {
        "id": uuid7(),
        "schedule_id": schedule.id,
        "account_id": schedule.owner_id,
        "name": schedule.owner,
        "purpose": "told",
        "occasion": _told_of(row),
        "since": row.since,
        "until": row.until,
        "due_at": utcnow(),
        "address": "",
        "about": said,
        "state": "waiting",
        "created_at": utcnow(),
        "attempts": 0,
    }
    session.execute(insert_or_leave(ReportLetter).values(**values))


def _forget_told(session: Session, row: ReportLetter) -> None:
    gone = delete(ReportLetter).where(
        ReportLetter.schedule_id == row.schedule_id,
        ReportLetter.purpose == "told",
        ReportLetter.state != "waiting",
        ReportLetter.occasion == _told_of(row),
    )
    session.execute(gone, execution_options={"synchronize_session": False})


def _told_of(row: ReportLetter) -> str:
    return f"told {row.account_id}"
