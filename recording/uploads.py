"""Finished recordings on their way to the storage, and the local copies that may go once they are there.

A recording is in the storage when its row says so, and the row says so only after the copy was read back and was the
same. A sender that is killed anywhere leaves a row of how far it came, from which the next one goes on. A storage that
is away costs nothing but time: recordings stay here, and after a while that is an alarm.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from recording import alarms, files, leftovers
from recording.checks import READY, beyond, check_storage
from recording.copies import peaks_url, sound_path, tidy_cache
from recording.errors import NoSound, StorageError, VerifyError
from recording.models import Recording, RecordingUpload
from recording.space import is_low
from recording.storage import Progress, Storage, root_of, url_of
from ringback.config import Settings
from ringback.messages import message
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7
from ringback.store.lease import CLAIMS, Lease, LeaseLost, is_free
from ringback.store.leased import Terms, renewing, take, work_on

log = logging.getLogger("ringback.recording")

AWAY_SECONDS = 15.0
"""A storage that did not answer is left alone for so long, by all recordings."""
GIVEN_UP_SECONDS = 600.0
"""One that the settings do not name any more is left alone for so long by whoever tidies."""
RETRY_SECONDS = 60.0
FAULT_SECONDS = 3600.0
"""Until what failed for a reason of its own is tried again; by then the storage's alarm tells of it."""
TERMS = Terms(log, waits={StorageError: RETRY_SECONDS, OSError: RETRY_SECONDS, Exception: FAULT_SECONDS})
"""No failure is the last: what is not in the storage is to get there."""
BATCH = 50


@dataclass
class Uploader:
    """A stage of the worker: `due`, `upload`, and `tidy` with every full look."""

    sessions: sessionmaker[Session]
    settings: Settings
    _not_before: float = field(default=0.0)
    _given_up: dict[str, float] = field(default_factory=dict)
    """Earlier storages that did not answer: until when they are left alone (monotonic)."""

    def due(self, session: Session, _full: bool) -> list[str]:
        """call_ids of recordings that are not in the storage yet, oldest first."""
        if not self.settings.recording.storage.url or time.monotonic() < self._not_before:
            return []
        now = utcnow()
        # Held rows are looked at one by one: their holder may be dead.
        not_waiting = or_(RecordingUpload.lease_owner.is_not(None), RecordingUpload.lease_until <= now)
        query = (
            select(Recording.call_id, RecordingUpload)
            .outerjoin(RecordingUpload, RecordingUpload.call_id == Recording.call_id)
            .where(Recording.state.in_(READY), Recording.remote_at.is_(None), Recording.fault.is_(None))
            .where(or_(RecordingUpload.id.is_(None), RecordingUpload.attempts < CLAIMS))
            .where(or_(RecordingUpload.id.is_(None), RecordingUpload.lease_until.is_(None), not_waiting))
            .order_by(Recording.id)
            .limit(BATCH)
        )
        return [call_id for call_id, row in session.execute(query) if row is None or is_free(row, now)]

    def upload(self, call_id: str) -> str | None:
        """Sends one recording; its address there, or None: not now."""
        if time.monotonic() < self._not_before:
            return None
        with self.sessions() as session, session.begin():
            row = session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
            new = {"id": uuid7(), "call_id": call_id, "begun_at": utcnow(), "attempts": 0}
            session.execute(insert_or_leave(RecordingUpload).values(**new))
            noted = session.scalars(select(RecordingUpload).where(RecordingUpload.call_id == call_id)).one()
            held = take(session, noted, TERMS) if row.state in READY and row.remote_at is None else None
        if held is None:
            return None
        return work_on(self.sessions, held, f"upload of {call_id}", TERMS, partial(self._try, row, noted, held))

    def tidy(self) -> None:
        """Local copies that may go, go; those elsewhere are checked; the cache is kept small; waiting for too long is
        an alarm."""
        with self.sessions() as session, session.begin():
            self._tell(session, utcnow())
        now = time.monotonic()
        away = [root for root, until in self._given_up.items() if until > now]
        self._drop_local(away)
        check_storage(self.sessions, self.settings, away)
        leftovers.clear_away(self.sessions, self.settings, away)
        tidy_cache(self.settings)
        # Each of them may cost a whole timeout; the storage of the settings is asked every time.
        ours = root_of(self.settings.recording.storage.url)
        for root in away:
            if root != ours and self._given_up.get(root, 0.0) <= now:
                self._given_up[root] = now + GIVEN_UP_SECONDS

    def _try(self, row: Recording, noted: RecordingUpload, held: Lease) -> str:
        try:
            return self._send(row, noted, held)
        except LeaseLost:
            self._forget_if_erased(row)
            raise
        except StorageError:
            self._not_before = time.monotonic() + AWAY_SECONDS
            raise

    def _send(self, row: Recording, noted: RecordingUpload, held: Lease) -> str:
        path = sound_path(self.settings, row)
        if path is None or row.path is None or not path.is_file():
            raise NoSound("recording.gone_unsent")
        url, tick = url_of(self.settings, row.path), renewing(self.sessions, held)
        storage, size = Storage(self.settings, url), path.stat().st_size
        if noted.url not in (None, url):
            self._forget(row, str(noted.url))
        begun = (noted.url, noted.sha256) == (url, row.sha256)
        # Who did not come to the end may have left a whole copy.
        if not begun or storage.size(url) != size or storage.digest(url, tick) != row.sha256:
            storage.put(path, url, self._progress(row, noted, url), self._keeper(row, held, url))
        if storage.digest(url, tick) != row.sha256:
            storage.remove(url)
            raise VerifyError("recording.sent_wrong")
        self._send_peaks(storage, row, url)
        with self.sessions() as session, session.begin():
            held.release(session)  # raises where somebody else has it now
            session.execute(delete(RecordingUpload).where(RecordingUpload.id == held.id))
            done = session.execute(
                update(Recording)
                .where(Recording.id == row.id, Recording.state.in_(READY), Recording.sha256 == row.sha256)
                .values(remote_url=url, remote_at=utcnow(), size=size)
                .execution_options(synchronize_session=False)
            )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            self._forget(row, url)  # erased, or made anew, while it was sent
        log.info("recording %s: a verified copy is at %s", row.call_id, url)
        return url

    def _forget(self, row: Recording, url: str) -> None:
        """Removes what was sent of a file that has given way to another, or to a place that the settings have left.

        A place that does not answer any more keeps nothing from going to the new one; what may lie there is written
        down first, and tried again.
        """
        urls = [url, peaks_url(row, url) if row.path is not None and url.endswith(row.path) else None]
        with self.sessions() as session, session.begin():
            leftovers.note(session, row.call_id, urls)
        try:
            for left in filter(None, urls):
                Storage(self.settings, left).remove(left)
        except StorageError as error:
            log.warning("what an earlier upload left at %s may still be there: %s", url, error)
            return
        with self.sessions() as session, session.begin():
            leftovers.forget(session, urls)

    def _forget_if_erased(self, row: Recording) -> None:
        """Who erases waits for senders; for one that was silent for so long that it counted as dead, it did not."""
        with self.sessions() as session:
            state = session.scalar(select(Recording.state).where(Recording.id == row.id))
        if state == "erased" and row.path is not None:
            self._forget(row, url_of(self.settings, row.path))

    def _send_peaks(self, storage: Storage, row: Recording, url: str) -> None:
        if row.peaks_path is None:
            return
        peaks = self.settings.recordings / row.peaks_path
        target = peaks_url(row, url)
        if target is not None and files.kind_of(peaks) == "file":
            storage.put(peaks, target, Progress(), lambda _progress: None)

    def _progress(self, row: Recording, noted: RecordingUpload, url: str) -> Progress:
        """How far an earlier try came with this very file."""
        if (noted.url, noted.sha256) != (url, row.sha256) or noted.upload_id is None or not noted.part_bytes:
            return Progress()
        return Progress(noted.upload_id, noted.part_bytes, dict(noted.parts or []))

    def _keeper(self, row: Recording, held: Lease, url: str) -> Any:
        def keep(progress: Progress) -> None:
            values = {
                "url": url,
                "sha256": row.sha256,
                "upload_id": progress.upload_id,
                "part_bytes": progress.part_bytes,
                "parts": [[number, etag] for number, etag in sorted(progress.parts.items())],
            }
            with self.sessions() as session, session.begin():
                held.renew(session, utcnow())
                session.execute(update(RecordingUpload).where(RecordingUpload.id == held.id).values(**values))

        return keep

    def _drop_local(self, away: list[str]) -> None:
        """Adds the storages that do not answer to `away`, and asks none that is in it."""
        storage = self.settings.recording.storage
        if storage.keep_local:
            return
        hours = 0.0 if is_low(self.settings) else storage.local_hours
        old = Recording.remote_at < utcnow() - timedelta(hours=hours)
        which = select(Recording).where(old, Recording.local.is_(True)).order_by(Recording.remote_at)
        left: list[UUID] = []
        while True:  # a storage that is away is left out, and the next ones are asked
            others = Recording.id.not_in(left), *beyond(away)
            with self.sessions() as session:
                rows = list(session.scalars(which.where(*others).limit(BATCH)))
            for row in rows:
                try:
                    self._drop(row)
                except StorageError as error:
                    log.warning("local copies stay: %s", error)
                    left.append(row.id)
                    away.append(root_of(str(row.remote_url)))
                    break
            else:
                return

    def _drop(self, row: Recording) -> None:
        """Removes a local copy if the storage says that it has one; else the recording is to be sent again."""
        there = Storage(self.settings, str(row.remote_url)).size(str(row.remote_url)) == row.size
        values: dict[str, Any] = {"local": False} if there else {"remote_url": None, "remote_at": None}
        with self.sessions() as session, session.begin():
            if not there and row.remote_url != url_of(self.settings, str(row.path)):
                leftovers.note(session, row.call_id, [row.remote_url, peaks_url(row)])  # what is not whole, too
            session.execute(update(Recording).where(Recording.id == row.id).values(**values))
        path = sound_path(self.settings, row)
        if there and path is not None:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:  # looked at again with the copies in the storage
                log.warning("the local copy of recording %s stays: %s", row.call_id, error)

    def _tell(self, session: Session, now: datetime) -> None:
        storage = self.settings.recording.storage
        limit = now - timedelta(minutes=storage.alarm_minutes)
        late = select(RecordingUpload.error).where(RecordingUpload.begun_at < limit, RecordingUpload.error.is_not(None))
        why = session.scalar(late.order_by(RecordingUpload.begun_at).limit(1)) if storage.url else None
        said = None
        if why is not None:
            waiting = select(func.count()).where(Recording.state.in_(READY), Recording.remote_at.is_(None))
            said = message("recording.storage", count=session.scalar(waiting), error=why)
        alarms.keep_alarm(session, alarms.STORAGE, "storage", said, "yellow", now, url=storage.url)
