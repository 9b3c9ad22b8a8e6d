"""A backup is whole, consistent while calls go on, small where nothing changed, and comes back as it was."""

import json
import os
import stat
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app import backup_run, doctor
from app.backup import leftovers, making, manifest, restoring, status
from app.backup.errors import BackupError, RestoreRefused
from app.backup.places import FolderPlace, place_of
from app.occupied import RUN, Occupied, hold
from calls.models import Call
from recording.models import Recording
from ringback import secrets
from ringback.config import Settings
from ringback.config.backup import BackupSettings
from ringback.store.base import utcnow
from ringback.store.engine import open_store, sessions
from tests.support.backups import back_up, elsewhere, furnish, names_of, put_back, rows_of, with_store
from tests.support.recordings import CALL_ID, add_call
from tickets.models import Ticket

Sessions = sessionmaker[Session]


def test_what_is_backed_up_comes_back_on_another_machine(
    settings: Settings, store: Sessions, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here = with_store(settings, store)
    furnish(here, store)
    made = back_up(here, tmp_path / "place")
    assert made.sounds == made.new_sounds == 2  # the sound and its waveform

    is_sqlite = here.store_url.startswith("sqlite")
    make: Callable[[], str] = (lambda: "") if is_sqlite else request.getfixturevalue("new_postgresql")
    there = elsewhere(here, tmp_path, make())
    told = put_back(there, tmp_path / "place", backup_run.key(here))
    assert "restored-settings" in told
    assert rows_of(there) == rows_of(here)
    assert (there.recordings / f"2026/03/01/{CALL_ID}.flac").read_bytes() == (
        here.recordings / f"2026/03/01/{CALL_ID}.flac"
    ).read_bytes()
    assert (there.data / "restored-settings/ringback.yaml").read_text() == "timezone: Europe/Moscow\n"
    assert (there.spool / "1700000000.2.raw").read_bytes() == b"\1\2" * 4000
    assert (there.data / "sounds/ru/приветствие.wav").exists()
    assert (there.fallback_spool / "1700000000.3.json").exists()
    assert secrets.load_or_create(there)[0] == secrets.load_or_create(here)[0]
    assert not (there.data / leftovers.MARKER).exists()
    assert not (there.data / restoring.WORK).exists()

    engine = open_store(there.store_url)
    with sessions(engine)() as session, session.begin():
        ticket = Ticket(subject="next", contact_id=None)
        session.add(ticket)
        session.flush()
        assert ticket.number == 1002, "numbers go on after those that were given"
    engine.dispose()


def test_all_that_is_written_is_for_its_owner_alone(settings: Settings, sqlite_store: Sessions, tmp_path: Path) -> None:
    furnish(settings, sqlite_store)
    before = os.umask(0o000)
    try:
        back_up(settings, tmp_path / "place")
        there = elsewhere(settings, tmp_path)
        put_back(there, tmp_path / "place", backup_run.key(settings))
    finally:
        os.umask(before)
    for top in (tmp_path / "place", there.data):
        for path in (top, *top.rglob("*")):
            assert stat.S_IMODE(path.lstat().st_mode) & 0o077 == 0, path


def test_every_backup_is_as_of_one_moment_while_rows_are_written(
    settings: Settings, store: Sessions, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here = with_store(settings, store)
    furnish(here, store)
    over, count = threading.Event(), 0

    def write() -> None:
        nonlocal count
        while not over.is_set() and count < 400:
            with store() as session, session.begin():  # a call and its recording, together or not at all
                name = f"1800000000.{count}"
                facts = {"line": "1000", "language": "en", "caller_number": "1", "caller_name": "", "state": "ended"}
                session.add(Call(call_id=name, arrived_at=utcnow(), **facts))
                session.flush()
                session.add(Recording(call_id=name, state="missing"))
            count += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = back_up(here, tmp_path / "place")
    finally:
        over.set()
        writer.join()
    assert count > 0
    is_sqlite = here.store_url.startswith("sqlite")
    there = elsewhere(here, tmp_path, "" if is_sqlite else request.getfixturevalue("new_postgresql")())
    put_back(there, tmp_path / "place", backup_run.key(here), made.name)
    calls, sounds, _ = rows_of(there)
    assert {name for name, _ in sounds} == set(calls) | set()
    numbers = sorted(int(name.rpartition(".")[2]) for name in calls if name.startswith("18"))
    assert numbers == list(range(len(numbers))), "what came first is there before what came later"


def test_a_recording_is_copied_once_and_read_once(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(settings, sqlite_store)
    back_up(settings, tmp_path / "place")
    read: list[Path] = []
    real = making.sha256_of
    monkeypatch.setattr(making, "sha256_of", lambda path, tick: read.append(path) or real(path, tick))
    again = back_up(settings, tmp_path / "place")
    assert (again.sounds, again.new_sounds) == (2, 0)
    assert [path.name for path in read] == [manifest.DATA]
    assert len([n for n in FolderPlace(tmp_path / "place", "").listing() if n.startswith("recordings/")]) == 2


def test_the_list_alone_names_what_it_does_not_hold(settings: Settings, sqlite_store: Sessions, tmp_path: Path) -> None:
    furnish(settings, sqlite_store)
    made = back_up(settings, tmp_path / "place", sounds=False, secrets=False)
    assert (made.sounds, made.absent) == (0, 1)
    [row] = backup_run.listed(settings, str(tmp_path / "place"))
    assert (row["absent"], row["recordings"], row["secrets"]) == (1, 0, False)
    there = elsewhere(settings, tmp_path)
    told = put_back(there, tmp_path / "place", backup_run.key(settings))
    assert "1 recordings were in the list alone" in told
    assert "no secrets" in told
    assert not (there.data / "secrets.yaml").exists()


def test_the_key_that_seals_backups_is_in_none(settings: Settings, sqlite_store: Sessions, tmp_path: Path) -> None:
    furnish(settings, sqlite_store)
    back_up(settings, tmp_path / "place")
    there = elsewhere(settings, tmp_path)
    put_back(there, tmp_path / "place", None)
    assert yaml.safe_load((there.data / "secrets.yaml").read_text())["backup_key"] == ""
    key = backup_run.key(settings).encode()
    assert all(key not in path.read_bytes() for path in (tmp_path / "place").rglob("*") if path.is_file())


def test_old_backups_go_with_recordings_that_no_other_names(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(settings, sqlite_store)
    place = tmp_path / "place"
    first = back_up(settings, place)
    (settings.recordings / f"2026/03/01/{CALL_ID}.flac").unlink()
    (place / "notes.txt").write_text("the owner's own")
    now = utcnow()
    monkeypatch.setattr(making, "utcnow", lambda: now + timedelta(days=9))
    kept = back_up(settings, place, keep_days=10)
    assert kept.removed == []
    monkeypatch.setattr(making, "utcnow", lambda: now + timedelta(days=11))
    made = back_up(settings, place, keep_days=10)
    assert made.removed == [first.name]
    there = FolderPlace(place, "").listing()
    assert len([name for name in there if name.startswith("recordings/")]) == 1
    assert "notes.txt" in there
    assert restoring.whole_backups(FolderPlace(place, "")) == [kept.name, made.name]


def test_a_store_of_an_older_version_is_brought_to_the_newest(settings: Settings, tmp_path: Path) -> None:
    from ringback.store import migrate

    engine = open_store(settings.store_url)
    migrate.upgrade(engine, "0022")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO call (id, call_id, line, language, caller_number, caller_name, state, arrived_at, menu_path) "
            "VALUES ('0190b5a0b5a07000800000000000000a', '1700000000.9', '1000', 'en', '', '', 'ended', "
            "'2026-01-01 00:00:00.000000', '[]')"
        )
    engine.dispose()
    secrets.load_or_create(settings)
    # The rows that a backup asks for have not changed since.
    back_up(settings, tmp_path / "place")
    there = elsewhere(settings, tmp_path)
    put_back(there, tmp_path / "place", backup_run.key(settings))
    assert rows_of(there)[0] == ["1700000000.9"]


def test_a_store_of_a_newer_version_is_refused(settings: Settings, sqlite_store: Sessions, tmp_path: Path) -> None:
    with sqlite_store() as session, session.begin():
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    back_up(settings, tmp_path / "place")
    there = elsewhere(settings, tmp_path)
    with pytest.raises(RestoreRefused, match="version that this Ringback does not know"):
        put_back(there, tmp_path / "place", backup_run.key(settings))
    with pytest.raises(leftovers.RestoreUnfinished):
        leftovers.refuse_unfinished(there)


def test_nothing_is_written_over_and_a_running_one_is_refused(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path
) -> None:
    furnish(settings, sqlite_store)
    back_up(settings, tmp_path / "place")
    before = names_of(settings)
    with pytest.raises(RestoreRefused, match="not empty"):
        put_back(settings, tmp_path / "place", backup_run.key(settings))
    assert names_of(settings) == before
    there = elsewhere(settings, tmp_path)
    with hold(there, RUN), pytest.raises(RestoreRefused, match="Ringback runs with this data folder"):
        put_back(there, tmp_path / "place", backup_run.key(settings))


def test_two_backups_at_once_do_not_spoil_each_other(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path
) -> None:
    with hold(settings, "backup"), pytest.raises(Occupied):
        back_up(settings, tmp_path / "place")
    assert not (tmp_path / "place").exists()


def test_how_the_last_one_went_stands_in_the_data_folder(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [check.state for check in doctor._backup(settings)] == ["note"]
    made = back_up(settings, tmp_path / "place")
    assert [check.state for check in doctor._backup(settings)] == ["good"]
    told = json.loads((settings.data / "backup-status.json").read_text())
    assert (told["ok"], told["why"], told["name"]) == (True, "", made.name)
    monkeypatch.setattr(FolderPlace, "digest", lambda *_arguments: "0" * 64)
    with pytest.raises(BackupError, match="is not what was written"):
        back_up(settings, tmp_path / "place")
    after = status.read_status(settings)
    assert after is not None
    assert not after.ok
    assert "is not what was written" in after.why
    assert after.last_ok_at == told["at"]
    assert [check.state for check in doctor._backup(settings)] == ["bad"]


def test_a_place_within_the_data_folder_is_refused(settings: Settings) -> None:
    for where in (settings.data, settings.data / "backups", settings.data.parent):
        with pytest.raises(BackupError, match="lie one in the other"):
            place_of(settings, str(where))


def test_the_settings_say_what_is_asked_for_by_nobody(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path
) -> None:
    furnish(settings, sqlite_store)
    asked = settings.model_copy(update={"backup": BackupSettings(to=str(tmp_path / "place"), recordings="list")})
    made = backup_run.back_up(asked, tmp_path / "ringback.yaml", None, None, None, None, lambda _line: None)
    assert (made.sounds, made.absent) == (0, 1)
    assert made.name in backup_run.told(made)
    with pytest.raises(BackupError, match="Say where"):
        backup_run.back_up(settings, tmp_path / "none.yaml", None, None, None, None, lambda _line: None)


def test_a_check_reads_all_of_it_and_restores_nothing(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path
) -> None:
    furnish(settings, sqlite_store)
    back_up(settings, tmp_path / "place")
    found = backup_run.chosen(settings, str(tmp_path / "place"), None, None, unproven=False)
    backup_run.check(found, lambda _line: None)
    backup_run.settings_of(found, tmp_path / "new.yaml")
    assert (tmp_path / "new.yaml").read_text() == "timezone: Europe/Moscow\n"
    sound = next((tmp_path / "place" / "recordings").rglob("*/*"))
    sound.write_bytes(bytes(sound.stat().st_size))
    with pytest.raises(RestoreRefused, match="missing or damaged"):
        backup_run.check(found, lambda _line: None)


def test_a_recording_that_is_erased_meanwhile_is_left_out(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(settings, sqlite_store)
    real = making._link_or_copy

    def gone(path: Path, target: Path) -> None:
        if path.suffix == ".flac":
            path.unlink()
        real(path, target)

    monkeypatch.setattr(making, "_link_or_copy", gone)
    made = back_up(settings, tmp_path / "place")
    assert (made.sounds, made.absent) == (1, 1)


def test_a_raw_recording_of_a_call_that_goes_on_has_the_length_it_had(
    settings: Settings, sqlite_store: Sessions, tmp_path: Path
) -> None:
    add_call(sqlite_store, 5.0, "1700000000.5", state="talking", ended_at=None)
    raw = settings.spool / "1700000000.5.raw"
    raw.write_bytes(b"\0" * 64_000)
    over = threading.Event()

    def grow() -> None:
        with raw.open("ab") as file:
            while not over.is_set():
                file.write(b"\1" * 640)
                file.flush()

    caller = threading.Thread(target=grow)
    caller.start()
    try:
        back_up(settings, tmp_path / "place")
    finally:
        over.set()
        caller.join()
    there = elsewhere(settings, tmp_path)
    put_back(there, tmp_path / "place", backup_run.key(settings))
    restored = (there.spool / raw.name).read_bytes()
    assert 64_000 <= len(restored) <= raw.stat().st_size
    assert raw.read_bytes().startswith(restored)
    with sessions(open_store(there.store_url))() as session:
        assert session.scalar(select(Call.state)) == "talking"
