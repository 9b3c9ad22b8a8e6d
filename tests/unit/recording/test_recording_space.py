"""The free-space gate: two alarms before the disk is full, gone by themselves; a full disk loses nothing."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select, update

from app import doctor
from recording import service
from recording.models import Recording
from recording.space import Disk, SpaceGate, disks, fill, is_low
from ringback.config import Settings
from ringback.config.recordings import Recordings, room_bytes
from ringback.store import lease
from ringback.store.base import utcnow
from ringback.store.bus import Alarm
from tests.support.recordings import CALL_ID, Sessions, add_call, due, is_finished, noise, put_raw, row_of
from tests.support.storage import stored_at


def limited(settings: Settings, yellow: str, red: str) -> Settings:
    return settings.model_copy(update={"recording": Recordings(yellow=yellow, red=red)})


def look(gate: SpaceGate, store: Sessions, *, full: bool = False) -> list[str]:
    """What the worker does; the places that were told of."""
    with store() as session:
        places = gate.due(session, full)
    for place in places:
        gate.tell(place)
    return places


def standing(store: Sessions) -> list[tuple[str, str, str]]:
    with store() as session:
        rows = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)))
        return [(row.kind, row.subject, row.level) for row in rows]


def test_alarms_come_and_go_with_the_room(store: Sessions, settings: Settings) -> None:
    """The real disk of this machine, with limits around what is free on it."""
    gate = SpaceGate(store, limited(settings, "0 GB", "0 GB"))
    assert look(gate, store) == []
    gate.settings = limited(settings, "100%", "0 GB")
    assert look(gate, store) == ["spool"]
    assert standing(store) == [("recording.space_low", "spool", "yellow")]
    assert look(gate, store) == [], "once is enough"
    gate.settings = limited(settings, "100%", "100%")
    look(gate, store)
    assert standing(store) == [("recording.space_out", "spool", "red")]
    with store() as session:
        alarm = session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None))).one()
        assert "Calls go on. Make room." in alarm.text and alarm.args["minutes"] > 0
    # A worker that is started anew knows what was told.
    again = SpaceGate(store, limited(settings, "100%", "100%"))
    assert look(again, store) == []
    again.settings = limited(settings, "0 GB", "0 GB")
    assert look(again, store) == ["spool"]
    assert standing(store) == []


@pytest.mark.parametrize(
    ("free", "before", "expected"),
    [
        (6.0, "", ""),
        (4.9, "", "yellow"),
        (0.9, "", "red"),
        (5.1, "yellow", "yellow"),  # not quite enough to say that it is over
        (5.3, "yellow", ""),
        (1.04, "red", "red"),
        (1.06, "red", "yellow"),
        (5.1, "", ""),
        (1.04, "yellow", "yellow"),
    ],
)
def test_an_alarm_does_not_flicker(settings: Settings, free: float, before: str, expected: str) -> None:
    disk = Disk("spool", settings.spool, round(free * 1e9), round(100e9))
    assert fill(settings, disk, before) == expected  # type: ignore[arg-type]


def test_room_is_bytes_or_a_share() -> None:
    assert room_bytes("5 GB", 1) == 5_000_000_000
    assert room_bytes("2.5%", 1000) == 25
    with pytest.raises(ValidationError, match=r"Red .* begins before yellow"):
        Recordings(yellow="1 GB", red="2 GB")
    with pytest.raises(ValidationError):
        Recordings(yellow="5 apples")


def test_one_disk_is_looked_at_once(settings: Settings) -> None:
    found = disks(settings)
    assert [disk.place for disk in found] == ["spool"]
    assert 0 < found[0].free <= found[0].whole
    assert disks(settings.model_copy(update={"data": Path("/no/such/folder")}))[0].whole > 0
    assert is_low(limited(settings, "100%", "0 GB")) and not is_low(limited(settings, "0 GB", "0 GB"))


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], None]]:
    """Files of this process cannot grow over a size, until the test ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_tried_again_and_nothing_is_lost(
    sqlite_store: Sessions, settings: Settings, small_disk: Callable[[int], None]
) -> None:
    sound = noise(120)
    raw = put_raw(settings, sound.tobytes())
    add_call(sqlite_store, 120.0)
    small_disk(1 << 20)
    for _ in range(lease.TRIES + lease.CLAIMS):
        assert service.finish(sqlite_store, settings, CALL_ID) is None
        row = row_of(sqlite_store)
        assert (row.state, row.attempts, row.lease_owner) == ("spooled", 0, None)
        assert "File too large" in str(row.error)
        assert due(sqlite_store) == []  # not at once
        with sqlite_store() as session, session.begin():
            session.execute(update(Recording).values(lease_until=utcnow()))
        assert due(sqlite_store) == [CALL_ID]
    assert raw.read_bytes() == sound.tobytes()
    small_disk(resource.RLIM_INFINITY)
    assert service.finish(sqlite_store, settings, CALL_ID) == "stored"
    is_finished(settings, row_of(sqlite_store), sound)
    assert row_of(sqlite_store).error is None


def test_the_doctor_tells_the_room_and_whether_the_storage_answers(settings: Settings) -> None:
    checks = {check.name: check for check in doctor.examine(limited(settings, "100%", "0 GB"))}
    assert checks["disk"].state == "note" and "hours of calls" in checks["disk"].found
    assert "storage" not in checks
    away = stored_at(settings, "s3://calls", "http://127.0.0.1:9", timeout_seconds=1)
    checks = {check.name: check for check in doctor.examine(away)}
    assert (checks["disk"].state, checks["storage"].state) == ("good", "bad")
    assert "does not answer" in checks["storage"].found
