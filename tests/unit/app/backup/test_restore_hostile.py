"""Backups that were crafted: nothing is written outside, nothing of them runs, nothing fills the machine."""

import gzip
import hashlib
import io
import json
import pickle
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from app import backup_run
from app.backup import archive
from app.backup.errors import RestoreRefused
from app.backup.manifest import (
    DATA,
    MANIFEST,
    BackupFile,
    Manifest,
    can_be_named,
    opened_seal,
    sealed,
    sound_name,
)
from ringback.config import Settings
from tests.support.backups import back_up, elsewhere, furnish, names_of, put_back

Sessions = sessionmaker[Session]


class Place:
    """A backup in a folder, and the hands of whoever can write there."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.made = back_up(settings, folder)
        self.folder, self.key = folder, backup_run.key(settings)
        self.file = folder / self.made.name / MANIFEST
        self.data = folder / self.made.name / DATA

    @property
    def manifest(self) -> Manifest:
        return opened_seal(self.file.read_bytes(), None)

    def forge(self, **changes: Any) -> None:
        """Another manifest, with a seal of one's own."""
        told = json.loads(self.manifest.model_dump_json()) | changes
        body = json.dumps(told)
        self.file.write_text(json.dumps({"manifest": body, "seal": "0" * 64}))

    def pack(self, members: list[tuple[tarfile.TarInfo, bytes]], packed: list[BackupFile] | None = None) -> None:
        """Another archive, of which the manifest tells the truth."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as tar:
            for member, content in members:
                tar.addfile(member, io.BytesIO(content))
        self.replace_data(out.getvalue(), packed)

    def replace_data(self, written: bytes, packed: list[BackupFile] | None = None) -> None:
        self.data.write_bytes(written)
        told = self.manifest
        data = told.data.model_copy(update={"size": len(written), "sha256": hashlib.sha256(written).hexdigest()})
        listed = told.packed if packed is None else packed
        self.forge(data=data.model_dump(), packed=[each.model_dump() for each in listed])

    def members(self) -> list[tuple[tarfile.TarInfo, bytes]]:
        with tarfile.open(self.data) as tar:
            return [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


@pytest.fixture
def place(settings: Settings, sqlite_store: Sessions, tmp_path: Path) -> Place:
    furnish(settings, sqlite_store)
    return Place(settings, tmp_path / "place")


@pytest.fixture
def there(settings: Settings, tmp_path: Path) -> Settings:
    return elsewhere(settings, tmp_path)


def is_refused(there: Settings, place: Place, key: str | None = None) -> str:
    """Refused, and no installation has come of it; what was said."""
    around = {path for path in there.data.parent.parent.rglob("*") if there.data not in (path, *path.parents)}
    with pytest.raises(RestoreRefused) as refused:
        put_back(there, place.folder, key)
    beside = {there.data.parent, there.data.parent / "key"}
    found = {path for path in there.data.parent.parent.rglob("*") if there.data not in (path, *path.parents)}
    assert found - around <= beside, "something was written outside"
    assert not (there.data / "ringback.db").exists()
    return refused.value.code


@pytest.mark.parametrize("change", ["a changed word", "another key", "no key at all"])
def test_what_was_not_sealed_with_our_key_is_not_restored(there: Settings, place: Place, change: str) -> None:
    if change == "a changed word":
        place.file.write_bytes(place.file.read_bytes().replace(b"sqlite", b"SQLITE"))
        assert is_refused(there, place, place.key) == "app.backup_foreign"
    elif change == "another key":
        assert is_refused(there, place, "f" * 64) == "app.backup_foreign"
    else:
        with pytest.raises(RestoreRefused, match="--key-file"):
            backup_run.chosen(there, str(place.folder), None, None, unproven=False)


def member(name: str, kind: bytes = tarfile.REGTYPE, *, size: int = 0, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, link
    return made


STRANGERS = {
    "a name that leads up": member("database/../../../../evil", size=4),
    "a name from the root": member("/tmp/ringback-evil", size=4),
    "a link to a file": member("spool/link", tarfile.SYMTYPE, link="/etc/passwd"),
    "a link in place of a file": member("settings/ringback.yaml", tarfile.SYMTYPE, link="../../../x"),
    "a hard link": member("spool/hard", tarfile.LNKTYPE, link="settings/ringback.yaml"),
    "a device": member("spool/device", tarfile.CHRTYPE),
    "a pipe": member("settings/ringback.yaml", tarfile.FIFOTYPE),
    "a folder": member("database", tarfile.DIRTYPE),
    "one that the list does not know": member("spool/more", size=4),
    "one that says it is longer": member("settings/ringback.yaml", size=23),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_is_no_plain_file_of_the_list_is_refused(there: Settings, place: Place, stranger: str) -> None:
    odd = STRANGERS[stranger]
    others = [pair for pair in place.members() if pair[0].name != odd.name]
    place.pack([(odd, b"evil" * 6), *others])
    assert is_refused(there, place) in ("app.backup_stranger", "app.backup_damaged")


def test_one_name_twice_is_refused(there: Settings, place: Place) -> None:
    members = place.members()
    place.pack([*members, members[-1]])
    assert is_refused(there, place) == "app.backup_stranger"


def test_a_file_with_another_content_is_refused(there: Settings, place: Place) -> None:
    members = [(each, bytes(len(content))) for each, content in place.members()]
    place.pack(members)
    assert is_refused(there, place) == "app.backup_damaged"


def test_an_archive_that_unpacks_without_end_is_ended_early(there: Settings, place: Place) -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=9) as out:
        header = member("database/ringback.db", size=1 << 40)
        out.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            out.write(bytes(1 << 20))
    place.replace_data(bomb.getvalue())
    assert is_refused(there, place) == "app.backup_stranger"


def test_headers_that_want_all_memory_are_refused(there: Settings, place: Place) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as squeezed:
        squeezed.write(member("x", tarfile.XHDTYPE, size=1 << 33).tobuf(tarfile.GNU_FORMAT))
        squeezed.write(bytes(1 << 20))
    place.replace_data(out.getvalue())
    assert is_refused(there, place) == "app.backup_unreadable"


@pytest.mark.parametrize("garbage", [b"", b"\x1f\x8b", b"no archive at all", pickle.dumps({"a": 1})])
def test_what_is_no_archive_is_refused(there: Settings, place: Place, garbage: bytes) -> None:
    place.replace_data(garbage)
    assert is_refused(there, place) in ("app.backup_unreadable", "app.backup_damaged")


BAD_NAMES = [
    "",
    "database",
    "/etc/passwd",
    "database/../x",
    "recordings/..",
    "recordings//x",
    "recordings/./x",
    "other/x",
    "recordings/a\0b",
    "recordings/a\nb",
    "recordings\\x/y",
    "spool/" + "x" * 256,
    "spool/" + "/".join("abcdefghijklm"),
    "secrets/../../x",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_could_lead_elsewhere_are_in_no_manifest(there: Settings, place: Place, name: str) -> None:
    told = json.loads(place.manifest.model_dump_json())
    told["sounds"][0]["name"] = name
    place.forge(sounds=told["sounds"])
    assert is_refused(there, place) == "app.backup_unreadable"


@given(st.text(max_size=40))
def test_a_name_that_is_taken_stays_below_its_folder(name: str) -> None:
    if can_be_named(name):
        root = Path("/data")
        assert root in (root / name).parents
        assert ".." not in Path(name).parts


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"[]",
        b"{}",
        b'{"manifest": 1, "seal": 2}',
        b'{"manifest": "{}", "seal": ""}',
        b"[" * 100_000,
        b'{"manifest": "{\\"form\\": 99}", "seal": ""}',
        b'{"manifest": "\\ud800", "seal": "\\ud800"}',
        b"\xff\xfe",
    ],
)
def test_a_manifest_that_is_none_is_one_sentence(written: bytes) -> None:
    for key in (None, "k"):
        with pytest.raises(RestoreRefused) as refused:
            opened_seal(written, key)
        assert str(refused.value).endswith(".")


def test_a_file_cannot_be_another_ones_folder(place: Place) -> None:
    told = place.manifest
    one = told.sounds[0]
    twice = told.model_copy(update={"sounds": [one, one.model_copy(update={"name": f"{one.name}/x"})]})
    with pytest.raises(RestoreRefused):
        opened_seal(sealed(twice, "k"), "k")


def test_a_recording_that_is_a_link_in_the_place_is_not_followed(there: Settings, place: Place, tmp_path: Path) -> None:
    sound = place.folder / sound_name(place.manifest.sounds[0].sha256)
    sound.rename(tmp_path / "secret")
    sound.symlink_to(tmp_path / "secret")
    assert is_refused(there, place, place.key) == "app.backup_damaged"


def evil_database(place: Place, change: Callable[[sqlite3.Connection], object], tmp_path: Path) -> None:
    """The backup's database with something in it that ours has not."""
    members = place.members()
    file = tmp_path / "evil.db"
    file.write_bytes(next(content for each, content in members if each.name == "database/ringback.db"))
    with closing(sqlite3.connect(file)) as connection, connection:
        change(connection)
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    listed = [
        each.model_copy(update={"size": len(content), "sha256": digest})
        if each.name == "database/ringback.db"
        else each
        for each in place.manifest.packed
    ]
    changed = []
    for each, old in members:
        if each.name == "database/ringback.db":
            each.size = len(content)
        changed.append((each, content if each.name == "database/ringback.db" else old))
    place.pack(changed, listed)


def test_triggers_and_views_of_a_backup_are_left_behind(there: Settings, place: Place, tmp_path: Path) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute(
            "CREATE TRIGGER evil AFTER INSERT ON ticket BEGIN UPDATE user_account SET role = 'admin'; END"
        )
        connection.execute("CREATE VIEW evil_view AS SELECT * FROM user_account")
        connection.execute("CREATE TABLE evil_table (x)")

    evil_database(place, change, tmp_path)
    put_back(there, place.folder, None)
    with closing(sqlite3.connect(there.data / "ringback.db")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert not {name for name in names if "evil" in name}
    assert "search_part_added" in names, "the index of the search follows its rows again"


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        (["ALTER TABLE ticket ADD COLUMN evil TEXT"], "app.backup_schema_differs"),
        (
            ["PRAGMA foreign_keys=OFF", "DROP TABLE user_account", "CREATE VIEW user_account AS SELECT 1 AS id"],
            "app.backup_schema_differs",
        ),
        (["DROP TABLE user_account"], "app.backup_schema_differs"),
        (["PRAGMA foreign_keys=OFF", "UPDATE call SET contact_id = 'nobody'"], "app.backup_damaged"),
    ],
)
def test_a_database_of_another_shape_is_refused(
    there: Settings, place: Place, tmp_path: Path, statements: list[str], code: str
) -> None:
    def change(connection: sqlite3.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    evil_database(place, change, tmp_path)
    assert is_refused(there, place) == code


def test_a_damaged_database_is_refused(there: Settings, place: Place) -> None:
    members = place.members()
    changed = []
    listed = []
    for each, content in members:
        if each.name == "database/ringback.db":
            content = content[:4096] + b"\xaa" * (len(content) - 4096)
        changed.append((each, content))
        digest = hashlib.sha256(content).hexdigest()
        known = next(file for file in place.manifest.packed if file.name == each.name)
        listed.append(known.model_copy(update={"sha256": digest}))
    place.pack(changed, listed)
    assert is_refused(there, place) in ("app.restore_no_database", "app.backup_damaged")


def test_secrets_that_are_no_plain_data_are_refused(there: Settings, place: Place, tmp_path: Path) -> None:
    evil = b"!!python/object/apply:os.system ['touch " + str(tmp_path / "ran").encode() + b"']\n"
    changed, listed = [], []
    for each, content in place.members():
        if each.name == "secrets/secrets.yaml":
            each.size, content = len(evil), evil
        known = next(file for file in place.manifest.packed if file.name == each.name)
        digest = hashlib.sha256(content).hexdigest()
        listed.append(known.model_copy(update={"sha256": digest, "size": len(content)}))
        changed.append((each, content))
    place.pack(changed, listed)
    assert is_refused(there, place) == "app.backup_unreadable"
    assert not (tmp_path / "ran").exists()


def test_where_python_has_its_own_filter_it_is_asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def data_filter(member: tarfile.TarInfo, _folder: str) -> tarfile.TarInfo:
        asked.append(member.name)
        return member

    monkeypatch.setattr(archive, "_data_filter", data_filter)
    archive.unpack(place.data, place.manifest.packed, None)
    assert asked == [file.name for file in place.manifest.packed]


def test_after_a_refusal_the_next_restore_is_whole(there: Settings, place: Place) -> None:
    kept = place.data.read_bytes()
    place.data.write_bytes(bytes(len(kept)))
    assert is_refused(there, place, place.key) == "app.backup_damaged"
    place.data.write_bytes(kept)
    put_back(there, place.folder, place.key)
    assert "ringback.db" in names_of(there)
