"""Reports as the worker has them: what happened is counted within a minute, the past day by day until it is;
reports are sent by mail, goals settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage

COUNT_SECONDS = 30.0
"""Between two looks: what figures are behind at the most, besides the work itself."""
PLAN_SECONDS = 20.0
"""A letter is due to the minute."""


def report_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    from app.worker import Stage
    from reports import counting
    from ringback.store.base import utcnow

    counter = counting.Counter(store, settings)
    return [
        Stage(
            "reports",
            lambda session, _full: [scope] if (scope := counter.look(session, utcnow())) else [],
            lambda scope: (
                counter.count(scope=counting.CountingScope(scope)) or None
            ),  # what happens meanwhile is counted with the next look
            poll_seconds=COUNT_SECONDS,
            niceness=5,
            tidy=lambda: counter.sum_months(utcnow()),
        ),
        *_sending_stages(settings, store),
    ]


def _sending_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """Who may see what, and what it is called, is the pages'; so is the table that becomes a file."""
    from app.worker import RARELY_SECONDS, Stage
    from reports.schedules.sending import ReportCourier, ReportPlanner
    from web.documents.report_people import person_of
    from web.documents.report_tables import scheduled_table

    planner = ReportPlanner(store, settings, person_of)
    courier = ReportCourier(store, settings, person_of, scheduled_table)
    return [
        Stage(
            "report plan",
            planner.due,
            planner.plan,
            poll_seconds=PLAN_SECONDS,
            niceness=5,
            tidy=planner.tidy,
            wakes=frozenset({"report mail"}),
        ),
        Stage("report mail", courier.due, courier.deliver, poll_seconds=RARELY_SECONDS, niceness=5),
    ]
