"""A controller takes what is published, tries again what failed, and says what has not been taken and why."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from controller import settings_watch
from controller.settings_watch import SettingsWatch
from pbx import asterisk
from pbx.errors import AmiError
from ringback import config
from ringback.config import Settings, in_force
from ringback.config.current import Current
from ringback.messages import Message

TEXT = "data: data\nreconnect_seconds: 10\n"


class Watched:
    """A watch with everything around it written down."""

    def __init__(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = file
        self.settings = config.load(file)
        in_force.keep(file, self.settings, 1)
        self.done: list[str] = []
        self.noted: dict[str, tuple[int, Message | None]] = {}
        self.fails: dict[str, Exception] = {}
        """By what is to be done, the error that it ends with once."""
        self.settings.fallback_spool.mkdir(parents=True)
        program = asterisk.AsteriskProgram(("asterisk",), Path(), Path(), "22.10.1", None)
        place = asterisk.AsteriskDirs(program, self.settings.data, self.settings.data, self.settings.data)
        monkeypatch.setattr(asterisk, "find", lambda _settings: program)
        monkeypatch.setattr(asterisk, "render", lambda *_given: self._do("written") or place)
        monkeypatch.setattr(settings_watch, "reload_changed", self._reload)
        self.watch = SettingsWatch(Current(self.settings), self._take, self._read_anew, self._note)

    def _do(self, what: str) -> None:
        if what in self.fails:
            raise self.fails.pop(what)
        self.done.append(what)

    async def _reload(self, *_given: object) -> list[str]:
        self._do("read by Asterisk")
        return ["pjsip.conf"]

    async def _take(self, settings: Settings, version: int) -> None:
        self._do(f"taken: {version}, {settings.reconnect_seconds:g}")

    async def _read_anew(self) -> None:
        self._do("asked about phones")

    async def _note(self, part: str, number: int, trouble: Message | None) -> None:
        self.noted[part] = (number, trouble)

    def publish(self, seconds: int, version: int) -> None:
        self.file.write_text(TEXT.replace("10", str(seconds)), encoding="utf-8")
        in_force.keep(self.file, self.settings, version)

    def look(self) -> list[str]:
        asyncio.run(self.watch.look())
        done, self.done = self.done, []
        return done


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    file = tmp_path / "ringback.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return Watched(file, monkeypatch)


def test_files_first_then_callers_then_asterisk(watched: Watched) -> None:
    watched.watch.asterisk_came()
    watched.look()
    watched.publish(20, 2)
    assert watched.look() == ["written", "taken: 2, 20", "read by Asterisk", "asked about phones"]
    assert watched.noted == {"controller": (2, None), "asterisk": (2, None)}
    assert watched.look() == []


def test_while_asterisk_is_away_callers_of_now_are_served_and_it_reads_when_it_is_back(watched: Watched) -> None:
    watched.watch.asterisk_came()
    watched.look()
    watched.watch.asterisk_went()
    watched.publish(20, 2)
    assert watched.look() == ["written", "taken: 2, 20"]
    assert watched.noted == {"controller": (2, None), "asterisk": (1, None)}
    watched.watch.asterisk_came()
    assert watched.look() == ["read by Asterisk", "asked about phones"]
    assert watched.noted["asterisk"] == (2, None)


def test_a_full_disk_is_told_and_tried_again(watched: Watched) -> None:
    watched.look()
    watched.publish(20, 2)
    watched.fails["written"] = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        watched.look()
    number, trouble = watched.noted["controller"]
    assert number == 1
    assert "No space left on device" in str(trouble)
    assert watched.look() == ["written", "taken: 2, 20"]
    assert watched.noted["controller"] == (2, None)


def test_an_asterisk_that_does_not_read_is_asked_again(watched: Watched) -> None:
    watched.watch.asterisk_came()
    watched.look()
    watched.publish(20, 2)
    watched.fails["read by Asterisk"] = AmiError("pbx.lost")
    with pytest.raises(AmiError):
        watched.look()
    assert {part: number for part, (number, _) in watched.noted.items()} == {"controller": 2, "asterisk": 1}
    watched.done.clear()
    assert watched.look() == ["read by Asterisk", "asked about phones"]


def test_several_versions_at_once_are_one_step(watched: Watched) -> None:
    watched.look()
    for version in range(2, 9):
        watched.publish(version, version)
    assert watched.look() == ["written", "taken: 8, 8"]


def test_an_asterisk_of_the_owners_own_reads_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ringback.yaml"
    file.write_text(TEXT + "ami: {external: true}\n", encoding="utf-8")
    watched = Watched(file, monkeypatch)
    watched.watch.asterisk_came()
    watched.look()
    file.write_text(file.read_text(encoding="utf-8") + "pause_limits: {coffee: 60}\n", encoding="utf-8")
    in_force.keep(file, watched.settings, 2)
    assert watched.look() == ["taken: 2, 10"]
    assert watched.noted == {"controller": (2, None)}
