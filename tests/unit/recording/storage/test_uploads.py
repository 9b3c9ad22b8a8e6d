"""Recordings go to a storage, verified, and can be heard from there; a real S3 server is the other side."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from sqlalchemy import update

from recording import alarms, dead_letters, service
from recording.errors import StorageError
from recording.files import sha256_of
from recording.models import Recording, RecordingUpload
from recording.storage import Storage, url_of
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.store import lease
from ringback.store.base import utcnow
from tests.support.recordings import CALL_ID, Sessions, new_sweep, row_of
from tests.support.storage import (
    PART,
    S3Server,
    again_at_once,
    due,
    fail_at_part,
    finished,
    kill_at,
    large,
    standing,
    stored_at,
    upload_row,
)


def test_a_recording_goes_there_and_is_heard_from_there(store: Sessions, away: Settings, s3: S3Server) -> None:
    row = finished(store, away)
    local = away.recordings / str(row.path)
    sound = local.read_bytes()
    uploader = Uploader(store, away)
    assert due(store, uploader) == [CALL_ID]
    url = uploader.upload(CALL_ID)
    row = row_of(store)
    assert url == row.remote_url == f"{away.recording.storage.url}/2026/03/01/{CALL_ID}.flac"
    assert row.remote_at is not None and row.local
    assert (due(store, uploader), upload_row(store)) == ([], None)
    uploader.tidy()
    assert local.exists(), "the local copy stays for a day"
    with store() as session, session.begin():
        session.execute(update(Recording).values(remote_at=utcnow() - timedelta(hours=25)))
    uploader.tidy()
    row = row_of(store)
    assert not row.local and not local.exists()
    with service.borrow(away, row) as path:
        assert path.read_bytes() == sound
        assert path.is_relative_to(away.recordings_cache.resolve())
    fetched = len(s3.asked)
    with service.borrow(away, row) as path:
        assert path.read_bytes() == sound
    assert len(s3.asked) == fetched, "it was fetched once"
    new_sweep(store, away)()
    assert row_of(store).fault is None


def test_ranges_are_read_without_fetching_all(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    sound = (away.recordings / str(row.path)).read_bytes()
    Uploader(sqlite_store, away).upload(CALL_ID)
    row = row_of(sqlite_store)
    (away.recordings / str(row.path)).unlink()
    (away.recordings / str(row.peaks_path)).unlink()
    stream = service.open_stream(away, row)
    with stream.file:
        assert (stream.size, stream.content_type) == (len(sound), "audio/flac")
        stream.file.seek(1000)
        assert stream.file.read(50) == sound[1000:1050]
        stream.file.seek(0)
        assert stream.file.read() == sound
    assert not away.recordings_cache.exists()
    peaks = service.read_peaks(away, row)
    assert peaks is not None and set(peaks["channels"]) == {"caller", "agent"}


def test_killed_at_any_moment_nothing_is_sent_twice(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    """Three parts: killed in the second, before they become one file, before the copy was read back."""
    row = large(sqlite_store, away, 2 * PART + 1000)
    uploader = Uploader(sqlite_store, away)
    kill_at(s3, away, lambda _method, path: "partNumber=2" in path)
    noted = upload_row(sqlite_store)
    assert noted is not None and [number for number, _ in noted.parts or []] == [1]
    assert due(sqlite_store, uploader) == [CALL_ID], "its death is noticed at once"
    kill_at(s3, away, lambda method, path: method == "POST" and "uploadId=" in path)
    # Whether a part whose sender died has arrived, only the storage knows: it is asked.
    assert s3.parts() in (["2", "3"], ["3"])
    kill_at(s3, away, lambda method, _path: method == "GET")
    s3.open_door()
    assert uploader.upload(CALL_ID) == url_of(away, str(row.path))
    assert s3.parts() == [], "the whole copy was there"
    row = row_of(sqlite_store)
    assert row.remote_url is not None and upload_row(sqlite_store) is None
    assert Storage(away, row.remote_url).digest(row.remote_url, lambda: None) == row.sha256


def test_a_file_that_was_made_anew_is_sent_anew(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    row = large(sqlite_store, away, 2 * PART)
    fail_at_part(s3, Uploader(sqlite_store, away), 2)
    path = away.recordings / str(row.path)
    path.write_bytes(b"another" * 1_000_000)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(sha256=sha256_of(path, lambda: None), size=path.stat().st_size))
    again_at_once(sqlite_store)
    assert Uploader(sqlite_store, away).upload(CALL_ID) is not None
    assert s3.parts() == ["1", "2"]


def test_a_storage_that_is_away_costs_nothing_but_time(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    row = finished(sqlite_store, away)
    uploader = Uploader(sqlite_store, away)
    s3.refuse = HTTPStatus.SERVICE_UNAVAILABLE
    assert uploader.upload(CALL_ID) is None
    noted = upload_row(sqlite_store)
    assert noted is not None and (noted.attempts, noted.lease_owner) == (0, None)
    assert "does not answer as it should" in str(noted.error)
    assert due(sqlite_store, uploader) == [], "it is left alone for a while"
    uploader.tidy()
    assert not standing(sqlite_store), "not yet an alarm"
    with sqlite_store() as session, session.begin():
        session.execute(update(RecordingUpload).values(begun_at=utcnow() - timedelta(minutes=16)))
    uploader.tidy()
    alarm = standing(sqlite_store)[alarms.STORAGE]
    assert (alarm.level, alarm.args["count"]) == ("yellow", 1)
    assert (away.recordings / str(row.path)).exists()
    s3.refuse = None
    again_at_once(sqlite_store)
    uploader = Uploader(sqlite_store, away)
    assert uploader.upload(CALL_ID) is not None
    uploader.tidy()
    assert not standing(sqlite_store)


def test_a_copy_that_killed_every_sender_is_set_aside_listed_and_tried_again(
    store: Sessions, settings: Settings
) -> None:
    there = stored_at(settings, f"file://{settings.data}/share")
    finished(store, there)
    killed = RecordingUpload(call_id=CALL_ID, attempts=lease.CLAIMS, error=lease.KILLER)
    with store() as session, session.begin():
        session.add(killed)
    uploader = Uploader(store, there)
    assert due(store, uploader) == []
    with store() as session, session.begin():
        (row,) = dead_letters.dead_letters(session)
        assert row.call_id == CALL_ID and "died of it" in str(row.error)
        assert dead_letters.retry(session, CALL_ID)
        assert dead_letters.dead_letters(session) == []
    assert due(store, uploader) == [CALL_ID]
    assert uploader.upload(CALL_ID) is not None


def test_what_is_wrong_with_the_storage_is_said(sqlite_store: Sessions, settings: Settings, s3: S3Server) -> None:
    finished(sqlite_store, settings)

    def said(there: Settings) -> str:
        assert Uploader(sqlite_store, there).upload(CALL_ID) is None
        again_at_once(sqlite_store)
        noted = upload_row(sqlite_store)
        assert noted is not None and noted.attempts == 0
        return str(noted.error)

    bucket = f"s3://{s3.bucket()}"
    assert "has no nobucket" in said(stored_at(settings, "s3://nobucket/x", s3.url))
    assert "does not answer" in said(stored_at(settings, bucket, "http://127.0.0.1:9", timeout_seconds=1))
    s3.refuse = HTTPStatus.FORBIDDEN
    assert "refuses us" in said(stored_at(settings, bucket, s3.url))
    s3.refuse = None
    s3.stop_at = lambda method, _path: method == "PUT"
    assert "does not answer" in said(stored_at(settings, bucket, s3.url, timeout_seconds=0.5))
    with pytest.raises(StorageError, match="no-such-thing"):
        Storage(settings, "no-such-thing://x")


def test_a_copy_that_is_not_what_was_sent_is_not_believed(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    """The file changed on our disk after its checksum was written: neither copy is taken for good."""
    row = large(sqlite_store, away, 1000)
    path = away.recordings / str(row.path)
    path.write_bytes(b"?" * 1000)
    assert Uploader(sqlite_store, away).upload(CALL_ID) is None
    noted = upload_row(sqlite_store)
    assert noted is not None and "did not give back what was sent" in str(noted.error)
    url = url_of(away, str(row.path))
    assert Storage(away, url).size(url) is None
    assert path.exists() and row_of(sqlite_store).remote_url is None


def test_a_storage_that_goes_away_before_the_proof_has_not_to_be_sent_all_again(
    sqlite_store: Sessions, away: Settings, s3: S3Server
) -> None:
    row = large(sqlite_store, away, PART + 1000)
    s3.refuse, s3.refuse_at = (
        HTTPStatus.SERVICE_UNAVAILABLE,
        lambda method, path: method == "GET" and "upload" not in path,
    )
    assert Uploader(sqlite_store, away).upload(CALL_ID) is None
    s3.open_door()
    again_at_once(sqlite_store)
    assert Uploader(sqlite_store, away).upload(CALL_ID) == url_of(away, str(row.path))
    assert s3.parts() == []
