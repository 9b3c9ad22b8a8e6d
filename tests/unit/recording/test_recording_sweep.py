"""What belongs to nobody is found on both sides, kept, raised as an alarm, and forgotten when it is gone."""

import errno
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from recording import alarms, checks, service, sweep
from recording.checks import check_library
from recording.errors import NotAFile
from recording.files import kind_of, open_file, size_of
from recording.models import Recording
from recording.names import owners
from recording.sweep import Spool
from retention.models import LegalHold
from ringback.config import Settings
from ringback.messages import text
from ringback.store.alarms import clear_alarm
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.recordings import (
    ARRIVED,
    CALL_ID,
    Sessions,
    add_call,
    new_sweep,
    noise,
    put_raw,
    row_of,
    sweep_spool,
)

SOUND = noise(2).tobytes()


def standing(store: Sessions) -> dict[tuple[str, str], Alarm]:
    with store() as session:
        rows = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
        return {(row.kind, row.subject): row for row in rows}


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then), follow_symlinks=False)


def finished(store: Sessions, settings: Settings) -> Path:
    put_raw(settings, SOUND)
    add_call(store, 2.0)
    assert service.finish(store, settings, CALL_ID) == "stored"
    return settings.recordings / str(row_of(store).path)


def test_raw_files_of_no_call_are_told_and_kept(store: Sessions, settings: Settings) -> None:
    raw = put_raw(settings, b"abcd", "1.9", age=61)
    put_raw(settings, b"abcd", "1.8", age=5)
    assert sweep_spool(store, settings) == Spool([raw.name], [])
    alarm = standing(store)[alarms.ORPHANS, "spool"]
    assert (alarm.level, alarm.args["count"], alarm.args["names"]) == ("yellow", 1, ["1.9.raw"])
    assert raw.exists()
    age(put_raw(settings, b"abcd", "1.7"), 61)
    sweep_spool(store, settings)
    assert standing(store)[alarms.ORPHANS, "spool"].args["count"] == 2, "it says how it is now"
    for path in settings.spool.iterdir():
        path.unlink()
    sweep_spool(store, settings)
    assert not standing(store)


def test_what_a_person_has_seen_to_is_not_said_again(sqlite_store: Sessions, settings: Settings) -> None:
    put_raw(settings, b"abcd", "1.9", age=61)
    sweep_spool(sqlite_store, settings)
    with sqlite_store() as session, session.begin():
        clear_alarm(session, alarms.ORPHANS, "spool", utcnow(), by="eva")
    sweep_spool(sqlite_store, settings)
    assert not standing(sqlite_store)
    put_raw(settings, b"abcd", "1.8", age=61)
    sweep_spool(sqlite_store, settings)
    assert standing(sqlite_store)[alarms.ORPHANS, "spool"].args["count"] == 2


@pytest.mark.parametrize("what", ["link", "folder", "pipe", "name", "ending", "bytes"])
def test_things_that_somebody_put_into_the_spool_stop_nothing(
    sqlite_store: Sessions, settings: Settings, what: str, tmp_path: Path
) -> None:
    """Each beside a call of that very name, which ends in a stated result; the next call is finished as ever."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"s" * 64_000)
    path = settings.spool / {"name": "-rf ~.raw", "ending": "notes.txt", "bytes": "\udcff\udcfe\x1b.raw"}.get(
        what, f"{CALL_ID}.raw"
    )
    match what:
        case "link":
            path.symlink_to(secret)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.write_bytes(SOUND)
    age(path, 100)
    add_call(sqlite_store, 2.0)
    assert service.finish(sqlite_store, settings, CALL_ID) == "missing"
    row = row_of(sqlite_store)
    if what in ("link", "folder", "pipe"):
        assert row.notes == [["not_a_file", {"kind": what}]]
    assert sweep_spool(sqlite_store, settings).strangers
    assert alarms.STRANGERS in {kind for kind, _ in standing(sqlite_store)}
    assert os.path.lexists(path) and secret.read_bytes() == b"s" * 64_000
    put_raw(settings, SOUND, "1.2")
    add_call(sqlite_store, 2.0, "1.2")
    assert service.finish(sqlite_store, settings, "1.2") == "stored"
    # Taken away, it is forgotten.
    path.rmdir() if what == "folder" else path.unlink()
    sweep_spool(sqlite_store, settings)
    assert not standing(sqlite_store)


def test_only_files_are_opened(tmp_path: Path) -> None:
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    file.write_bytes(b"12")
    link.symlink_to(file)
    assert [kind_of(path) for path in (pipe, link, file, tmp_path, tmp_path / "no")] == [
        "pipe", "link", "file", "folder", None,
    ]  # fmt: skip
    for path in (pipe, link, tmp_path):
        with pytest.raises(NotAFile):
            open_file(path)
        with pytest.raises(NotAFile):
            size_of(path)
    with open_file(file) as opened:
        assert opened.read() == b"12"
    assert (size_of(file), size_of(tmp_path / "no")) == (2, None)


def test_a_raw_file_that_is_finished_goes_and_one_that_is_not_stays(store: Sessions, settings: Settings) -> None:
    path = finished(store, settings)
    raw = put_raw(settings, SOUND)
    path.write_bytes(b"broken")
    sweep_spool(store, settings)
    assert raw.exists(), "the library does not hold it"
    path.unlink()
    sweep_spool(store, settings)
    assert raw.exists()


@pytest.mark.parametrize("fault", ["gone", "changed"])
def test_a_file_that_is_not_what_it_was_is_found_and_forgiven(store: Sessions, settings: Settings, fault: str) -> None:
    path = finished(store, settings)
    good = path.read_bytes()
    look = new_sweep(store, settings)
    look()
    assert row_of(store).fault is None
    path.unlink() if fault == "gone" else path.write_bytes(good[:-1] + b"?")
    look()
    assert row_of(store).fault is None, "it was seen whole not long ago"
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=utcnow() - checks.CHECK_EVERY - timedelta(seconds=1)))
    look()
    assert row_of(store).fault == fault
    alarm = standing(store)[alarms.DAMAGED, "library"]
    assert (alarm.level, alarm.args) == ("red", {"count": 1, "names": [CALL_ID]})
    path.write_bytes(good)
    look()
    assert row_of(store).fault is None
    assert not standing(store)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[Path]:
    """Files that the disk does not give back: reading or removing one is an input/output error."""
    bad: set[Path] = set()
    opened, unlink = Path.open, Path.unlink

    def failing_open(self: Path, *arguments: Any, **named: Any) -> Any:
        if self in bad:
            raise OSError(errno.EIO, "Input/output error", str(self))
        return opened(self, *arguments, **named)

    def failing_unlink(self: Path, missing_ok: bool = False) -> None:
        if self in bad:
            raise OSError(errno.EIO, "Input/output error", str(self))
        unlink(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "open", failing_open)
    monkeypatch.setattr(Path, "unlink", failing_unlink)
    return bad


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(
    store: Sessions, settings: Settings, broken: set[Path]
) -> None:
    """Neither the other files, nor the next look, nor the calls that wait to be finished."""
    path = finished(store, settings)
    put_raw(settings, SOUND, "1.2")
    add_call(store, 2.0, "1.2")
    assert service.finish(store, settings, "1.2") == "stored"
    long_ago = utcnow() - timedelta(days=30)
    with store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago))
    broken.add(path)
    new_sweep(store, settings)()
    assert (row_of(store).fault, row_of(store, "1.2").fault) == ("unreadable", None)
    checked = [row_of(store, call_id).checked_at for call_id in (CALL_ID, "1.2")]
    assert all(at is not None and at > long_ago for at in checked)
    assert standing(store)[alarms.DAMAGED, "library"].args["names"] == [CALL_ID]
    broken.clear()
    new_sweep(store, settings)()
    assert row_of(store).fault is None and not standing(store)


def test_a_raw_file_that_cannot_be_removed_keeps_no_other(
    sqlite_store: Sessions, settings: Settings, broken: set[Path]
) -> None:
    finished(sqlite_store, settings)
    raw = put_raw(settings, SOUND)
    put_raw(settings, SOUND, "1.2")
    add_call(sqlite_store, 2.0, "1.2")
    service.finish(sqlite_store, settings, "1.2")
    other = put_raw(settings, SOUND, "1.2")
    broken.add(raw)
    sweep_spool(sqlite_store, settings)
    assert raw.exists() and not other.exists()


def test_a_spool_that_cannot_be_read_is_told_after_the_library_was_looked_at(
    sqlite_store: Sessions, settings: Settings
) -> None:
    path = finished(sqlite_store, settings)
    path.unlink()
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=utcnow() - timedelta(days=30)))
    settings.spool.rmdir()
    with pytest.raises(OSError):
        new_sweep(sqlite_store, settings)()
    assert row_of(sqlite_store).fault == "gone"
    assert alarms.DAMAGED in {kind for kind, _ in standing(sqlite_store)}


def test_looking_is_cheap_however_many_there_are(sqlite_store: Sessions, settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(checks, "CHECK_ROWS", 2)
    for number in range(5):
        put_raw(settings, SOUND, f"1.{number}")
        add_call(sqlite_store, 2.0, f"1.{number}")
        service.finish(sqlite_store, settings, f"1.{number}")
    long_ago = utcnow() - timedelta(days=30)
    with sqlite_store() as session, session.begin():
        session.execute(update(Recording).values(checked_at=long_ago))
    seen = []
    for _ in range(3):
        check_library(sqlite_store, settings)
        with sqlite_store() as session:
            seen.append(sum(row.checked_at != long_ago for row in session.scalars(select(Recording))))
    assert seen == [2, 4, 5]


def test_files_of_the_library_without_a_row_are_told(sqlite_store: Sessions, settings: Settings) -> None:
    path = finished(sqlite_store, settings)
    beside = path.with_name(f"{CALL_ID}.masked.flac")
    strangers = [path.with_name("1.77.flac"), settings.recordings / "holiday.jpg", settings.recordings / "2020/x.flac"]
    strangers[2].parent.mkdir()
    for file in (beside, *strangers):
        file.write_bytes(b"?")
    fresh = path.with_name("1.78.flac")
    fresh.write_bytes(b"?")
    for file in (path, beside, *strangers):
        age(file, sweep.LIBRARY_SECONDS + 10)
    look = new_sweep(sqlite_store, settings)
    look()
    alarm = standing(sqlite_store)[alarms.ORPHANS, "library"]
    assert alarm.args["names"] == ["2020/x.flac", "2026/03/01/1.77.flac", "holiday.jpg"]
    for file in strangers:
        assert file.exists()
        file.unlink()
    look()
    look()
    assert not standing(sqlite_store)


def test_what_was_written_for_a_call_while_it_was_erased_goes(store: Sessions, settings: Settings) -> None:
    path = finished(store, settings)
    with store() as session, session.begin():
        session.execute(update(Recording).values(state="erased", path=None))
    masked = path.with_name(f"{CALL_ID}.masked.flac")
    fresh = path.with_name(f"{CALL_ID}.masked.json")
    for file in (masked, fresh):
        file.write_bytes(b"?")
    for file in (path, masked):
        age(file, sweep.LIBRARY_SECONDS + 10)
    new_sweep(store, settings)()
    assert not path.exists() and not masked.exists() and fresh.exists()
    assert not standing(store)


@pytest.mark.parametrize("held", [False, True])
def test_a_raw_file_of_no_call_has_a_last_day(store: Sessions, settings: Settings, held: bool) -> None:
    """Nobody knows whose it is, so while any number is held it stays."""
    days = max(queue.keep_days for queue in settings.queues.values())
    old = put_raw(settings, SOUND, "1.8", age=(days + 1) * 86_400)
    young = put_raw(settings, SOUND, "1.9", age=(days - 1) * 86_400)
    if held:
        with store() as session, session.begin():
            session.add(LegalHold(kind="number", subject="+14155550123", reason="court", placed_by="admin"))
    found = sweep_spool(store, settings)
    assert (old.exists(), young.exists()) == (held, True)
    assert found.orphans == (["1.8.raw"] if held else []) + ["1.9.raw"]
    assert f"after {days} days" in standing(store)[alarms.ORPHANS, "spool"].text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1.2.flac", ["1.2", "1"]),
        ("n-1.2.peaks.json", ["n-1.2.peaks", "n-1.2", "n-1"]),
        ("notes", []),
        ("..", []),
    ],
)
def test_whose_a_file_may_be(name: str, expected: list[str]) -> None:
    assert owners(name) == expected


def test_recordings_that_nobody_finishes_are_an_alarm(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 2.0)
    put_raw(settings, SOUND)
    with sqlite_store() as session, session.begin():
        session.add(Recording(call_id=CALL_ID, state="spooled", error=text("No space left on device.")))
    look = new_sweep(sqlite_store, settings)
    look()
    alarm = standing(sqlite_store)[alarms.STUCK, "spool"]
    assert "No space left" in alarm.text and alarm.args["count"] == 1
    service.finish(sqlite_store, settings, CALL_ID)
    look()
    assert not standing(sqlite_store)


def test_an_ended_call_that_nobody_begins_to_finish_is_an_alarm(store: Sessions, settings: Settings) -> None:
    add_call(store, 2.0)
    add_call(store, 2.0, "1.2", ended_at=utcnow() - timedelta(minutes=9))
    add_call(store, 2.0, "1.3", ended_at=None)
    new_sweep(store, settings)()
    alarm = standing(store)[alarms.STUCK, "spool"]
    assert (alarm.args["count"], alarm.args["spent"], alarm.args["names"]) == (1, 0, [CALL_ID])


def test_a_recording_that_waits_for_a_wish_is_not_stuck(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 2.0)
    with sqlite_store() as session, session.begin():
        session.add(Recording(call_id=CALL_ID, state="spooled", lease_until=utcnow() + timedelta(minutes=5)))
    new_sweep(sqlite_store, settings)()
    assert not standing(sqlite_store)


def test_what_comes_from_the_future_is_told_and_kept(sqlite_store: Sessions, settings: Settings) -> None:
    raw = put_raw(settings, SOUND, "1.9", age=-400 * 86_400)
    assert sweep_spool(sqlite_store, settings) == Spool([raw.name], [])
    assert raw.exists()


def test_a_recording_of_before_gets_its_last_day(store: Sessions, settings: Settings) -> None:
    """Set aside before rows had it from the beginning."""
    add_call(store, 2.0)
    with store() as session, session.begin():
        session.add(Recording(call_id=CALL_ID, state="spooled", attempts=3, error=text("It broke.")))
    new_sweep(store, settings)()
    assert row_of(store).keep_until == ARRIVED + timedelta(seconds=2, days=365)
