"""`ringback connectors check`: whether a system beside can be used, in a sentence, with an exit status for scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.support.desk_servers import PASSWORD, USER, DeskServer

SETTINGS = """
data: {data}
connectors:
  desk: {{kind: jira, url: "{url}", project: {project}, user: {user}, allow_private: true}}
  trial: {{kind: console}}
"""


@pytest.fixture
def server() -> Iterator[DeskServer]:
    with DeskServer("jira") as server:
        yield server


def tried(folder: Path, server: DeskServer, *names: str, password: str = PASSWORD, project: str = "General") -> str:
    path = folder / "ringback.yaml"
    path.write_text(SETTINGS.format(data=folder / "data", url=server.url, project=project, user=USER), encoding="utf-8")
    secrets = folder / "data" / "secrets.yaml"
    secrets.parent.mkdir(exist_ok=True)
    secrets.write_text(f"connector_passwords: {{desk: '{password}'}}\n", encoding="utf-8")
    secrets.chmod(0o600)
    ran = CliRunner().invoke(app, ["connectors", "check", *names, "--config", str(path)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return f"{ran.exit_code} {ran.output}"


def test_what_works_and_what_does_not_is_said_in_a_sentence(tmp_path: Path, server: DeskServer) -> None:
    assert tried(tmp_path, server) == "0 desk: all is well\ntrial: all is well\n"
    assert tried(tmp_path, server, "desk", password="wrong") == "1 desk: it refuses our password or token: HTTP 401\n"
    assert tried(tmp_path, server, "desk", password="").endswith(
        "connector_passwords of the secrets file has nothing for desk.\n"
    )
    assert tried(tmp_path, server, "desk", project="NOWHERE").startswith("1 desk: ")
    assert server.tickets == {}, "nothing is made"


def test_a_name_that_is_none_is_told_with_those_that_are(tmp_path: Path, server: DeskServer) -> None:
    told = tried(tmp_path, server, "other")
    assert told == "1 other: The settings have no connector other; there are: desk, trial.\n"
