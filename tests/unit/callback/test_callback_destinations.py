"""The dialling rules as the fallback reads them: written whole, read whatever lies there."""

from pathlib import Path

import pytest

from app.bootstrap import prepare
from callback import destinations
from callback.spool import take_in
from ringback.config import Callbacks, EntryPoint, Settings

HOME = destinations.around("US")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rules = Settings(callbacks=Callbacks(allowed_prefixes=["+1", "+7495"]))
    assert destinations.write(destinations.allowed_destinations(rules), tmp_path)
    found = destinations.read(tmp_path, "DE")
    assert (
        found == destinations.allowed_destinations(rules)
        and found.allows("+74951234567")
        and not found.allows("+79161234567")
    )
    assert destinations.write(destinations.allowed_destinations(Settings()), tmp_path)
    assert destinations.read(tmp_path, "DE").countries == {"US", "CA", "RU", "KZ"}
    assert [path.name for path in tmp_path.iterdir()] == [destinations.FILE]


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
        (tmp_path / destinations.FILE).write_text(content)
    assert destinations.read(tmp_path, "US") == HOME
    assert HOME.allows("+16135550123") and not HOME.allows("+18765551234")


def test_a_folder_that_cannot_be_written_keeps_nobody_from_starting(tmp_path: Path) -> None:
    (tmp_path / destinations.FILE).mkdir()
    assert not destinations.write(HOME, tmp_path)
    assert not destinations.write(HOME, tmp_path / "gone")
    assert [path.name for path in tmp_path.iterdir()] == [destinations.FILE]


def test_a_start_writes_them_and_they_are_no_wish(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, lines=[EntryPoint(number="1000", name="Support", default_country="DE")])
    prepare(settings)
    assert destinations.read(settings.fallback_spool, "US").countries == {"DE"}

    def never() -> None:
        raise AssertionError

    assert take_in(never, settings.fallback_spool, never, settings) == []  # type: ignore[arg-type]
