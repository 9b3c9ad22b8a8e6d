"""`ringback people`: who may sign in, and a new password for somebody who has lost theirs, on the machine itself.

Whoever may run it can read the database anyway; that it was done stands in `<data>/log/people.log` and in the system's
log, where the pages cannot take it away.
"""

import logging
import os
import pwd
import syslog
from logging.handlers import RotatingFileHandler
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import delete, select

from app.opened import opened
from app.terminal import cell
from ringback.config import Settings
from ringback.errors import RingbackError
from web import service
from web.models import SignInFailure, User

LOG_BYTES = 1_000_000
"""Of the log before it is put aside; three older ones are kept."""


class NoSuchPerson(RingbackError):
    """Nobody of that name may sign in."""


def listed(settings: Settings) -> list[dict[str, Any]]:
    """Everybody, by name. Raises UnreadableStore."""
    with opened(settings) as session:
        return [
            {"name": user.name, "role": user.role, "language": user.language, "created_at": user.created_at}
            for user in service.people(session)
        ]


def show(rows: list[dict[str, Any]]) -> None:
    """A line for each."""
    table = Table("name", "role", "since (UTC)")
    for row in rows:
        table.add_row(cell(row["name"]), row["role"], f"{row['created_at']:%Y-%m-%d %H:%M}")
    Console().print(table if rows else "Nobody yet: the first start makes the account admin.")


def reset(settings: Settings, name: str) -> str:
    """A new password for somebody, who is signed out everywhere and need not wait for earlier wrong tries.

    Raises NoSuchPerson, UnreadableStore.
    """
    name = service.normal_name(name)
    with opened(settings) as session:
        user = session.scalar(select(User).where(User.name == name))
        if user is None:
            raise NoSuchPerson("app.no_person", name=name)
        password = service.reset_password(session, user)
        session.execute(delete(SignInFailure).where(SignInFailure.name == name))
        _write_down(settings, f"the password of {name!a} was reset on the machine by {_whoever()}")
    return password


def _whoever() -> str:
    """The account that runs this; behind sudo also who called it."""
    try:
        account = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        account = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER", "")
    return f"{account} ({caller!a} by sudo)" if caller else account


def _write_down(settings: Settings, line: str) -> None:
    folder = settings.data / "log"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(folder / "people.log", maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s | %(message)s"))
    log = logging.Logger("people")
    log.addHandler(handler)
    log.warning("%s", line)
    handler.close()
    syslog.syslog(syslog.LOG_AUTHPRIV | syslog.LOG_NOTICE, f"ringback: {line}")
