"""Messages that wait in rows, handed over one after another: what every stage that sends them does alike.

A room owns its rows (`state` is `waiting` until something came of it, with a lease of `ringback/store/lease.py`), says
what a row's message is, and writes what became of it. A message is taken for sent when the other side has taken it; a
worker that is killed in between sends it again with the same Message-ID, by which most mailboxes know it
(docs/adr/0038).
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, sessionmaker

from ringback import secrets
from ringback.config import Settings
from ringback.handover import smtp
from ringback.handover.errors import RefusesUs
from ringback.handover.letter import Letter
from ringback.store import lease, leased
from ringback.store.base import utcnow
from ringback.store.engine import STORE_FAULTS
from ringback.store.lease import Lease
from ringback.store.leased import Terms

log = logging.getLogger(__name__)
REFUSED_SECONDS = 300.0
"""Until a server that refuses our password is asked again: no account is locked by us."""
Row = TypeVar("Row", bound=Any)


def waiting(session: Session, kind: Any, *which: ColumnElement[bool]) -> list[str]:
    """The keys of the rows of `kind` that can go now, the oldest first."""
    rows = session.scalars(select(kind).where(kind.state == "waiting", *which).order_by(kind.id))
    now = utcnow()
    return [str(row.id) for row in rows if lease.is_free(row, now) or leased.is_over(row)]


def hand_on(
    sessions: sessionmaker[Session],
    kind: type[Row],
    key: str,
    *,
    terms: Callable[[Row], Terms],
    name: Callable[[Row], str],
    send: Callable[[Lease, Row], str],
    failed: Callable[[Row], None],
) -> str | None:
    """One row, worked on by `send`, which gives it back with its result and says the state; its state then, None: it
    waits, or somebody else has it. `name` is what the log calls it; `failed` is told of one that failed for good."""
    with sessions() as session, session.begin():
        row = session.get(kind, UUID(key))
        held = None if row is None or row.state != "waiting" else leased.take(session, row, terms(row))
    if row is None or held is None:
        return None
    mine, found = held, row
    state = leased.work_on(sessions, mine, name(row), terms(row), lambda: send(mine, found))
    if state == "failed":
        failed(row)
    return state


def still_here(sessions: sessionmaker[Session], held: Lease) -> Callable[[], None]:
    """Keeps the row while a slow server is waited for; called all the while. Raises LeaseLost."""
    tick = leased.renewing(sessions, held)

    def renew() -> None:
        try:
            tick()
        except STORE_FAULTS:
            log.warning("the lease of a message could not be renewed; it has some time left")

    return renew


def by_mail(settings: Settings, letter: Letter, key: UUID, to: str, still_here: Callable[[], None]) -> None:
    """Over the mail server of the alarms. Raises one of `ringback.handover.errors`."""
    server = settings.alarms.mail
    if server is None:
        raise RefusesUs("ringback.mail_no_server")
    mail = letter.as_mail(key, server.sender, to, utcnow())
    smtp.send(server, secrets.smtp_password(settings), mail, to, still_here)
