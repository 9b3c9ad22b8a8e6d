"""Files and folders as recordings need them: only what is really a file, checksums, and what a power cut leaves."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from recording.errors import NotAFile

Tick = Callable[[], None]
"""Called between pieces of long work: renews a lease, or raises to stop."""

KINDS = {
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


def kind_of(path: Path) -> str | None:
    """file, or what else lies there: folder, link (wherever it leads), pipe, socket, device; None: nothing."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    return "file" if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "device")


def open_file(path: Path) -> BinaryIO:
    """Opens what is a file for reading; never waits for a pipe's other end and follows no link. Raises NotAFile."""
    kind = kind_of(path)
    if kind not in ("file", None):
        raise NotAFile(kind or "")
    # Somebody may put something else in its place just now.
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotAFile("device")
    return file


def size_of(path: Path) -> int | None:
    """Bytes; None: there is nothing of that name. Raises NotAFile."""
    kind = kind_of(path)
    if kind is None:
        return None
    if kind != "file":
        raise NotAFile(kind)
    return path.lstat().st_size


def sha256_of(path: Path, tick: Tick) -> str:
    """Hexadecimal digest of a file of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            tick()
    return digest.hexdigest()


def to_disk(path: Path) -> None:
    """Returns when the file's (or folder's) content would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
