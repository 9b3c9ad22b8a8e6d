"""The copy of the settings that a run took up: it means what the file meant, whatever becomes of the file."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from app import take_settings
from ringback import config
from ringback.config import ConfigError, in_force

TEXT = "data: data\nlines:\n  - {number: '1000', name: Поддержка, language: ru, default_country: RU}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ringback.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_copy_means_what_the_file_meant(file: Path) -> None:
    settings = config.load(file)
    copy = in_force.keep(file, settings)
    file.write_text("lines: [", encoding="utf-8")
    assert copy.parent == settings.data
    assert config.load(copy).model_dump() == settings.model_dump()


def test_a_file_with_a_byte_order_mark_is_copied_as_one_without(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    settings = config.load(file)
    assert config.load(in_force.keep(file, settings)).model_dump() == settings.model_dump()
    assert not in_force.differs(file, settings)


def test_without_a_file_the_defaults_are_in_force_though_one_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy = in_force.keep(Path("ringback.yaml"), config.load(None))
    Path("ringback.yaml").write_text("agents: []\nqueues: {}\n", encoding="utf-8")
    found = config.load(copy.resolve())
    assert found.data.resolve() == tmp_path / "var"
    assert [agent.name for agent in found.agents] == ["anna", "boris"]


def test_an_edited_file_differs_from_what_is_in_force(file: Path) -> None:
    settings = config.load(file)
    assert not in_force.differs(file, settings), "nothing was ever in force"
    in_force.keep(file, settings)
    assert not in_force.differs(file, settings)
    file.write_text(TEXT + "timezone: Europe/Moscow\n", encoding="utf-8")
    assert in_force.differs(file, config.load(file))


@pytest.mark.parametrize("text", [TEXT + "agentss: []\n", "data: [", "data: data\nlines: 7\n"])
def test_a_broken_file_is_refused_where_nobody_is_inside(file: Path, text: str) -> None:
    in_force.keep(file, config.load(file))
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        take_settings.take(file, print)


@pytest.mark.parametrize("more", ["agentss: []\n", "agentss: [\n"])
def test_a_broken_file_ends_no_call(file: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    settings = config.load(file)
    in_force.keep(file, settings)
    file.write_text(TEXT + more, encoding="utf-8")
    monkeypatch.setattr(take_settings, "_somebody_is_inside", lambda _settings: True)
    taken = take_settings.take(file, print)
    assert (taken.source, taken.settings.model_dump()) == (None, settings.model_dump())
    assert str(file) in str(taken.refused)


def test_a_copy_that_somebody_deletes_is_put_back(file: Path) -> None:
    settings = config.load(file)
    copy = in_force.keep(file, settings)
    text = copy.read_bytes()
    assert not in_force.put_back(copy, text)
    copy.unlink()
    assert in_force.put_back(copy, text)
    assert config.load(copy).model_dump() == settings.model_dump()
    shutil.rmtree(settings.data)
    assert not in_force.put_back(copy, text), "a data folder that is thrown away stays so"


def test_a_full_disk_leaves_in_force_what_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load(file)
    copy = in_force.keep(file, settings)
    before = copy.read_bytes()

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        in_force.keep(file, settings)
    assert copy.read_bytes() == before
