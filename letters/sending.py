"""Sends letters to colleagues: leased work of the worker, one row after another, over the mail server of the alarms.

Where a letter goes, in which language, and what it says is asked when it is sent: what was taken back, done or answered
by then is not told of. How rows are claimed and handed over is `ringback/handover/couriers.py`'s.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from letters.colleagues import ColleagueOf
from letters.kinds import LetterKind
from letters.models import ColleagueLetter
from letters.news import LetterNews, NewsOf
from letters.policy import GIVEN_UP, hindrance, pause
from letters.service import SERVER, UNSENT
from ringback.config import Settings
from ringback.handover import couriers
from ringback.handover.errors import HandoverError, OtherSideAway, RefusesAddress, RefusesUs
from ringback.handover.letter import Letter, subject_of
from ringback.messages import Message, message
from ringback.store.alarms import clear_alarm, raise_alarm
from ringback.store.base import utcnow
from ringback.store.erasing import quietly
from ringback.store.lease import Lease
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
KEPT = timedelta(days=400)
"""How long is remembered what was sent."""
TERMS = Terms(log, ended_state="failed", ends=(RefusesAddress,))


@dataclass
class ColleagueCourier:
    """A stage of the worker."""

    sessions: sessionmaker[Session]
    settings: Settings
    colleague_of: ColleagueOf
    news_of: Mapping[LetterKind, NewsOf]
    """Of the rooms that write letters."""

    def due(self, session: Session, _full: bool) -> list[str]:
        return couriers.waiting(session, ColleagueLetter)

    def deliver(self, key: str) -> str | None:
        """One letter; its state then, None: it waits, or somebody else has it."""
        return couriers.hand_on(
            self.sessions,
            ColleagueLetter,
            key,
            terms=_terms,
            name=lambda row: f"letter to {row.person}",
            send=self._send,
            failed=self._failed,
        )

    def tidy(self) -> None:
        """Forgets old letters."""
        old = ColleagueLetter.state != "waiting", ColleagueLetter.created_at < utcnow() - KEPT
        with self.sessions() as session, session.begin():
            quietly(session, delete(ColleagueLetter).where(*old))

    def _send(self, held: Lease, row: ColleagueLetter) -> str:
        kind = cast("LetterKind", row.kind)
        with self.sessions() as session:
            who = self.colleague_of(session, row.person)
            news = None if who is None else self.news_of[kind](session, self.settings, row, who)
        if who is None or news is None:
            return self._finish(held, row, "dropped")
        why = hindrance(self.settings.alarms.mail is not None, who, kind)
        if why is not None:
            return self._finish(held, row, "unsent", why)
        letter = letter_of(news, who.language, self.settings.web.public_url or "")
        couriers.by_mail(self.settings, letter, row.id, who.address, couriers.still_here(self.sessions, held))
        return self._finish(held, row, "sent")

    def _finish(self, held: Lease, row: ColleagueLetter, state: str, why: Message | None = None) -> str:
        now = utcnow()
        with self.sessions() as session, session.begin():
            held.release(session, state=state, finished_at=now, error=why)
            if state == "sent":
                clear_alarm(session, UNSENT, row.person, now)
                clear_alarm(session, UNSENT, SERVER, now)
        return state

    def _failed(self, row: ColleagueLetter) -> None:
        """Said once of a person whose address is refused, and once of a server that takes nothing for days."""
        now = utcnow()
        with self.sessions() as session, session.begin():
            why = session.get_one(ColleagueLetter, row.id).error
            if now - row.created_at > GIVEN_UP:
                said, subject = message("letters.given_up", days=GIVEN_UP.days, why=why), SERVER
            else:
                said, subject = message("letters.refused", name=row.person, why=why), row.person
            raise_alarm(session, UNSENT, subject, said, "yellow", now)


def letter_of(news: LetterNews, language: str, public_url: str) -> Letter:
    """Short, with a link to the page, and where to say that one wants no more of them."""
    base = public_url.rstrip("/")
    if base:
        last = message("letters.where", page=f"{base}{news.page}", mail=f"{base}/mail")
    else:
        last = message("letters.where_pages")
    body = f"{news.said.worded(language)}\n\n{last.worded(language)}\n"
    return Letter(subject_of(news.subject.worded(language).removesuffix(".")), body)


def _terms(row: ColleagueLetter) -> Terms:
    age = utcnow() - row.created_at
    if age > GIVEN_UP:
        return replace(TERMS, ends=(HandoverError,))
    rest = pause(age).total_seconds()
    return replace(TERMS, waits={OtherSideAway: rest, RefusesUs: max(rest, couriers.REFUSED_SECONDS)})
