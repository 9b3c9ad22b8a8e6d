"""Other accounts of the machine see nothing of the data folder, and are found where they could."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import doctor, modes, supervise
from ringback.config import Ami, Settings


@pytest.fixture(autouse=True)
def _mask_of_before() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_whatever_is_made_is_closed_to_others(settings: Settings) -> None:
    modes.be_private(settings)
    (settings.spool / "x.raw").write_bytes(b"")
    (settings.data / "new").mkdir()
    assert (mode(settings.spool / "x.raw"), mode(settings.data / "new")) == (0o600, 0o700)


def test_an_asterisk_of_the_owners_own_comes_in_by_the_group(settings: Settings) -> None:
    own = settings.model_copy(update={"ami": Ami(external=True)})
    modes.be_private(own)
    (settings.spool / "x.raw").write_bytes(b"")
    assert mode(settings.spool / "x.raw") == 0o660
    settings.data.chmod(0o775)
    modes.close_folder(own)
    assert mode(settings.data) == 0o770


def test_a_folder_that_an_older_version_left_open_is_found_and_shut(settings: Settings) -> None:
    settings.data.chmod(0o755)
    settings.recordings.chmod(0o755)
    open_one, closed_one = settings.recordings / "open.flac", settings.recordings / "closed.flac"
    for path, bits in ((open_one, 0o644), (closed_one, 0o600)):
        path.write_bytes(b"")
        path.chmod(bits)
    found = set(modes.open_paths(settings))
    assert open_one in found
    assert closed_one not in found
    [rights] = [check for check in doctor._modes(settings) if check.name == "rights"]
    assert rights.state == "bad"
    assert rights.mend == f"chmod -R go= {settings.data.resolve()}"

    modes.close_folder(settings)
    assert list(modes.open_paths(settings)) == [], "nobody gets as far as what is in it"
    assert [check.state for check in doctor._modes(settings) if check.name == "rights"] == ["good"]


def test_each_folder_on_the_way_counts(settings: Settings) -> None:
    settings.data.chmod(0o711)  # whoever knows a name gets in
    settings.recordings.chmod(0o700)
    settings.fallback_spool.chmod(0o700)
    settings.spool.parent.chmod(0o711)
    settings.spool.chmod(0o711)
    for folder in (settings.spool, settings.recordings):
        (folder / "x").write_bytes(b"")
        (folder / "x").chmod(0o604)
    (settings.spool / "link").symlink_to(settings.recordings / "x")
    assert list(modes.open_paths(settings)) == [settings.spool / "x"]


def test_who_runs_it_as_root_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    settings.data.chmod(0o755)
    monkeypatch.setattr(modes, "is_root", lambda: True)
    supervise._close(settings, told.append)
    assert any("runs as root" in line for line in told)
    assert mode(settings.data) == 0o700
    assert any(check.name == "account" and check.state == "note" for check in doctor._modes(settings))
