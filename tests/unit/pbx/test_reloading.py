"""Asterisk reads a file anew only where it has changed since it was read last."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from pbx import reloading
from pbx.errors import AmiError
from ringback.config import Settings


class AsteriskSession:
    """What an Asterisk answers; its variables go with it."""

    variables: dict[str, str]
    asked: list[str]
    refuses: set[str]

    def __init__(self, *_given: object) -> None:
        self.closed = False

    async def open(self, *_given: str) -> None:
        return None

    async def request(self, action: str, headers: dict[str, str], timeout: float = 5.0) -> list[dict[str, str]]:
        if action == "Getvar":
            return [{"Value": self.variables.get(headers["Variable"], "")}]
        if action == "Setvar":
            self.variables[headers["Variable"]] = headers["Value"]
            return [{}]
        module = headers["Module"]
        if module in self.refuses:
            raise AmiError("pbx.refused", action=action, why="busy")
        self.asked.append(module)
        return [{}]

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in reloading.MODULES:
        (tmp_path / name).write_text(name, encoding="ascii")
    AsteriskSession.variables, AsteriskSession.asked, AsteriskSession.refuses = {}, [], set()
    monkeypatch.setattr(reloading, "Session", AsteriskSession)
    return tmp_path


def reload(etc: Path) -> list[Any]:
    AsteriskSession.asked.clear()
    asyncio.run(reloading.reload_changed(Settings(), "secret", etc))
    return [*AsteriskSession.asked]


def test_one_that_was_just_started_reads_all_of_them_and_numbers_last(etc: Path) -> None:
    assert reload(etc) == list(reloading.MODULES.values())
    assert reload(etc)[-1:] == []


def test_only_what_has_changed_is_read(etc: Path) -> None:
    reload(etc)
    (etc / "pjsip.conf").write_text("another phone", encoding="ascii")
    assert reload(etc) == ["res_pjsip.so"]
    assert reload(etc) == []


def test_what_was_not_read_is_read_with_the_next_try(etc: Path) -> None:
    reload(etc)
    for name in ("pjsip.conf", "extensions.conf"):
        (etc / name).write_text("changed", encoding="ascii")
    AsteriskSession.refuses = {"pbx_config.so"}
    with pytest.raises(AmiError):
        reload(etc)
    AsteriskSession.refuses = set()
    assert reload(etc) == ["res_pjsip.so", "pbx_config.so"]


def test_an_asterisk_that_was_started_anew_is_known_to_know_nothing(etc: Path) -> None:
    reload(etc)
    AsteriskSession.variables.clear()
    assert reload(etc) == list(reloading.MODULES.values())


def test_what_is_kept_of_the_files_fits_into_a_line() -> None:
    value = " ".join(f"{name}={'f' * reloading.DIGITS}" for name in reloading.MODULES)
    assert len(value) < 500
