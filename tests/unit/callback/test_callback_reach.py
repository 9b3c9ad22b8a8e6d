"""The dialling rules as the fallback reads them: written whole, read whatever lies there."""

from pathlib import Path

import pytest

from app.bootstrap import prepare
from callback import reach
from callback.spool import take_in
from ringback.config import Callbacks, EntryPoint, Settings

HOME = reach.around("US")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rules = Settings(callbacks=Callbacks(allowed_prefixes=["+1", "+7495"]))
    assert reach.write(reach.reach_of(rules), tmp_path)
    found = reach.read(tmp_path, "DE")
    assert found == reach.reach_of(rules) and found.allows("+74951234567") and not found.allows("+79161234567")
    assert reach.write(reach.reach_of(Settings()), tmp_path)
    assert reach.read(tmp_path, "DE").countries == {"US", "CA", "RU", "KZ"}
    assert [path.name for path in tmp_path.iterdir()] == [reach.FILE]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        '{"prefixes": 1, "countries": []}',
        '{"prefixes": [1], "countries": []}',
        "null",
        "\x00",
    ],
)
def test_without_readable_rules_it_is_the_lines_country(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / reach.FILE).write_text(content)
    assert reach.read(tmp_path, "US") == HOME
    assert HOME.allows("+16135550123") and not HOME.allows("+18765551234")


def test_a_folder_that_cannot_be_written_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / reach.FILE).mkdir()
    assert not reach.write(HOME, tmp_path)
    assert not reach.write(HOME, tmp_path / "gone")
    assert [path.name for path in tmp_path.iterdir()] == [reach.FILE]


def test_a_start_writes_them_and_they_are_no_wish(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, lines=[EntryPoint(number="1000", name="Support", default_country="DE")])
    prepare(settings)
    assert reach.read(settings.fallback_spool, "US").countries == {"DE"}

    def never() -> None:
        raise AssertionError

    assert take_in(never, settings.fallback_spool, never, settings) == []  # type: ignore[arg-type]
