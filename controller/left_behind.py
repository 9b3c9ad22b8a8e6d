"""Callers whom no controller saw: the dialplan leaves a line of text for each channel that nobody gave a command.

Owns reading these files, `<call_id>.call` in the fallback's spool, and that each goes once the call has its row.
What a call is made of them is the runner's: they come to it as the end of a channel, as if it had been listening.
The line is `LINE ENDED AWAY CAME FROM`: the dialled number, when the channel ended, `yes` where the fallback had the
caller (else `-`), when the caller came (`-`: an agent's phone), and the From header, URL-encoded; times in milliseconds
since the epoch (asterisk-conf/extensions.conf.j2).
"""

import logging
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from controller.visits import NOBODY_LOOKED
from ivr.caller import read_from
from ivr.events import HungUp, Missed
from pbx.codec import began_at
from pbx.reports import ChannelEvent

log = logging.getLogger(__name__)

SUFFIX = ".call"
OLD_SECONDS = 5.0
"""A file so old is of a call that the controller has a row of by now, if it saw it."""
MOST_BYTES = 8192
CONTENT = re.compile(r"([0-9+*#]{1,32}) ([0-9]{13}) (yes|-)(?: ([0-9]{13}|-))? ?(\S*)\s*", re.ASCII)
"""A version before wrote no time of coming."""
CALL_ID = re.compile(r"[0-9]{10}\.[0-9]{1,12}", re.ASCII)


def take_in(folder: Path, known: Callable[[Iterable[str]], Container[str]], now: float) -> list[ChannelEvent]:
    """The ends of calls that have no row yet, oldest first; the files of the others go.

    `known` says which of these calls have a row. A file is read again until its call has one, so that nothing is lost
    by whoever dies in between. What is no such file is moved to `rejected/`.
    """
    files = dict(sorted((path.name.removesuffix(SUFFIX), path) for path in _old(folder, now)))
    if not files:
        return []
    there = known(files)
    found = []
    for call_id, path in files.items():
        if call_id in there:
            path.unlink(missing_ok=True)
            continue
        end = _read(call_id, path)
        if end is None:
            _reject(path)
        else:
            found.append(end)
    return found


def _old(folder: Path, now: float) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return  # nothing was ever written there
    for entry in entries:
        if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
            age = now - entry.stat(follow_symlinks=False).st_mtime
            if not 0 <= age < OLD_SECONDS:  # a time that is yet to come says nothing: the clock was set
                yield Path(entry.path)


def _read(call_id: str, path: Path) -> ChannelEvent | None:
    if not CALL_ID.fullmatch(call_id) or path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        text = file.read(MOST_BYTES).decode("ascii", "replace")
    content = CONTENT.fullmatch(text)
    if content is None:
        return None
    line, ended, away, came, header = content.groups()
    ended_at = int(ended) / 1000
    at = int(came) / 1000 if came and came != "-" else began_at(call_id, ended_at)
    missed = Missed(min(at, ended_at), line, *read_from(header), by_fallback=away == "yes")
    return ChannelEvent(call_id, HungUp(ended_at, NOBODY_LOOKED), missed=missed)


def _reject(path: Path) -> None:
    """Out of the way, for a person to look at."""
    log.warning("%s says of no call and is moved to rejected/", ascii(path.name))
    folder = path.parent / "rejected"
    folder.mkdir(exist_ok=True)
    path.replace(folder / path.name)
