"""Backups in the storage that recordings know: a real S3 server on loopback."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app import backup_run
from app.backup import restoring, status
from app.backup.errors import RestoreRefused
from app.backup.places import place_of
from recording.errors import StorageError
from ringback.config import Settings
from tests.support.backups import back_up, elsewhere, furnish, put_back, rows_of
from tests.support.storage import PART, S3Server, stored_at

Sessions = sessionmaker[Session]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with S3Server().run() as there:
        yield there


@pytest.fixture
def where(server: S3Server) -> str:
    server.open_door()
    return f"s3://{server.bucket()}/backups"


@pytest.fixture
def here(settings: Settings, sqlite_store: Sessions, server: S3Server, where: str) -> Settings:
    """An installation whose storage is the server."""
    made = stored_at(settings, f"{where}-of-recordings", server.url, timeout_seconds=60)
    furnish(made, sqlite_store)
    return made


def test_a_backup_goes_to_the_storage_and_comes_back_on_a_machine_that_has_no_secrets_yet(
    here: Settings, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here.recordings / "2026/03/01/large.flac").write_bytes(bytes(PART + 10))  # in parts
    made = back_up(here, where)
    assert made.new_sounds == 3
    assert back_up(here, where).new_sounds == 0
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    there = elsewhere(here, tmp_path)
    put_back(there, where, backup_run.key(here))
    assert rows_of(there) == rows_of(here)
    assert (there.recordings / "2026/03/01/large.flac").stat().st_size == PART + 10


def test_a_storage_that_refuses_fails_the_backup_says_so_and_leaves_the_older_one(
    here: Settings, server: S3Server, where: str
) -> None:
    first = back_up(here, where)
    server.refuse_at = lambda method, path: method == "PUT" and path.partition("?")[0].endswith("manifest.json")
    server.refuse = HTTPStatus.FORBIDDEN
    with pytest.raises(StorageError):
        back_up(here, where)
    told = status.read_status(here)
    assert told is not None
    assert not told.ok
    assert "refuses us" in told.why
    server.refuse = None
    place = place_of(here, where)
    assert restoring.whole_backups(place) == [first.name]
    assert len({name.partition("/")[0] for name in place.listing()}) == 3, "one that is not whole lies there"
    second = back_up(here, where)
    assert {name.partition("/")[0] for name in place.listing()} == {"recordings", first.name, second.name}


def test_what_was_begun_to_be_sent_in_parts_by_one_who_was_killed_is_ended(
    here: Settings, server: S3Server, where: str
) -> None:
    import fsspec

    bucket = where.removeprefix("s3://").partition("/")[0]
    back_up(here, where)
    fs = fsspec.filesystem("s3", key="key", secret="secret", client_kwargs={"endpoint_url": server.url})
    fs.call_s3("create_multipart_upload", Bucket=bucket, Key="backups/recordings/aa/x")
    fs.call_s3("create_multipart_upload", Bucket=bucket, Key="somebody/else")
    back_up(here, where)
    left = fs.call_s3("list_multipart_uploads", Bucket=bucket).get("Uploads", [])
    assert [upload["Key"] for upload in left] == ["somebody/else"]


def test_a_recording_that_is_shorter_in_the_storage_is_found(here: Settings, where: str, tmp_path: Path) -> None:
    back_up(here, where)
    place = place_of(here, where)
    name = next(name for name in place.listing() if name.startswith("recordings/"))
    (tmp_path / "short").write_bytes(b"x")
    place.put(tmp_path / "short", name)
    there = elsewhere(here, tmp_path)
    there.data.mkdir(parents=True)
    (tmp_path / "keys").write_text("")
    with pytest.raises(RestoreRefused, match="missing or damaged"):
        restoring.check(place, restoring.find(place, None, backup_run.key(here)), tmp_path, lambda _line: None)
