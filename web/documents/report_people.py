"""Accounts as letters with reports know people: whether they may see figures, of which queues, and where to write."""

import re
import uuid
from collections.abc import Sequence
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from reports.schedules.recipients import ReportPerson
from ringback.config.addresses import HOST
from ringback.messages import Message, message
from web.models import User
from web.policy import may

LONGEST_ADDRESS = 254
ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{HOST}")


def as_person(row: User) -> ReportPerson:
    sees = row.deactivated_at is None and may(row.role, "reports")
    queues = row.queues if row.role == "supervisor" else None  # as web.context.Person.queues
    return ReportPerson(
        id=row.id,
        name=row.name,
        may_see=sees,
        queues=None if queues is None else frozenset(map(str, queues)),
        address=row.email,
        zone=row.timezone,
        language=row.language,
    )


def person_of(session: Session, key: uuid.UUID) -> ReportPerson | None:
    """See `reports.schedules.recipients.PersonOf`: as the row is now, whoever has changed it."""
    row = session.scalars(select(User).where(User.id == key), execution_options={"populate_existing": True}).first()
    return None if row is None else as_person(row)


def readers(session: Session) -> Sequence[ReportPerson]:
    """Everybody who may see reports, by name."""
    people = map(as_person, session.scalars(select(User).order_by(User.name)))
    return [each for each in people if each.may_see]


def address_fault(address: str, zone: str) -> Message | None:
    """Why an account cannot have this address or zone; None: it can. Both may be empty."""
    if address and (len(address) > LONGEST_ADDRESS or not ADDRESS.fullmatch(address)):
        return message("web.no_mail_address", value=address[:80])
    if zone and zone not in available_timezones():
        return message("web.no_zone", value=zone[:80])
    return None
