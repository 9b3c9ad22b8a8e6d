"""What erasing asks of every room: which tables hold what of a person, and one function that takes it away.

A room has `erasing.py` with `ROOM`, a `Room`: its tables, each with what erasing does to it (or why there is nothing
personal in it), `erase` for the rows, and, where the room has files, `files` to name them and `remove` to delete one.
`app/erasing_rooms.py` puts the rooms together; when, for whom and what is written on the certificate is
`retention/erasure.py`'s. This module imports no room.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, delete, or_
from sqlalchemy.orm import Session

from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.store.bus import Alarm, Request
from ringback.store.dead_letters import Failure

ERASED = "erased"
"""What stands where a number or a name was, and the state of a recording or a transcript whose content is gone."""


class ErasingWaits(RingbackError):
    """A room cannot let go of its rows or files just now; the erasure is tried again soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is to go. `erase` must do exactly this much, and nothing the second time."""

    call_ids: tuple[str, ...] = ()
    """Calls whose content goes: sound, text, clips, survey voice, and what tickets quote of them."""
    person: bool = False
    """Also whatever tells who the caller of these calls was: number, name, what people wrote down about them.

    False: the calls' time is up, or one call's content is erased; times, ways and results stay with the number."""
    numbers: tuple[str, ...] = ()
    """The person's number in every spelling that is stored, once all of `call_ids` are done; else empty."""
    addresses: tuple[str, ...] = ()
    """The person's email addresses and ids in messengers, together with `numbers`; none that others have, too."""
    contacts: tuple[UUID, ...] = ()
    """The person's contact rows, together with `numbers`; also those that were merged into the person."""
    kept: tuple[str, ...] = ()
    """Calls of the person that stay as they are, and with them whatever belongs to them."""


@dataclass(frozen=True, slots=True)
class Removed:
    """One line of the certificate."""

    kind: str
    """What it was, one of the words that pages translate: see `web.labels`, kind "removed"."""
    count: int
    """Rows or files that lost their content now; lines with 0 are left out."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """A file that goes once the rows are gone: written down first, so that a killed worker forgets none."""

    kind: str
    """As `Removed.kind`: sound, waveform, raw sound, ..."""
    name: str
    """As the room's `remove` takes it, e.g. relative to the recordings folder."""
    sha256: str | None = None
    """As the row knew it; None: `remove` tells."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room's part in erasing."""

    name: str
    erased: dict[str, str]
    """Table -> what erasing does to its rows, in a few words."""
    harmless: dict[str, str]
    """Table -> why nothing in it tells anything about a caller."""
    erase: Callable[[Session, Settings, Scope], list[Removed]]
    """Takes the content out of the rows, in the caller's transaction. May be run again, and may be rolled back.

    Raises ErasingWaits."""
    files: Callable[[Session, Settings, Scope], list[Doomed]] = field(default=lambda _session, _settings, _scope: [])
    """The files that go with the same scope; asked before `erase`, in the same transaction."""
    remove: Callable[[Settings, str], str | None] | None = None
    """Deletes one file of `files` with all its copies; its sha256, None: it was not there. Raises OSError: later."""
    scrub: Callable[[Session], None] | None = None
    """Makes an index forget deleted words that the store itself would keep (full-text); run once at the end."""


def quietly(session: Session, statement: Any) -> Any:
    """Executes an UPDATE or DELETE past the rows that the session has loaded."""
    return session.execute(statement, execution_options={"synchronize_session": False})


def changed(kind: str, result: Any) -> list[Removed]:
    """The line for an UPDATE or DELETE that was executed; none where it found nothing."""
    return [Removed(kind, result.rowcount)] if result.rowcount else []


# -- the store's own tables ------------------------------------------------------------------------------


def _erase_bus(session: Session, _settings: Settings, scope: Scope) -> list[Removed]:
    """Alarms and requests tell numbers in sentences and arguments; failed work is named by calls."""
    removed = []
    if scope.call_ids:
        removed += changed("failed work", quietly(session, delete(Failure).where(Failure.key.in_(scope.call_ids))))
    if scope.person and (told_by := (*scope.numbers, *scope.addresses)):
        told = or_(*(cast(Alarm.args, String).contains(each, autoescape=True) for each in told_by))
        said = or_(*(Alarm.text.contains(each, autoescape=True) for each in told_by))
        removed += changed("alarm", quietly(session, delete(Alarm).where(or_(told, said))))
        asked = or_(*(cast(Request.args, String).contains(each, autoescape=True) for each in told_by))
        named = or_(asked, Request.subject.in_(told_by))
        removed += changed("request", quietly(session, delete(Request).where(named, Request.done_at.is_not(None))))
    return removed


ROOM = Room(
    name="store",
    erased={
        "alarm": "those that tell the person's number are deleted",
        "request": "answered ones that tell the person's number are deleted",
        "work_failure": "what failed with a call that is erased is forgotten",
    },
    harmless={
        "agent_state": "where our own people are now",
        "process": "signs of life of our own processes",
        "wait_told": "how long a call waited and what it was told",
        "line_memory": "waits of past weeks; places of callers cut off, with numbers, for a minute at most",
    },
    erase=_erase_bus,
)
