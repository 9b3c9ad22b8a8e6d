"""Schedules as others use them: making, changing, pausing, asking for one now, and planning what is due."""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from reports.errors import ReportError
from reports.exports.table import one_line
from reports.schedules.models import ReportLetter, ReportSchedule
from reports.schedules.policy import (
    CATCH_UP,
    LONGEST_TITLE,
    MOST_RECIPIENTS,
    Rhythm,
    check_format,
    days_of,
)
from reports.schedules.recipients import PersonOf, ReportPerson, ids_of
from ringback.config import Settings
from ringback.store.alarms import insert_or_leave
from ringback.store.base import uuid7

log = logging.getLogger(__name__)

MOST_SCHEDULES = 200
SHOWN = 100
"""Letters, the latest, that the page shows."""


def save(
    session: Session,
    row: ReportSchedule | None,
    title: str,
    view: dict[str, Any],
    rhythm: Rhythm,
    file_format: str,
    recipients: Sequence[ReportPerson],
    owner: ReportPerson,
    now: datetime,
) -> ReportSchedule:
    """Makes or changes one; from then on it is due. `view`: as the row has it, tried by the caller. The caller commits.
    Raises ReportError."""
    named = one_line(title)
    if not 1 <= len(named) <= LONGEST_TITLE:
        raise ReportError("reports.schedule_title", count=LONGEST_TITLE)
    if not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise ReportError("reports.schedule_recipients", count=MOST_RECIPIENTS)
    for each in recipients:
        check_recipient(each)
    rhythm.checked()
    values: dict[str, Any] = {
        "title": named,
        "view": view,
        "recipients": [str(key) for key in dict.fromkeys(each.id for each in recipients)],
        "every": rhythm.every,
        "weekday": rhythm.weekday,
        "day": rhythm.day,
        "at": rhythm.at,
        "file_format": check_format(file_format),
        "since": now,
    }
    if row is None:
        if len(session.scalars(select(ReportSchedule.id)).all()) >= MOST_SCHEDULES:
            raise ReportError("reports.schedule_too_many", count=MOST_SCHEDULES)
        row = ReportSchedule(owner_id=owner.id, owner=owner.name, created_at=now, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    return row


def check_recipient(who: ReportPerson) -> None:
    """Raises ReportError for somebody who cannot be sent a report."""
    if not who.may_see:
        raise ReportError("reports.letter_no_right", name=who.name)
    if not who.address:
        raise ReportError("reports.letter_no_address", name=who.name)


def pause(row: ReportSchedule, now: datetime, *, resume: bool) -> None:
    """What was due meanwhile is not sent. The caller commits."""
    if resume:
        row.paused_at, row.since = None, now
    elif row.paused_at is None:
        row.paused_at = now


def remove(session: Session, row: ReportSchedule) -> None:
    """With what it sent. The caller commits."""
    session.execute(delete(ReportLetter).where(ReportLetter.schedule_id == row.id))
    session.delete(row)


def send_now(session: Session, row: ReportSchedule, who: ReportPerson, house: ZoneInfo, now: datetime) -> uuid.UUID:
    """Writes one to who asks, of the days that would be due now; one that still waits is not doubled. The caller
    commits. Raises ReportError."""
    check_recipient(who)
    waits = select(ReportLetter.id).where(
        ReportLetter.schedule_id == row.id,
        ReportLetter.account_id == who.id,
        ReportLetter.purpose == "now",
        ReportLetter.state == "waiting",
    )
    if (there := session.scalars(waits).first()) is not None:
        return there
    since, until = days_of(row.every, now, house)  # type: ignore[arg-type]
    letter = ReportLetter(
        schedule_id=row.id,
        account_id=who.id,
        name=who.name,
        purpose="now",
        occasion=f"now {uuid7()}",
        since=since,
        until=until,
        due_at=now,
    )
    session.add(letter)
    session.flush()
    return letter.id


def schedules(session: Session) -> Sequence[ReportSchedule]:
    return session.scalars(select(ReportSchedule).order_by(ReportSchedule.title, ReportSchedule.id)).all()


def letters(session: Session, schedule_id: uuid.UUID | None = None) -> Sequence[ReportLetter]:
    """The latest first."""
    query = select(ReportLetter).order_by(ReportLetter.id.desc()).limit(SHOWN)
    return session.scalars(query if schedule_id is None else query.where(ReportLetter.schedule_id == schedule_id)).all()


# -- planning --------------------------------------------------------------------------------------------


def plan(session: Session, settings: Settings, person_of: PersonOf, now: datetime) -> int:
    """Writes every letter that is due and not there; how many. Whoever plans at the same time writes the same. The
    caller commits."""
    count = 0
    for row in schedules(session):
        if row.paused_at is None:
            count += sum(_plan(session, settings, row, key, person_of, now) for key in ids_of(row))
    return count


def is_due(session: Session, settings: Settings, person_of: PersonOf, now: datetime) -> bool:
    """Whether `plan` would find anything to write."""
    for row in schedules(session):
        if row.paused_at is None:
            for key in ids_of(row):
                zone = zone_of(person_of(session, key), settings)
                due = {day.isoformat() for day, _ in _occasions(row, zone, now)}
                if due and due - _there(session, row, key, due):
                    return True
    return False


def _plan(
    session: Session, settings: Settings, row: ReportSchedule, key: uuid.UUID, person_of: PersonOf, now: datetime
) -> int:
    who, house = person_of(session, key), ZoneInfo(settings.timezone)
    count = 0
    for day, moment in _occasions(row, zone_of(who, settings), now):
        since, until = days_of(row.every, moment, house)  # type: ignore[arg-type]
        values = {
            "id": uuid7(),
            "schedule_id": row.id,
            "account_id": key,
            "name": "" if who is None else who.name,
            "purpose": "scheduled",
            "occasion": day.isoformat(),
            "since": since,
            "until": until,
            "due_at": moment,
            "address": "",
            "state": "waiting",
            "created_at": now,
            "attempts": 0,
        }
        done = session.execute(insert_or_leave(ReportLetter).values(**values))
        count += done.rowcount  # type: ignore[attr-defined]
    return count


def _occasions(row: ReportSchedule, zone: ZoneInfo, now: datetime):  # type: ignore[no-untyped-def]
    rhythm = Rhythm(row.every, row.at, row.weekday, row.day)  # type: ignore[arg-type]
    return rhythm.occasions(max(row.since, now - CATCH_UP), now, zone)


def _there(session: Session, row: ReportSchedule, key: uuid.UUID, due: set[str]) -> set[str]:
    query = select(ReportLetter.occasion).where(
        ReportLetter.schedule_id == row.id, ReportLetter.account_id == key, ReportLetter.occasion.in_(due)
    )
    return set(session.scalars(query))


def zone_of(who: ReportPerson | None, settings: Settings) -> ZoneInfo:
    """The person's own, else that of the house; also where the machine does not know it any more."""
    if who is not None and who.zone:
        try:
            return ZoneInfo(who.zone)
        except (OSError, ValueError) as error:
            log.warning("the zone %r of %s is not known here: %s", who.zone, who.name, error)
    return ZoneInfo(settings.timezone)
