"""Letters as other rooms write and read them. Works in the caller's transaction."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from letters.kinds import LetterKind
from letters.models import ColleagueLetter
from ringback.store.alarms import clear_alarm, insert_or_leave
from ringback.store.base import uuid7
from ringback.store.erasing import quietly

UNSENT = "letter.unsent"
"""The kind of alarm that says that letters do not arrive; its subject is the person, or SERVER."""
SERVER = "mail server"
"""No account is called so: names have no spaces."""


def tell(session: Session, kind: LetterKind, person: str, about: UUID, at: datetime, occasion: str = "") -> bool:
    """Writes a letter, which goes once what it tells of is committed. False: it was written before."""
    values = {
        "id": uuid7(),
        "kind": kind,
        "person": person,
        "about": about,
        "occasion": occasion,
        "state": "waiting",
        "created_at": at,
        "attempts": 0,
    }
    return bool(quietly(session, insert_or_leave(ColleagueLetter).values(**values)).rowcount)


def forget(session: Session, person: str, at: datetime) -> None:
    """Nobody is called so any more: what waits is not sent to whoever is called so next."""
    quietly(session, delete(ColleagueLetter).where(ColleagueLetter.person == person))
    clear_alarm(session, UNSENT, person, at)


def of_each(session: Session, about: Collection[UUID]) -> dict[UUID, list[ColleagueLetter]]:
    """By what they tell of, the oldest first."""
    query = select(ColleagueLetter).where(ColleagueLetter.about.in_(list(about))).order_by(ColleagueLetter.id)
    found: dict[UUID, list[ColleagueLetter]] = {}
    for row in session.scalars(query):
        found.setdefault(row.about, []).append(row)
    return found
