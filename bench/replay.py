"""A replay of 50,000 stored calls beside a plain loop of as many calls on the same fake switch.

The plain loop decides whole calls as fast as it can and reads nothing. A replay reads each call from the store and
takes it through two worlds, that of then and that of the changed settings. Both are counted in CPU seconds of one core,
so that a machine with other work to do tells the same.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.replay.run import Replay
from bench import replay_past
from bench.peak import own_peak_mb
from bench.report import Figure
from bench.runner import decide
from ringback.store.base import utc
from ringback.store.engine import open_store, sessions
from ringback.store.schema import metadata

CALLS_A_DAY, AGENTS = 3000, 32
DAYS = 17
LIMIT_SECONDS = 60.0
MOST_MB = 300.0
PLAIN_WAVES = 50


def run(quick: bool) -> dict[str, Any]:
    """`figures`, and every run in `details`."""
    days = 2 if quick else DAYS
    with tempfile.TemporaryDirectory(prefix="rb-") as folder:
        store = Path(folder) / "ringback.db"
        engine = open_store(f"sqlite:///{store}")
        metadata().create_all(engine)
        replay_past.day(engine, replay_past.settings(AGENTS), CALLS_A_DAY)
        replay_past.copies(engine, days - 1)
        engine.dispose()
        done = _in_a_process(store, days)
    calls, seconds = int(done["calls"]), done["cpu_seconds"]
    plain = done["plain_seconds_a_call"] * calls
    whole = seconds * 50_000 / calls
    figures = [
        Figure("50,000 calls replayed", whole, "s", "limit", LIMIT_SECONDS, whole, "s", "under 60 s", whole < 60),
        Figure("the same, beside a plain loop", seconds, "s", "plain loop, one world", plain, seconds / plain),
        Figure("calls that come where they came", 100 * done["same"] / calls, "%"),
        Figure("most memory", done["peak_mb"], "MB", "limit", MOST_MB, done["peak_mb"], "MB", "", None),
    ]
    return {"figures": figures, "details": done}


def _in_a_process(store: Path, days: int) -> dict[str, Any]:
    """In a process of its own, whose memory is that of the replay alone."""
    asked = [sys.executable, "-m", "bench.replay", str(store), str(days)]
    ended = subprocess.run(asked, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _replay(store: Path, days: int) -> dict[str, Any]:
    """A plain loop before and after, so that both have the same machine; then what the replay took."""
    given, since = replay_past.settings(AGENTS), utc(replay_past.NINE - 600)
    plain = [_plain()]
    with sessions(open_store(f"sqlite:///{store}"))() as session:
        wall, cpu = time.perf_counter(), time.process_time()
        done = Replay(session, given, given, since, since + timedelta(days=days)).run()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = own_peak_mb()
    plain.append(_plain())
    return {
        "calls": done.report.calls,
        "same": done.report.same_place,
        "cpu_seconds": cpu,
        "wall_seconds": wall,
        "plain_seconds_a_call": sum(plain) / len(plain),
        "peak_mb": peak,
    }


def _plain() -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    calls, _ = decide(PLAIN_WAVES)
    return (time.process_time() - began) / calls


if __name__ == "__main__":
    print(json.dumps(_replay(Path(sys.argv[1]), int(sys.argv[2]))))
