"""The Asterisk that runs in a folder: whether there is one, whether it is the one wanted, how it takes up changes.

Owns the note of what it was started with. It may have been started by a Ringback that is long gone: nothing here needs
to be its parent. Where it lies is `pbx/asterisk.py`'s, who starts it `app/watchdog.py`'s.
"""

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pbx.asterisk import AsteriskDirs
from pbx.errors import AsteriskError

log = logging.getLogger(__name__)

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
    """Writes down what an Asterisk that is started now is started with; nothing where the disk is full."""
    note = _note(place)
    try:
        note.unlink(missing_ok=True)
        note.write_text(identity(place), encoding="ascii")
    except OSError as error:
        log.warning("%s cannot be written: %s", note, error)


def is_wanted(place: AsteriskDirs) -> bool:
    """Whether the Asterisk that runs is the program of now with the settings of now; a reload takes up the others."""
    try:
        noted = _note(place).read_text(encoding="ascii")
        return noted in ("", identity(place))
    except OSError:
        return True  # nobody knows: it must not be started again and again for that


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


# -- that it ended though nobody asked it to ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Death:
    """The last end of an Asterisk that was to go on."""

    what: str
    """The process, and its exit status where that is known."""
    in_a_row: int
    """How many ended soon after their start, this one included."""


LAST_DEATH = "last-death.json"
LOOKED_AT = 16384
"""Bytes at the end of a log."""


def note_death(place: AsteriskDirs, what: str, in_a_row: int) -> None:
    """Writes down that it ended, for `ringback run` to say."""
    path = place.folder / LAST_DEATH
    draft = path.with_suffix(".new")
    try:
        draft.write_text(json.dumps(asdict(Death(what, in_a_row))), encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)


def death_since(place: AsteriskDirs, since: float) -> tuple[float, Death] | None:
    """The last death after `since` (seconds since the epoch), with its time; None: there was none."""
    path = place.folder / LAST_DEATH
    try:
        at = path.stat().st_mtime
        return (at, Death(**json.loads(path.read_text(encoding="utf-8")))) if at > since else None
    except (OSError, ValueError, TypeError):
        return None


def last_words(place: AsteriskDirs, most: int = 3) -> list[str]:
    """The errors at the end of what Asterisk logged, and of what it printed."""
    lines: list[str] = []
    for name, only in (("asterisk.log", "ERROR"), ("asterisk-out.log", "")):
        try:
            with (place.log / name).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LOOKED_AT))
                written = file.read().decode(errors="replace").splitlines()
        except OSError:
            continue
        lines += [line.strip() for line in written if line.strip() and only in line][-most:]
    return lines


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
