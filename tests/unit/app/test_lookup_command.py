"""`ringback lookup`: what a caller would hear, with an exit status for scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from lookups.errors import LookupFailed
from tests.support.beside_system import BesideServer

SETTINGS = """
data: {data}
lookups:
  order:
    url: {url}
    ask: ticket-number
    digits: 6
    answers: {{sent: {{en: It is on its way., ru: Он уже в пути.}}}}
    values: {{boxes: digits, day: date}}
"""


@pytest.fixture
def server() -> Iterator[BesideServer]:
    with BesideServer() as server:
        yield server


def tried(folder: Path, server: BesideServer, *arguments: str) -> tuple[int, str]:
    path = folder / "ringback.yaml"
    path.write_text(SETTINGS.format(data=folder / "data", url=server.url), encoding="utf-8")
    ran = CliRunner().invoke(app, ["lookup", *arguments, "--config", str(path)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, ran.stdout


def test_what_a_caller_hears_is_told_in_words(tmp_path: Path, server: BesideServer) -> None:
    server.answers["4711"] = {"status": "sent", "boxes": "27", "day": "2031-03-05"}
    code, told = tried(tmp_path, server, "order", "4711")
    assert (code, told.startswith("found (sent) after ")) == (0, True)
    assert told.endswith("a caller hears: It is on its way. two seven March fifth twenty thirty one\n")
    code, told = tried(tmp_path, server, "order", "4711", "--language", "ru")
    assert (code, "Он уже в пути. два семь" in told) == (0, True)
    code, told = tried(tmp_path, server, "order", "4712", "--json")
    found = json.loads(told)
    assert (found["outcome"], found["heard"], code) == ("unknown", "Sorry, we do not know that number.", 0)


def test_what_is_wrong_with_an_answer_is_told(tmp_path: Path, server: BesideServer) -> None:
    server.answers["1"] = {"status": "sent", "day": "soon"}
    code, told = tried(tmp_path, server, "order", "1")
    assert (code, "failed: the field day of its answer is no date that can be spoken" in told) == (1, True)
    assert told.endswith("a caller hears: We cannot look this up just now.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("parcel", "1"), "parcel is not in lookups; there are: order"),
        (("order", "1234567"), "at most 6"),
        (("order", "1;2"), "digits alone"),
    ],
)
def test_what_no_caller_could_ask_is_not_asked(
    tmp_path: Path, server: BesideServer, arguments: tuple[str, str], said: str
) -> None:
    with pytest.raises(LookupFailed, match=said):
        tried(tmp_path, server, *arguments)
    assert server.asked == []
