"""Reports as the worker has them: what happened is counted within a minute, the past day by day until it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage

COUNT_SECONDS = 30.0
"""Between two looks: what figures are behind at the most, besides the work itself."""


def report_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    from app.worker import Stage
    from reports import counting
    from ringback.store.base import utcnow

    counter = counting.Counter(store, settings)
    return [
        Stage(
            "reports",
            lambda session, _full: ["cells"] if counting.due(session, settings, utcnow()) else [],
            lambda _key: counter.count(),
            poll_seconds=COUNT_SECONDS,
            niceness=5,
            tidy=lambda: counter.sum_months(utcnow()),
        )
    ]
