"""`ringback settings` as a person at a terminal uses it, and what a later start makes of it."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner, Result

from app import cli, take_settings
from app.accounts import at_terminal, owner_of
from publishing.errors import PublishRefused
from publishing.service import Publisher
from ringback import config
from ringback.config import Settings, in_force

NEW = "data: data\nagents:\n  - {name: anna, display: Anna B., extension: '201'}\n"
NEW += "queues:\n  support: {name: Support, agents: [anna]}\n  billing: {name: Billing, agents: [anna]}\n"


@pytest.fixture
def folder(settings: Settings, sqlite_store: sessionmaker[Session]) -> Path:
    """Of an installation that has taken its file up."""
    folder = settings.data.parent
    file = folder / "ringback.yaml"
    file.write_text(f"data: {settings.data.name}\n", encoding="utf-8")
    (folder / "new.yaml").write_text(NEW, encoding="utf-8")
    loaded = config.load(file)
    Publisher(lambda: loaded, sqlite_store).take_up(file, owner_of(file))
    return folder


@pytest.fixture
def ringback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Ringback":
    monkeypatch.chdir(folder)
    return Ringback()


class Ringback:
    def __call__(self, *arguments: str, status: int = 0) -> str:
        result: Result = CliRunner().invoke(cli.app, ["settings", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.output


def test_check_says_what_would_change(ringback: Ringback) -> None:
    shown = ringback("check", "new.yaml")
    assert "+  - {name: anna, display: Anna B., extension: '201'}" in shown
    assert "This is what is in force (version 1)." in ringback("check")


def test_check_says_what_is_wrong_with_its_line(ringback: Ringback, folder: Path) -> None:
    (folder / "new.yaml").write_text(NEW + "linse: []\n", encoding="utf-8")
    assert ":7:1: linse: There is no setting linse here." in ringback("check", "new.yaml", status=1)


def test_publish_history_difference_and_the_way_back(ringback: Ringback, folder: Path) -> None:
    assert "Version 2 is in force." in ringback("publish", "new.yaml", "--why", "Anna has married")
    assert "Anna has married" in ringback("history")
    assert ringback("show") == NEW
    assert "-data: data" not in ringback("diff", "1")
    assert "+queues:" in ringback("diff", "1", "2")
    assert "the settings of version 1" in ringback("rollback", "1", "--why", "too early")
    assert ringback("diff", "1", "3") == "The two are the same.\n"
    first = ringback("history", "--json")
    assert f'"by": "{at_terminal()}"' in first
    assert '"rolls_back_to": 1' in first


def test_a_reason_is_asked_for(ringback: Ringback) -> None:
    assert "--why" in ringback("publish", "new.yaml", status=2)


def test_what_was_published_outlives_a_start_with_the_old_file(ringback: Ringback, folder: Path) -> None:
    ringback("publish", "new.yaml", "--why", "Anna has married")
    taken = take_settings.take(None, print)
    assert (taken.source, taken.settings.agents[0].display) == (None, "Anna B."), "the file is as it was taken up"
    (folder / "ringback.yaml").write_text(NEW + "reconnect_seconds: 30\n", encoding="utf-8")
    ringback("publish", "--why", "the file itself")
    found = in_force.read_copy(config.load(Path("ringback.yaml")))
    assert found is not None
    assert in_force.is_unchanged(Path("ringback.yaml"), found), "a start finds nothing new in it"


def test_a_file_that_was_not_touched_since_does_not_undo_what_a_page_published(
    ringback: Ringback, folder: Path, sqlite_store: sessionmaker[Session]
) -> None:
    loaded = config.load(folder / "ringback.yaml")
    Publisher(lambda: loaded, sqlite_store).publish(NEW, base=1, by="boris", why="married", source="page")
    taken = take_settings.take(None, print)
    assert taken.source is None
    assert taken.settings.agents[0].display == "Anna B."
    (folder / "ringback.yaml").write_text("data: data\nreconnect_seconds: 30\n", encoding="utf-8")
    taken = take_settings.take(None, print)
    assert taken.source == Path("ringback.yaml"), "it was edited since: it counts"
    assert taken.settings.reconnect_seconds == 30


def test_a_scripted_caller_who_fares_otherwise_refuses_what_is_published(ringback: Ringback, folder: Path) -> None:
    (folder / "flow-tests.yaml").write_text("- {name: Broken, do: [1], expect: {queue: billing}}\n", encoding="utf-8")
    with pytest.raises(PublishRefused, match=r"\(Broken, flow-tests.yaml, line 1\). queue should be billing, and is"):
        ringback("publish", "new.yaml", "--why", "Anna has married")
    assert "Version 2 is in force." in ringback("publish", "new.yaml", "--why", "in a hurry", "--despite-tests")
    assert "the settings of version 1" in ringback("rollback", "1", "--why", "whoever goes back is in need")


def test_commands_about_what_runs_go_by_what_is_in_force(
    ringback: Ringback, folder: Path, sqlite_store: sessionmaker[Session]
) -> None:
    loaded = config.load(folder / "ringback.yaml")
    waiting = NEW + "web: {port: 9000}\n"
    Publisher(lambda: loaded, sqlite_store).publish(waiting, base=1, by="boris", why="married", source="page")
    running = take_settings.in_use(None)
    assert (running.agents[0].display, running.web.port) == ("Anna B.", 8080)
    (folder / "ringback.yaml").write_text("data: data\nreconnect_seconds: 30\n", encoding="utf-8")
    assert take_settings.in_use(None).reconnect_seconds == 30, "the next start takes it"
