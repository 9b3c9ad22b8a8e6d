"""The order to end all, and who holds the data folder."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

import pytest

from app import occupied, stopping
from app.occupied import WATCHDOG
from app.watchdog import bound
from ringback.config import Settings


def test_an_order_is_read_by_whoever_comes_later(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    assert stopping.given(settings) is None
    order = stopping.give(settings, 120.0)
    assert stopping.given(settings) == order
    stopping.take_back(settings)
    stopping.take_back(settings)
    assert stopping.given(settings) is None


def test_an_order_that_leaves_no_time_is_not_softened(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    stopping.give(settings, 120.0)
    at_once = stopping.give(settings, 0.0, at_once=True)
    assert stopping.give(settings, 120.0) == at_once


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": 1}', '{"at": 1, "seconds": 2, "more": 3}'])
def test_what_is_no_order_is_none(settings: Settings, text: str) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / "stop.json").write_text(text)
    assert stopping.given(settings) is None


def test_where_nothing_runs_nothing_is_ordered(settings: Settings) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    assert stopping.stop(settings, 120.0, at_once=False, tell=pytest.fail) is False
    assert stopping.given(settings) is None


HOLDS = """
import sys, time
from pathlib import Path
from app import occupied
from ringback.config import Settings
lock = occupied.take_over(Settings(data=Path(sys.argv[1])), "watchdog")
print("held", flush=True)
time.sleep(1000)
"""


def test_the_newest_watchdog_counts(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert occupied.holder(settings, WATCHDOG) is None
    command = [sys.executable, "-c", HOLDS, str(tmp_path), "watchdog"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as older:
        assert older.stdout is not None and older.stdout.readline() == "held\n"
        assert occupied.holder(settings, WATCHDOG) == older.pid
        with occupied.take_over(settings, WATCHDOG, seconds=20):
            assert older.wait(20) < 0
            assert occupied.holder(settings, WATCHDOG) == os.getpid()
    assert occupied.holder(settings, WATCHDOG) is None


def test_a_log_that_others_write_to_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "asterisk-out.log"
    with path.open("a") as writer:
        writer.write("x" * 100)
        writer.flush()
        bound(path, most=200)
        assert path.stat().st_size == 100
        bound(path, most=50)
        writer.write("new")
        writer.flush()
    assert (path.read_text(), (tmp_path / "asterisk-out.log.1").read_text()) == ("new", "x" * 100)


def test_two_who_tell_it_to_stop_at_once_both_see_the_end(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    command = [sys.executable, "-c", HOLDS, str(tmp_path), "watchdog"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running, ThreadPoolExecutor(3) as pool:
        assert running.stdout is not None and running.stdout.readline() == "held\n"
        tell = [Queue[str](), Queue[str]()]
        both = [pool.submit(stopping.stop, settings, 120.0, at_once=False, tell=queue.put) for queue in tell]
        try:
            for queue in tell:
                assert "those inside have 120 s" in queue.get(timeout=20)
            order = stopping.given(settings)
            assert order is not None and order.seconds == 120
        finally:
            running.kill()
        assert [each.result(20) for each in both] == [True, True]
    assert stopping.given(settings) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["watchdog.lock"]


class Clock:
    """Passes a minute whenever somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 60.0
        return self.now

    def time(self) -> float:
        return self.now


def test_what_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path)
    monkeypatch.setattr(stopping, "time", Clock())
    with (
        occupied.take_over(settings, WATCHDOG),
        pytest.raises(stopping.StillThere, match=f"Process {os.getpid()} goes on"),
    ):
        stopping.stop(settings, 1.0, at_once=True, tell=pytest.fail)
