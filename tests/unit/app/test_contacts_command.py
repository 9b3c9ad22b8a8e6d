"""`ringback contacts`: a file is shown before it is imported, and everybody leaves as a file of either kind."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.support.calls import open_empty


@pytest.fixture
def config(tmp_path: Path) -> str:
    data = tmp_path / "data"
    open_empty(data).sessions.kw["bind"].dispose()
    file = tmp_path / "ringback.yaml"
    file.write_text(f"data: {data}\n")
    return str(file)


def test_a_file_comes_in_after_a_yes_and_goes_out_as_it_was(config: str, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,phone,email\nAnn,+12025550123,ann@example.com\nBob,no,\n")
    run = CliRunner().invoke
    refused = run(app, ["contacts", "import", str(file), "-c", config], input="n\n")
    assert refused.exit_code == 1 and "line 3: This is not a phone number: no" in refused.stderr
    assert "1 new, 0 changed" in refused.stderr
    assert run(app, ["contacts", "export", "-c", config]).stdout.count("\n") == 1, "nothing was imported"
    done = run(app, ["contacts", "import", str(file), "--yes", "-c", config])
    assert done.stdout == "Imported: 1 new, 0 changed, 0 as they are, 0 left out.\n"
    for name, has in (("all.vcf", "TEL:+12025550123"), ("all.csv", "'+12025550123")):
        out = tmp_path / name
        assert run(app, ["contacts", "export", str(out), "-c", config]).exit_code == 0
        assert has in out.read_text()
        again = run(app, ["contacts", "import", str(out), "-c", config])
        assert again.stdout == "Imported: 0 new, 0 changed, 1 as they are, 0 left out.\n"


@pytest.mark.parametrize("text", [None, "Town\nRome\n"])
def test_what_is_no_file_of_persons_is_said(config: str, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "people.csv"
    if text is not None:
        file.write_text(text)
    run = CliRunner().invoke(app, ["contacts", "import", str(file), "-c", config])
    assert run.exit_code != 0 and type(run.exception).__name__ == "ContactError"
