"""The storage of finished recordings outside the data folder: a share, an object store, whatever fsspec reaches.

Owns talking to it: sending a file so that what was sent is not sent again, reading it back, removing it. Knows
files and addresses, no rows. Whatever goes wrong there is one StorageError with a sentence.
"""

import asyncio
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec
import fsspec.asyn

from recording.errors import StorageError
from ringback.config import Settings
from ringback.errors import RingbackError
from ringback.messages import in_one_line
from ringback.secrets import storage_keys

BLOCK = 1 << 20
"""Bytes asked for at a time when reading."""
SLOWEST = 50_000
"""Bytes a second: a connection slower than this counts as none."""
DRAFT = ".part"
"""Ends the name of a file that is being copied to where files are seen before they are whole."""
RETRIES = 2
"""How often one call is tried (s3fs); what fails then is tried again by the stage."""


@dataclass
class Progress:
    """How far an upload in parts is. Whoever sends keeps it where it survives the process."""

    upload_id: str | None = None
    """The storage's name of the upload; None: not begun."""
    part_bytes: int = 0
    parts: dict[int, str] = field(default_factory=dict)
    """Confirmed parts: number from 1 -> etag."""


Keep = Callable[[Progress], None]
"""Writes a Progress down; may raise to stop the upload."""


def url_of(settings: Settings, name: str) -> str:
    """Where the file `name` of the recordings folder lies in the storage of the settings."""
    return f"{settings.recording.storage.url.rstrip('/')}/{name}"


def root_of(url: str) -> str:
    """The bucket or the server of a file's address (of a folder: where it is mounted, as far as one can tell): what is
    away, is away for all that lies there."""
    protocol, _, rest = url.partition("://")
    depth = 1 if not rest.startswith("/") else 3
    return f"{protocol}://{'/'.join(rest.split('/')[:depth])}/"


class Storage:
    """One filesystem of fsspec. Every public method raises StorageError and nothing else of the storage's."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._options = settings.recording.storage
        self.protocol = url.partition("://")[0]
        self._place = url.partition("://")[2].partition("/")[0] or url
        with self._explained():
            self._fs = cast("Any", fsspec.filesystem(self.protocol, **self._arguments(settings)))
            self._fs.retries = RETRIES

    def size(self, url: str) -> int | None:
        """Bytes of a file; None: there is none."""
        with self._explained():
            try:
                return int(self._ask("info", url)["size"])
            except FileNotFoundError:
                return None

    def open(self, url: str, size: int) -> BinaryIO:
        """A file of `size` bytes for reading, that can seek and fetches what is read."""
        return cast("BinaryIO", io.BufferedReader(_Pieces(self, url, size), BLOCK))

    def read(self, url: str, begin: int, end: int) -> bytes:
        """A file's bytes from `begin` to `end`. Raises FileNotFoundError besides."""
        with self._explained(FileNotFoundError):
            return cast("bytes", self._ask("cat_file", url, moved=end - begin, start=begin, end=end))

    def digest(self, url: str, tick: Callable[[], None]) -> str:
        """SHA-256 of a file as the storage gives it back. Raises FileNotFoundError besides."""
        size = self.size(url)
        if size is None:
            raise FileNotFoundError(url)
        digest = hashlib.sha256()
        for begin in range(0, size, BLOCK):
            digest.update(self.read(url, begin, min(size, begin + BLOCK)))
            tick()
        return digest.hexdigest()

    def listing(self, url: str) -> dict[str, int]:
        """Every file below a folder, by its name from there, with its bytes; nothing there is no file."""
        root = self._fs._strip_protocol(url).rstrip("/")
        with self._explained():
            try:
                found = self._ask("find", root, detail=True)
            except FileNotFoundError:
                return {}
        return {name.removeprefix(f"{root}/"): int(info["size"]) for name, info in found.items()}

    def remove(self, url: str) -> bool:
        """Removes a file and whatever was sent of it; whether there was one."""
        if self._in_parts:
            self._forget_uploads(url)
        elif not self._fs.async_impl and self.size(f"{url}{DRAFT}") is not None:  # of a sender that was killed
            with self._explained():
                self._ask("rm_file", f"{url}{DRAFT}")
        if self.size(url) is None:
            return False
        with self._explained():
            self._ask("rm_file", url)
        return True

    def put(self, path: Path, url: str, progress: Progress, keep: Keep) -> None:
        """Sends a file; on S3 in parts, beginning after those in `progress`.

        `keep` is called after every part, and for small files once before they are sent.
        """
        with path.open("rb") as file:
            size = path.stat().st_size
            if not self._in_parts:
                keep(progress)
                self._copy(path, url, size)
            elif size <= self._part_bytes:
                keep(progress)
                bucket, key = self._split(url)
                self._s3("put_object", moved=size, Bucket=bucket, Key=key, Body=file.read())
            else:
                self._put_parts(file, size, url, progress, keep)

    @property
    def _in_parts(self) -> bool:
        return self.protocol in ("s3", "s3a")

    @property
    def _part_bytes(self) -> int:
        return self._options.part_mb << 20

    def _copy(self, path: Path, url: str, size: int) -> None:
        """Object stores show a file when it is whole; elsewhere it gets another name until then."""
        with self._explained():
            if self._fs.async_impl:
                self._ask("put_file", str(path), url, moved=size)
                return
            self._fs.makedirs(url.rpartition("/")[0], exist_ok=True)
            self._fs.put_file(str(path), f"{url}{DRAFT}")
            self._fs.mv(f"{url}{DRAFT}", url)

    def _put_parts(self, file: BinaryIO, size: int, url: str, progress: Progress, keep: Keep) -> None:
        bucket, key = self._split(url)
        if progress.upload_id is None or not self._take_up(bucket, key, progress):
            self._forget_uploads(url)
            made = self._s3("create_multipart_upload", Bucket=bucket, Key=key)
            progress.upload_id, progress.part_bytes, progress.parts = made["UploadId"], self._part_bytes, {}
            keep(progress)
        upload: dict[str, Any] = {"Bucket": bucket, "Key": key, "UploadId": progress.upload_id}
        for number in range(1, -(-size // progress.part_bytes) + 1):
            if number in progress.parts:
                continue
            file.seek((number - 1) * progress.part_bytes)
            body = file.read(progress.part_bytes)
            sent = self._s3("upload_part", moved=len(body), **upload, PartNumber=number, Body=body)
            progress.parts[number] = sent["ETag"]
            keep(progress)
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in sorted(progress.parts.items())]
        self._s3("complete_multipart_upload", **upload, MultipartUpload={"Parts": parts})

    def _take_up(self, bucket: str, key: str, progress: Progress) -> bool:
        """Asks which parts the storage really has, more or fewer than were noted; False: it knows no such upload."""
        found: dict[int, str] = {}
        marker = 0
        while True:
            try:
                with self._explained(FileNotFoundError, PermissionError):
                    page = self._ask(
                        "call_s3",
                        "list_parts",
                        Bucket=bucket,
                        Key=key,
                        UploadId=progress.upload_id,
                        PartNumberMarker=marker,
                    )
            except FileNotFoundError:
                return False
            except PermissionError:
                return True  # a key that may write and not list: what was noted is right
            found |= {part["PartNumber"]: part["ETag"] for part in page.get("Parts", [])}
            if not page.get("IsTruncated"):
                break
            marker = page["NextPartNumberMarker"]
        progress.parts = found
        return True

    def forget_uploads_below(self, url: str) -> None:
        """Ends what was begun to be sent in parts to anywhere below a folder, by a sender that was killed."""
        if self._in_parts:
            self._end_uploads(f"{url.rstrip('/')}/", lambda _found, _asked: True)

    def _forget_uploads(self, url: str) -> None:
        """Ends uploads of this file that nobody will take up: their parts are kept, and paid for, until then."""
        self._end_uploads(url, lambda found, asked: found == asked)

    def _end_uploads(self, url: str, meant: Callable[[str, str], bool]) -> None:
        bucket, key = self._split(url)
        try:
            with self._explained(PermissionError):
                page = self._ask("call_s3", "list_multipart_uploads", Bucket=bucket, Prefix=key)
        except PermissionError:
            return
        for upload in page.get("Uploads", []):
            if meant(upload["Key"], key):
                self._s3("abort_multipart_upload", Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    def _s3(self, call: str, moved: int = 0, **arguments: Any) -> Any:
        with self._explained():
            return self._ask("call_s3", call, moved=moved, **arguments)

    def _ask(self, method: str, *arguments: Any, moved: int = 0, **named: Any) -> Any:
        """Calls the filesystem. One that works asynchronously gets a time, and more of it the more bytes are `moved`.

        The libraries' own limits cannot be relied on: aiohttp has been seen to wait for ever for a second answer.
        """
        if not self._fs.async_impl:
            return getattr(self._fs, method)(*arguments, **named)
        seconds = self._options.timeout_seconds + moved / SLOWEST
        call = getattr(self._fs, f"_{method}")
        return fsspec.asyn.sync(self._fs.loop, _within, seconds, call, arguments, named)

    def _split(self, url: str) -> tuple[str, str]:
        bucket, _, key = url.partition("://")[2].partition("/")
        return bucket, key

    def _arguments(self, settings: Settings) -> dict[str, Any]:
        """For fsspec, which keeps one filesystem for the same arguments."""
        if not self._in_parts:
            return {}
        key, secret = storage_keys(settings)
        options = self._options
        client = {"endpoint_url": options.endpoint_url, "region_name": options.region}
        seconds = options.timeout_seconds
        return {
            "key": key or None,
            "secret": secret or None,
            "client_kwargs": {name: value for name, value in client.items() if value},
            "config_kwargs": {
                "connect_timeout": min(10.0, seconds),
                "read_timeout": seconds,
                "retries": {"max_attempts": 0},
            },
            "use_listings_cache": False,
        }

    @contextmanager
    def _explained(self, *passed: type[Exception]) -> Iterator[None]:
        """Turns what the storage's library raises into a sentence. Errors of ours and `passed` go through."""
        try:
            yield
        except (RingbackError, *passed):  # type: ignore[misc]
            raise
        except TimeoutError as error:
            raise StorageError("recording.storage_slow", place=self._place) from error
        except ImportError as error:
            raise StorageError("recording.storage_package", protocol=self.protocol, why=in_one_line(error)) from error
        except PermissionError as error:
            raise StorageError("recording.storage_refuses", place=self._place, why=in_one_line(error)) from error
        except FileNotFoundError as error:
            raise StorageError("recording.storage_without", place=self._place, why=in_one_line(error)) from error
        except Exception as error:
            if type(error).__name__ == "NoCredentialsError":
                raise StorageError("recording.storage_keys", place=self._place) from error
            raise StorageError("recording.storage_fails", place=self._place, why=in_one_line(error)) from error


async def _within(seconds: float, call: Any, arguments: Any, named: Any) -> Any:
    return await asyncio.wait_for(call(*arguments, **named), seconds)


class _Pieces(io.RawIOBase):
    """A file of the storage, fetched as it is read."""

    def __init__(self, storage: Storage, url: str, size: int) -> None:
        super().__init__()
        self._storage, self._url, self._size, self._at = storage, url, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        data = self._storage.read(self._url, self._at, self._at + wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
