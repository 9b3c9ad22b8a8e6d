"""Promises to call back: takes in what the fallback script wrote down while the controller was away.

Each file of the spool becomes one row and one ticket in one transaction, then the file goes. Killed in
between, the next run finds the row by the file's name and only removes the file: never lost, never doubled.
A file that is no wish is moved to `rejected/` beside it and never stops the others. Tickets are made by
a function that is handed in; calling people is not done here.
"""

import json
import logging
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import number_to_call
from ringback.config import Digits, Language
from ringback.errors import RingbackError
from ringback.store.base import utc

log = logging.getLogger(__name__)

MOST_BYTES = 4096
"""A wish has some 200 bytes: a larger file is not ours."""
FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,90}\.json")
SUBJECTS = {"en": "Callback asked for while nobody could answer", "ru": "Просьба перезвонить: никто не мог ответить"}
Moment = Annotated[float, Field(gt=1_600_000_000, lt=4_102_444_800, allow_inf_nan=False)]
"""Seconds since the epoch, from 2020 to 2100."""


class Ticketed(Protocol):
    """What opening a ticket gives: something with the ticket's number."""

    @property
    def number(self) -> int: ...


class OpenTicket(Protocol):
    """Opens a ticket for a promised call within `session`'s transaction."""

    def __call__(
        self, session: Session, number: str, language: str, line: str, arrived_at: datetime, subject: str
    ) -> Ticketed: ...


@dataclass(frozen=True)
class Intake:
    """What became of one file of the spool."""

    file: str
    ticket_number: int | None
    """The ticket that was opened now; None: none was."""
    trouble: str | None = None
    """Why the file was rejected or has to wait, in one sentence; None: it was taken in."""


class Wish(BaseModel):
    """One file of the spool, as asterisk-conf/agi-bin/fallback.py writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
    language: Language
    line: Digits
    linkedid: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$")]
    arrived_at: Moment
    requested_at: Moment


def take_in(sessions: Callable[[], Session], folder: Path, open_ticket: OpenTicket) -> list[Intake]:
    """Takes in every wish in `folder`, oldest name first; [] when there is none.

    Never raises for a single file: one that is no wish is rejected, one that the store cannot take now stays
    for the next run, and the answer says so. Raises CallbackError when the folder itself cannot be read.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _is_wish(entry.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CallbackError(f"{folder} cannot be read, so promised calls wait there: {error.strerror}.") from error
    return [_take_in_one(sessions, folder / name, open_ticket) for name in names]


def _is_wish(name: str) -> bool:
    """Files being written begin with a dot."""
    return name.endswith(".json") and not name.startswith(".")


def _take_in_one(sessions: Callable[[], Session], path: Path, open_ticket: OpenTicket) -> Intake:
    shown = ascii(path.name)
    try:
        wish = _read(path)
    except FileNotFoundError:
        return Intake(shown, None)  # another run took it in just now
    except CallbackError as error:
        return _reject(path, str(error))
    except OSError as error:
        return Intake(shown, None, f"{shown} cannot be read and waits: {error.strerror}.")
    try:
        ticket_number = _record(sessions, path.name, wish, open_ticket)
        path.unlink(missing_ok=True)
    except (SQLAlchemyError, RingbackError, OSError) as error:
        log.warning("callback %s has to wait: %s", shown, error)
        return Intake(shown, None, f"{shown} has to wait, it is tried again: {error}")
    return Intake(shown, ticket_number)


def _read(path: Path) -> Wish:
    """The wish in `path`; CallbackError says why it is none."""
    if not FILE_NAME.fullmatch(path.name):
        raise CallbackError("its name is not one of ours")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise CallbackError("it is a link") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CallbackError("it is not a plain file")
        data = os.read(descriptor, MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        raise CallbackError(f"it is longer than {MOST_BYTES} bytes")
    try:
        wish = Wish.model_validate(json.loads(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise CallbackError(f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise CallbackError("it is not JSON") from error
    if number_to_call(wish.number, "ZZ") is None:
        raise CallbackError("number: not one that we call")
    return wish


def _record(sessions: Callable[[], Session], key: str, wish: Wish, open_ticket: OpenTicket) -> int | None:
    """One row and its ticket; None: they were there already."""
    known = select(Callback.id).where(Callback.source_key == key)
    try:
        with sessions() as session, session.begin():
            if session.scalar(known) is not None:
                return None
            row = Callback(
                source="fallback",
                source_key=key,
                number=wish.number,
                language=wish.language,
                line=wish.line,
                arrived_at=utc(wish.arrived_at),
                requested_at=utc(wish.requested_at),
            )
            session.add(row)
            session.flush()  # the unique key stops a second run before it opens a ticket
            subject = SUBJECTS[wish.language]
            ticket = open_ticket(session, wish.number, wish.language, wish.line, row.arrived_at, subject)
            row.ticket_number = ticket.number
            return ticket.number
    except IntegrityError:
        with sessions() as session:
            if session.scalar(known) is None:
                raise
        return None


def _reject(path: Path, reason: str) -> Intake:
    """Moves `path` out of the way, under a free name, for a person to look at."""
    shown = ascii(path.name)
    folder = path.parent / "rejected"
    try:
        folder.mkdir(exist_ok=True)
        target, count = folder / path.name, 1
        while target.is_symlink() or target.exists():
            target, count = folder / f"{path.stem}-{count}.json", count + 1
        path.rename(target)
    except OSError as error:
        log.warning("callback file %s is no wish (%s) and cannot be moved: %s", shown, reason, error)
        return Intake(shown, None, f"{shown} is no wish ({reason}) and cannot be moved away: {error.strerror}.")
    log.warning("callback file %s is no wish and was moved to rejected/: %s", shown, reason)
    return Intake(shown, None, f"{shown} is no wish and was moved to rejected/: {reason}.")
