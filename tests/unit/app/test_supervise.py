"""Processes that are kept running: real children, really killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import proc, supervise
from app.supervise import Keeper, Part
from tests.conftest import until

PYTHON = sys.executable


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def shortly(found: Callable[[], Any], seconds: float = 20) -> Any:
    """The first true answer of `found`, with the loop going on meanwhile."""
    return await asyncio.to_thread(until, found, seconds)


async def with_keeper(part: Part, folder: Path, told: list[str], act: Callable[[Keeper], Any]) -> None:
    """Keeps `part` running while `act` looks at it, then stops it."""
    keeper = Keeper(part, folder, told.append, supervise.environment())
    task = asyncio.create_task(keeper.keep())
    try:
        await act(keeper)
    finally:
        await keeper.stop()
        await asyncio.wait_for(task, 20)


def test_a_killed_child_is_started_again_and_people_are_told(tmp_path: Path) -> None:
    told: list[str] = []
    code = "import time; print('here I am', flush=True); time.sleep(1000)"

    async def act(keeper: Keeper) -> None:
        log = tmp_path / "sleeper.log"
        await shortly(lambda: log.exists() and "here I am" in log.read_text())
        assert keeper.process is not None
        first = keeper.process.pid
        os.kill(first, signal.SIGKILL)
        await shortly(lambda: keeper.process and keeper.process.pid != first and alive(keeper.process.pid))
        await shortly(lambda: log.read_text().count("here I am") == 2)
        assert not alive(first)

    asyncio.run(with_keeper(Part("sleeper", [PYTHON, "-c", code]), tmp_path, told, act))
    assert told[0].startswith("sleeper was killed by SIGKILL: starts again in 0.")
    assert told[1] == "  sleeper | here I am"
    assert len(told) == 2, "stopping it at the end is no death"


def test_a_child_that_ignores_the_request_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "STOP_SECONDS", 0.2)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(99)"
    )
    seen: list[int] = []

    async def act(keeper: Keeper) -> None:
        await shortly(lambda: (tmp_path / "deaf.log").exists() and "deaf" in (tmp_path / "deaf.log").read_text())
        assert keeper.process is not None
        seen.append(keeper.process.pid)

    asyncio.run(with_keeper(Part("deaf", [PYTHON, "-c", code]), tmp_path, [], act))
    assert not alive(seen[0])


def test_what_a_dead_child_had_started_goes_with_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, time; p = subprocess.Popen(['sleep', '1000']); print(p.pid, flush=True); time.sleep(1000)"
    )

    async def act(keeper: Keeper) -> None:
        log = tmp_path / "parent.log"
        await shortly(lambda: log.exists() and log.read_text().endswith("\n"))
        grandchild = int(log.read_text().split()[-1])
        assert keeper.process is not None
        os.kill(keeper.process.pid, signal.SIGKILL)
        await shortly(lambda: not alive(grandchild))

    asyncio.run(with_keeper(Part("parent", [PYTHON, "-c", code]), tmp_path, [], act))


def test_a_program_that_is_not_there_is_told_not_raised(tmp_path: Path) -> None:
    told: list[str] = []
    asyncio.run(
        with_keeper(Part("ghost", ["/nowhere/ghost"]), tmp_path, told, lambda _: shortly(lambda: len(told) >= 2))
    )
    assert told[0].startswith("ghost ended with status 127")
    assert "/nowhere/ghost" in told[1]


def test_very_long_lines_and_bytes_that_are_no_text_reach_the_log(tmp_path: Path) -> None:
    code = "import sys, time; sys.stdout.buffer.write(b'x' * 200_000 + b'\\xff\\n'); sys.stdout.flush(); time.sleep(99)"

    async def act(_keeper: Keeper) -> None:
        log = tmp_path / "loud.log"
        assert await shortly(lambda: log.exists() and log.read_text().count("x") == 200_000)

    asyncio.run(with_keeper(Part("loud", [PYTHON, "-c", code]), tmp_path, [], act))


ORPHAN = """
import asyncio, sys
from pathlib import Path
from app.supervise import Keeper, Part, environment

async def main():
    keeper = Keeper(Part("child", ["sleep", "1000"]), Path(sys.argv[1]), print, environment())
    task = asyncio.create_task(keeper.keep())
    while keeper.process is None:
        await asyncio.sleep(0.01)
    print(keeper.process.pid, flush=True)
    await task

asyncio.run(main())
"""


def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    command = [PYTHON, "-c", ORPHAN, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=supervise.environment(), text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        assert alive(child)
        supervisor.kill()
    until(lambda: not alive(child))


def test_pauses_grow_to_a_limit_and_the_first_is_short() -> None:
    assert proc.pause_before(1, 1.0) < 1
    middle = [proc.pause_before(deaths, 0.5) for deaths in range(1, 12)]
    assert middle == sorted(middle)
    assert middle[-1] == proc.LONGEST_PAUSE
    assert proc.pause_before(3, 0.0) < proc.pause_before(3, 1.0)


# -- before the start ------------------------------------------------------------------------------------
