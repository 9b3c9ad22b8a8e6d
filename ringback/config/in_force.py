"""The settings in force: a copy of `ringback.yaml` as it was when `ringback run` took it up, in the data folder.

Processes that start again by themselves read the copy, so that a file which somebody is editing changes nothing.
"""

from datetime import UTC, datetime
from pathlib import Path

from ringback.config.settings import Settings

NAME = "settings-in-force.yaml"
FOLDER = b"# Relative folders are read from: "


def file_of(settings: Settings) -> Path:
    """Where the copy lies."""
    return settings.data / NAME


def keep(source: Path, settings: Settings) -> Path:
    """Makes the copy anew from a file that was read without an error, or from none: then the defaults hold."""
    settings.data.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    first = f"# In force since {now}, from {source.name!a}. Written by `ringback run`: changes made here are lost."
    folder = str(source.resolve().parent)
    copy = file_of(settings)
    draft = copy.with_name(f"{NAME}.new")
    draft.touch(mode=0o600)
    draft.write_bytes(first.encode() + b"\n" + FOLDER + folder.encode() + b"\n" + _text_of(source))
    draft.replace(copy)
    return copy


def put_back(copy: Path, text: bytes) -> bool:
    """Writes the copy again where somebody has deleted it; False where it is there, or its folder is gone, too."""
    if copy.exists() or not copy.parent.is_dir():
        return False
    draft = copy.with_name(f"{NAME}.new")
    draft.touch(mode=0o600)
    draft.write_bytes(text)
    draft.replace(copy)
    return True


def folder_of(path: Path) -> Path:
    """From where relative folders in the file are read: from its own, but for the copy."""
    if path.name != NAME:
        return path.parent
    with path.open("rb") as file:
        file.readline()
        told = file.readline()
    return Path(told.removeprefix(FOLDER).decode().rstrip("\n")) if told.startswith(FOLDER) else path.parent


def differs(source: Path, settings: Settings) -> bool:
    """Whether the file says something else than what is in force; not so where nothing was ever in force."""
    copy = file_of(settings)
    return copy.exists() and copy.read_bytes().split(b"\n", 2)[2:] != [_text_of(source)]


def _text_of(source: Path) -> bytes:
    return source.read_bytes().removeprefix(b"\xef\xbb\xbf") if source.exists() else b""
