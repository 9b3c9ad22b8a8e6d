"""Processes of this machine as /proc shows them (Linux): children that die with their parent, when one starts anew."""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that a child gets when its parent dies."""


FIRST_PAUSE = 0.2
"""Seconds before the first restart; each quick death after it doubles them."""
LONGEST_PAUSE = 15.0
"""What they are never doubled beyond."""
SETTLED = 5.0
"""A process that lived as long as this has its next death counted as a first one."""


def pause_before(deaths: int, spread: float) -> float:
    """Seconds to wait before the next start after so many quick deaths in a row; `spread` 0..1 is the jitter."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (deaths - 1)) * (0.75 + spread / 2)


def tied_to(parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program: die with `parent`, the process that starts it."""
    libc = ctypes.CDLL(None, use_errno=True)

    def set_up() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the line above took hold
            os._exit(1)

    return set_up


def descendants(pid: int) -> list[int]:
    """The processes that `pid` started, and those that they started (Linux: read from /proc)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        mine = children.get(waiting.pop(), [])
        found += mine
        waiting += mine
    return found


def exists(pid: int) -> bool:
    """Whether the process runs; one that has ended and only waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> list[str]:
    """Its command line, word by word; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
