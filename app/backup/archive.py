"""The one file that holds the database and all that is small: packed, and unpacked as if it came from an enemy.

What is unpacked has to be in the manifest under that name, with that length and that checksum: a plain file, once.
Links, devices, folders, names that lead elsewhere, lengths that are not told the truth about and what comes beyond
them end it.
"""

import gzip
import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from app.backup.errors import RestoreRefused
from app.backup.manifest import BackupFile
from app.backup.places import copy_exactly
from recording.files import open_file

PACKED_HARD = 5
"""Of gzip's nine levels: the next ones take twice the time for one part in a hundred."""
BLOCK_BYTES = 512
HEADERS_EACH = 8 * BLOCK_BYTES
"""Of a file's headers and filling at most, with a name that needs a header of its own."""
LARGEST_READ = 4 << 20
"""Of headers, which are read at once: no name of ours needs a thousandth of it."""

_data_filter = getattr(tarfile, "data_filter", None)
"""Python's own refusal of members that are more than data (PEP 706), where this Python has it; ours come on top."""


def pack(files: Iterable[tuple[str, Path]], target: Path) -> list[BackupFile]:
    """Packs files under their names; one that is gone is left out, one that grows has the length it had."""
    packed = []
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(descriptor, "wb") as out,
        gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=PACKED_HARD, mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name, path in files:
            try:
                file = open_file(path)
            except FileNotFoundError:
                continue
            with file:
                packed.append(_add(tar, name, file))
    return packed


def _add(tar: tarfile.TarFile, name: str, file: BinaryIO) -> BackupFile:
    status = os.fstat(file.fileno())
    member = tarfile.TarInfo(name)
    member.size, member.mode = status.st_size, 0o600
    measured = _Measured(file, status.st_size)
    tar.addfile(member, cast("BinaryIO", measured))
    return BackupFile(name=name, size=status.st_size, sha256=measured.digest.hexdigest(), changed=status.st_mtime_ns)


class _Measured(io.RawIOBase):
    """The first `size` bytes of a file, whose checksum is known when they were read."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        import hashlib

        super().__init__()
        self._file, self._left = file, size
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(block)
        self.digest.update(block)
        return block


class _Bounded(io.RawIOBase):
    """Unpacked bytes, as many as there may be at most."""

    def __init__(self, file: gzip.GzipFile, most: int) -> None:
        super().__init__()
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > LARGEST_READ or self._file.tell() + size > self._most + LARGEST_READ:
            raise RestoreRefused("app.backup_unreadable", what="tar")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence != io.SEEK_SET or not 0 <= offset <= self._most:
            raise RestoreRefused("app.backup_unreadable", what="tar")
        return self._file.seek(offset)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def unpack(path: Path, wanted: list[BackupFile], folder: Path | None) -> None:
    """Unpacks into an empty folder (None: nowhere, it is only looked at). Raises RestoreRefused."""
    expected = {file.name: file for file in wanted}
    most = sum(file.size + HEADERS_EACH for file in wanted) + (1 << 20)
    with _explained(path), gzip.open(path, "rb") as squeezed:
        bounded = cast("BinaryIO", _Bounded(squeezed, most))
        with tarfile.open(fileobj=bounded, mode="r:") as tar:
            for member in tar:
                file = expected.pop(member.name, None)
                _check(member, file, folder or path.parent)
                assert file is not None
                out = tar.extractfile(member)
                assert out is not None
                target = folder / file.name if folder else None
                if copy_exactly(out.read, target, file.size, file.name) != file.sha256:
                    raise RestoreRefused("app.backup_damaged", what=file.name)
    if expected:
        raise RestoreRefused("app.backup_damaged", what=min(expected))


def _check(member: tarfile.TarInfo, file: BackupFile | None, folder: Path) -> None:
    """Raises RestoreRefused, or what Python's own filter says."""
    if file is None or not member.isreg() or member.issparse() or member.size != file.size:
        raise RestoreRefused("app.backup_stranger", what=member.name[:200])
    if _data_filter is not None:
        _data_filter(member, str(folder))


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except RestoreRefused:
        raise
    except (tarfile.TarError, EOFError, ValueError, MemoryError, gzip.zlib.error, gzip.BadGzipFile) as error:  # type: ignore[attr-defined]
        raise RestoreRefused("app.backup_unreadable", what=path.name) from error
