"""Takes in the promises that the fallback script wrote down while the controller was away.

Each file of the spool becomes a promise and a ticket in one transaction, then the file goes. Killed in
between, the next run finds the request by the file's name and only removes the file: never lost, never doubled.
A number that has an open promise already gets no second one, and one that the dialling rules forbid becomes a
failed promise with a ticket, because the caller was told that somebody would call. A file that is no request is
moved to `rejected/` beside it and never stops the others. Tickets are made by a function that is handed in.
"""

import json
import logging
import os
import re
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from callback.errors import CallbackError
from callback.models import Callback
from callback.policy import number_to_call
from callback.requests import CallbackRequest
from callback.service import promise_given
from ringback.config import Digits, Language, Settings
from ringback.errors import RingbackError
from ringback.messages import Message, in_one_line, message, say, text, words_of
from ringback.store.base import utc

log = logging.getLogger(__name__)

MOST_BYTES = 4096
"""A request has some 200 bytes: a larger file is not ours."""
FILE_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,90}\.json")
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
    trouble: Message | None = None
    """Why the file was rejected or has to wait; None: it was taken in."""


class LeftRequest(BaseModel):
    """One file of the spool, as asterisk-conf/agi-bin/fallback.py writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
    language: Language
    line: Digits
    call_id: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$"),
        Field(validation_alias=AliasChoices("call_id", "linkedid")),  # the old name: files of a version before
    ]
    arrived_at: Moment
    requested_at: Moment


@dataclass(frozen=True)
class _Wiring:
    """What every file needs."""

    sessions: Callable[[], Session]
    open_ticket: OpenTicket
    settings: Settings
    clock: Callable[[], float]


def take_in(
    sessions: Callable[[], Session],
    folder: Path,
    open_ticket: OpenTicket,
    settings: Settings,
    clock: Callable[[], float] = time.time,
) -> list[Intake]:
    """Takes in every request in `folder`, oldest name first; [] when there is none.

    Never raises for a single file: one that is no request is rejected, one that the store cannot take now stays
    for the next run, and the answer says so. Raises CallbackError when the folder itself cannot be read.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _is_request(entry.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CallbackError("callback.spool_unreadable", folder=folder, why=words_of(error)) from error
    wiring = _Wiring(sessions, open_ticket, settings, clock)
    return [_take_in_one(wiring, folder / name) for name in names]


def _is_request(name: str) -> bool:
    """Files being written begin with a dot."""
    return name.endswith(".json") and not name.startswith(".")


def _take_in_one(wiring: _Wiring, path: Path) -> Intake:
    shown = ascii(path.name)
    try:
        request = _read(path)
    except FileNotFoundError:
        return Intake(shown, None)  # another run took it in just now
    except CallbackError as error:
        return _reject(path, error.message)
    except OSError as error:
        return Intake(shown, None, message("callback.file_waits", file=shown, why=words_of(error)))
    try:
        ticket_number = _record(wiring, path.name, request)
        path.unlink(missing_ok=True)
    except (SQLAlchemyError, RingbackError, OSError) as error:
        log.warning("callback %s has to wait: %s", shown, error)
        return Intake(shown, None, message("callback.file_tried_again", file=shown, why=in_one_line(error)))
    return Intake(shown, ticket_number)


def _read(path: Path) -> LeftRequest:
    """What was left in `path`; CallbackError says why it is none."""
    if not FILE_NAME.fullmatch(path.name):
        raise CallbackError("callback.file_name")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise CallbackError("callback.file_link") from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise CallbackError("callback.file_kind")
        data = os.read(descriptor, MOST_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        raise CallbackError("callback.file_long", most=MOST_BYTES)
    try:
        request = LeftRequest.model_validate(json.loads(data))
    except ValidationError as error:
        first = error.errors()[0]
        raise CallbackError(
            "callback.file_field", field=".".join(map(str, first["loc"])) or "JSON", why=text(first["msg"])
        ) from error
    except (ValueError, RecursionError) as error:
        raise CallbackError("callback.file_json") from error
    if number_to_call(request.number, "ZZ") is None:
        raise CallbackError("callback.file_number")
    return request


def _record(wiring: _Wiring, key: str, left: LeftRequest) -> int | None:
    """The promise and the ticket that was opened for it; None: both were there already."""
    now = wiring.clock()
    request = CallbackRequest(
        number=left.number,
        line=left.line,
        source="fallback",
        source_key=key,
        language=left.language,
        arrived_at=left.arrived_at,
        requested_at=left.requested_at,
        call_id=None,  # the controller never saw that call: there is no row of it
    )
    with wiring.sessions() as session, session.begin():
        promised = promise_given(session, wiring.settings, request, now)
        if promised.again:
            return None
        row = session.get_one(Callback, promised.id)
        if row.ticket_number is not None or row.asked_call_id is not None:
            return None  # the promise that was joined has a ticket, or its call gets one
        ticket = wiring.open_ticket(
            session,
            left.number,
            left.language,
            left.line,
            utc(left.arrived_at),
            say("callback.left_subject", {}, left.language),
        )
        row.ticket_number = ticket.number
        return ticket.number


def _reject(path: Path, reason: Message) -> Intake:
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
        log.warning("callback file %s is no callback request (%s) and cannot be moved: %s", shown, reason, error)
        return Intake(shown, None, message("callback.file_stays", file=shown, why=reason, trouble=words_of(error)))
    log.warning("callback file %s is no callback request and was moved to rejected/: %s", shown, reason)
    return Intake(shown, None, message("callback.file_rejected", file=shown, why=reason))
