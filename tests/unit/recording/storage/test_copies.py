"""Local copies beside those in the storage: when they go, who is believed, and that one that is away stops no other."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from recording import copies, service
from recording.models import Recording
from recording.space import is_low
from recording.storage import Storage
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.config.recordings import Recordings
from ringback.store.base import utcnow
from tests.support.recordings import CALL_ID, Sessions, add_call, new_sweep, noise, put_raw, row_of
from tests.support.storage import S3Server, due, finished, stored_at


def test_local_copies_stay_until_the_storage_says_that_it_has_them(
    sqlite_store: Sessions, away: Settings, s3: S3Server
) -> None:
    row = finished(sqlite_store, away)
    uploader = Uploader(sqlite_store, away)
    uploader.upload(CALL_ID)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(remote_at=utcnow() - timedelta(days=2)))
    local = away.recordings / str(row.path)
    s3.refuse = HTTPStatus.SERVICE_UNAVAILABLE
    uploader.tidy()
    assert local.exists()
    s3.refuse = None
    url = str(row_of(sqlite_store).remote_url)
    Storage(away, url).remove(url)  # somebody emptied the bucket
    uploader.tidy()
    assert local.exists()
    assert due(sqlite_store, uploader) == [CALL_ID], "it is sent again"


GONE = "s3://given-up/calls"


def second_row(store: Sessions, settings: Settings, **values: object) -> str:
    """Another finished recording, with these columns."""
    put_raw(settings, noise(5).tobytes(), "1.2")
    add_call(store, 5.0, "1.2")
    assert service.finish(store, settings, "1.2") == "stored"
    if values:
        with store() as session, session.begin():
            session.execute(update(Recording).where(Recording.call_id == "1.2").values(values))
    return "1.2"


def test_a_storage_that_is_gone_keeps_no_other_from_being_looked_at(
    store: Sessions, away: Settings, s3: S3Server
) -> None:
    """The older copy is in a storage that lets nobody in any more; the other's local copy goes, its loss is found."""
    s3.refuse, s3.refuse_at = HTTPStatus.FORBIDDEN, lambda _method, path: path.startswith("/given-up")
    finished(store, away)
    uploader = Uploader(store, away)
    uploader.upload(CALL_ID)
    long_ago = utcnow() - timedelta(days=30)
    second_row(store, away, remote_url=f"{GONE}/1.2.flac", remote_at=long_ago - timedelta(days=9))
    with store() as session, session.begin():
        session.execute(update(Recording).where(Recording.call_id == CALL_ID).values(remote_at=long_ago))
    uploader.tidy()
    assert (row_of(store).local, row_of(store, "1.2").local) == (False, True)
    url = str(row_of(store).remote_url)
    Storage(away, url).remove(url)
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago, local=False))
        session.execute(update(Recording).where(Recording.call_id == "1.2").values(checked_at=None))
    asked = len(s3.asked)
    uploader.tidy()
    assert not any(path.startswith("/given-up") for _method, path in s3.asked[asked:]), "it is left alone for a while"
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago))
        session.execute(update(Recording).where(Recording.call_id == "1.2").values(checked_at=None))
    Uploader(store, away).tidy()
    assert (row_of(store).fault, row_of(store, "1.2").fault) == ("gone", None)
    assert row_of(store, "1.2").checked_at is not None, "it is not the first of every look"


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_sent(
    sqlite_store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stored_at(settings, f"file://{settings.data}/share")
    broken = there.recordings / str(finished(sqlite_store, there).path)
    second_row(sqlite_store, there)
    opened = Path.open

    def failing(self: Path, *arguments: Any, **named: Any) -> Any:
        if self == broken:
            raise OSError(5, "Input/output error", str(self))
        return opened(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", failing)
    uploader = Uploader(sqlite_store, there)
    assert uploader.upload(CALL_ID) is None
    assert due(sqlite_store, uploader) == ["1.2"]
    assert uploader.upload("1.2") is not None


def test_what_cannot_be_read_can_be_erased(
    sqlite_store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = settings.recordings / str(finished(sqlite_store, settings).path)

    def failing(*_arguments: Any, **_named: Any) -> Any:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(Path, "open", failing)
    assert copies.remove(settings, str(row_of(sqlite_store).path)) is None
    assert not path.exists()


def test_the_sweep_of_local_files_asks_no_storage(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    finished(sqlite_store, away)
    Uploader(sqlite_store, away).upload(CALL_ID)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=None, local=False))
    put_raw(away, noise(5).tobytes())
    s3.asked.clear()
    new_sweep(sqlite_store, away)()
    assert s3.asked == []
    assert not list(away.spool.iterdir()), "a verified copy is enough to let the raw file go"


def test_a_full_disk_lets_local_copies_go_earlier(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    storage = away.recording.storage
    full = away.model_copy(update={"recording": Recordings(storage=storage, yellow="100%", red="0 GB")})
    uploader = Uploader(sqlite_store, full)
    uploader.upload(CALL_ID)
    assert is_low(full)
    uploader.tidy()
    assert not (full.recordings / str(row.path)).exists()
    with service.borrow(full, row_of(sqlite_store)) as path:
        assert path.stat().st_size == row.size


def test_local_copies_stay_where_the_owner_wants_them(sqlite_store: Sessions, settings: Settings, s3: S3Server) -> None:
    both = stored_at(settings, f"s3://{s3.bucket()}", s3.url, keep_local=True)
    row = finished(sqlite_store, both)
    uploader = Uploader(sqlite_store, both)
    uploader.upload(CALL_ID)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(remote_at=utcnow() - timedelta(days=300)))
    uploader.tidy()
    assert row_of(sqlite_store).local and (both.recordings / str(row.path)).exists()


def test_a_damaged_local_copy_gives_way_to_the_storages(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    local = away.recordings / str(row.path)
    sound = local.read_bytes()
    Uploader(sqlite_store, away).upload(CALL_ID)
    local.write_bytes(b"rotten")
    with service.borrow(away, row_of(sqlite_store)) as path:
        assert path.read_bytes() == sound
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=utcnow() - timedelta(days=8)))
    look = new_sweep(sqlite_store, away)
    look()
    row = row_of(sqlite_store)
    assert (row.fault, row.local) == (None, False)
