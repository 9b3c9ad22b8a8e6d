"""Work on a row that only one worker does at a time, and that survives the worker's death.

A row that somebody must work on has `lease_owner`, `lease_until`, `attempts` and `error`. To claim it is
one UPDATE that only one process can win; to give it back with the result is another that only the holder
can win. A holder who died is noticed at once on the same machine (its process is gone) and elsewhere
when the lease runs out. With no owner, `lease_until` means "not before".
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlalchemy.orm import Session

from ringback.errors import RingbackError
from ringback.messages import Message, message

SECONDS = 60.0
"""A holder renews long before; after this long without a word it counts as dead."""
TRIES = 3
"""Failed tries after which a row is set aside."""
CLAIMS = 6
"""Claims after which a row is set aside even when none of them could say why: it kills its workers."""
KILLER = message("ringback.killer", count=CLAIMS)
"""What stands on such a row."""


class LeaseLost(RingbackError):
    """Somebody else has the row now: whatever was done for it is not to be written."""

    code = "ringback.lease_lost"


def process_start(pid: int) -> str | None:
    """When the kernel started process `pid` (clock ticks after boot, /proc/PID/stat field 22); None: not running."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def owner() -> str:
    """This process, told apart from a later one with the same number: host:pid:start."""
    return f"{socket.gethostname()}:{os.getpid()}:{process_start(os.getpid())}"


def is_dead(name: str) -> bool:
    """Whether `name` is a process of this machine that is gone. Others are only known by their lease."""
    host, pid, start = name.rsplit(":", 2)
    return host == socket.gethostname() and process_start(int(pid)) != start


def is_free(row: Any, now: datetime) -> bool:
    """Whether a loaded row can be claimed: nobody holds it, or its holder is dead or silent too long."""
    if is_spent(row):
        return False
    waits = row.lease_owner is None and row.lease_until is not None and row.lease_until > now
    return not waits and not is_held(row, now)


def is_spent(row: Any) -> bool:
    """Whether a loaded row has no tries left."""
    return bool(row.attempts >= CLAIMS or (row.error is not None and row.attempts >= TRIES))


def is_held(row: Any, now: datetime) -> bool:
    """Whether somebody who may well be alive works on a loaded row."""
    if row.lease_owner is None or row.lease_until is None or row.lease_until <= now:
        return False
    return not is_dead(row.lease_owner)


@dataclass(frozen=True)
class Lease:
    """The right to work on one row."""

    row: Any
    """The row's class."""
    id: Any
    holder: str
    attempt: int
    """Which try this is, from 1; also tells two leases of one process apart."""

    def _mine(self) -> ColumnElement[bool]:
        return and_(self.row.id == self.id, self.row.lease_owner == self.holder, self.row.attempts == self.attempt)

    def renew(self, session: Session, now: datetime) -> None:
        """Another SECONDS from now. Raises LeaseLost."""
        self._update(session, lease_until=now + timedelta(seconds=SECONDS))

    def release(self, session: Session, **result: Any) -> None:
        """Writes the result and gives the row back, in the caller's transaction. Raises LeaseLost."""
        self._update(session, **{"lease_owner": None, "lease_until": None, "error": None, **result})

    def fail(self, session: Session, now: datetime, error: Message, *, counts: bool = True, wait: float = 5.0) -> None:
        """Gives the row back with the reason. One that does not count is tried again for ever, after `wait` seconds.

        Raises LeaseLost.
        """
        attempts = self.attempt if counts else self.attempt - 1
        later = now + timedelta(seconds=wait * (2 ** (self.attempt - 1) if counts else 1))
        # A failure that does not count must not look like one that does: set aside needs both.
        self._update(session, lease_owner=None, lease_until=later, attempts=attempts, error=error)

    def _update(self, session: Session, **values: Any) -> None:
        done = session.execute(
            update(self.row).where(self._mine()).values(**values).execution_options(synchronize_session=False)
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise LeaseLost


def again(session: Session, kind: Any, *which: ColumnElement[bool], **values: Any) -> list[Any]:
    """Gives rows all their tries back, in the caller's transaction; whoever works on one loses it. Their ids."""
    fresh = {"lease_owner": None, "lease_until": None, "attempts": 0, "error": None, **values}
    found = session.execute(
        update(kind).where(*which).values(**fresh).returning(kind.id), execution_options={"synchronize_session": False}
    )
    return list(found.scalars())


def claim(session: Session, row: Any, now: datetime) -> Lease | None:
    """Takes a loaded row if it is free; None: somebody else has it. Commit before beginning the work."""
    if not is_free(row, now):
        return None
    kind = type(row)
    holder, attempt = owner(), row.attempts + 1
    # A worker that dies cannot say why, so the last try says it beforehand; any result writes over it.
    last_words = {"error": KILLER} if attempt == CLAIMS else {}
    seen_owner = kind.lease_owner.is_(None) if row.lease_owner is None else kind.lease_owner == row.lease_owner
    done = session.execute(
        update(kind)
        .where(kind.id == row.id, seen_owner, kind.attempts == row.attempts)
        .values(lease_owner=holder, lease_until=now + timedelta(seconds=SECONDS), attempts=attempt, **last_words)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return Lease(kind, row.id, holder, attempt)
