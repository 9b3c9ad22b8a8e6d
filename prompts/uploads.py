"""Files that come in pieces: the pages' front takes small requests alone, and a minute of sound is larger than one.

A piece is put where it belongs, behind the ones before it; one that comes twice does no harm. What nobody went on with
is thrown away. What becomes of a whole file is `prompts/recorded.py`'s.
"""

import time
import uuid
from pathlib import Path

from prompts.errors import PromptError
from prompts.reading import LARGEST_BYTES
from ringback.config import Settings

PIECE_BYTES = 48 * 1024
"""The largest piece, with room for the rest of its request."""
LEFT_SECONDS = 15 * 60
"""An upload that did not go on for so long is over."""
MOST_UPLOADS = 5
"""At one time: as many files of the largest size can lie there."""


def add_piece(settings: Settings, upload: uuid.UUID, at: int, data: bytes) -> int:
    """Puts a piece at byte `at` of a file, and returns how long the file is now.

    Raises PromptError: too large, out of order, or too many uploads; OSError where it cannot be written.
    """
    file = _file(settings, upload)
    file.parent.mkdir(parents=True, exist_ok=True)
    there = file.stat().st_size if file.exists() else 0
    if not there:
        _tidy(file.parent)
        if len(list(file.parent.iterdir())) >= MOST_UPLOADS:
            raise PromptError("prompts.too_many_uploads")
    if at + len(data) > LARGEST_BYTES or len(data) > PIECE_BYTES:
        file.unlink(missing_ok=True)
        raise PromptError("prompts.too_large", megabytes=LARGEST_BYTES // 1024**2)
    if at > there:
        raise PromptError("prompts.piece_missing")
    with file.open("r+b" if there else "wb") as opened:
        opened.seek(at)
        opened.write(data)
    return max(there, at + len(data))


def take(settings: Settings, upload: uuid.UUID) -> bytes:
    """The whole file, which is kept no longer. Raises PromptError: there is none."""
    file = _file(settings, upload)
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise PromptError("prompts.piece_missing") from error
    finally:
        file.unlink(missing_ok=True)


def _file(settings: Settings, upload: uuid.UUID) -> Path:
    return settings.prompt_spool / "uploads" / upload.hex


def _tidy(folder: Path) -> None:
    for old in folder.iterdir():
        if old.stat().st_mtime + LEFT_SECONDS < time.time():
            old.unlink(missing_ok=True)
