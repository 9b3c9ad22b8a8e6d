"""How many calls the line takes: set by the owner, or measured once and kept in `<data>/capacity.json`.

Owns the three limits that the dialplan and the controller hold callers to, and the short measure behind those that the
settings leave open. What happens at a limit is the dialplan's (asterisk-conf/extensions.conf.j2) and
`controller/admission.py`'s.
"""

import json
import os
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

from ringback.config import Settings

CALLS_PER_CORE = 200
"""Recorded callers inside for each core of the machine that this was measured on (bench/README.md, `overload`): 0.19 %
of a core each, and room for everything else."""
NEW_CALLS_PER_CORE = 17.0
"""New calls a second for each core of that machine, with notice, greeting, key, music and recording."""
MEASURED_SECONDS = 0.028
"""What `measure` took there."""
LEAST_NEW_CALLS = 5.0
"""A second; even a slow machine takes so many, and a few callers at once are no flood."""
FALLBACKS = 30
"""Callers at a time whom the fallback serves while the controller is away: each costs a program of its own."""
BURST_SECONDS = 0.25
"""So much of a second's callers may come at once."""
BURST_LEAST = 5.0
"""Callers who may come at once in any case."""
_ROUNDS = 40


@dataclass(frozen=True)
class Limits:
    """What is taken at most."""

    calls: int
    """Callers inside at a time."""
    new_calls: float
    """A second."""
    calls_of_source: int
    """Callers inside at a time from one network address."""
    fallbacks: int = FALLBACKS
    """Callers at a time with the fallback."""


def burst(new_calls: float) -> float:
    """Seconds by which callers may be ahead of so many new calls a second."""
    return max(BURST_SECONDS, BURST_LEAST / new_calls)


def limits(settings: Settings) -> Limits:
    """Those in force: of the settings, or as measured. Measures, and writes the file, where it was never done."""
    sip = settings.sip
    speed, cores = _speed(settings.data.resolve() / "capacity.json"), os.cpu_count() or 1
    calls = sip.most_calls or min(settings.room_for_callers, max(10, round(CALLS_PER_CORE * cores * speed)))
    new_calls = sip.most_new_calls or max(LEAST_NEW_CALLS, round(NEW_CALLS_PER_CORE * cores * speed, 1))
    return Limits(calls, new_calls, sip.most_calls_of_source or max(2, calls // 2))


def _speed(path: Path) -> float:
    """Of a core, beside the machine of the figures above."""
    try:
        seconds = float(json.loads(path.read_text(encoding="ascii"))["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        seconds = measure()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"seconds": seconds}) + "\n", encoding="ascii")
    return min(10.0, max(0.1, MEASURED_SECONDS / max(seconds, 1e-6)))


def measure() -> float:
    """Seconds of CPU for a piece of work that is the same everywhere: the best of three."""
    data = bytes(range(256)) * 64
    found = []
    for _ in range(3):
        began = time.thread_time()
        for number in range(_ROUNDS):
            zlib.compress(data + bytes([number]))
            json.loads(json.dumps({str(each): [each] * 8 for each in range(200)}))
        found.append(time.thread_time() - began)
    return min(found)
