"""What goes of a recording goes from the storage too, also what senders left of it."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from recording import copies, erasing, service
from recording.errors import NoSound
from recording.files import sha256_of
from recording.models import Recording
from recording.storage import Storage, url_of
from recording.uploads import Uploader
from ringback.config import Settings
from ringback.store.erasing import Scope
from tests.support.recordings import CALL_ID, Sessions, row_of
from tests.support.storage import (
    PART,
    S3Server,
    again_at_once,
    fail_at_part,
    finished,
    kill_at,
    large,
    stored_at,
    upload_row,
)


@pytest.mark.parametrize("place", ["s3", "file"])
def test_every_copy_goes(sqlite_store: Sessions, settings: Settings, s3: S3Server, tmp_path: Path, place: str) -> None:
    url = f"s3://{s3.bucket()}" if place == "s3" else f"file://{tmp_path}/share"
    there = stored_at(settings, url, s3.url if place == "s3" else "")
    row = finished(sqlite_store, there)
    assert Uploader(sqlite_store, there).upload(CALL_ID) is not None
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
    Uploader(sqlite_store, there).upload(CALL_ID)
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
            erasing.erase(session, there, Scope(call_ids=(CALL_ID,)))

    monkeypatch.setattr(Storage, "put", erased_meanwhile)
    assert Uploader(store, there).upload(CALL_ID) is None
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
    assert uploader.upload(CALL_ID) == url_of(new, str(row.path))
    assert upload_row(store) is None
    uploader.tidy()
    scope = Scope(call_ids=(CALL_ID,))
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
    assert Uploader(sqlite_store, away).upload(CALL_ID) is not None
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
    other = away.recordings / f"2026/03/01/{CALL_ID}.masked.flac"
    other.write_bytes(b"masked")
    values = {"path": f"2026/03/01/{other.name}", "sha256": sha256_of(other, lambda: None), "size": 6}
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(**values))
    again_at_once(sqlite_store)
    url = Uploader(sqlite_store, away).upload(CALL_ID)
    assert url == url_of(away, str(values["path"]))
    assert any(method == "DELETE" and "uploadId=" in path for method, path in s3.asked), "its parts are forgotten"
    old = url_of(away, str(row.path))
    assert Storage(away, old).size(old) is None
