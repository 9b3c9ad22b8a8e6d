"""What a program takes: its CPU, and its memory at most without what its parent had.

Linux counts the memory of the process that started a program into the program's `ru_maxrss` (the old memory's peak is
kept over execve, kernel/exec_mmap): beside a parent that holds a model every child would look as large. So a process
reads its own peak from VmHWM in /proc, which begins anew with each program, and a program that cannot tell its own is
started by a small process of its own.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_STARTER = """
import json, os, sys
quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0o600) for number in (1, 2)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Used:
    """What a program took."""

    exit: int
    """Its exit status; a signal's number with a minus."""
    cpu: float
    """User and system seconds of the program and of what it waited for."""
    peak_mb: float


def own_peak_mb() -> float:
    """The most memory that this process had at a time since its program began."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def start(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Used:
    """Runs a program to its end; what it says is thrown away."""
    starter = [sys.executable, "-I", "-S", "-c", _STARTER, *command]
    told = subprocess.run(starter, check=True, stdout=subprocess.PIPE, text=True, env=dict(environment or os.environ))
    return Used(*json.loads(told.stdout))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> int:
    """The most memory that a process had so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)
