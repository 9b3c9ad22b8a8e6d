"""Killed anywhere: what is left is never taken for whole, and the next run clears it away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app import backup_run
from app.backup import archive, database, leftovers, places, restoring
from app.backup.manifest import DATA, MANIFEST
from app.backup.places import FolderPlace
from app.occupied import BACKUP, hold
from ringback.config import Settings
from tests.support.backups import back_up, die, elsewhere, furnish, killed, names_of, put_back, rows_of, with_store

Sessions = sessionmaker[Session]


def at_name(ending: str, real: Callable[..., None], *, begun: bool = False) -> Callable[..., None]:
    """Kills whoever writes a file whose name ends so; `begun`: with a part of it under its draft's name."""

    def put(place: FolderPlace, path: Path, name: str) -> None:
        if name.endswith(ending):
            if begun:
                real(place, path, f"{name}.part")
            die()
        real(place, path, name)

    return put


BACKUP_POINTS = {
    "before the database is read": (database, "copy_database", lambda _real: die),
    "while the database is read": (database, "_copy_sqlite", lambda _real: die),
    "while it is packed": (archive, "_add", lambda _real: die),
    "before what is packed is sent": (FolderPlace, "put", lambda real: at_name(DATA, real)),
    "with a part of what is packed": (FolderPlace, "put", lambda real: at_name(DATA, real, begun=True)),
    "before the manifest": (FolderPlace, "put", lambda real: at_name(MANIFEST, real)),
    "with a part of the manifest": (FolderPlace, "put", lambda real: at_name(MANIFEST, real, begun=True)),
    "at the first recording": (places, "to_disk", lambda _real: die),
}


@pytest.mark.parametrize("point", BACKUP_POINTS)
def test_a_backup_that_is_killed_is_none_and_the_next_one_clears_up(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    furnish(settings, sqlite_store)
    sqlite_store.kw["bind"].dispose()
    place = tmp_path / "place"
    first = back_up(settings, place)
    (settings.recordings / "2026/03/01/1700000000.8.flac").write_bytes(b"one more")
    where, name, make = BACKUP_POINTS[point]
    with monkeypatch.context() as patch:
        patch.setattr(where, name, make(getattr(where, name)))
        killed(lambda: back_up(settings, place))
    assert restoring.whole_backups(FolderPlace(place, "")) == [first.name]
    assert (settings.data / leftovers.BACKUP_WORK).exists()

    second = back_up(settings, place)
    there = FolderPlace(place, "").listing()
    assert restoring.whole_backups(FolderPlace(place, "")) == [first.name, second.name]
    assert {name.partition("/")[0] for name in there} == {"recordings", first.name, second.name}
    assert not [name for name in there if name.endswith(".part")]
    assert not (settings.data / leftovers.BACKUP_WORK).exists()
    found = backup_run.chosen(settings, str(place), None, None, unproven=False)
    backup_run.check(found, lambda _line: None)


RESTORE_POINTS = {
    "right after the mark": (restoring, "_fetch_data"),
    "while it is unpacked": (archive, "copy_exactly"),
    "at the recordings": (restoring, "_fetch_sounds"),
    "before the small files": (restoring, "_put_files"),
    "before the rows": (database, "put_back"),
    "in the middle of the rows": (database, "_count_on"),
    "before the mark goes": (restoring.shutil, "rmtree"),
}


ON_POSTGRESQL = ("in the middle of the rows", "before the mark goes")
"""Where PostgreSQL has something to leave behind; the rest is the same on both."""


@pytest.mark.parametrize(
    ("store", "point"),
    [*(("sqlite", point) for point in RESTORE_POINTS), *(("postgresql", point) for point in ON_POSTGRESQL)],
    indirect=["store"],
)
def test_a_restore_that_is_killed_is_no_installation_and_the_next_one_is_whole(
    settings: Settings,
    store: Sessions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    request: pytest.FixtureRequest,
) -> None:
    here = with_store(settings, store)
    is_sqlite = here.store_url.startswith("sqlite")
    furnish(here, store)
    store.kw["bind"].dispose()
    back_up(here, tmp_path / "place")
    there = elsewhere(here, tmp_path, "" if is_sqlite else request.getfixturevalue("new_postgresql")())
    where, name = RESTORE_POINTS[point]
    if is_sqlite and name == "_count_on":
        name = "_take_rows"
    with monkeypatch.context() as patch:
        patch.setattr(where, name, die)
        killed(lambda: put_back(there, tmp_path / "place", backup_run.key(here)))
    with pytest.raises(leftovers.RestoreUnfinished, match="a restore was begun and did not end"):
        leftovers.refuse_unfinished(there)

    put_back(there, tmp_path / "place", backup_run.key(here))
    leftovers.refuse_unfinished(there)
    assert rows_of(there) == rows_of(here)
    extra = {"ringback.db-wal", "ringback.db-shm", "backup-status.json"}
    settings_now = {"restored-settings/ringback.yaml"}
    assert names_of(there) - extra - settings_now == names_of(here) - extra


def test_a_run_does_not_start_in_a_part_of_a_backup(settings: Settings) -> None:
    from app import supervise
    from app.take_settings import Taken

    (settings.data / leftovers.MARKER).write_text("{}")
    with pytest.raises(leftovers.RestoreUnfinished):
        supervise.run(Taken(settings, None), lambda _line: None, lambda: None)


def test_what_a_killed_backup_was_made_of_does_not_outlive_the_next_start(settings: Settings) -> None:
    (settings.data / leftovers.BACKUP_WORK / "spool").mkdir(parents=True)
    with hold(settings, BACKUP):
        leftovers.clear_backup_work(settings)
        assert (settings.data / leftovers.BACKUP_WORK).exists(), "one that goes on is left alone"
    leftovers.clear_backup_work(settings)
    assert not (settings.data / leftovers.BACKUP_WORK).exists()
