"""Looks whether finished recordings are still what their rows say, little by little: files here, copies elsewhere.

Two looks, because one of them waits for other machines: `check_library` reads files of the data folder and asks
nobody, `check_storage` asks storages and belongs where nothing but storages waits. A file that cannot be read, or a
storage that is away, keeps no other from being looked at.
"""

import logging
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from recording import files
from recording.copies import sound_path
from recording.errors import RecordingError, StorageError
from recording.models import Recording
from recording.storage import Storage, root_of
from ringback.config import Settings
from ringback.store.base import utcnow

log = logging.getLogger("ringback.recording")

READY = ("stored", "truncated", "garbled")
CHECK_EVERY = timedelta(days=7)
CHECK_ROWS = 50
CHECK_BYTES = 256_000_000
"""At most so much of the library is read in one look."""
HERE = or_(Recording.local.is_(True), Recording.remote_url.is_(None))
"""Rows whose file is to lie in the data folder."""


def check_library(sessions: sessionmaker[Session], settings: Settings) -> None:
    """Looks at the files of some rows: those that were wrong, and the longest unseen."""
    budget = CHECK_BYTES
    for row in _rows(sessions, HERE):
        if budget < 0:
            break
        budget -= row.size or 0
        _write(sessions, row, fault_here(settings, row))


def check_storage(sessions: sessionmaker[Session], settings: Settings, away: list[str]) -> None:
    """The same for rows whose only copy is in a storage, by its size. One that does not answer is added to `away`, and
    none that is in it is asked."""
    seen: set[object] = set()
    while True:
        rows = [row for row in _rows(sessions, and_(~HERE, *beyond(away))) if row.id not in seen]
        for row in rows[: 2 * CHECK_ROWS - len(seen)]:
            seen.add(row.id)
            try:
                fault = _fault_there(settings, row)
            except StorageError as error:
                log.warning("copies there cannot be checked: %s", error)
                away.append(root_of(str(row.remote_url)))
                _write(sessions, row, row.fault)  # not the first of the next look again
                break
            _write(sessions, row, fault)
        else:
            return


def beyond(roots: list[str]) -> list[ColumnElement[bool]]:
    """Of a query over Recording: those whose copy lies in none of these storages."""
    return [~Recording.remote_url.startswith(root, autoescape=True) for root in roots]


def file_fault(path: Path, sha256: str | None) -> str | None:
    """gone, changed, unreadable (the disk, or rights); None: it is what it was. For any file of the library."""
    try:
        if files.kind_of(path) != "file":
            return "gone"
        return None if files.sha256_of(path, lambda: None) == sha256 else "changed"
    except FileNotFoundError:
        return "gone"
    except OSError as error:
        log.warning("%s cannot be read: %s", path, error.strerror or error)
        return "unreadable"


def fault_here(settings: Settings, row: Recording) -> str | None:
    """As `file_fault`, of a row's file in the data folder."""
    try:
        path = sound_path(settings, row)
    except RecordingError:
        return "gone"
    return "gone" if path is None else file_fault(path, row.sha256)


def _fault_there(settings: Settings, row: Recording) -> str | None:
    """gone, changed; None: the storage has it. A local copy that should have gone by now goes. Raises StorageError."""
    size = Storage(settings, str(row.remote_url)).size(str(row.remote_url))
    if size is None:
        return "gone"
    if row.size is not None and size != row.size:
        return "changed"
    try:
        if (path := sound_path(settings, row)) is not None:
            path.unlink(missing_ok=True)
    except (RecordingError, OSError) as error:
        log.warning("the local copy of recording %s stays: %s", row.call_id, error)
    return None


def _rows(sessions: sessionmaker[Session], which: ColumnElement[bool]) -> list[Recording]:
    """Those that were found wrong before, then those not looked at for long; each the longest unseen first."""
    unseen = or_(Recording.checked_at.is_(None), Recording.checked_at < utcnow() - CHECK_EVERY)
    ready = (
        select(Recording)
        .where(Recording.state.in_(READY), which)
        .order_by(Recording.checked_at.asc().nulls_first())
        .limit(CHECK_ROWS)
    )
    with sessions() as session:
        rows = list(session.scalars(ready.where(Recording.fault.is_not(None))))
        return rows + list(session.scalars(ready.where(Recording.fault.is_(None), unseen)))


def _write(sessions: sessionmaker[Session], row: Recording, fault: str | None) -> None:
    values: dict[str, object] = {"checked_at": utcnow(), "fault": fault}
    if fault in ("gone", "changed") and row.local and row.remote_at is not None:
        # The storage's copy is known to be right: from now on it alone counts.
        values = {"local": False, "fault": None, "checked_at": utcnow()}
    with sessions() as session, session.begin():
        session.execute(
            update(Recording)
            .where(Recording.id == row.id, Recording.sha256 == row.sha256)
            .values(values)
            .execution_options(synchronize_session=False)
        )
