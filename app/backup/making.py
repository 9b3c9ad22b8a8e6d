"""Makes a backup while calls go on: the order in which things are read, what is left of one that was killed, the
oldest.

The order is what makes it consistent. Raw recordings are held by hard links before the database is read and again
after, so that a call which the database knows as not finished yet has its raw file; finished recordings are read
last, as they only ever appear. What was erased meanwhile is not in the backup. The manifest is written last, after
everything was read back: a backup without it is none, and the next run removes it.
"""

import os
import secrets as random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import select

from app.backup import archive, database
from app.backup.errors import BackupError, RestoreRefused
from app.backup.leftovers import BACKUP_WORK
from app.backup.manifest import (
    DATA,
    FORM,
    IS_BACKUP,
    MANIFEST,
    MOST_BYTES,
    SOUNDS,
    AbsentSound,
    BackupFile,
    Manifest,
    can_be_named,
    opened_seal,
    sealed,
    sound_name,
)
from app.backup.places import SPARE_BYTES, BackupPlace, Tell, place_of
from app.backup.status import write_status
from app.modes import private_files
from app.occupied import BACKUP, hold
from app.opened import opened
from recording.files import kind_of, sha256_of
from recording.models import Recording
from recording.storage import DRAFT
from ringback import secrets
from ringback.config import Settings, in_force
from ringback.errors import RingbackError
from ringback.messages import message, words_of
from ringback.store.base import utcnow

STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class BackupWish:
    """What is to be in a backup, and where it goes."""

    to: str
    sounds: bool
    """Whether recordings themselves are copied; no: their list alone."""
    secrets: bool
    keep_days: int | None
    """Older backups of the same place are removed; None: none is."""


@dataclass
class BackupMade:
    """What was written."""

    name: str
    place: str
    files: int
    sounds: int
    new_sounds: int
    absent: int
    written: int
    """Bytes that this run added."""
    removed: list[str] = field(default_factory=list)
    """Names of old backups that went, and of such that were never whole."""


def make(settings: Settings, source: Path, wish: BackupWish, tell: Tell) -> BackupMade:
    """Makes one, and writes down how it went. Raises BackupError, StorageError, OSError."""
    with private_files(), hold(settings, BACKUP):
        try:
            made = _Maker(settings, source, wish, tell).make()
        except (RingbackError, OSError) as error:
            write_status(settings, ok=False, why=str(words_of(error)))
            raise
        finally:
            shutil.rmtree(settings.data / BACKUP_WORK, ignore_errors=True)
        write_status(settings, ok=True, name=made.name)
        return made


class _Maker:
    """One backup."""

    def __init__(self, settings: Settings, source: Path, wish: BackupWish, tell: Tell) -> None:
        self._settings, self._source, self._wish, self._tell = settings, source, wish, tell
        self._key = secrets.load_or_create(settings)[0].backup_key
        self._place: BackupPlace = place_of(settings, wish.to)
        self._work = settings.data / BACKUP_WORK
        self._written = 0

    def make(self) -> BackupMade:
        shutil.rmtree(self._work, ignore_errors=True)  # of one that was killed
        self._work.mkdir(mode=0o700)
        self._check_room()
        self._place.forget_begun()
        there = self._place.listing()
        removed = self._clean(there)
        name = f"{utcnow().strftime(STAMP)}-{random.token_hex(4)}"
        self._hold_spool()
        copied = self._copy_database()
        self._hold_spool()
        known = self._known(there)
        packed, data = self._pack()
        self._tell(f"Database as of {copied.at:%Y-%m-%d %H:%M:%S} UTC: {data.size / 1e6:,.1f} MB packed")
        sounds, new = self._send_sounds(there, known) if self._wish.sounds else ([], 0)
        self._put(self._work / DATA, f"{name}/{DATA}", data)
        manifest = Manifest(
            form=FORM,
            at=copied.at.isoformat(timespec="microseconds"),
            store="sqlite" if copied.store == "sqlite" else "postgresql",
            revision=copied.revision,
            tables=copied.tables,
            data=data,
            packed=packed,
            sounds=sounds,
            absent=self._absent({sound.name for sound in sounds}),
        )
        self._finish(name, manifest)
        removed += self._remove_old(name, manifest)
        return BackupMade(
            name, self._place.title, len(packed), len(sounds), new, len(manifest.absent), self._written, removed
        )

    # -- what is read here -------------------------------------------------------------------------

    def _check_room(self) -> None:
        """The copy and what is packed of it have room here; where recordings go is found out by writing there."""
        url, free = self._settings.store_url, shutil.disk_usage(self._settings.data).free
        path = database.file_of(url) if url.startswith("sqlite") else None
        size = path.stat().st_size if path is not None and path.exists() else 0
        if free < 2 * size + SPARE_BYTES:
            needed = (2 * size + SPARE_BYTES) / 1e9
            raise BackupError("app.backup_no_room", folder=self._settings.data, gigabytes=f"{needed:.1f}")

    def _hold_spool(self) -> None:
        """A second name for each file of the spool, so that it stays until it is packed, whatever becomes of the
        first."""
        spool = self._settings.data / "spool"
        for path in _files_under(spool):
            target = self._work / "spool" / path.relative_to(spool)
            if not target.exists():
                _link_or_copy(path, target)

    def _copy_database(self) -> database.DatabaseCopy:
        folder = self._work / "database"
        folder.mkdir(mode=0o700)
        return database.copy_database(self._settings.store_url, folder)

    def _pack(self) -> tuple[list[BackupFile], BackupFile]:
        target = self._work / DATA
        packed = archive.pack(self._small_files(), target)
        size, digest = target.stat().st_size, sha256_of(target, lambda: None)
        return packed, BackupFile(name=f"database/{DATA}", size=size, sha256=digest)

    def _small_files(self) -> Iterator[tuple[str, Path]]:
        """Name in the backup, and where it is read; what an owner has put there under an impossible name is left "
        "out."""
        for name, path in self._all_small_files():
            if can_be_named(name):
                yield name, path
            else:
                self._tell(str(message("app.backup_odd_name", what=ascii(name))))

    def _all_small_files(self) -> Iterator[tuple[str, Path]]:
        for folder in ("database", "spool"):
            for path in _files_under(self._work / folder):
                yield f"{folder}/{path.relative_to(self._work / folder).as_posix()}", path
        sounds = self._settings.data / "sounds"
        for path in _files_under(sounds):
            yield f"sounds/{path.relative_to(sounds).as_posix()}", path
        if self._source.exists():
            yield "settings/ringback.yaml", self._source
        copy = in_force.file_of(self._settings)
        if copy.exists() and copy.resolve() != self._source.resolve():
            yield f"settings/{copy.name}", copy
        if self._wish.secrets:
            yield from self._secret_files()

    def _secret_files(self) -> Iterator[tuple[str, Path]]:
        """All but the key of backups: one that lies in what it seals would seal nothing."""
        told = secrets.load_or_create(self._settings)[0].model_dump()
        told["backup_key"] = ""
        draft = self._work / "secrets.yaml"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            yaml.safe_dump(told, out)
        yield "secrets/secrets.yaml", draft
        keys = self._settings.data / "tls"
        for path in _files_under(keys):
            yield f"secrets/tls/{path.relative_to(keys).as_posix()}", path

    def _absent(self, held: set[str]) -> list[AbsentSound]:
        """Recordings that rows know and the backup has not."""
        columns = (Recording.path, Recording.sha256, Recording.remote_url)
        with opened(self._settings) as session:
            rows = session.execute(select(*columns).where(Recording.path.is_not(None))).all()
        return [
            AbsentSound(name=f"{SOUNDS}/{path}", sha256=digest, url=url)
            for path, digest, url in rows
            if f"{SOUNDS}/{path}" not in held
        ]

    # -- what is written there ---------------------------------------------------------------------

    def _known(self, there: dict[str, int]) -> dict[tuple[str, int, int], str]:
        """Checksums of recordings as the newest backup that is ours has them: name, length and time of change -> it."""
        for name in reversed(_whole(there)):
            try:
                manifest = opened_seal(self._place.read(f"{name}/{MANIFEST}", MOST_BYTES), self._key)
            except (RestoreRefused, FileNotFoundError):
                continue
            return {(file.name, file.size, file.changed): file.sha256 for file in manifest.sounds}
        return {}

    def _send_sounds(
        self, there: dict[str, int], known: dict[tuple[str, int, int], str]
    ) -> tuple[list[BackupFile], int]:
        """Finished recordings, each once; how many are new there."""
        found, new = [], 0
        folder = self._settings.recordings
        held = self._work / "sound"
        for path in _files_under(folder):
            name = f"{SOUNDS}/{path.relative_to(folder).as_posix()}"
            if not can_be_named(name):
                self._tell(str(message("app.backup_odd_name", what=ascii(name))))
                continue
            try:
                status = path.lstat()
                digest = known.get((name, status.st_size, status.st_mtime_ns))
                held.unlink(missing_ok=True)
                if digest is None or there.get(sound_name(digest)) != status.st_size:
                    _link_or_copy(path, held)
                    digest = sha256_of(held, lambda: None)
                    status = held.lstat()
            except FileNotFoundError:
                continue  # erased, or moved to the storage: the list says which
            file = BackupFile(name=name, size=status.st_size, sha256=digest, changed=status.st_mtime_ns)
            if there.get(sound_name(digest)) != file.size:
                self._put(held, sound_name(digest), file)
                there[sound_name(digest)] = file.size
                new += 1
            found.append(file)
        return found, new

    def _put(self, path: Path, name: str, file: BackupFile) -> None:
        """Sent, read back, and the same. Raises BackupError."""
        self._place.put(path, name)
        if self._place.digest(name, file.size) != file.sha256:
            raise BackupError("app.backup_not_as_written", what=name, place=self._place.title)
        self._written += file.size

    def _finish(self, name: str, manifest: Manifest) -> None:
        written = sealed(manifest, self._key)
        draft = self._work / MANIFEST
        draft.write_bytes(written)
        self._place.put(draft, f"{name}/{MANIFEST}")
        if self._place.read(f"{name}/{MANIFEST}", MOST_BYTES) != written:
            raise BackupError("app.backup_not_as_written", what=MANIFEST, place=self._place.title)
        self._written += len(written)

    def _clean(self, there: dict[str, int]) -> list[str]:
        """Removes what a run left that was killed: drafts, and folders of backups without a manifest."""
        left = [name for name in there if name.endswith(DRAFT) and _is_ours(name.removesuffix(DRAFT))]
        whole = set(_whole(there))
        broken = {first for first in map(_first, there) if IS_BACKUP.fullmatch(first) and first not in whole}
        left += [name for name in there if _first(name) in broken and name not in left]
        for name in left:
            self._place.remove(name)
            del there[name]
        return sorted(broken)

    def _remove_old(self, newest: str, manifest: Manifest) -> list[str]:
        """Backups whose time is up, and recordings that no other backup names. The newest always stays."""
        if self._wish.keep_days is None:
            return []
        limit = utcnow() - timedelta(days=self._wish.keep_days)
        there = self._place.listing()
        names = [name for name in _whole(there) if name != newest]
        old = [name for name in names if _begun(name) < limit]
        if not old:
            return []
        needed = {sound_name(file.sha256) for file in manifest.sounds}
        for name in set(names) - set(old):
            # One that cannot be read may need any of them: then nothing goes but the old ones' own files.
            try:
                needed |= {sound_name(file.sha256) for file in self._read(name).sounds}
            except RestoreRefused:
                needed |= {each for each in there if each.startswith(f"{SOUNDS}/")}
        for name in old:
            self._place.remove(f"{name}/{MANIFEST}")  # first: from now on it is none
        for name in there:
            if _first(name) in old or (_first(name) == SOUNDS and _is_ours(name) and name not in needed):
                self._place.remove(name)
        return old

    def _read(self, name: str) -> Manifest:
        return opened_seal(self._place.read(f"{name}/{MANIFEST}", MOST_BYTES), None)


def _first(name: str) -> str:
    return name.partition("/")[0]


def _whole(there: dict[str, int]) -> list[str]:
    """Names of whole backups, the oldest first."""
    return sorted(first for first in {_first(name) for name in there} if _is_whole(first, there))


def _is_whole(name: str, there: dict[str, int]) -> bool:
    return IS_BACKUP.fullmatch(name) is not None and f"{name}/{MANIFEST}" in there


def _begun(name: str) -> datetime:
    return datetime.strptime(name.partition("-")[0], STAMP).replace(tzinfo=UTC)


def _is_ours(name: str) -> bool:
    """Whether we may have written it: whatever else lies in the place is left alone."""
    first, _, rest = name.partition("/")
    if first == SOUNDS:
        folder, _, digest = rest.partition("/")
        return len(digest) == 64 and digest[:2] == folder
    return IS_BACKUP.fullmatch(first) is not None


def _files_under(folder: Path) -> Iterator[Path]:
    """Plain files, whatever else lies there: no link is followed."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(base) / name
            if kind_of(path) == "file":
                yield path


def _link_or_copy(path: Path, target: Path) -> None:
    """Raises FileNotFoundError only where the source is gone."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(path, target, follow_symlinks=False)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, or a disk without hard links
        shutil.copy2(path, target, follow_symlinks=False)
