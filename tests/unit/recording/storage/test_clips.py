"""Sound that is fetched to be worked on, the cache that keeps it for a while, and clips cut from it."""

import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recording import clips, copies, service
from recording.errors import NameRefused, NoSound
from ringback.config import Settings
from ringback.config.recordings import Recordings
from tests.support.recordings import RATE, Sessions, noise
from tests.support.storage import finished


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
