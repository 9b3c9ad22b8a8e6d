"""Who a report is sent to, as this room knows people: what accounts there are and what they may see is the pages'."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from reports.schedules.models import ReportSchedule


@dataclass(frozen=True, slots=True)
class ReportPerson:
    """An account, as it is now."""

    id: uuid.UUID
    name: str
    may_see: bool
    """Whether it is in use and may see reports at all."""
    queues: frozenset[str] | None
    """Which it may see; None: all."""
    address: str
    """Empty: none is known."""
    zone: str
    """Empty: that of the house."""
    language: str
    """Empty: nobody has said."""


PersonOf = Callable[[Session, uuid.UUID], ReportPerson | None]
"""By its id; None: there is no such account any more."""


def ids_of(schedule: ReportSchedule) -> list[uuid.UUID]:
    return [uuid.UUID(each) for each in schedule.recipients]
