"""From Asterisk's raw file to the library: what is due, finishing it, and the sweep for what fell through.

The row is the truth: it is `spooled` until the finished file lies verified in the library, and the raw
file goes only after the row says so. A try that is killed anywhere leaves nothing but temporary files
and a raw file, from which the next try makes the same result (FLAC of the same sound is the same file).
"""

import logging
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from recording import flac
from recording.copies import Stream, borrow, content_type, open_stream, read_peaks, sound_path
from recording.errors import NameRefused
from recording.models import Recording
from recording.names import is_safe, library_name, raw_name
from recording.policy import judge
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow, uuid7
from tickets.models import Call

__all__ = [
    "Stream", "borrow", "content_type", "due", "finish", "open_stream", "read_peaks", "sound_path", "sweep",
]  # fmt: skip

log = logging.getLogger("ringback.recording")

SETTLED_SECONDS = 0.7
"""A raw file that was written to more recently may still grow: Asterisk closes it after the hangup."""
LATE_SECONDS = 3.0
"""A raw file that is not there so long after the end of the call will not come."""
ORPHAN_SECONDS = 60.0
"""A raw file without a call so old is an orphan; a younger one is a call that is just beginning."""
LATELY = timedelta(hours=1)
"""What `full=False` looks back on."""
DISK_RETRY_SECONDS = 30.0


def due(session: Session, *, full: bool) -> list[str]:
    """linkedids of settled calls whose recording is not finished, oldest first."""
    now = utcnow()
    fresh = list(session.scalars(_without_row(None if full else now - LATELY)))
    spooled = session.scalars(select(Recording).where(Recording.state == "spooled"))
    return fresh + [row.linkedid for row in spooled if lease.is_free(row, now)]


def _without_row(since: datetime | None) -> Select[tuple[str]]:
    has_row = exists().where(Recording.linkedid == Call.linkedid)
    query = select(Call.linkedid).where(and_(Call.ended_at.is_not(None), Call.snapshot.is_(None)), ~has_row)
    if since is not None:
        query = query.where(Call.ended_at >= since)
    return query.order_by(Call.ended_at).limit(100)


def finish(sessions: sessionmaker[Session], settings: Settings, linkedid: str) -> str | None:
    """Finishes one call's recording; the state it is in now, or None: not yet, or somebody else does it."""
    with sessions() as session, session.begin():
        call = session.scalars(select(Call).where(Call.linkedid == linkedid)).one()
        if call.ended_at is None or call.snapshot is not None or not _has_settled(settings, call):
            return None
        held = _claim(session, linkedid)
    if held is None:
        return None
    try:
        return _finish_held(sessions, settings, call, held)
    except lease.LeaseLost:
        log.info("recording %s: another worker finishes it", linkedid)
        return None
    except OSError as error:
        # Disk full, no rights, a share that is away: the machine's trouble, not the recording's.
        said = f"{error.strerror or error} ({error.filename or settings.recordings}): it is tried again."
        _give_back(sessions, held, said, counts=False)
        log.warning("recording %s: %s", linkedid, said)
    except (OperationalError, InterfaceError):
        raise  # the store's trouble: the lease runs out and somebody tries again
    except Exception as error:
        log.exception("recording %s, try %d", linkedid, held.attempt)
        _give_back(sessions, held, str(error) or type(error).__name__, counts=True)
    return None


def sweep(sessions: sessionmaker[Session], settings: Settings) -> list[str]:
    """Looks at every raw file in the spool; returns the names of orphans, which are kept.

    A raw file whose finished one is in the library goes; one that came after its row said `missing` is
    finished after all.
    """
    orphans = []
    for raw in sorted(settings.spool.glob("*.raw")):
        linkedid = raw.name.removesuffix(".raw")
        with sessions() as session, session.begin():
            known = is_safe(linkedid) and session.scalars(select(Call.id).where(Call.linkedid == linkedid)).first()
            row = session.scalars(select(Recording).where(Recording.linkedid == linkedid)).first() if known else None
            if not known and (_age(raw) or 0.0) > ORPHAN_SECONDS:
                orphans.append(raw.name)
            elif row is not None and row.state == "missing" and (_size(raw) or 0) >= flac.FRAME_BYTES:
                _spool_again(session, row)
            elif row is not None and row.state in ("stored", "truncated") and _in_library(settings, row):
                raw.unlink(missing_ok=True)
    if orphans:
        log.warning(
            "%d raw recordings in %s belong to no call and are kept: %s",
            len(orphans),
            settings.spool,
            ", ".join(orphans[:5]),
        )
    return orphans


def _finish_held(sessions: sessionmaker[Session], settings: Settings, call: Call, held: lease.Lease) -> str:
    answered = max(0.0, ((call.ended_at or call.arrived_at) - call.arrived_at).total_seconds())
    values: dict[str, Any] = {"answered_seconds": answered, "keep_until": _keep_until(settings, call)}
    raw: Path | None = None
    try:
        raw = settings.spool / raw_name(call.linkedid)
        name = library_name(call.linkedid, call.arrived_at)
    except NameRefused as error:
        values |= {"state": "missing", "reason": str(error)}
    else:
        values |= _finish_file(sessions, settings, raw, name.as_posix(), answered, held)
    with sessions() as session, session.begin():
        held.release(session, **values)
    if raw is not None:
        raw.unlink(missing_ok=True)
    log.info("recording %s: %s %s", call.linkedid, values["state"], values["reason"] or "")
    return str(values["state"])


def _finish_file(
    sessions: sessionmaker[Session], settings: Settings, raw: Path, name: str, answered: float, held: lease.Lease
) -> dict[str, Any]:
    """The row's values for what the raw file turned out to be."""
    target = settings.recordings / name
    size = _size(raw)
    if size is None:
        return {"state": "missing", "reason": "Asterisk left no recording file for this call."}
    if size < flac.FRAME_BYTES:
        empty = judge(0.0, answered, size)
        return {"state": empty.state, "reason": empty.reason, "seconds": 0.0}
    peaks = target.with_suffix(".peaks.json")
    mark = f"{os.getpid()}-{held.attempt}"
    done = flac.finish(raw, target, peaks, mark, _renewing(sessions, held))
    verdict = judge(done.seconds, answered, done.odd_bytes)
    return {
        "state": verdict.state, "reason": verdict.reason, "path": name, "seconds": done.seconds,
        "sha256": done.sha256, "peaks_path": peaks.relative_to(settings.recordings).as_posix(),
    }  # fmt: skip


def _has_settled(settings: Settings, call: Call) -> bool:
    """Whether the raw file is closed, as far as one can tell from outside Asterisk."""
    if not is_safe(call.linkedid):
        return True
    age = _age(settings.spool / raw_name(call.linkedid))
    if age is not None:
        return age >= SETTLED_SECONDS
    return call.ended_at is not None and (utcnow() - call.ended_at).total_seconds() >= LATE_SECONDS


def _age(path: Path) -> float | None:
    """Seconds since the file was written to; None: there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _claim(session: Session, linkedid: str) -> lease.Lease | None:
    """Takes the call's recording row, made if there is none."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = {"id": uuid7(), "linkedid": linkedid, "state": "spooled", "attempts": 0}
    session.execute(dialect.insert(Recording).values(row).on_conflict_do_nothing(index_elements=["linkedid"]))
    found = session.scalars(select(Recording).where(Recording.linkedid == linkedid)).one()
    return lease.claim(session, found, utcnow()) if found.state == "spooled" else None


def _renewing(sessions: sessionmaker[Session], held: lease.Lease) -> flac.Tick:
    """Renews the lease a few times before it runs out, however often it is called."""
    last = time.monotonic()

    def tick() -> None:
        nonlocal last
        if time.monotonic() - last > lease.SECONDS / 4:
            last = time.monotonic()
            with sessions() as session, session.begin():
                held.renew(session, utcnow())

    return tick


def _give_back(sessions: sessionmaker[Session], held: lease.Lease, error: str, *, counts: bool) -> None:
    try:
        with sessions() as session, session.begin():
            held.fail(session, utcnow(), error, counts=counts, wait=5.0 if counts else DISK_RETRY_SECONDS)
    except lease.LeaseLost:
        log.info("a recording was taken over while it failed here: %s", error)


def _spool_again(session: Session, row: Recording) -> None:
    """A raw file came late: the row begins anew."""
    session.execute(
        update(Recording)
        .where(Recording.id == row.id, Recording.state == "missing")
        .values(state="spooled", reason=None, attempts=0, error=None, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _in_library(settings: Settings, row: Recording) -> bool:
    """Whether the row's file is there and is the one that was written."""
    path = sound_path(settings, row)
    return path is not None and path.is_file() and flac.sha256_of(path, lambda: None) == row.sha256


def _keep_until(settings: Settings, call: Call) -> datetime:
    queue = settings.queues.get(call.queue) if call.queue else None
    days = queue.keep_days if queue else max(q.keep_days for q in settings.queues.values())
    return (call.ended_at or call.arrived_at) + timedelta(days=days)
