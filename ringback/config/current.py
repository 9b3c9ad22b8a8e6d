"""The settings in force as they are now, for a process that goes on while they change.

Owns the look at the copy (`in_force.py`): one call of the system where nothing has changed, as often as the process
likes. What a process does with new settings is its own affair; none is started again for them.
"""

import logging
import threading

from ringback.config import in_force
from ringback.config.reading import ConfigError, accepted, read_text
from ringback.config.settings import Settings
from ringback.messages import Message, words_of

log = logging.getLogger(__name__)

Stamp = tuple[int, int, int]


class Current:
    """Of one process. Several threads may ask."""

    def __init__(self, settings: Settings) -> None:
        """`settings`: those that the process was given; where there is no copy, as in a trial of a part, they hold."""
        self.settings = settings
        self.version = 0
        """The number of the version; 0: from before versions were counted, or without a copy."""
        self.content = b""
        """The copy as it was read last; empty: there was none."""
        self.trouble: Message | None = None
        """Why what stands there was not taken; None: it was."""
        self._file = in_force.file_of(settings)
        self._seen: Stamp | None = None
        self._looking = threading.Lock()
        self.look()

    def is_behind(self) -> bool:
        """Whether `look` has something to read, which takes longer."""
        return self._stamp() not in (None, self._seen)

    def look(self) -> bool:
        """Takes up what was published since; whether anything was. Whoever asks meanwhile goes on with the old ones."""
        stamp = self._stamp()
        if stamp in (None, self._seen) or not self._looking.acquire(blocking=False):
            return False
        try:
            taken = self._take()
        except (ConfigError, OSError, ValueError) as error:
            # It was checked before it was published: a program of another version, or a hand that should not be there.
            self.trouble = words_of(error)
            log.error("%s is not taken up: %s", self._file, error)
            return False
        else:
            self.trouble = None
            return taken
        finally:
            self._seen = stamp
            self._looking.release()

    def _take(self) -> bool:
        content = self._file.read_bytes()
        if content == self.content:
            return False
        copy = in_force.parse(content, self._file)
        reading = read_text(content, self._file, copy.folder, waiting=copy.waiting, notes=False)
        settings = accepted(reading)
        self.content, self.version = content, copy.version
        self.settings = settings.model_copy(update={"data": self.settings.data})
        return True

    def _stamp(self) -> Stamp | None:
        try:
            found = self._file.stat()
        except OSError:
            return None  # whoever deleted it: `ringback run` puts it back
        return found.st_ino, found.st_mtime_ns, found.st_size
