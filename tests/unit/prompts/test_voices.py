"""Bringing voices: what is there stays, and a machine that reaches nobody is told which ways are left."""

import sys
from pathlib import Path

import pytest

from prompts import installing, voices
from prompts.errors import PromptBuildError
from prompts.installing import install, states
from ringback.config import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Of a machine without any voice, and without the programs that would bring one."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(voices.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(voices, "REPOSITORY", tmp_path)
    monkeypatch.setattr(voices, "find_spec", lambda name: None)
    return Settings(data=tmp_path / "data")


def test_what_is_missing_is_told_with_the_command_that_brings_it(settings: Settings) -> None:
    found = {each.language: str(each.missing) for each in states(settings)}
    assert set(found) == {"en", "ru"}
    assert all(f"`ringback voices install {language}`" in missing for language, missing in found.items())


def test_a_voice_that_is_there_is_not_brought_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "find_spec", lambda name: object())
    told: list[str] = []
    assert install(settings, "en", told.append) is False
    assert told == []


def test_without_pips_index_the_other_ways_are_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = settings.data / "python"
    pip.parent.mkdir()
    pip.write_text("#!/bin/sh\necho 'ERROR: Could not find a version that satisfies piper-tts' >&2\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(pip))
    with pytest.raises(PromptBuildError) as told:
        install(settings, "en", lambda line: None)
    said = str(told.value)
    assert "Could not find a version that satisfies piper-tts" in said
    assert "pip download --require-hashes" in said
    assert str(settings.data / "sounds" / "en") in said


def test_a_voice_that_debian_does_not_give_leaves_nothing_behind(settings: Settings) -> None:
    program = settings.data.parent / "mmdebstrap"
    program.write_text("#!/bin/sh\necho 'E: apt-get update failed' >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(PromptBuildError, match="apt-get update failed") as told:
        install(settings, "ru", lambda line: None)
    assert f"copy its folder var/voices to {settings.data.resolve() / 'voices'}" in str(told.value)
    assert list(settings.data.iterdir()) == []


def test_without_mmdebstrap_it_is_named(settings: Settings) -> None:
    with pytest.raises(PromptBuildError, match="apt-get install mmdebstrap"):
        install(settings, "ru", lambda line: None)


def test_an_unpacked_voice_is_found_where_it_was_put(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(packages: object, suite: str, folder: Path, tell: object, components: str) -> None:
        assert components == "main,non-free"
        for name in (voices.PROGRAM, "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"")

    monkeypatch.setattr(installing, "unpack", unpacked)
    assert install(settings, "ru", lambda line: None) is True
    assert [each.language for each in states(settings) if each.missing is None] == ["ru"]
    assert [path.name for path in settings.data.iterdir()] == ["voices"]


def test_a_language_that_nobody_speaks_is_refused(settings: Settings) -> None:
    with pytest.raises(PromptBuildError, match="no voice for the language fr"):
        install(settings, "fr", lambda line: None)
