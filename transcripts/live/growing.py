"""The raw recording of a call that goes on, read while Asterisk writes it.

The file is somebody else's: it may not be there yet, vanish, become shorter, or be no file at all. None of this is an
error here: there is just nothing to hear. What is half a frame at the end is read when the rest has come. Asterisk
writes about a second at a time (a buffer of 32 KiB).
"""

import os
import stat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recording.names import raw_name

FRAME_BYTES = 4
"""Two channels of 16 bits."""


class GrowingFile:
    """One call's raw file. Nothing is held open between two readings."""

    def __init__(self, spool: Path, call_id: str) -> None:
        """Raises NameRefused."""
        self._path = spool / raw_name(call_id)

    def frames(self) -> int:
        """Whole frames that are there now; 0: there is no such file, or it is none of Asterisk's."""
        try:
            found = self._path.lstat()
        except OSError:
            return 0
        return found.st_size // FRAME_BYTES if stat.S_ISREG(found.st_mode) else 0

    def read(self, start: int, end: int) -> NDArray[np.int16]:
        """Frames `start` to `end`, as rows of (caller, what the caller hears); fewer where the file has become shorter.

        A link or a pipe that somebody put in the file's place is not followed and not waited for.
        """
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return np.zeros((0, 2), np.int16)
        try:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = os.pread(descriptor, (end - start) * FRAME_BYTES, start * FRAME_BYTES) if regular else b""
        except OSError:
            data = b""
        finally:
            os.close(descriptor)
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        return np.frombuffer(data[:whole], "<i2").reshape(-1, 2).astype(np.int16, copy=False)
