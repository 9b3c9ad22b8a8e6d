"""Work on a leased row, whatever the room: how it is taken, kept, and given back when it ends in an error.

A room claims its row (`take`), does the work inside `work_on`, renews the lease meanwhile (`renewing`) and writes its
result with `Lease.release`, in the transaction of all else that it made. `Terms` say what an error means there. Every
error goes one of five ways:

- the lease is lost: somebody else has the row, and nothing of this try is kept;
- the store is away (`STORE_FAULTS`): raised, the lease runs out, and somebody tries again;
- what `Terms.ends` names: another try would say the same, so the row is set aside at once;
- what the machine is to blame for (`ringback/environment.py`), and what `Terms.waits` names: it does not count as a
  try and is tried again for ever;
- anything else counts, and is tried again until no tries are left.

The mechanics of the row are `ringback/store/lease.py`'s; what is due and what is made of it is the room's.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from ringback.environment import is_environment
from ringback.errors import RingbackError
from ringback.messages import Message, in_one_line, message, words_of
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.engine import STORE_FAULTS

RENEWALS = 6
"""Renewals in the time of one lease: a slow one or two cost nothing."""
RETRY_SECONDS = 5.0
"""Before the second try of what counts; each further one waits twice as long."""
AWAY_SECONDS = 30.0
"""Between tries where the machine is the trouble: a full disk, a share that is away."""


def told(error: Exception) -> Message:
    """What an error says; of one that the system has with a file, which file."""
    if isinstance(error, OSError) and error.filename is not None:
        return message("ringback.file", file=error.filename, why=words_of(error))
    return words_of(error) if isinstance(error, OSError) else in_one_line(error)


@dataclass(frozen=True)
class Terms:
    """What errors mean for one kind of work."""

    log: logging.Logger
    waits: Mapping[type[Exception], float] = field(default_factory=dict)
    """Errors that never count, each with the seconds until the next try; of several that fit, the first."""
    quiet: tuple[type[Exception], ...] = ()
    """Errors that are no trouble to anybody, e.g. that something has to be over first: no warning in the log."""
    away_seconds: float = AWAY_SECONDS
    """Until the next try where the machine is the trouble and `waits` names nothing else."""
    ended_state: str | None = None
    """`state` of a row that is set aside, written with `finished_at`; None: its tries alone tell (`lease.is_spent`)."""
    ends: tuple[type[Exception], ...] = ()
    """Errors that another try would meet again; only where there is an `ended_state`."""
    say: Callable[[Exception], Message] = told
    """What the row says of an error."""

    def wait(self, error: Exception) -> float | None:
        """Seconds until the next try of what does not count; None: it counts, or ends the work."""
        kind = self._kind(error)
        if kind is None:
            return self.away_seconds if is_environment(error) else None
        return self.waits.get(kind)

    def is_end(self, error: Exception) -> bool:
        """Whether another try would meet it again."""
        return self._kind(error) in self.ends

    def _kind(self, error: Exception) -> type[Exception] | None:
        """Of all that it is, the nearest that is named here."""
        kinds = (kind for kind in type(error).__mro__ if issubclass(kind, Exception))
        return next((kind for kind in kinds if kind in self.ends or kind in self.waits), None)


def take(session: Session, row: Any, terms: Terms) -> lease.Lease | None:
    """Claims a loaded row; None: somebody has it, it rests, or it has no tries left and is closed with that."""
    if terms.ended_state is not None and is_over(row):
        row.state, row.finished_at = terms.ended_state, utcnow()
        return None
    return lease.claim(session, row, utcnow())


def is_over(row: Any) -> bool:
    """Whether the last try of a loaded row died and there is none left."""
    return lease.is_spent(row) and not lease.is_held(row, utcnow())


def renewing(sessions: sessionmaker[Session], held: lease.Lease) -> Callable[[], None]:
    """Renews the lease a few times before it runs out, however often it is called. Raises LeaseLost."""
    last = time.monotonic()

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last > lease.SECONDS / RENEWALS:
            last = time.monotonic()
            with sessions() as session, session.begin():
                held.renew(session, utcnow())

    return tick


def work_on(
    sessions: sessionmaker[Session], held: lease.Lease, name: str, terms: Terms, work: Callable[[], str | None]
) -> str | None:
    """Does `work`; what it returns, `terms.ended_state` when that was the last try, or None: it is tried again.

    `name` is what the log calls the work. Raises STORE_FAULTS, and nothing else.
    """
    try:
        try:
            return work()
        except (lease.LeaseLost, *STORE_FAULTS):
            raise
        except Exception as error:
            if isinstance(error, RingbackError | OSError):
                level = logging.INFO if isinstance(error, terms.quiet) else logging.WARNING
                terms.log.log(level, "%s, try %d: %s", name, held.attempt, terms.say(error))
            else:
                terms.log.exception("%s, try %d", name, held.attempt)
            return _give_back(sessions, held, terms, error)
    except lease.LeaseLost as lost:
        terms.log.info("%s: %s", name, lost)
        return None


def _give_back(sessions: sessionmaker[Session], held: lease.Lease, terms: Terms, error: Exception) -> str | None:
    """Writes the error to the row, and by it when the next try is; the state of a row that gets none."""
    said, wait = terms.say(error), terms.wait(error)
    was_last = terms.is_end(error) or held.attempt >= lease.TRIES
    with sessions() as session, session.begin():
        if wait is not None:
            held.fail(session, utcnow(), said, counts=False, wait=wait)
        elif was_last and terms.ended_state is not None:
            held.release(session, state=terms.ended_state, error=said, finished_at=utcnow())
            return terms.ended_state
        else:
            held.fail(session, utcnow(), said, wait=RETRY_SECONDS)
    return None
