"""Giving way to call control: niceness as Linux really applies it.

Every part of Ringback is a session of its own, and where the kernel groups processes by session (autogroup, the
default of Debian's), niceness inside a process counts within its session alone: a niced thread of the worker would
still get as much of a core as Asterisk. The group has a niceness too (sched(7), "The autogroup feature").
"""

import logging
import os
from pathlib import Path

log = logging.getLogger("ringback")

AUTOGROUP = Path("/proc/self/autogroup")
GROUP = 5
"""A third of the time that call control gets where both want all of it. The same for transcripts and live words, so
that a long transcript does not silence the floor."""
FIRST_TO_GO = 600
"""Added to the listener's score when memory runs out: the kernel ends it before a call control process."""


def give_way(niceness: int = 0, *, group: int = GROUP, first_to_go: bool = False) -> None:
    """Makes this process yield by `niceness` (0 to 19) and its session by `group`; a thread may yield by more.

    `first_to_go`: also when memory runs out.
    """
    if niceness:
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    if AUTOGROUP.exists():
        _write(AUTOGROUP, str(group))
    if first_to_go:
        _write(Path("/proc/self/oom_score_adj"), str(FIRST_TO_GO))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:  # a kernel or a container that does not let us: the niceness alone must do
        log.info("%s cannot be set: %s", path, error)
