"""Recordings go to a storage, verified, and can be heard from there; a real S3 server is the other side."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sqlalchemy import select, update

from recording import again, alarms, clips, copies, erasing, service
from recording.errors import NameRefused, NoSound, StorageError
from recording.files import sha256_of
from recording.models import Recording, RecordingUpload
from recording.space import is_low
from recording.storage import Storage, url_of
from recording.sweep import Sweep
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.config.recordings import Recordings
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from ringback.store.erasing import Scope
from tests.house_of_recordings import LINKEDID, RATE, Sessions, add_call, noise, put_raw, row_of
from tests.house_of_storage import S3Server, stored_at

PART = 5 << 20


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server().run() as there:
        yield there


@pytest.fixture
def s3(server: S3Server) -> Iterator[S3Server]:
    server.open_door()
    yield server
    server.go.set()
    server.refuse = None


@pytest.fixture
def away(settings: Settings, s3: S3Server) -> Settings:
    """Settings with a bucket of the test's own."""
    return stored_at(settings, f"s3://{s3.bucket()}/calls", s3.url, timeout_seconds=5)


def finished(store: Sessions, settings: Settings, seconds: float = 5.0) -> Recording:
    put_raw(settings, noise(seconds).tobytes())
    add_call(store, seconds)
    assert service.finish(store, settings, LINKEDID) == "stored"
    return row_of(store)


def large(store: Sessions, settings: Settings, size: int) -> Recording:
    """A finished recording of `size` bytes: to the storage, bytes are bytes."""
    add_call(store, 5.0)
    path = settings.recordings / f"2026/03/01/{LINKEDID}.flac"
    path.parent.mkdir(parents=True)
    path.write_bytes(np.random.default_rng(2).bytes(size))
    with store() as session, session.begin():
        session.add(
            Recording(
                linkedid=LINKEDID, state="stored", path=f"2026/03/01/{LINKEDID}.flac", size=size,
                sha256=sha256_of(path, lambda: None),
            )
        )  # fmt: skip
    return row_of(store)


def due(store: Sessions, uploader: Uploader) -> list[str]:
    with store() as session:
        return uploader.due(session, False)


def upload_row(store: Sessions) -> RecordingUpload | None:
    with store() as session:
        return session.scalars(select(RecordingUpload)).one_or_none()


def again_at_once(store: Sessions) -> None:
    with store() as session, session.begin():
        session.execute(update(RecordingUpload).values(lease_until=utcnow()))


def test_a_recording_goes_there_and_is_heard_from_there(store: Sessions, away: Settings, s3: S3Server) -> None:
    row = finished(store, away)
    local = away.recordings / str(row.path)
    sound = local.read_bytes()
    uploader = Uploader(store, away)
    assert due(store, uploader) == [LINKEDID]
    url = uploader.upload(LINKEDID)
    row = row_of(store)
    assert url == row.remote_url == f"{away.recording.storage.url}/2026/03/01/{LINKEDID}.flac"
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
    Sweep(store, away)()
    assert row_of(store).fault is None


def test_ranges_are_read_without_fetching_all(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    sound = (away.recordings / str(row.path)).read_bytes()
    Uploader(sqlite_store, away).upload(LINKEDID)
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


UPLOAD = """
import sys, yaml
from pathlib import Path
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
metadata()
settings = Settings.model_validate_json(sys.stdin.read())
Uploader(sessions(open_store(settings.store_url)), settings).upload(sys.argv[1])
"""


def start_upload(settings: Settings) -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", UPLOAD, LINKEDID], stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(settings.model_dump_json().encode())
    child.stdin.close()
    return child


def kill_at(s3: S3Server, settings: Settings, moment: Callable[[str, str], bool]) -> None:
    """A sender that is killed while the storage has one of its requests in its hands."""
    s3.open_door()
    s3.stop_at = moment
    child = start_upload(settings)
    assert s3.stopped.wait(60)
    child.kill()
    child.wait()
    s3.go.set()


def fail_at_part(s3: S3Server, uploader: Uploader, number: int) -> None:
    """A sender whom the storage leaves alone at one of the parts."""
    s3.refuse, s3.refuse_at = HTTPStatus.SERVICE_UNAVAILABLE, lambda _method, path: f"partNumber={number}" in path
    assert uploader.upload(LINKEDID) is None
    s3.open_door()


def test_killed_at_any_moment_nothing_is_sent_twice(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    """Three parts: killed in the second, before they become one file, before the copy was read back."""
    row = large(sqlite_store, away, 2 * PART + 1000)
    uploader = Uploader(sqlite_store, away)
    kill_at(s3, away, lambda _method, path: "partNumber=2" in path)
    noted = upload_row(sqlite_store)
    assert noted is not None and [number for number, _ in noted.parts or []] == [1]
    assert due(sqlite_store, uploader) == [LINKEDID], "its death is noticed at once"
    kill_at(s3, away, lambda method, path: method == "POST" and "uploadId=" in path)
    # Whether a part whose sender died has arrived, only the storage knows: it is asked.
    assert s3.parts() in (["2", "3"], ["3"])
    kill_at(s3, away, lambda method, _path: method == "GET")
    s3.open_door()
    assert uploader.upload(LINKEDID) == url_of(away, str(row.path))
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
    assert Uploader(sqlite_store, away).upload(LINKEDID) is not None
    assert s3.parts() == ["1", "2"]


def test_a_storage_that_is_away_costs_nothing_but_time(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    row = finished(sqlite_store, away)
    uploader = Uploader(sqlite_store, away)
    s3.refuse = HTTPStatus.SERVICE_UNAVAILABLE
    assert uploader.upload(LINKEDID) is None
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
    assert uploader.upload(LINKEDID) is not None
    uploader.tidy()
    assert not standing(sqlite_store)


def standing(store: Sessions) -> dict[str, Alarm]:
    with store() as session:
        return {row.kind: row for row in session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))}


def test_a_copy_that_killed_every_sender_is_set_aside_listed_and_tried_again(
    store: Sessions, settings: Settings
) -> None:
    there = stored_at(settings, f"file://{settings.data}/share")
    finished(store, there)
    killed = RecordingUpload(linkedid=LINKEDID, attempts=lease.CLAIMS, error=lease.KILLER.format(lease.CLAIMS))
    with store() as session, session.begin():
        session.add(killed)
    uploader = Uploader(store, there)
    assert due(store, uploader) == []
    with store() as session, session.begin():
        (row,) = again.set_aside(session)
        assert row.linkedid == LINKEDID and "died of it" in str(row.error)
        assert again.again(session, LINKEDID)
        assert again.set_aside(session) == []
    assert due(store, uploader) == [LINKEDID]
    assert uploader.upload(LINKEDID) is not None


def test_what_is_wrong_with_the_storage_is_said(sqlite_store: Sessions, settings: Settings, s3: S3Server) -> None:
    finished(sqlite_store, settings)

    def said(there: Settings) -> str:
        assert Uploader(sqlite_store, there).upload(LINKEDID) is None
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
    assert Uploader(sqlite_store, away).upload(LINKEDID) is None
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
    assert Uploader(sqlite_store, away).upload(LINKEDID) is None
    s3.open_door()
    again_at_once(sqlite_store)
    assert Uploader(sqlite_store, away).upload(LINKEDID) == url_of(away, str(row.path))
    assert s3.parts() == []


def test_local_copies_stay_until_the_storage_says_that_it_has_them(
    sqlite_store: Sessions, away: Settings, s3: S3Server
) -> None:
    row = finished(sqlite_store, away)
    uploader = Uploader(sqlite_store, away)
    uploader.upload(LINKEDID)
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
    assert due(sqlite_store, uploader) == [LINKEDID], "it is sent again"


GONE = "s3://given-up/calls"


def second_row(store: Sessions, settings: Settings, **values: object) -> str:
    """Another finished recording, with these columns."""
    put_raw(settings, noise(5).tobytes(), "1.2")
    add_call(store, 5.0, "1.2")
    assert service.finish(store, settings, "1.2") == "stored"
    if values:
        with store() as session, session.begin():
            session.execute(update(Recording).where(Recording.linkedid == "1.2").values(values))
    return "1.2"


def test_a_storage_that_is_gone_keeps_no_other_from_being_looked_at(
    store: Sessions, away: Settings, s3: S3Server
) -> None:
    """The older copy is in a storage that lets nobody in any more; the other's local copy goes, its loss is found."""
    s3.refuse, s3.refuse_at = HTTPStatus.FORBIDDEN, lambda _method, path: path.startswith("/given-up")
    finished(store, away)
    uploader = Uploader(store, away)
    uploader.upload(LINKEDID)
    long_ago = utcnow() - timedelta(days=30)
    second_row(store, away, remote_url=f"{GONE}/1.2.flac", remote_at=long_ago - timedelta(days=9))
    with store() as session, session.begin():
        session.execute(update(Recording).where(Recording.linkedid == LINKEDID).values(remote_at=long_ago))
    uploader.tidy()
    assert (row_of(store).local, row_of(store, "1.2").local) == (False, True)
    url = str(row_of(store).remote_url)
    Storage(away, url).remove(url)
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago, local=False))
        session.execute(update(Recording).where(Recording.linkedid == "1.2").values(checked_at=None))
    asked = len(s3.asked)
    uploader.tidy()
    assert not any(path.startswith("/given-up") for _method, path in s3.asked[asked:]), "it is left alone for a while"
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago))
        session.execute(update(Recording).where(Recording.linkedid == "1.2").values(checked_at=None))
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
    assert uploader.upload(LINKEDID) is None
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
    Uploader(sqlite_store, away).upload(LINKEDID)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=None, local=False))
    put_raw(away, noise(5).tobytes())
    s3.asked.clear()
    Sweep(sqlite_store, away)()
    assert s3.asked == []
    assert not list(away.spool.iterdir()), "a verified copy is enough to let the raw file go"


def test_a_full_disk_lets_local_copies_go_earlier(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    storage = away.recording.storage
    full = away.model_copy(update={"recording": Recordings(storage=storage, yellow="100%", red="0 GB")})
    uploader = Uploader(sqlite_store, full)
    uploader.upload(LINKEDID)
    assert is_low(full)
    uploader.tidy()
    assert not (full.recordings / str(row.path)).exists()
    with service.borrow(full, row_of(sqlite_store)) as path:
        assert path.stat().st_size == row.size


def test_local_copies_stay_where_the_owner_wants_them(sqlite_store: Sessions, settings: Settings, s3: S3Server) -> None:
    both = stored_at(settings, f"s3://{s3.bucket()}", s3.url, keep_local=True)
    row = finished(sqlite_store, both)
    uploader = Uploader(sqlite_store, both)
    uploader.upload(LINKEDID)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(remote_at=utcnow() - timedelta(days=300)))
    uploader.tidy()
    assert row_of(sqlite_store).local and (both.recordings / str(row.path)).exists()


def test_a_damaged_local_copy_gives_way_to_the_storages(sqlite_store: Sessions, away: Settings) -> None:
    row = finished(sqlite_store, away)
    local = away.recordings / str(row.path)
    sound = local.read_bytes()
    Uploader(sqlite_store, away).upload(LINKEDID)
    local.write_bytes(b"rotten")
    with service.borrow(away, row_of(sqlite_store)) as path:
        assert path.read_bytes() == sound
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=utcnow() - timedelta(days=8)))
    look = Sweep(sqlite_store, away)
    look()
    row = row_of(sqlite_store)
    assert (row.fault, row.local) == (None, False)


@pytest.mark.parametrize("place", ["s3", "file"])
def test_every_copy_goes(sqlite_store: Sessions, settings: Settings, s3: S3Server, tmp_path: Path, place: str) -> None:
    url = f"s3://{s3.bucket()}" if place == "s3" else f"file://{tmp_path}/share"
    there = stored_at(settings, url, s3.url if place == "s3" else "")
    row = finished(sqlite_store, there)
    assert Uploader(sqlite_store, there).upload(LINKEDID) is not None
    row = row_of(sqlite_store)
    local = there.recordings / str(row.path)
    kept = local.read_bytes()
    local.unlink()
    with service.borrow(there, row):
        pass
    local.write_bytes(kept)
    names = copies.names(row)
    assert len(names) == 4
    assert [copies.remove(there, name) for name in names].count(row.sha256) == 2
    assert [copies.remove(there, name) for name in names] == [None] * 4, "once more is no harm"
    for folder in (there.recordings, there.recordings_cache, tmp_path / "share"):
        assert not [path for path in folder.rglob("*") if path.is_file()]
    with pytest.raises(NoSound), service.borrow(there, row):
        pass
    with pytest.raises(NoSound):
        service.open_stream(there, row).file.read()


def test_what_a_killed_sender_left_on_a_share_goes(sqlite_store: Sessions, settings: Settings, tmp_path: Path) -> None:
    there = stored_at(settings, f"file://{tmp_path}/share")
    row = finished(sqlite_store, there)
    url = url_of(there, str(row.path))
    draft = Path(url.removeprefix("file://") + ".part")
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half of it")
    copies.remove(there, url)
    assert not draft.exists()


def test_who_fetches_a_copy_while_it_is_erased_gets_nothing_and_leaves_nothing(
    sqlite_store: Sessions, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stored_at(settings, f"file://{tmp_path}/share")
    row = finished(sqlite_store, there)
    Uploader(sqlite_store, there).upload(LINKEDID)
    row = row_of(sqlite_store)
    (there.recordings / str(row.path)).unlink()
    read = Storage.read

    def erased_meanwhile(self: Storage, url: str, begin: int, end: int) -> bytes:
        sound = read(self, url, begin, end)
        monkeypatch.undo()
        for name in sorted(copies.names(row), key=lambda name: "://" not in name):
            copies.remove(there, name)
        return sound

    monkeypatch.setattr(Storage, "read", erased_meanwhile)
    with pytest.raises(NoSound), service.borrow(there, row):
        pass
    assert [path for path in there.recordings_cache.rglob("*") if path.is_file()] == []


def test_a_sender_that_counted_as_dead_leaves_nothing_of_what_was_erased(
    store: Sessions, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = stored_at(settings, f"file://{tmp_path}/share")
    finished(store, there)
    put = Storage.put

    def erased_meanwhile(self: Storage, *arguments: Any) -> None:
        put(self, *arguments)
        with store() as session, session.begin():
            erasing.erase(session, there, Scope(linkedids=(LINKEDID,)))

    monkeypatch.setattr(Storage, "put", erased_meanwhile)
    assert Uploader(store, there).upload(LINKEDID) is None
    assert [path for path in (tmp_path / "share").rglob("*") if path.is_file()] == []
    assert upload_row(store) is None and row_of(store).state == "erased"


def test_what_is_left_in_a_storage_that_was_away_is_known_until_it_is_gone(
    store: Sessions, away: Settings, s3: S3Server
) -> None:
    """Half of a recording is there when the settings name another place; then it is found again, or erased."""
    row = large(store, away, 2 * PART)
    fail_at_part(s3, Uploader(store, away), 2)
    old = url_of(away, str(row.path))
    Storage(away, old)._s3("put_object", Bucket=old.split("/")[2], Key=old.split("/", 3)[3], Body=b"old")
    new = stored_at(away, f"s3://{s3.bucket()}/calls", s3.url)
    s3.refuse, s3.refuse_at = (
        HTTPStatus.SERVICE_UNAVAILABLE,
        lambda _method, path: path.startswith(f"/{old.split('/')[2]}"),
    )
    again_at_once(store)
    uploader = Uploader(store, new)
    assert uploader.upload(LINKEDID) == url_of(new, str(row.path))
    assert upload_row(store) is None
    uploader.tidy()
    scope = Scope(linkedids=(LINKEDID,))
    with store() as session:
        assert old in {file.name for file in erasing.files(session, new, scope)}
    s3.open_door()
    Uploader(store, new).tidy()
    assert Storage(new, old).size(old) is None
    with store() as session:
        assert old not in {file.name for file in erasing.files(session, new, scope)}


def test_what_was_sent_of_a_file_that_goes_is_forgotten(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    row = large(sqlite_store, away, 2 * PART)
    fail_at_part(s3, Uploader(sqlite_store, away), 2)
    noted = upload_row(sqlite_store)
    assert noted is not None and [number for number, _ in noted.parts or []] == [1]
    copies.remove(away, url_of(away, str(row.path)))
    again_at_once(sqlite_store)
    s3.open_door()
    assert Uploader(sqlite_store, away).upload(LINKEDID) is not None
    assert s3.parts() == ["1", "2"], "the upload was unknown to the storage"


def test_what_arrived_of_a_copy_is_among_what_goes(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    """A sender that died after the last part: the row does not know the copy, the upload's row does."""
    row = large(sqlite_store, away, PART + 1000)
    kill_at(s3, away, lambda method, path: method == "GET" and "upload" not in path)
    url = url_of(away, str(row.path))
    assert Storage(away, url).size(url) == row.size
    names = copies.names(row, upload_row(sqlite_store))
    assert names == [row.path, url]
    for name in names:
        copies.remove(away, name)
    assert Storage(away, url).size(url) is None


def test_a_copy_of_a_file_that_gave_way_to_another_goes(sqlite_store: Sessions, away: Settings, s3: S3Server) -> None:
    """As when a masked recording takes the place of the first one while that is being sent."""
    row = large(sqlite_store, away, PART + 1000)
    fail_at_part(s3, Uploader(sqlite_store, away), 2)
    other = away.recordings / f"2026/03/01/{LINKEDID}.masked.flac"
    other.write_bytes(b"masked")
    values = {"path": f"2026/03/01/{other.name}", "sha256": sha256_of(other, lambda: None), "size": 6}
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(**values))
    again_at_once(sqlite_store)
    url = Uploader(sqlite_store, away).upload(LINKEDID)
    assert url == url_of(away, str(values["path"]))
    assert any(method == "DELETE" and "uploadId=" in path for method, path in s3.asked), "its parts are forgotten"
    old = url_of(away, str(row.path))
    assert Storage(away, old).size(old) is None


def test_who_borrows_is_told_what_is_wrong(sqlite_store: Sessions, settings: Settings) -> None:
    row = finished(sqlite_store, settings)
    path = settings.recordings / str(row.path)
    path.write_bytes(b"x")
    with pytest.raises(NoSound, match="damaged or was changed"), service.borrow(settings, row):
        pass
    path.unlink()
    with pytest.raises(NoSound, match="is gone"), service.borrow(settings, row):
        pass
    row.path = "../../secrets.yaml"
    with pytest.raises(NameRefused), service.borrow(settings, row):
        pass
    with pytest.raises(NameRefused):
        copies.remove(settings, "../secrets.yaml")
    row.path, row.reason = None, "It was not recorded."
    with pytest.raises(NoSound, match="not recorded"), service.borrow(settings, row):
        pass


def test_the_cache_is_kept_small(settings: Settings) -> None:
    now = time.time()
    small = settings.model_copy(update={"recording": Recordings(cache_gb=0.000003)})
    for name, age, size in (("old", 4000, 10), ("a", 1000, 2000), ("b", 900, 2000), ("new", 10, 5000)):
        path = small.recordings_cache / "2026" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
        os.utime(path, (now - age, now - age))
    copies.tidy_cache(small, now)
    assert sorted(path.name for path in small.recordings_cache.rglob("*") if path.is_file()) == ["new"]


@pytest.mark.parametrize("side", [None, "caller", "agent"])
def test_a_clip_is_just_that_stretch(
    sqlite_store: Sessions, settings: Settings, tmp_path: Path, side: str | None
) -> None:
    row = finished(sqlite_store, settings)
    sound = noise(5.0)
    file = tmp_path / "clip.flac"
    file.write_bytes(clips.cut(settings, row, 1.5, 2.25, side))
    read, rate = soundfile.read(file, dtype="int16")
    wanted = sound[round(1.5 * RATE) : round(2.25 * RATE)]
    assert rate == RATE
    assert np.array_equal(read, wanted if side is None else wanted[:, ("caller", "agent").index(side)])


@pytest.mark.parametrize(("begin", "end"), [(3.0, 2.0), (-1.0, 2.0), (5.5, 6.0), (0.0, 601.0)])
def test_a_clip_of_nothing_is_refused(sqlite_store: Sessions, settings: Settings, begin: float, end: float) -> None:
    row = finished(sqlite_store, settings)
    with pytest.raises(NoSound):
        clips.cut(settings, row, begin, end)


def test_a_clip_ends_with_the_recording(sqlite_store: Sessions, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "clip.flac").write_bytes(clips.cut(settings, finished(sqlite_store, settings), 4.5, 9.0))
    assert soundfile.info(tmp_path / "clip.flac").frames == RATE // 2
