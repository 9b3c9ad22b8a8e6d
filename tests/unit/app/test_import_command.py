"""`ringback import`: tried, imported, listed, undone; and what it says of what it did not understand."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from app.cli import app
from history.models import ImportedVisit
from tests.support.calls import open_empty

CAPTURES = Path(__file__).parent.parent / "history" / "captures"
LOGS = [str(CAPTURES / "queue_log"), str(CAPTURES / "queue_log.1")]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def config(tmp_path: Path, data: Path) -> list[str]:
    file = tmp_path / "ringback.yaml"
    file.write_text(f"data: {data}\n")
    return ["-c", str(file)]


def run(*arguments: str):
    return CliRunner().invoke(app, ["import", *arguments])


def test_a_log_is_tried_imported_listed_and_undone(config: list[str], data: Path) -> None:
    store = open_empty(data).sessions
    tried = run("queue_log", *LOGS, *config)
    assert tried.exit_code == 0
    assert "queue_log.1, queue_log: 42 lines, 14 visits to queues." in tried.stdout
    assert "Nothing was written: 14 visits would be new, 0 are there. To import them: --yes" in tried.stdout
    done = json.loads(run("queue_log", *LOGS, "--yes", "--json", *config).stdout)
    assert (done["written"], done["visits"], done["known"], done["broken"]) == (True, 14, 0, 0)
    assert "All 14 visits were there already" in run("queue_log", *LOGS, "--yes", *config).stdout
    beside = run("cdr", str(CAPTURES / "Master.csv"), *config)
    assert "they count twice" in beside.stdout.replace("\n", " ")
    listed = run("list", *config)
    assert done["import"] in listed.stdout and "complete" in listed.stdout
    assert run("undo", done["import"], *config).stdout == "Undone: 14 visits are gone.\n"
    with store() as session:
        assert session.scalar(select(func.count()).select_from(ImportedVisit)) == 0


def test_without_a_store_a_try_says_the_same_and_makes_nothing(config: list[str], data: Path) -> None:
    assert "14 visits would be new" in run("queue_log", *LOGS, "--try", *config).stdout
    assert not data.exists()
    refused = run("queue_log", *LOGS, "--yes", *config)
    assert refused.exit_code != 0 and type(refused.exception).__name__ == "HistoryError"


def test_broken_lines_are_told_by_number_and_names_of_others_cannot_write_to_the_terminal(
    config: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(
        "queue,entered,outcome\n\x1b[31m=cmd,1768471200,abandoned\nsupport,never,abandoned\nq,1768471200,lost\n"
    )
    said = run("csv", str(file), *config).stdout
    assert "calls.csv, line 3: This is no time that can be: never" in said
    assert "\x1b" not in said and "[31m=cmd 1" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--zone", "Mars/Olympus"], "history.no_zone"),
        (["--zone", "../../etc/passwd"], "history.no_zone"),
        (["--encoding", "klingon"], "history.no_encoding"),
        (["--map", "/nowhere.yaml"], "history.no_file"),
    ],
)
def test_what_cannot_be_meant_is_refused(config: list[str], arguments: list[str], code: str) -> None:
    refused = run("cdr", str(CAPTURES / "Master.csv"), *arguments, *config)
    assert refused.exception.code == code  # type: ignore[union-attr]


def test_try_and_yes_together_are_refused(config: list[str]) -> None:
    assert run("queue_log", *LOGS, "--try", "--yes", *config).exit_code == 2
    assert run("undo", "17", *config).exit_code == 2
