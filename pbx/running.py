"""The Asterisk that runs in a folder: whether there is one, whether it is the one wanted, how it takes up changes.

Owns the note of what it was started with. It may have been started by a Ringback that is long gone: nothing here needs
to be its parent. Where it lies is `pbx/asterisk.py`'s, who starts it `app/watchdog.py`'s.
"""

import hashlib
import os
from pathlib import Path

from pbx.asterisk import AsteriskDirs
from pbx.errors import AsteriskError

AT_START_ONLY = ("asterisk.conf", "modules.conf", "logger.conf")
"""Files that Asterisk reads at its start alone."""
RELOADS = (
    "dialplan reload",
    "module reload res_pjsip.so",
    "module reload res_rtp_asterisk.so",
    "moh reload",
    "manager reload",
)
"""What takes up the rest without touching a call (22.10.1)."""


def pid_of(place: AsteriskDirs) -> int | None:
    """The process of the Asterisk that runs here, whoever started it; None: there is none."""
    try:
        pid = int((place.run / "asterisk.pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return _sought(place)
    return pid if _is_ours(pid, place) else _sought(place)


def _sought(place: AsteriskDirs) -> int | None:
    """It writes its number only after a while, and somebody may have removed the file."""
    found = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return next((pid for pid in found if _is_ours(pid, place)), None)


def _is_ours(pid: int, place: AsteriskDirs) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(place.conf) in words and b"-f" in words


# -- what it was started with ----------------------------------------------------------------------------


def note_start(place: AsteriskDirs) -> None:
    """Writes down what an Asterisk that is started now is started with."""
    _note(place).write_text(identity(place), encoding="ascii")


def is_wanted(place: AsteriskDirs) -> bool:
    """Whether the Asterisk that runs is the program of now with the settings of now; a reload takes up the others."""
    try:
        return _note(place).read_text(encoding="ascii") == identity(place)
    except OSError:
        return False


def identity(place: AsteriskDirs) -> str:
    """A digest of all that only a start takes up: the program, its version, some files, the transport of SIP."""
    digest = hashlib.sha256()
    for part in (place.program.version, *place.command()):
        digest.update(part.encode() + b"\0")
    for name in AT_START_ONLY:
        digest.update((place.etc / name).read_bytes())
    digest.update(_transports((place.etc / "pjsip.conf").read_text(encoding="utf-8")).encode())
    return digest.hexdigest()


def _transports(text: str) -> str:
    """The sections of pjsip.conf that a reload leaves as they are."""
    sections = ("[" + part for part in text.split("\n["))
    return "\n".join(part for part in sections if "type = transport" in part)


def _note(place: AsteriskDirs) -> Path:
    return place.folder / "started-with"


def reload(place: AsteriskDirs) -> None:
    """Has the running Asterisk read its configuration again; calls go on. Raises AsteriskError."""
    for line in RELOADS:
        place.cli(line)


def channels(place: AsteriskDirs) -> int:
    """How many channels it has. Raises AsteriskError."""
    answer = place.cli("core show channels count")
    try:
        return int(answer.split()[0])
    except (IndexError, ValueError) as error:
        raise AsteriskError("pbx.not_running", folder=place.folder, log=place.log / "asterisk.log") from error
