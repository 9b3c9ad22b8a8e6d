"""The starter flow: what a first start begins with is well, can be heard without a voice, and does what it says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli, install
from app.flow_tests.service import run_flow_tests
from app.init_command import STARTER, starter_of
from prompts.files import missing, spoken
from ringback.config import Settings, in_force, load, read


@pytest.fixture
def starter(tmp_path: Path) -> Settings:
    assert [file.name for file in starter_of(tmp_path, first=True)] == ["flow-tests.yaml", "ringback.yaml"]
    return load(tmp_path / "ringback.yaml")


def test_nothing_is_wrong_in_it_and_it_needs_no_voice(starter: Settings, tmp_path: Path) -> None:
    reading = read(tmp_path / "ringback.yaml")
    reading.add(install.remarks(starter))
    known = {"app.no_trunk", "app.garbles", "app.narrowband"}
    told = [each for each in reading.located(reading.remarks) if each.level != "note" or each.what.code not in known]
    assert [str(each) for each in told] == []
    assert (missing(starter), spoken(starter)) == ([], {})


def test_its_scripted_callers_fare_as_they_should(starter: Settings, tmp_path: Path) -> None:
    found = run_flow_tests(starter, tmp_path / "flow-tests.yaml")
    assert len(found.results) > 10
    assert found.why is None, str(found.why)


def test_it_keeps_what_the_readme_promises(starter: Settings) -> None:
    assert [(line.number, line.language) for line in starter.lines] == [("1000", "en"), ("1001", "ru")]
    assert [(agent.name, agent.extension) for agent in starter.agents] == [("anna", "201"), ("boris", "202")]
    main = starter.menus["main"]
    assert (main.options["1"].queue, main.operator_queue, len(main.options)) == ("support", "support", 4)
    verbs = {each.verb for _, each in starter.destinations()}
    assert verbs == {"queue", "menu", "say", "lookup", "callback", "message"}
    assert all(queue.survey == "solved" for queue in starter.queues.values())


def test_what_is_commented_out_holds_when_the_marks_are_taken_away(tmp_path: Path) -> None:
    written = (STARTER / "ringback.yaml").read_text(encoding="utf-8")
    for block in ("hours", "trunk"):
        found = re.search(rf"^# {block}:\n(#   .*\n)+", written, re.MULTILINE)
        assert found is not None, block
        written = written.replace(found[0], re.sub("^# ", "", found[0], flags=re.MULTILINE))
    written = written.replace("  # hours: office", "  hours: office")
    file = tmp_path / "ringback.yaml"
    file.write_text(written, encoding="utf-8")
    settings = load(file)
    assert settings.trunk is not None
    assert [line.hours for line in settings.lines] == ["office", "office"]
    assert run_flow_tests(settings, STARTER / "flow-tests.yaml").why is None


def test_nothing_is_ever_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow-tests.yaml").write_text("mine\n")
    assert "ringback.yaml is new" in CliRunner().invoke(cli.app, ["init"]).output
    (tmp_path / "ringback.yaml").write_text("timezone: Europe/Berlin\n")
    again = CliRunner().invoke(cli.app, ["init"])
    assert (again.exit_code, again.output) == (0, "ringback.yaml is there already: nothing was written.\n")
    assert CliRunner().invoke(cli.app, ["init", "--first"]).output == ""
    texts = [(tmp_path / name).read_text() for name in ("flow-tests.yaml", "ringback.yaml")]
    assert texts == ["mine\n", "timezone: Europe/Berlin\n"]


def test_where_it_ran_without_a_file_the_defaults_stay(tmp_path: Path) -> None:
    copy = in_force.file_of(Settings(data=tmp_path / "var"))
    copy.parent.mkdir()
    copy.write_text("")
    assert starter_of(tmp_path, first=True) == []
    assert not (tmp_path / "ringback.yaml").exists()
    assert len(starter_of(tmp_path, first=False)) == 2, "asked for, it is written"
