"""Where backups lie: a folder of this machine (a disk, a share), or the storage that recordings know.

Owns writing there so that a file has its name only when all of it is there, and reading back with bounds. Knows names
and bytes, and nothing of what they mean.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.backup.errors import BackupError, RestoreRefused
from recording.files import kind_of, open_file, to_disk
from recording.storage import BLOCK, DRAFT, Progress, Storage
from ringback.config import Settings

SPARE_BYTES = 200_000_000
"""Left free on the data folder's disk at least, by making and by restoring."""
Tell = Callable[[str], None]
"""Gets a sentence about how far it is."""


class BackupPlace(Protocol):
    """One place. Names are relative, with `/`; what cannot be done is an OSError or a StorageError."""

    title: str
    """As the owner wrote it."""

    def listing(self) -> dict[str, int]:
        """Every file there with its size, drafts among them."""

    def read(self, name: str, most: int) -> bytes:
        """A whole file of at most so many bytes. Raises FileNotFoundError, RestoreRefused."""

    def put(self, path: Path, name: str) -> None:
        """Copies a file there; under its name only when all of it is on the disk."""

    def fetch(self, name: str, target: Path, size: int) -> str:
        """Copies a file of exactly `size` bytes from there; its SHA-256. Raises FileNotFoundError, RestoreRefused."""

    def digest(self, name: str, size: int) -> str:
        """SHA-256 of a file as it is read back. Raises FileNotFoundError, RestoreRefused."""

    def remove(self, name: str) -> None:
        """Removes a file; one that is gone is as good."""

    def forget_begun(self) -> None:
        """Ends what a killed run has begun to send and the listing does not show."""


def place_of(settings: Settings, where: str) -> BackupPlace:
    """The place that somebody wrote down: a folder, `file://` one, or what fsspec knows. Raises BackupError."""
    if "://" in where and not where.startswith("file://"):
        return StoragePlace(settings, where.rstrip("/"))
    folder = Path(where.removeprefix("file://")).expanduser().resolve()
    data = settings.data.resolve()
    if folder == data or data in folder.parents or folder in data.parents:
        raise BackupError("app.backup_inside", folder=folder, data=data)
    return FolderPlace(folder, where)


class FolderPlace:
    """A folder, which only its owner may read."""

    def __init__(self, folder: Path, title: str) -> None:
        self._folder = folder
        self.title = title

    def listing(self) -> dict[str, int]:
        found = {}
        for base, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if not (Path(base) / name).is_symlink()]
            for name in names:
                path = Path(base) / name
                if kind_of(path) == "file":
                    found[path.relative_to(self._folder).as_posix()] = path.lstat().st_size
        return found

    def read(self, name: str, most: int) -> bytes:
        with open_file(self._folder / name) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise RestoreRefused("app.backup_too_large", what=name)
        return data

    def put(self, path: Path, name: str) -> None:
        target = self._folder / name
        self._make(target.parent)
        draft = target.with_name(f"{target.name}{DRAFT}")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as out, path.open("rb") as file:
            while block := file.read(BLOCK):
                out.write(block)
            out.flush()
            os.fsync(descriptor)
        draft.replace(target)
        to_disk(target.parent)

    def _make(self, folder: Path) -> None:
        """The folders up to the place's own: of this account alone."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for part in reversed([folder, *folder.parents]):
            if self._folder in part.parents and not part.exists():
                part.mkdir(exist_ok=True, mode=0o700)
                to_disk(part.parent)

    def fetch(self, name: str, target: Path, size: int) -> str:
        with open_file(self._folder / name) as file:
            return copy_exactly(file.read, target, size, name)

    def digest(self, name: str, size: int) -> str:
        with open_file(self._folder / name) as file:
            return copy_exactly(file.read, None, size, name)

    def remove(self, name: str) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if self._folder not in folder.parents:
                return
            try:
                folder.rmdir()
            except OSError:
                return  # something else is in it

    def forget_begun(self) -> None:
        """Drafts are files, which the listing shows."""


class StoragePlace:
    """The storage of recordings (recording/storage.py), with its keys and its patience."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._storage = Storage(settings, url)
        self._url = url
        self.title = url

    def _at(self, name: str) -> str:
        return f"{self._url}/{name}"

    def listing(self) -> dict[str, int]:
        return self._storage.listing(self._url)

    def read(self, name: str, most: int) -> bytes:
        size = self._size(name)
        if size > most:
            raise RestoreRefused("app.backup_too_large", what=name)
        return self._storage.read(self._at(name), 0, size) if size else b""

    def put(self, path: Path, name: str) -> None:
        self._storage.put(path, self._at(name), Progress(), lambda _progress: None)

    def fetch(self, name: str, target: Path, size: int) -> str:
        with self._opened(name, size) as file:
            return copy_exactly(file.read, target, size, name)

    def digest(self, name: str, size: int) -> str:
        with self._opened(name, size) as file:
            return copy_exactly(file.read, None, size, name)

    def _opened(self, name: str, size: int):  # type: ignore[no-untyped-def]
        if self._size(name) != size:
            raise RestoreRefused("app.backup_damaged", what=name)
        return self._storage.open(self._at(name), size)

    def _size(self, name: str) -> int:
        size = self._storage.size(self._at(name))
        if size is None:
            raise FileNotFoundError(name)
        return size

    def remove(self, name: str) -> None:
        self._storage.remove(self._at(name))

    def forget_begun(self) -> None:
        self._storage.forget_uploads_below(self._url)


def copy_exactly(read: Callable[[int], bytes], target: Path | None, size: int, name: str) -> str:
    """Copies `size` bytes and not one more into a new file (None: nowhere); their SHA-256. Raises RestoreRefused."""
    digest, left = hashlib.sha256(), size
    descriptor = None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        while block := read(min(BLOCK, left + 1)):
            left -= len(block)
            if left < 0:
                break
            digest.update(block)
            if descriptor is not None:
                _write_all(descriptor, block)
        if left != 0:
            raise RestoreRefused("app.backup_damaged", what=name)
        if descriptor is not None:
            os.fsync(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)
    return digest.hexdigest()


def _write_all(descriptor: int, block: bytes) -> None:
    view = memoryview(block)
    while view:
        view = view[os.write(descriptor, view) :]
