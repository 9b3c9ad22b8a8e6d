"""`ringback graph` as a person at a terminal asks for it."""

import json
from xml.etree import ElementTree as ET

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker
from typer.testing import CliRunner, Result

from app import cli
from calls.models import Call
from ringback.config import ConfigError, Settings
from ringback.store.base import utcnow


def ringback(settings: Settings, *arguments: str) -> Result:
    file = settings.data.parent / "ringback.yaml"
    file.write_text(yaml.safe_dump({"data": settings.data.name}), encoding="utf-8")
    result = CliRunner().invoke(cli.app, ["graph", "--config", str(file), *arguments])
    if isinstance(result.exception, ConfigError):
        raise result.exception
    return result


def test_as_text_all_lines_are_told(settings: Settings) -> None:
    shown = ringback(settings).output
    assert shown.startswith("Line 1000: Support\n     Menu main\n\nMenu main\n")
    assert "  1  Something does not work → Queue Support\n" in shown
    assert "Line 1001: Поддержка" in shown


@pytest.mark.parametrize(("form", "begins"), [("svg", "<svg "), ("mermaid", "flowchart LR\n"), ("dot", "digraph flow")])
def test_one_line_is_drawn(settings: Settings, form: str, begins: str) -> None:
    shown = ringback(settings, "--line", "1001", "--format", form, "--language", "ru").output
    assert shown.startswith(begins)
    assert "Линия 1001: Поддержка" in shown and "Line" not in shown
    if form == "svg":
        assert ET.fromstring(shown).attrib["role"] == "group"


def test_numbers_are_those_of_the_store(settings: Settings, sqlite_store: sessionmaker[Session]) -> None:
    with sqlite_store.begin() as session:
        step = {"menu": "main", "key": "1", "label": "Something does not work"}
        facts = {"line": "1000", "language": "en", "caller_number": "", "caller_name": "", "state": "ended"}
        for at in range(2):
            session.add(
                Call(call_id=f"c-{at}", arrived_at=utcnow(), menu_path=[step], menus=[["main", 1, 0, 0]], **facts)
            )
    shown = ringback(settings, "--line", "1000", "--days", "7").output
    assert "    2 calls\n" in shown and "    2 heard it\n" in shown
    assert "Something does not work → Queue Support   [2]\n" in shown


def test_a_line_that_is_not_there_is_told(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="There is no line 1009"):
        ringback(settings, "--line", "1009")
    assert "Invalid value" in json.dumps(ringback(settings, "--days", "0").output)
