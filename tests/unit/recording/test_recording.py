"""A raw file becomes a verified FLAC in the library, whatever happens on the way."""

import json
import subprocess
import tracemalloc
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import delete, select, update

from calls.models import Call, SelfCall
from outbox import service as outbox
from outbox.models import OutboxEvent
from recording import encoding, finishing, service
from recording.errors import NameRefused
from recording.models import Recording
from recording.names import is_safe, library_name, raw_name
from recording.policy import judge, tolerance
from retention import erasure
from ringback.config import Settings
from ringback.messages import text
from ringback.store import lease
from ringback.store.base import utcnow
from tests.support.recordings import (
    ARRIVED,
    CALL_ID,
    Sessions,
    add_call,
    due,
    is_finished,
    noise,
    put_raw,
    row_of,
    sweep_spool,
)


def test_a_whole_recording_is_stored(store: Sessions, settings: Settings) -> None:
    sound = noise(10.5)
    put_raw(settings, sound.tobytes())
    add_call(store, 11.0)
    assert due(store) == [CALL_ID]
    assert service.finish(store, settings, CALL_ID) == "stored"
    row = row_of(store)
    assert (row.state, row.reason, row.error) == ("stored", None, None)
    assert row.path == "2026/03/01/1700000000.1.flac"
    assert row.answered_seconds == 11.0
    assert row.keep_until == ARRIVED + timedelta(seconds=11, days=365)
    is_finished(settings, row, sound)
    assert due(store) == []
    assert service.finish(store, settings, CALL_ID) is None


def test_systems_beside_are_told_of_sound_and_of_nothing_else(store: Sessions, settings: Settings) -> None:
    with store() as session, session.begin():
        outbox.register(session, ["webhook:crm"], utcnow())
    put_raw(settings, noise(10.5).tobytes())
    add_call(store, 11.0)
    assert service.finish(store, settings, CALL_ID) == "stored"
    with store() as session, session.begin():
        (event,) = session.scalars(select(OutboxEvent))
        row = row_of(store)
        assert (event.kind, event.key) == ("recording.ready", f"call:{CALL_ID}")
        assert (event.body["seconds"], event.body["sha256"]) == (row.seconds, row.sha256)
        session.execute(delete(OutboxEvent))
        session.execute(delete(Recording))
    assert service.finish(store, settings, CALL_ID) == "missing", "the raw file is gone"
    with store() as session:
        assert session.scalars(select(OutboxEvent)).all() == []


def test_peaks_are_the_lowest_and_highest_of_each_piece(settings: Settings) -> None:
    sound = noise(60.3)
    sound[:, 1] = 0
    raw = put_raw(settings, sound.tobytes())
    encoding.finish(raw, settings.recordings / "a.flac", settings.recordings / "a.peaks.json", "1", lambda: None)
    peaks = json.loads((settings.recordings / "a.peaks.json").read_text())
    per = peaks["samples_per_peak"]
    pairs = np.array(peaks["channels"]["caller"]).reshape(-1, 2)
    assert 800 <= len(pairs) <= 2000
    for number in (0, 7, len(pairs) - 1):
        piece = sound[number * per : (number + 1) * per, 0]
        assert pairs[number].tolist() == [piece.min() >> 8, piece.max() >> 8]
    assert set(peaks["channels"]["agent"]) == {0}
    assert peaks["seconds"] == pytest.approx(60.3)


@pytest.mark.parametrize(
    ("data", "answered", "state", "reason"),
    [
        (b"", 5.0, "missing", "without any sound"),
        (b"\x01\x02\x03", 5.0, "missing", "without any sound"),
        (noise(0.1).tobytes(), 0.1, "stored", None),
        (noise(5.0).tobytes() + b"\x01\x02\x03", 5.0, "stored", "Half a sample at its end (3 B)"),
        (noise(5.0).tobytes() + b"\x01", 9.0, "truncated", "(1 B)"),
        (noise(5.0).tobytes(), 20.0, "truncated", "5 s, but the call was answered for 20 s: 15 s"),
        (noise(5.0).tobytes(), 1.0, "stored", "5 s, but the call was answered for only 1 s"),
    ],
)
def test_every_odd_file_is_a_stated_result(
    sqlite_store: Sessions, settings: Settings, data: bytes, answered: float, state: str, reason: str | None
) -> None:
    put_raw(settings, data)
    add_call(sqlite_store, answered)
    assert service.finish(sqlite_store, settings, CALL_ID) == state
    row = row_of(sqlite_store)
    assert row.state == state
    assert (row.reason is None) if reason is None else (reason in (row.reason or ""))
    assert (row.path is None) == (state == "missing")
    assert not list(settings.spool.iterdir())


def test_no_file_is_missing_only_when_it_will_not_come(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 5.0, arrived_at=utcnow() - timedelta(seconds=5), ended_at=utcnow())
    assert service.finish(sqlite_store, settings, CALL_ID) is None
    with sqlite_store() as session, session.begin():
        session.execute(update(Call).values(ended_at=utcnow() - timedelta(seconds=finishing.LATE_SECONDS)))
    assert service.finish(sqlite_store, settings, CALL_ID) == "missing"
    assert "left no recording file" in (row_of(sqlite_store).reason or "")
    sound = noise(5)
    put_raw(settings, sound.tobytes())  # it came after all
    sweep_spool(sqlite_store, settings)
    assert due(sqlite_store) == [CALL_ID]
    service.finish(sqlite_store, settings, CALL_ID)
    is_finished(settings, row_of(sqlite_store), sound)


def test_a_file_that_still_grows_is_left_alone(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 5.0)
    raw = put_raw(settings, noise(5).tobytes(), age=0.0)
    assert service.finish(sqlite_store, settings, CALL_ID) is None
    assert raw.exists()
    assert due(sqlite_store) == [CALL_ID]


@pytest.mark.parametrize(("over", "state"), [(5.0, None), (11.0, "stored")])
def test_a_file_of_the_future_is_finished_a_little_later(
    sqlite_store: Sessions, settings: Settings, over: float, state: str | None
) -> None:
    """The clock was set back since, or the disk is another machine's."""
    ended = utcnow() - timedelta(seconds=over)
    add_call(sqlite_store, 5.0, arrived_at=ended - timedelta(seconds=5), ended_at=ended)
    put_raw(settings, noise(5).tobytes(), age=-7200)
    assert service.finish(sqlite_store, settings, CALL_ID) == state


def test_a_recording_that_is_never_finished_has_a_last_day(
    store: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_call(store, 5.0)
    put_raw(settings, noise(5).tobytes())

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(encoding, "finish", full)
    assert service.finish(store, settings, CALL_ID) is None
    row = row_of(store)
    assert (row.state, row.keep_until) == ("spooled", ARRIVED + timedelta(seconds=5, days=365))
    with store() as session:
        assert erasure.run_out(session, ARRIVED + timedelta(days=366)) == [CALL_ID]


def test_the_sound_of_a_call_to_a_line_of_our_own_is_kept_for_a_day(store: Sessions, settings: Settings) -> None:
    add_call(store, 5.0)
    with store() as session, session.begin():
        caller = session.scalars(select(Call.caller_number)).one()
        session.add(SelfCall(token=caller, line="1000", slot=caller))
    put_raw(settings, noise(5).tobytes())
    assert service.finish(store, settings, CALL_ID) == "stored"
    assert row_of(store).keep_until == ARRIVED + timedelta(days=1, seconds=5)


def test_a_call_that_goes_on_or_has_not_settled_is_not_due(store: Sessions) -> None:
    add_call(store, 5.0, "1.1", ended_at=None)
    add_call(store, 5.0, "1.2", snapshot={"state": "ended"})
    assert due(store) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", ".hidden", "a..b", "a.", "", "a\n", "x" * 101, "a b", "ж"])
def test_a_name_that_could_leave_the_folder_is_refused(name: str) -> None:
    assert not is_safe(name)
    with pytest.raises(NameRefused):
        raw_name(name)
    with pytest.raises(NameRefused):
        library_name(name, ARRIVED)


def test_a_call_with_such_a_name_says_so_on_its_row(sqlite_store: Sessions, settings: Settings) -> None:
    hostile = "../../../../tmp/x"
    add_call(sqlite_store, 5.0, hostile)
    assert service.finish(sqlite_store, settings, hostile) == "missing"
    assert "not one that Asterisk gives" in (row_of(sqlite_store, hostile).reason or "")


def test_asterisk_names_are_taken() -> None:
    assert is_safe("1700000000.12")
    assert is_safe("node-1_a-1700000000.12")


def test_what_is_short_enough_to_be_whole() -> None:
    assert tolerance(10) == pytest.approx(1.05)
    assert judge(8.96, 10, 0).state == "stored"
    assert judge(8.94, 10, 0).state == "truncated"
    assert judge(0, 0, 0).state == "missing"
    hours = 3 * 3600.0
    assert (judge(hours - 3.9, hours, 0).state, judge(hours - 4.1, hours, 0).state) == ("stored", "truncated")


def test_what_is_too_long_is_said() -> None:
    hours = 3 * 3600.0
    assert judge(hours + 3.9, hours, 0).notes == ()
    assert judge(hours * 1.3, hours, 0).notes == (["longer", {"seconds": 14040.0, "answered": 10800.0}],)
    assert [code for code, _ in judge(hours, 60, 0, beyond=5.0).notes] == ["too_long"], "one of the two is enough"


def test_an_hour_needs_no_more_memory_than_minutes(settings: Settings) -> None:
    raw = settings.spool / "hour.raw"
    minute = noise(60).tobytes()
    with raw.open("wb") as file:
        for _ in range(20):
            file.write(minute)
    tracemalloc.start()
    try:
        encoding.finish(raw, settings.recordings / "h.flac", settings.recordings / "h.json", "1", lambda: None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * encoding.CHUNK
    assert raw.stat().st_size > 2 * peak


def test_what_fails_three_times_is_set_aside_with_its_reason(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 5.0, arrived_at=ARRIVED)
    raw = put_raw(settings, noise(5).tobytes())
    # A folder in the file's place cannot be replaced by a file: a fault that no retry mends.
    (settings.recordings / "2026/03/01/1700000000.1.peaks.json/x").mkdir(parents=True)
    with sqlite_store() as session, session.begin():
        session.add(Recording(call_id=CALL_ID, state="spooled", attempts=lease.TRIES, error=text("It broke.")))
    assert due(sqlite_store) == []
    assert service.finish(sqlite_store, settings, CALL_ID) is None
    assert raw.exists()


def test_who_kills_every_worker_is_set_aside(sqlite_store: Sessions, settings: Settings) -> None:
    add_call(sqlite_store, 5.0)
    put_raw(settings, noise(5).tobytes())
    with sqlite_store() as session, session.begin():
        row = Recording(call_id=CALL_ID, state="spooled")
        session.add(row)
        session.flush()
        for _ in range(lease.CLAIMS):
            assert lease.claim(session, row, utcnow()) is not None
            session.refresh(row)
            # What the row would look like if the worker were gone.
            session.execute(update(Recording).values(lease_owner=f"{lease.socket.gethostname()}:999999999:1"))
            session.refresh(row)
        assert "died of it" in str(row.error)
    assert due(sqlite_store) == []


def test_only_one_holds_a_lease_and_only_the_holder_writes(store: Sessions) -> None:
    add_call(store, 5.0)
    now = utcnow()
    with store() as session, session.begin():
        session.add(Recording(call_id=CALL_ID, state="spooled"))
    with store() as first, store() as second:
        seen_by_both = [s.scalars(select(Recording)).one() for s in (first, second)]
        held = lease.claim(first, seen_by_both[0], now)
        assert held is not None
        first.commit()
        assert lease.claim(second, seen_by_both[1], now) is None
        second.rollback()
    assert due(store) == []
    later = now + timedelta(seconds=lease.SECONDS + 1)
    with store() as session, session.begin():
        row = session.scalars(select(Recording)).one()
        assert lease.claim(session, row, now) is None
        taken = lease.claim(session, row, later)
        assert taken is not None
    with store() as session, pytest.raises(lease.LeaseLost):
        held.release(session, state="stored")
    with store() as session, session.begin():
        taken.release(session, state="stored")
    assert row_of(store).state == "stored"


def test_a_dead_process_of_this_machine_is_known_at_once() -> None:
    child = subprocess.Popen(["/bin/sleep", "60"])
    name = f"{lease.socket.gethostname()}:{child.pid}:{lease.process_start(child.pid)}"
    assert not lease.is_dead(name)
    assert lease.is_dead(f"{lease.socket.gethostname()}:{child.pid}:1")  # another process, long ago
    assert not lease.is_dead(f"elsewhere:{child.pid}:1")
    child.kill()
    child.wait()
    assert lease.is_dead(name)
    assert not lease.is_dead(lease.owner())
