"""Where a recording can be had: the data folder, the storage, and what was fetched from it lately.

Owns getting at the sound of a row, whole (`borrow`) or piece by piece (`open_stream`), and removing every copy of a
file. What is due to be sent there is `recording/uploads.py`'s, who may hear it is the web's.
"""

import glob
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from recording.errors import NameRefused, NoSound
from recording.files import sha256_of
from recording.models import Recording, RecordingUpload
from recording.notes import messages_of
from recording.storage import BLOCK, Storage
from ringback.config import Settings
from ringback.messages import together

TYPES = {".flac": "audio/flac", ".opus": "audio/ogg", ".wav": "audio/wav"}
CACHE_SECONDS = 3600.0
"""A fetched copy stays for so long after it was last wanted, unless the cache is full."""
CACHE_LEAST_SECONDS = 600.0
"""And at least for so long: somebody may be about to open it."""


@dataclass(frozen=True, slots=True)
class SoundStream:
    """A recording's sound, open for reading."""

    file: BinaryIO
    """Can seek. Whoever got it closes it."""
    size: int
    """Bytes."""
    content_type: str


def sound_path(settings: Settings, row: Recording) -> Path | None:
    """Where the finished file lies in the data folder, unless it is in the storage alone; None: there is none.

    Raises NameRefused where the row names a file outside the recordings folder.
    """
    return _inside(settings.recordings, row.path) if row.path else None


def content_type(name: str) -> str:
    """The MIME type of a finished file."""
    return TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


@contextmanager
def borrow(settings: Settings, row: Recording) -> Iterator[Path]:
    """The finished file, checked against the row's sha256, for as long as the block lasts. Not to be changed.

    Raises NoSound and, where it lies in a storage that does not answer, StorageError: try later.
    Raises NameRefused where the row names a file outside the recordings folder.
    """
    path = sound_path(settings, row)
    if path is None or row.path is None:
        raise _soundless(row)
    if not _is_whole(path, row):
        if row.remote_url is None:
            raise _lost(path)
        path = _inside(settings.recordings_cache, row.path)
        if _is_whole(path, row):
            os.utime(path)
        else:
            _fetch(settings, row, path)
    yield path


def open_stream(settings: Settings, row: Recording) -> SoundStream:
    """The sound for reading from any place, without fetching all of it. Raises as `borrow` does."""
    path = sound_path(settings, row)
    if path is None or row.path is None:
        raise _soundless(row)
    for here in (path, _inside(settings.recordings_cache, row.path)):
        if here.is_file():
            return SoundStream(here.open("rb"), here.stat().st_size, content_type(row.path))
    if row.remote_url is None:
        raise _lost(path)
    storage = Storage(settings, row.remote_url)
    size = storage.size(row.remote_url)
    if size is None:
        raise NoSound("recording.gone_from_storage", url=row.remote_url)
    return SoundStream(storage.open(row.remote_url, size), size, content_type(row.path))


def read_peaks(settings: Settings, row: Recording) -> dict[str, Any] | None:
    """The waveform's document as `recording.encoding` wrote it; None: there is none. Raises as `borrow` does."""
    if row.peaks_path is None:
        return None
    path = _inside(settings.recordings, row.peaks_path)
    try:
        if path.is_file():
            text = path.read_text(encoding="ascii")
        elif url := peaks_url(row):
            storage = Storage(settings, url)
            text = storage.read(url, 0, storage.size(url) or 0).decode("ascii")
        else:
            return None
        found = json.loads(text)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise NoSound("recording.bad_peaks") from error
    return found if isinstance(found, dict) else None


def peaks_url(row: Recording, url: str | None = None) -> str | None:
    """Where the waveform's copy lies in the storage: beside the sound's, at `url` or as the row says. None: nowhere."""
    url = url or row.remote_url
    if url is None or row.path is None or row.peaks_path is None:
        return None
    return url.removesuffix(row.path) + row.peaks_path


def names(row: Recording, upload: RecordingUpload | None = None) -> list[str]:
    """All that is to go when the row's sound goes, as `remove` takes it: files here and in the storage.

    `upload` is the row of a copy that is, or was, on its way there: what has arrived of it goes too.
    """
    found = [row.path, row.peaks_path, row.remote_url, peaks_url(row)]
    if upload is not None and upload.url is not None and row.remote_url is None:
        found += [upload.url, peaks_url(row, upload.url)]
    return [name for name in found if name is not None]


def remove(settings: Settings, name: str) -> str | None:
    """Removes one of `names` (here with what was fetched of it, or in the storage with what was sent of it).

    Where there are copies in a storage, those first: what is fetched of them meanwhile goes with the one here.
    Its sha256; None: it was not there. Raises OSError and StorageError: it is there still, try later.
    """
    if "://" in name:
        storage = Storage(settings, name)
        try:
            digest: str | None = storage.digest(name, lambda: None)
        except FileNotFoundError:
            digest = None
        storage.remove(name)
        return digest
    fetched = _inside(settings.recordings_cache, name)
    # Without its draft, who is fetching just now cannot end it either.
    for copy in (fetched, *fetched.parent.glob(f"{glob.escape(fetched.name)}.*.part")):
        copy.unlink(missing_ok=True)
    path = _inside(settings.recordings, name)
    digest = digest_of(path)
    path.unlink(missing_ok=True)
    return digest


def digest_of(path: Path) -> str | None:
    """sha256 of a file here; None: it is not there, or cannot be read, which keeps nobody from removing it."""
    try:
        return sha256_of(path, lambda: None) if path.is_file() else None
    except OSError:
        return None


def tidy_cache(settings: Settings, now: float | None = None) -> None:
    """Removes fetched copies that nobody has wanted for a while, and the oldest where there are too many."""
    now = time.time() if now is None else now
    files = []
    for path in settings.recordings_cache.rglob("*"):
        with suppress(OSError):  # gone meanwhile, e.g. a draft
            if path.is_file():
                files.append((path.stat(), path))
    room = settings.recording.cache_gb * 1e9
    for stat, path in sorted(files, key=lambda item: item[0].st_mtime, reverse=True):
        room -= stat.st_size
        age = now - stat.st_mtime
        if age > CACHE_SECONDS or (room < 0 and age > CACHE_LEAST_SECONDS):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _fetch(settings: Settings, row: Recording, path: Path) -> None:
    """Brings the storage's copy here, under a name of this process's own until it is whole."""
    url = str(row.remote_url)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}-{time.monotonic_ns()}.part")
    try:
        storage = Storage(settings, url)
        size = storage.size(url) or 0
        with draft.open("wb") as target:
            for begin in range(0, size, BLOCK):
                target.write(storage.read(url, begin, min(size, begin + BLOCK)))
        if not _is_whole(draft, row):
            raise NoSound("recording.changed_in_storage", url=url)
        draft.replace(path)
    except FileNotFoundError as error:
        raise NoSound("recording.gone_from_storage", url=url) from error
    finally:
        draft.unlink(missing_ok=True)


def _is_whole(path: Path, row: Recording) -> bool:
    """Whether a file is the one that the row means, and can be read; rows of old may know no checksum."""
    if not path.is_file():
        return False
    try:
        return row.sha256 is None or sha256_of(path, lambda: None) == row.sha256
    except OSError:
        return False


def _soundless(row: Recording) -> NoSound:
    """Why a recording has no file, as its notes say."""
    found = together(messages_of(row.notes, row.reason))
    return NoSound("recording.none") if found is None else NoSound(found.code, **found.facts)


def _lost(path: Path) -> NoSound:
    return NoSound("recording.changed" if path.is_file() else "recording.gone", file=path.name)


def _inside(folder: Path, name: str) -> Path:
    """The file of that name in a folder. Raises NameRefused where it would lie outside."""
    folder = folder.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or path == folder:
        raise NameRefused("recording.outside")
    return path
