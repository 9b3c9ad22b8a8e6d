"""Whoever finishes a recording may be killed at any moment: the next try ends in the same."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from recording import service
from recording.models import Recording
from recording.sweep import Spool
from ringback.config import Settings
from tests.support.recordings import CALL_ID, Sessions, add_call, due, is_finished, noise, put_raw, row_of, sweep_spool

FINISH = """
import sys
from pathlib import Path
from recording import service
from ringback.config import Settings
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata
metadata()
settings = Settings(data=Path(sys.argv[1]))
service.finish(sessions(open_store(settings.store_url)), settings, sys.argv[2])
"""


def test_killed_anywhere_the_next_try_ends_in_the_same(
    sqlite_store: Sessions, settings: Settings, until: Callable[..., Any]
) -> None:
    sound = noise(240)
    put_raw(settings, sound.tobytes())
    add_call(sqlite_store, 240.0)
    day = settings.recordings / "2026/03/01"

    def leased() -> bool:
        with sqlite_store() as session:
            return session.scalar(select(Recording.lease_owner)) is not None

    moments: list[Callable[[], object]] = [
        leased,
        lambda: list(day.glob("*.flac.part")),
        lambda: any(p.stat().st_size > 1 << 21 for p in day.glob("*.flac.part")),
        lambda: list(day.glob("*.peaks.part")),
    ]
    for reached in moments:
        worker = subprocess.Popen([sys.executable, "-c", FINISH, str(settings.data), CALL_ID])
        until(lambda: reached() or worker.poll() is not None, 30)  # noqa: B023 - called at once
        worker.kill()
        worker.wait()
        if row_of(sqlite_store).state == "spooled":
            assert (settings.spool / f"{CALL_ID}.raw").exists()
            assert due(sqlite_store) == [CALL_ID]
    service.finish(sqlite_store, settings, CALL_ID)
    is_finished(settings, row_of(sqlite_store), sound)
    assert row_of(sqlite_store).state == "stored"


def test_killed_between_the_row_and_the_raw_file_the_sweep_ends_it(sqlite_store: Sessions, settings: Settings) -> None:
    sound = noise(5)
    put_raw(settings, sound.tobytes())
    add_call(sqlite_store, 5.0)
    service.finish(sqlite_store, settings, CALL_ID)
    put_raw(settings, sound.tobytes())
    assert sweep_spool(sqlite_store, settings) == Spool([], [])
    is_finished(settings, row_of(sqlite_store), sound)
    # But never while the library does not hold it.
    path = service.sound_path(settings, row_of(sqlite_store))
    assert path is not None
    path.write_bytes(b"broken")
    raw = put_raw(settings, sound.tobytes())
    sweep_spool(sqlite_store, settings)
    assert raw.exists()
