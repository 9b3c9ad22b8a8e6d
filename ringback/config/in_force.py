"""The settings in force: a copy of `ringback.yaml` in the data folder, replaced at once or not at all.

All processes read the copy, so that a file which somebody is editing changes nothing, and follow it when it is
replaced (`current.py`): what stands in it is in force, and nothing else is. Its first lines say what is known of it:
the folder from which relative ones are read, the number of its version (`publishing/`), what the file was like when it
was taken up last, and what of it waits for the next start (`at_start.py`).
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ringback.config.folder import BOM, joined
from ringback.config.settings import Settings

NAME = "settings-in-force.yaml"
FIRST = b"# In force since "
FOLDER = b"# Relative folders are read from: "
VERSION = b"# Version: "
FILE = b"# The file when it was taken up last: "
WAITING = b"# Until the next start: "


@dataclass(frozen=True)
class InForce:
    """What the copy says."""

    text: bytes
    """As an owner wrote it."""
    folder: Path
    """From where relative folders in it are read."""
    source: str = "ringback.yaml"
    """The name of the file that `ringback run` was given."""
    version: int = 0
    """Its number; 0: from before versions were counted."""
    file_digest: str = ""
    """Of the file, when a start or `ringback settings publish` took it up last."""
    waiting: Mapping[str, Any] = field(default_factory=dict)
    """By dotted name what holds until the next start instead of what the text says."""

    def written(self, now: datetime) -> bytes:
        """The copy as bytes."""
        since = now.isoformat(timespec="seconds")
        lines = [
            FIRST + f"{since}, from {self.source!a}. Written by Ringback: changes made here are lost.".encode(),
            FOLDER + str(self.folder).encode(),
            VERSION + str(self.version).encode(),
            FILE + self.file_digest.encode(),
            *([WAITING + json.dumps(dict(self.waiting)).encode()] if self.waiting else []),
        ]
        return b"\n".join([*lines, self.text])


def file_of(settings: Settings) -> Path:
    """Where the copy lies."""
    return settings.data / NAME


def parse(content: bytes, file: Path) -> InForce:
    """What is in a copy that lies at `file`."""
    said: dict[bytes, bytes] = {}
    while content.startswith((FIRST, FOLDER, VERSION, FILE, WAITING)):
        line, _, content = content.partition(b"\n")
        start = next(each for each in (FIRST, FOLDER, VERSION, FILE, WAITING) if line.startswith(each))
        if start in said:
            content = line + b"\n" + content
            break
        said[start] = line.removeprefix(start)
    version, waiting = said.get(VERSION, b""), said.get(WAITING, b"")
    source = said.get(FIRST, b"").partition(b", from '")[2].partition(b"'. Written")[0]
    return InForce(
        text=content,
        folder=Path(said[FOLDER].decode()) if FOLDER in said else file.parent,
        source=source.decode() or "ringback.yaml",
        version=int(version) if version.isdigit() else 0,
        file_digest=said.get(FILE, b"").decode(),
        waiting=json.loads(waiting) if waiting else {},
    )


def read_copy(settings: Settings) -> InForce | None:
    """None: nothing was ever in force. Raises OSError."""
    copy = file_of(settings)
    try:
        return parse(copy.read_bytes(), copy)
    except FileNotFoundError:
        return None


def keep(source: Path, settings: Settings, version: int = 0) -> Path:
    """Makes the copy anew from a file that was read without an error, or from none: then the defaults hold."""
    text = text_of(source)
    return put(settings, InForce(text, source.resolve().parent, source.name, version, digest_of(text)))


def put(settings: Settings, wanted: InForce) -> Path:
    """Replaces the copy. Raises OSError where it cannot be written: then what was in force stays."""
    settings.data.mkdir(parents=True, exist_ok=True)
    return _replace(file_of(settings), wanted.written(datetime.now(UTC)))


def put_back(copy: Path, content: bytes) -> bool:
    """Writes the copy again where somebody has deleted it; False where it is there, or its folder is gone, too."""
    if copy.exists() or not copy.parent.is_dir():
        return False
    _replace(copy, content)
    return True


def differs(source: Path, settings: Settings) -> bool:
    """Whether the file says something else than what is in force; not so where nothing was ever in force."""
    found = read_copy(settings)
    return found is not None and found.text != text_of(source)


def is_unchanged(source: Path, found: InForce) -> bool:
    """Whether the file is as it was when it was taken up last: then what was published since stays in force."""
    return found.version > 0 and found.file_digest == digest_of(text_of(source))


def text_of(source: Path) -> bytes:
    """What a file, or the files of a folder, say; nothing where there is none. Raises OSError."""
    if source.is_dir():
        return joined(source)
    return source.read_bytes().removeprefix(BOM) if source.exists() else b""


def digest_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _replace(copy: Path, content: bytes) -> Path:
    """Whoever reads meanwhile, or after the power failed, finds the old one or the new one, whole."""
    draft = copy.with_name(f"{copy.name}.new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(copy)
    return copy
