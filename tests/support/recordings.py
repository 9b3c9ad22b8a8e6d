"""Raw files, calls and rows for the tests of recordings."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from calls.models import Call
from recording import service, sweep
from recording.models import Recording
from retention import holds
from ringback.config import Settings
from ringback.store.base import utcnow

RATE = 8000
ARRIVED = datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC)
CALL_ID = "1700000000.1"
Sessions = sessionmaker[Session]


def noise(seconds: float, seed: int = 1) -> NDArray[np.int16]:
    """Interleaved stereo that does not pack well."""
    frames = round(seconds * RATE)
    return np.random.default_rng(seed).integers(-8000, 8000, (frames, 2), dtype=np.int16)


def sweep_spool(store: Sessions, settings: Settings) -> sweep.Spool:
    """One look at the spool, wired as the worker wires it."""
    return sweep.sweep_spool(store, settings, holds.may_be_on_orphans)


def new_sweep(store: Sessions, settings: Settings) -> sweep.Sweep:
    """The worker's sweep."""
    return sweep.Sweep(store, settings, holds.may_be_on_orphans)


def put_raw(settings: Settings, data: bytes, call_id: str = CALL_ID, age: float = 10.0) -> Path:
    """A raw file that was last written to `age` seconds ago."""
    path = settings.spool / f"{call_id}.raw"
    path.write_bytes(data)
    then = utcnow().timestamp() - age
    os.utime(path, (then, then))
    return path


def add_call(store: Sessions, seconds: float, call_id: str = CALL_ID, **facts: Any) -> None:
    call: dict[str, Any] = {
        "line": "1000", "language": "en", "caller_number": "201", "caller_name": "", "state": "ended",
        "queue": "support", "arrived_at": ARRIVED, "ended_at": ARRIVED + timedelta(seconds=seconds),
    }  # fmt: skip
    with store() as session, session.begin():
        session.add(Call(call_id=call_id, **(call | facts)))


def row_of(store: Sessions, call_id: str = CALL_ID) -> Recording:
    with store() as session:
        return session.scalars(select(Recording).where(Recording.call_id == call_id)).one()


def due(store: Sessions) -> list[str]:
    with store() as session:
        return service.due(session, full=True)


def is_finished(settings: Settings, row: Recording, sound: NDArray[np.int16]) -> None:
    """The library holds exactly `sound`, the row says so, and nothing else is left."""
    path = service.sound_path(settings, row)
    assert path is not None
    read, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    assert np.array_equal(read, sound)
    assert row.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row.seconds == pytest.approx(len(sound) / RATE)
    assert not list(settings.spool.iterdir())
    assert sorted(p.name for p in path.parent.iterdir()) == [f"{CALL_ID}.flac", f"{CALL_ID}.peaks.json"]
