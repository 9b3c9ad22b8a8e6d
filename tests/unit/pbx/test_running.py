"""The notes about a running Asterisk: what it was started with, and how it ended."""

from pathlib import Path

import pytest

from pbx import running
from pbx.asterisk import AsteriskDirs, AsteriskProgram
from pbx.running import Death

PROGRAM = AsteriskProgram(("asterisk",), Path("modules"), Path("share"), "22.10.1", None)


@pytest.fixture
def place(tmp_path: Path) -> AsteriskDirs:
    here = AsteriskDirs(PROGRAM, tmp_path / "asterisk", tmp_path / "run", tmp_path / "log")
    for folder in (here.etc, here.log):
        folder.mkdir(parents=True)
    for name in (*running.AT_START_ONLY, "pjsip.conf"):
        (here.etc / name).write_text("[one]\n", encoding="utf-8")
    return here


def test_an_asterisk_is_wanted_as_long_as_nothing_has_changed_that_a_start_takes_up(place: AsteriskDirs) -> None:
    running.note_start(place)
    assert running.is_wanted(place)
    (place.etc / "modules.conf").write_text("[two]\n", encoding="utf-8")
    assert not running.is_wanted(place)


@pytest.mark.parametrize("note", [None, ""])
def test_without_a_note_it_is_not_started_anew_again_and_again(place: AsteriskDirs, note: str | None) -> None:
    """A full disk took the note, or none but its name."""
    if note is not None:
        (place.folder / "started-with").write_text(note)
    assert running.is_wanted(place)


def test_a_death_is_told_once(place: AsteriskDirs) -> None:
    assert running.death_since(place, 0.0) is None
    running.note_death(place, "process 17, status 1", 4)
    found = running.death_since(place, 0.0)
    assert found is not None
    at, death = found
    assert death == Death("process 17, status 1", 4)
    assert running.death_since(place, at) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"what": "x"}'])
def test_what_is_no_death_is_none(place: AsteriskDirs, text: str) -> None:
    (place.folder / running.LAST_DEATH).write_text(text)
    assert running.death_since(place, 0.0) is None


def test_its_last_words_are_its_errors_and_what_it_printed(place: AsteriskDirs) -> None:
    assert running.last_words(place) == []
    (place.log / "asterisk.log").write_text(
        "[1] VERBOSE[1] loader.c: fine\n[1] ERROR[1] loader.c: res_pjsip declined to load.\n"
    )
    (place.log / "asterisk-out.log").write_text("Asterisk 22\n\nUnable to bind\n")
    assert running.last_words(place, 1) == ["[1] ERROR[1] loader.c: res_pjsip declined to load.", "Unable to bind"]
