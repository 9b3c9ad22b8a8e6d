"""Brings the visits of another system into the store, and takes them back: shown before, in pieces, safe to repeat.

Owns the life of an import. Its row is written first, as `writing`; its visits follow, a few thousand in each
transaction, and count for nothing; the last transaction makes it `complete`. Killed anywhere, the same command goes
on: what is there already is not written again, for every visit has a key that the files alone decide. Taking back
begins with the state, so that nothing of it counts from that moment on, and goes on in the same way.

One import or undo goes on at a time (a lock in the data folder), and none begins while another was broken off: its
visits would be there for nobody.
"""

import fcntl
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, sessionmaker

from history.errors import HistoryError
from history.files import sum_of
from history.models import HistoryImport, ImportedVisit
from history.reading import ImportSource, rows
from history.understood import Understood
from ringback.config import Settings
from ringback.store.base import utcnow, uuid7

CHUNK = 2_000
"""Visits of one transaction: 50 ms in which nobody else writes to SQLite."""
PAUSE = 0.01
"""Seconds between two of them: call control that waits to write gets its turn."""
Tell = Callable[[int], None]
"""Told how many visits were read, now and then."""
Stores = sessionmaker[Session]


def preview(store: Stores | None, settings: Settings, what: ImportSource, number_key: str, tell: Tell) -> Understood:
    """What an import would bring. Writes nothing; without a `store` nothing is there already. Raises HistoryError."""
    understood, read = rows(what, settings, number_key, time.time())
    while piece := list(islice(read, CHUNK)):
        if store is not None:
            keys = {row["source_key"] for row in piece}
            with store() as session:
                query = select(func.count()).select_from(ImportedVisit).where(ImportedVisit.source_key.in_(keys))
                understood.known += session.scalar(query) or 0
        tell(understood.visits)
    _refuse(understood, what)
    return understood


def bring(
    store: Stores, settings: Settings, what: ImportSource, number_key: str, by: str, tell: Tell
) -> tuple[HistoryImport | None, Understood]:
    """Imports all of it or nothing. The import, None: nothing in it was new. Raises HistoryError."""
    with _one_at_a_time(settings):
        begun = _begin(store, what, by)
        understood, read = rows(what, settings, number_key, time.time())
        try:
            while piece := list(islice(read, CHUNK)):
                with store.begin() as session:
                    write(session.connection(), begun.id, piece)
                tell(understood.visits)
                time.sleep(PAUSE)
            _refuse(understood, what)
        except HistoryError:
            _remove(store, begun.id)
            with store.begin() as session:
                session.execute(delete(HistoryImport).where(HistoryImport.id == begun.id))
            raise
        return _finish(store, begun.id, understood), understood


def undo(store: Stores, settings: Settings, id_: uuid.UUID, by: str) -> tuple[int, list[HistoryImport]]:
    """Takes an import back, complete or broken off: how many visits went, and which later imports left out visits
    because they were there, so that their files have to be imported again. Raises HistoryError."""
    with _one_at_a_time(settings):
        with store.begin() as session:
            found = session.get(HistoryImport, id_)
            if found is None:
                raise HistoryError("history.no_import", id=id_)
            if found.state == "undone":
                raise HistoryError("history.undone_already", id=id_, by=found.undone_by)
            found.state, found.undone_by = "undoing", by
            started = found.started_at
        gone = _remove(store, id_)
        with store.begin() as session:
            values = {"state": "undone", "undone_at": utcnow()}
            session.execute(update(HistoryImport).where(HistoryImport.id == id_).values(values))
            later = select(HistoryImport).where(HistoryImport.started_at > started, HistoryImport.state == "complete")
            return gone, [each for each in session.scalars(later) if each.counts.get("known")]


def write(connection: Connection, import_id: uuid.UUID, piece: list[dict[str, Any]]) -> None:
    """Those of these visits that are not there yet."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(ImportedVisit.__table__).on_conflict_do_nothing(index_elements=["source_key"])  # type: ignore[arg-type]
    connection.execute(statement, [row | {"import_id": import_id} for row in piece])


def _begin(store: Stores, what: ImportSource, by: str) -> HistoryImport:
    """A new import, or the one that was broken off while it read the same files."""
    sha256 = sum_of(what.files)
    with store.begin() as session:
        broken_off = session.scalar(select(HistoryImport).where(HistoryImport.state.in_(("writing", "undoing"))))
        if broken_off is not None:
            if broken_off.state == "undoing":
                raise HistoryError("history.undo_broken_off", id=broken_off.id)
            if (broken_off.kind, broken_off.sha256) != (what.kind, sha256):
                names = [each["name"] for each in broken_off.files]
                raise HistoryError("history.broken_off", id=broken_off.id, files=names)
            return broken_off
        made = HistoryImport(
            kind=what.kind,
            files=[each.as_json() for each in what.files],
            sha256=sha256,
            by=by,
            state="writing",
            id=uuid7(),
        )
        session.add(made)
        return made


def _finish(store: Stores, id_: uuid.UUID, understood: Understood) -> HistoryImport | None:
    with store.begin() as session:
        mine = ImportedVisit.import_id == id_
        new = session.scalar(select(func.count()).select_from(ImportedVisit).where(mine)) or 0
        understood.known = understood.visits - new
        if not new:
            session.execute(delete(HistoryImport).where(HistoryImport.id == id_))
            return None
        begins, ends = session.execute(
            select(func.min(ImportedVisit.entered_at), func.max(ImportedVisit.entered_at)).where(mine)
        ).one()
        found = session.get_one(HistoryImport, id_)
        found.state, found.finished_at = "complete", utcnow()
        found.begins, found.ends = begins, ends + timedelta(seconds=1)
        found.counts = understood.counts() | {"new": new, "known": understood.known}
        return found


def _remove(store: Stores, id_: uuid.UUID) -> int:
    """Deletes the visits of an import, in pieces; how many."""
    gone = 0
    while True:
        with store.begin() as session:
            some = session.scalars(select(ImportedVisit.id).where(ImportedVisit.import_id == id_).limit(CHUNK)).all()
            if not some:
                return gone
            session.execute(delete(ImportedVisit).where(ImportedVisit.id.in_(some)))
            gone += len(some)
        time.sleep(PAUSE)


def _refuse(understood: Understood, what: ImportSource) -> None:
    """Raises HistoryError for files that are of another kind than was said, or hold nothing."""
    seen = understood.seen
    if seen.broken > max(seen.lines - seen.broken, 0):
        first = seen.broken_lines[0]
        raise HistoryError("history.mostly_broken", kind=what.kind, count=seen.broken, line=first.line, why=first.why)
    if not understood.visits:
        raise HistoryError("history.no_visits", kind=what.kind)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Raises HistoryError: another import or undo goes on."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o770)
    descriptor = os.open(settings.data / "import.lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HistoryError("history.goes_on") from error
        yield
    finally:
        os.close(descriptor)
