"""Lines of files that may be anything: packed, of any length, in any encoding, broken by a crash.

Owns that no file takes more memory than a few lines of it, that none is read for ever, and that what is no text is
told in a sentence. Which file comes first is told by the reader of its kind, who knows what a line says.
"""

import codecs
import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from history.errors import HistoryError
from history.records import Line, Seen
from ringback.messages import message, words_of

PIECE = 1 << 18
LONGEST_LINE = 1 << 16
"""Bytes; a longer line is broken."""
NO_LINE = 1 << 20
"""Bytes without a line break: the file has no lines at all."""
LARGEST_RATIO = 200
"""Real logs pack to a tenth; to less than this part only what was made to fill a disk does."""
UNPACKED_AT_ONCE = 1 << 26
"""Bytes that may come of any packed file, however small it is."""
GZIP = b"\x1f\x8b"
OTHER_PACKS = {b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that can be read, as it was when it was looked at."""

    path: Path
    name: str
    """Without its folder, as imports are listed."""
    sha256: str
    bytes: int

    def as_json(self) -> dict[str, str | int]:
        return {"name": self.name, "sha256": self.sha256, "bytes": self.bytes}


def look(path: Path) -> ReadFile:
    """Raises HistoryError: it cannot be read, or is no file."""
    digest, size = hashlib.sha256(), 0
    try:
        with _opened(path) as file:
            while piece := file.read(PIECE):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise HistoryError("history.no_file", file=path, why=words_of(error)) from error
    if not size:
        raise HistoryError("history.empty_file", file=path)
    return ReadFile(path, _plain(path.name), digest.hexdigest(), size)


def sum_of(files: list[ReadFile]) -> str:
    """The sum of all of them together, in whichever order they were named."""
    return hashlib.sha256("".join(sorted(each.sha256 for each in files)).encode()).hexdigest()


def lines(file: ReadFile, seen: Seen, encoding: str) -> Iterator[Line]:
    """Its lines, with broken ones told to `seen` and left out. `encoding` is that of lines that are not UTF-8.

    Raises HistoryError: nobody can read on in this file.
    """
    number = 0
    try:
        for raw in _split(file.path):
            number += 1
            if len(raw) > LONGEST_LINE:
                seen.break_(number, message("history.long_line", most=LONGEST_LINE))
                continue
            if b"\0" in raw:
                seen.break_(number, message("history.nul"))
                continue
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                text = raw.decode(encoding, errors="replace")
                seen.notes["encoding"] += 1
            yield number, text.rstrip("\r")
    except (OSError, zlib.error, EOFError, UnicodeError) as error:
        raise HistoryError("history.broken_file", file=file.name, line=number, why=words_of(error)) from error
    finally:
        seen.lines += number


def _split(path: Path) -> Iterator[bytes]:
    """Lines in bytes, UTF-8 where the file says what it is."""
    rest = b""
    number = 0
    for piece in _unpacked(path):
        parts = (rest + piece).split(b"\n")
        rest = parts.pop()
        number += len(parts)
        yield from parts
        if len(rest) > NO_LINE:
            raise HistoryError("history.no_lines", file=_plain(path.name), line=number + 1, most=NO_LINE >> 20)
    if rest:
        yield rest


def _unpacked(path: Path) -> Iterator[bytes]:
    with _opened(path) as file:
        start = file.read(8)
        file.seek(0)
        for mark, name in OTHER_PACKS.items():
            if start.startswith(mark):
                raise HistoryError("history.other_pack", file=_plain(path.name), format=name)
        pieces = _gunzipped(path, file) if start.startswith(GZIP) else iter(lambda: file.read(PIECE), b"")
        first = next(pieces, b"")
        wide = WIDE.get(first[:2])
        if wide is None:
            yield first.removeprefix(codecs.BOM_UTF8)
            yield from pieces
            return
        decoder = codecs.getincrementaldecoder(wide)()
        yield decoder.decode(first).encode()
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()


def _gunzipped(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """Members one after another, as `gzip` reads them; never more than PIECE at once."""
    most = max(UNPACKED_AT_ONCE, os.fstat(file.fileno()).st_size * LARGEST_RATIO)
    made = 0
    unpacker = zlib.decompressobj(wbits=31)
    packed = file.read(PIECE)
    while packed:
        piece = unpacker.decompress(packed, PIECE)
        made += len(piece)
        if made > most:
            raise HistoryError("history.bomb", file=_plain(path.name), most=most >> 20)
        if piece:
            yield piece
        packed = unpacker.unconsumed_tail
        if unpacker.eof:
            packed = unpacker.unused_data.lstrip(b"\0") or file.read(PIECE).lstrip(b"\0")
            if not packed:
                return
            unpacker = zlib.decompressobj(wbits=31)
        elif not packed:
            packed = file.read(PIECE)
    raise EOFError("it ends in the middle")


def _opened(path: Path) -> BinaryIO:
    """Nothing but a plain file: no device and no pipe, which may never end. Raises OSError, HistoryError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise HistoryError("history.no_plain_file", file=path)
    return os.fdopen(descriptor, "rb")


def _plain(name: str) -> str:
    """A file's name as every store takes it."""
    return name.encode("utf-8", "backslashreplace").decode()[:200]
