"""What a backup says of itself: every file in it with length and checksum, sealed with a key that lies elsewhere.

Owns the manifest's form, its seal, and which names may stand in it. Pure: no file is touched here. A manifest is
hostile until its seal was checked, and is read with bounds even then: whoever can write where backups lie could have
put it there.
"""

import hashlib
import hmac
import json
import re
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.backup.errors import RestoreRefused

FORM = 1
"""Of what this program writes, and the newest that it reads."""
MOST_BYTES = 256 << 20
"""Of a manifest: a million recordings and more."""
MOST_FILES = 2_000_000
MANIFEST, DATA = "manifest.json", "data.tar.gz"
"""The two files of a backup's own folder; the manifest is written last, and without it there is no backup."""
SOUNDS = "recordings"
"""Where the place keeps recordings, each once for all backups, by its checksum."""
FOLDERS = ("database", "settings", "secrets", "spool", "sounds", SOUNDS)
"""What a backup may hold: nothing outside these is ever written."""
IS_BACKUP = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}", re.ASCII)
"""The name of a backup's folder: when it was begun, and something that two begun at once do not share."""
LONGEST_NAME = 255
DEEPEST = 12

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=0, le=1 << 44)]


def checked_name(name: str) -> str:
    """A file's name, relative to what is restored, that can lead nowhere else. Raises ValueError."""
    parts = name.split("/")
    bad = (
        len(parts) < 2
        or len(parts) > DEEPEST
        or parts[0] not in FOLDERS
        or any(part in ("", ".", "..") or len(part.encode()) > LONGEST_NAME for part in parts)
        or any(ord(character) < 32 or character in "\\\x7f" for character in name)
    )
    if bad or PurePosixPath(name).as_posix() != name:
        raise ValueError("no name for a file of a backup")
    return name


def can_be_named(name: str) -> bool:
    """Whether a file of ours may stand in a backup under this name."""
    try:
        return bool(checked_name(name))
    except (ValueError, UnicodeEncodeError):
        return False


FileName = Annotated[str, AfterValidator(checked_name)]


class _Form(BaseModel):
    """Read strictly: what is not known here is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class BackupFile(_Form):
    """One file of a backup."""

    name: FileName
    """Relative, beginning with one of FOLDERS."""
    size: Size
    sha256: Sha256
    changed: int = Field(0, ge=0)
    """When the file here was last changed, in nanoseconds: one that is as it was is not read again."""


class AbsentSound(_Form):
    """A recording that the backup knows and does not hold."""

    name: FileName
    sha256: Sha256 | None
    url: str | None = Field(max_length=4096)
    """Where the storage of recordings has it; None: nowhere but in the data folder at that time."""


class Manifest(_Form):
    """The whole of a backup."""

    form: int = Field(ge=1)
    at: str = Field(max_length=40)
    """When the database was read: everything in it is as of then (ISO 8601, UTC)."""
    store: Literal["sqlite", "postgresql"]
    revision: str = Field(pattern=r"^[0-9a-z_]{1,40}$")
    """The schema's, of `ringback/store/migrations`."""
    tables: dict[Annotated[str, Field(pattern=r"^[a-z_0-9]{1,63}$")], list[str]] = Field(max_length=1000)
    """PostgreSQL: the columns of each table, in the order of its file."""
    data: BackupFile
    """The file DATA; its name is database/data.tar.gz by form."""
    packed: list[BackupFile] = Field(max_length=MOST_FILES)
    """What is in DATA."""
    sounds: list[BackupFile] = Field(max_length=MOST_FILES)
    """Recordings that the place holds, by their checksum."""
    absent: list[AbsentSound] = Field(max_length=MOST_FILES)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def has_secrets(self) -> bool:
        return any(file.name.startswith("secrets/") for file in self.packed)


def sealed(manifest: Manifest, key: str) -> bytes:
    """The manifest as it is written: its text, and beside it what only the holder of the key could have computed."""
    body = manifest.model_dump_json()
    return json.dumps({"manifest": body, "seal": _seal(body.encode(), key)}).encode()


def opened_seal(written: bytes, key: str | None) -> Manifest:
    """The manifest in `written`. Without a key its seal is not looked at. Raises RestoreRefused."""
    if len(written) > MOST_BYTES:
        raise RestoreRefused("app.backup_too_large", what=MANIFEST)
    try:
        wrapped = json.loads(written)
        body, seal = wrapped["manifest"], wrapped["seal"]
        if not (isinstance(body, str) and isinstance(seal, str)):
            raise TypeError("no texts")
        told, found = seal.encode(), body.encode()  # half a character has none
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RestoreRefused("app.backup_unreadable", what=MANIFEST) from error
    if key is not None and not hmac.compare_digest(told, _seal(found, key).encode()):
        raise RestoreRefused("app.backup_foreign")
    return _manifest_of(body)


def _manifest_of(body: str) -> Manifest:
    try:
        form = json.loads(body).get("form")
        if isinstance(form, int) and form > FORM:
            raise RestoreRefused("app.backup_newer", version=form)
        manifest = Manifest.model_validate_json(body)
        if manifest.moment.tzinfo is None:
            raise ValueError("no time zone")
    except (ValidationError, ValueError, AttributeError, RecursionError) as error:
        raise RestoreRefused("app.backup_unreadable", what=MANIFEST) from error
    _once(manifest)
    return manifest


def _once(manifest: Manifest) -> None:
    """Every name stands once, and no file is another one's folder. Raises RestoreRefused."""
    names = [each.name for each in (*manifest.packed, *manifest.sounds)]
    seen = set(names)
    above = {str(parent) for name in names for parent in PurePosixPath(name).parents}
    if len(seen) != len(names) or seen & above:
        raise RestoreRefused("app.backup_unreadable", what=MANIFEST)


def _seal(body: bytes, key: str) -> str:
    return hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def sound_name(sha256: str) -> str:
    """Where a place keeps the recording of this checksum."""
    return f"{SOUNDS}/{sha256[:2]}/{sha256}"
