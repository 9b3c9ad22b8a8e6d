"""Letters to colleagues as the worker has them: what a day brings is written, what waits is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringback.config import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from app.worker import Stage
    from letters.kinds import LetterKind
    from letters.news import NewsOf

DAYS_SECONDS = 60.0
"""Between two looks whether a morning has come."""


def news_of_rooms() -> dict[LetterKind, NewsOf]:
    """Who says what a letter of each kind tells."""
    from library import letters as library
    from scoring import letters as scoring

    return {
        "assigned": library.news_of,
        "reminder": library.news_of,
        "due": library.news_of,
        "overdue": library.news_of,
        "scored": scoring.news_of,
        "disputed": scoring.news_of,
        "answered": scoring.news_of,
    }


def letter_stages(settings: Settings, store: sessionmaker[Session]) -> list[Stage]:
    """Which accounts there are is the pages'."""
    from app.worker import RARELY_SECONDS, Stage
    from letters.sending import ColleagueCourier
    from library.letters import AssignmentReminders
    from web.documents.colleagues import colleague_of

    reminders = AssignmentReminders(store, settings)
    courier = ColleagueCourier(store, settings, colleague_of, news_of_rooms())
    return [
        Stage(
            "letter days",
            reminders.due,
            reminders.write,
            poll_seconds=DAYS_SECONDS,
            niceness=5,
            wakes=frozenset({"letters"}),
        ),
        Stage("letters", courier.due, courier.deliver, tidy=courier.tidy, poll_seconds=RARELY_SECONDS, niceness=5),
    ]
