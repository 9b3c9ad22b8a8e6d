"""Versions of the settings as rows: which there were, which are kept, which part of Ringback works with which."""

import hashlib
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, Table, delete, func, select, update
from sqlalchemy.orm import Session

from calls.models import Call
from publishing.models import SettingsTaken, SettingsVersion, Source
from publishing.passwords import hide
from ringback.messages import Message
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow

KEPT = 50
"""Versions that can be shown and gone back to; besides them the one in force, and those that live calls began with."""
ASTERISK = "asterisk"
"""The part that is no process of ours."""

_taken = cast("Table", SettingsTaken.__table__)


def versions(session: Session) -> Sequence[SettingsVersion]:
    """All that are kept, newest first."""
    newest = SettingsVersion.number.desc()
    return session.scalars(select(SettingsVersion).where(SettingsVersion.state == "published").order_by(newest)).all()


def version(session: Session, number: int) -> SettingsVersion | None:
    """None: there is none, or it is not kept any more."""
    return session.get(SettingsVersion, number)


def begin(
    session: Session, text: str, by: str, why: str, source: Source, rolls_back_to: int | None = None
) -> SettingsVersion:
    """The row of a version that is about to be put in force."""
    newest = session.scalar(select(func.max(SettingsVersion.number))) or 0
    shown = hide(text)
    digest = hashlib.sha256(shown.encode()).hexdigest()
    row = SettingsVersion(
        number=newest + 1, text=shown, digest=digest, by=by, why=why, source=source, rolls_back_to=rolls_back_to
    )
    session.add(row)
    session.flush()
    return row


def settle(session: Session, in_force: int) -> None:
    """Whoever published was killed in the middle: what the copy names is in force, the others never were."""
    unfinished = SettingsVersion.state == "publishing"
    ours = SettingsVersion.number == in_force
    session.execute(update(SettingsVersion).where(unfinished, ours).values(state="published"))
    session.execute(delete(SettingsVersion).where(unfinished, ~ours))


def tidy(session: Session, in_force: int) -> None:
    """Old versions go."""
    numbers = session.scalars(select(SettingsVersion.number).order_by(SettingsVersion.number.desc())).all()
    began_with = Call.snapshot["version"].as_integer()
    live = set(session.scalars(select(began_with).where(Call.snapshot.is_not(None)).distinct()))
    old = [number for number in numbers[KEPT:] if number != in_force and number not in live]
    if old:
        session.execute(delete(SettingsVersion).where(SettingsVersion.number.in_(old)))


def parts(session: Session) -> dict[str, SettingsTaken]:
    """What each part works with, by its name."""
    return {row.part: row for row in session.scalars(select(SettingsTaken))}


def note_taken(executor: Session | Connection, part: str, number: int, trouble: Message | None = None) -> None:
    """A part works with this version from now on; `trouble`: why not with the next one."""
    values = {"number": number, "at": utcnow(), "trouble": trouble}
    known = update(_taken).where(_taken.c.part == part).values(values).returning(_taken.c.part)
    if executor.execute(known).first() is None:
        executor.execute(insert_or_leave(_taken), {"part": part, **values})
