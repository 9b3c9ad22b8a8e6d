"""The draft of the settings: one text that several people may write at, none of whom loses what another wrote."""

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from publishing.errors import DraftTaken
from publishing.models import SettingsDraft
from publishing.passwords import hide

ONLY = 1


def draft(session: Session) -> SettingsDraft | None:
    """None: nobody works at one."""
    return session.get(SettingsDraft, ONLY, populate_existing=True)


def save(session: Session, text: str, revision: int, base: int, by: str) -> None:
    """`revision`: the one that was read; 0: there was none. Raises DraftTaken where somebody else was quicker."""
    row = SettingsDraft(text=hide(text), revision=revision + 1, base=base, by=by)
    if revision == 0:
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            raise _taken(session) from None
        return
    values = {"text": row.text, "revision": row.revision, "base": base, "by": by, "at": row.at}
    mine = update(SettingsDraft).where(SettingsDraft.id == ONLY, SettingsDraft.revision == revision)
    if session.scalar(mine.values(values).returning(SettingsDraft.id)) is None:
        raise _taken(session)


def drop(session: Session, revision: int) -> None:
    """The draft goes. Raises DraftTaken where it has been saved since."""
    mine = delete(SettingsDraft).where(SettingsDraft.id == ONLY, SettingsDraft.revision == revision)
    if session.scalar(mine.returning(SettingsDraft.id)) is None and draft(session) is not None:
        raise _taken(session)


def _taken(session: Session) -> DraftTaken:
    found = draft(session)
    return DraftTaken(by=found.by if found is not None else "")
