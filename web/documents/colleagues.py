"""Accounts as letters to colleagues know them: where to write, in which language, and what is not wanted."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from letters.colleagues import Colleague
from web.models import User
from web.policy import may


def colleague_of(session: Session, name: str) -> Colleague | None:
    """See `letters.colleagues.ColleagueOf`: as the row is now, whoever has changed it."""
    return colleagues(session, [name]).get(name)


def colleagues(session: Session, names: Collection[str]) -> dict[str, Colleague]:
    """By name; those whose accounts are in use."""
    query = select(User).where(User.name.in_(list(names)), User.deactivated_at.is_(None))
    return {
        row.name: Colleague(
            name=row.name,
            address=row.email,
            language=row.language or "en",
            trains=may(row.role, "train"),
            unwanted=frozenset(map(str, row.unwanted_mail)),
        )
        for row in session.scalars(query, execution_options={"populate_existing": True})
    }
