"""What other accounts of this machine may do with the data folder: nothing.

It holds what callers said, their numbers, passwords. Owns the mask that every process of ours begins with, closing a
folder that an older version left open, and the look for what is open (`ringback doctor`). With an Asterisk of the
owner's own, which runs as somebody else, the folder's group may come in (docs/systemd.md).
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ringback.config import Settings

OURS_ALONE, OURS_AND_GROUP = 0o077, 0o007
"""Bits that nothing of ours has."""
SHOWN = 3
"""So many open paths are named."""


def mask(settings: Settings) -> int:
    """What files and folders of this installation may not have."""
    return OURS_AND_GROUP if settings.ami.external else OURS_ALONE


def be_private(settings: Settings) -> None:
    """Whatever this process makes from now on is closed to others, and what it starts does the same."""
    os.umask(mask(settings))


@contextmanager
def private_files() -> Iterator[None]:
    """What is made within the block is for its owner alone, whatever mask the process has."""
    before = os.umask(OURS_ALONE)
    try:
        yield
    finally:
        os.umask(before)


def close_folder(settings: Settings) -> None:
    """Shuts the data folder itself, and with it all that is in it. Raises OSError where it is somebody else's."""
    folder = settings.data
    folder.mkdir(parents=True, exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & mask(settings):
        folder.chmod(mode & ~mask(settings))


def open_paths(settings: Settings) -> Iterator[Path]:
    """What others can reach and read or change, every mode looked at; a folder that they cannot enter hides what is
    in it."""
    bits = mask(settings)
    waiting = [settings.data]
    while waiting:
        path = waiting.pop()
        try:
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                continue  # what it leads to has a mode of its own
            if not stat.S_ISDIR(mode):
                if mode & bits & 0o066:
                    yield path
                continue
            if mode & bits & 0o066:
                yield path
            if mode & bits & 0o011:
                waiting += [Path(entry.path) for entry in os.scandir(path)]
        except OSError:
            continue  # gone meanwhile, or not ours to look into


def is_root() -> bool:
    """Whether a fault of ours would have the whole machine."""
    return os.geteuid() == 0
