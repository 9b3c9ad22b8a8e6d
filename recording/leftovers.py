"""Copies that were to be removed from a storage while it was away: rows that know of them, and trying again.

Whoever gives up a copy writes its address down here, so that an erasure finds it and nothing lies anywhere that no row
names. An address that is in use again is no leftover.
"""

import logging
from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker

from recording.errors import StorageError
from recording.models import Recording, RecordingLeftover, RecordingUpload
from recording.storage import Storage, root_of
from ringback.config import Settings
from ringback.store.alarms import insert_or_leave
from ringback.store.base import utcnow, uuid7

log = logging.getLogger("ringback.recording")

BATCH = 50


def note(session: Session, call_id: str, urls: Iterable[str | None]) -> None:
    """Writes down what may still lie there."""
    for url in filter(None, urls):
        row = {"id": uuid7(), "call_id": call_id, "url": url, "left_at": utcnow()}
        session.execute(insert_or_leave(RecordingLeftover).values(row))


def forget(session: Session, urls: Iterable[str | None]) -> None:
    """They are gone."""
    session.execute(delete(RecordingLeftover).where(RecordingLeftover.url.in_([url for url in urls if url])))


def clear_away(sessions: sessionmaker[Session], settings: Settings, away: list[str]) -> None:
    """Removes what can be removed now. A storage that does not answer is added to `away`, and none in it is asked."""
    while True:
        elsewhere = [~RecordingLeftover.url.startswith(root, autoescape=True) for root in away]
        with sessions() as session:
            query = select(RecordingLeftover.url).where(*elsewhere).order_by(RecordingLeftover.left_at).limit(BATCH)
            urls = list(session.scalars(query))
        for url in urls:
            try:
                if not _in_use(sessions, url):
                    Storage(settings, url).remove(url)
            except StorageError as error:
                log.info("%s is still to be removed: %s", url, error)
                if root_of(url) in away:
                    return
                away.append(root_of(url))
                break
            with sessions() as session, session.begin():
                forget(session, [url])
        else:
            return


def _in_use(sessions: sessionmaker[Session], url: str) -> bool:
    """Whether a recording's copy lies there, or is being sent there; a waveform lies beside its sound."""
    sound = url.removesuffix("peaks.json")

    def here(column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
        return column == url if sound == url else column.startswith(sound, autoescape=True)

    with sessions() as session:
        rows = select(Recording.id).where(here(Recording.remote_url)).limit(1)
        sending = select(RecordingUpload.id).where(here(RecordingUpload.url)).limit(1)
        return session.scalar(rows) is not None or session.scalar(sending) is not None
