"""What people are written about what was given to them to hear, and when they are reminded of its day.

Once on the day before, once on the day after, in the morning of the house; the trainer's own reminders are
`library/assignments.py`'s. Names of playlists are what anybody typed: one line, cut.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from letters import service
from letters.colleagues import Colleague
from letters.kinds import LetterKind
from letters.models import ColleagueLetter
from letters.news import LetterNews
from library.models import Assignment, Playlist
from ringback.config import Settings
from ringback.foreign_text import one_line
from ringback.messages import message
from ringback.store.base import utcnow

DAY = "d MMMM y"
MORNING = time(8)
LATE_FOR = timedelta(days=3)
"""Who was not told in this time that a day is over is not told any more."""
LONGEST_TITLE = 60
"""Characters of a playlist's name in a letter."""


def occasion_of(due_at: datetime | None) -> str:
    """Another day is another occasion."""
    return due_at.astimezone(UTC).isoformat() if due_at else ""


def news_of(session: Session, settings: Settings, letter: ColleagueLetter, who: Colleague) -> LetterNews | None:
    """See `letters.news.NewsOf`."""
    row = session.get(Assignment, letter.about)
    if row is None or row.ended_at is not None or row.done_at is not None or row.person != who.name:
        return None
    if letter.kind != "reminder" and letter.occasion != occasion_of(row.due_at):
        return None
    zone, now = ZoneInfo(settings.timezone), utcnow()
    if letter.kind == "due" and (row.due_at is None or row.due_at <= now):
        return None
    title = one_line(session.get_one(Playlist, row.playlist_id).title, LONGEST_TITLE)
    day, said = "", f"{letter.kind}_undated"
    if row.due_at is not None:
        day, said = format_date(row.due_at.astimezone(zone).date(), DAY, who.language), letter.kind
    facts = {"title": title, "by": row.given_by, "day": day}
    return LetterNews(
        message(f"library.subject_{letter.kind}", title=title),
        message(f"library.letter_{said}", **facts),
        f"/library/assignments/{row.id}",
    )


# -- when ------------------------------------------------------------------------------------------------


def due_letters(session: Session, zone: ZoneInfo, now: datetime) -> list[tuple[Assignment, LetterKind]]:
    """Who is to be reminded now of a day, and was not yet. Nobody is on the day before who was written to that day."""
    near = Assignment.due_at > now - LATE_FOR - timedelta(days=2), Assignment.due_at < now + timedelta(days=2)
    open_ = Assignment.ended_at.is_(None), Assignment.done_at.is_(None)
    rows = session.scalars(select(Assignment).where(*near, *open_).order_by(Assignment.id)).all()
    written = service.of_each(session, [row.id for row in rows])
    found: list[tuple[Assignment, LetterKind]] = []
    for row in rows:
        if row.due_at is None:
            continue
        before, after = _morning(row.due_at, zone, -1), _morning(row.due_at, zone, 1)
        letters = written.get(row.id, [])
        same = {each.kind for each in letters if each.occasion == occasion_of(row.due_at)}
        is_new = row.given_at >= before or any(each.created_at >= before for each in letters)
        if before <= now < row.due_at and not is_new:
            found.append((row, "due"))
        if after <= now < after + LATE_FOR and "overdue" not in same:
            found.append((row, "overdue"))
    return found


def _morning(due_at: datetime, zone: ZoneInfo, days: int) -> datetime:
    """So many days after the day that is due, in UTC."""
    day = due_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)


@dataclass
class AssignmentReminders:
    """A stage of the worker: writes the letters that a day brings."""

    sessions: sessionmaker[Session]
    settings: Settings

    def due(self, session: Session, _full: bool) -> list[str]:
        return ["days"] if due_letters(session, ZoneInfo(self.settings.timezone), utcnow()) else []

    def write(self, _key: str) -> int:
        """How many; whoever writes at the same time writes the same."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            found = due_letters(session, ZoneInfo(self.settings.timezone), now)
            return sum(
                service.tell(session, kind, row.person, row.id, now, occasion_of(row.due_at)) for row, kind in found
            )
