"""The command line as a person calls it: separate processes, real answers."""

import errno
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session, sessionmaker

from app import cli, doctor
from calls.models import Call
from ringback import secrets
from ringback.config import Settings
from ringback.store.base import utcnow

REPOSITORY = Path(__file__).parents[3]
HOSTILE = "<img src=x onerror=alert(1)>\x1b[2J[bold]"


def ringback(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "200"}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False
    )


@pytest.fixture
def installation(settings: Settings, sqlite_store: sessionmaker[Session]) -> Path:
    """A folder with ringback.yaml and a store with one call from a hostile caller."""
    folder = settings.data.parent
    (folder / "ringback.yaml").write_text(yaml.safe_dump({"data": settings.data.name}), encoding="utf-8")
    with sqlite_store() as session, session.begin():
        session.add(
            Call(
                call_id="1795302063.0",
                line="1000",
                language="en",
                caller_number="=cmd|x",
                caller_name=HOSTILE,
                state="ended",
                result="left",
                arrived_at=utcnow(),
                ended_at=utcnow(),
            )
        )
    return folder


def test_help_lists_every_command_and_loads_no_heavy_part(tmp_path: Path) -> None:
    shown = ringback("--help", folder=tmp_path)
    assert shown.returncode == 0
    assert all(
        name in shown.stdout
        for name in ("run", "doctor", "calls", "call", "demo", "models", "prompts", "asterisk-conf")
    )
    heavy = "numpy sqlalchemy vosk faster_whisper flask pjsua2 asterisk jinja2".split()
    code = f"import sys, app.cli; print([n for n in {heavy} if n in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_calls_as_json_give_hostile_text_as_data(installation: Path) -> None:
    shown = ringback("calls", "--json", folder=installation)
    assert shown.returncode == 0, shown.stderr
    (call,) = json.loads(shown.stdout)
    assert call["call_id"] == "1795302063.0"
    assert call["caller_name"] == HOSTILE


def test_calls_as_a_table_never_send_a_terminal_command(installation: Path) -> None:
    for command in (["calls"], ["call", "1795302063.0"]):
        shown = ringback(*command, folder=installation)
        assert shown.returncode == 0, shown.stderr
        assert "\x1b" not in shown.stdout
        assert "=cmd|x" in shown.stdout


def test_the_list_gives_each_call_by_the_whole_name_that_the_next_command_wants(installation: Path) -> None:
    shown = ringback("calls", folder=installation)  # without a terminal: 80 characters wide
    assert "1795302063.0" in shown.stdout


def test_settings_that_are_well_are_counted_and_a_missing_file_is_told(tmp_path: Path) -> None:
    assert (
        "No ringback.yaml, so the defaults hold: 2 lines, 1 menu, all well."
        in ringback("check", folder=tmp_path).stdout
    )
    (tmp_path / "ringback.yaml").write_text('lines: [{number: "1000", name: Support}]\n')
    assert "ringback.yaml: 1 line, 1 menu, all well." in ringback("check", folder=tmp_path).stdout


def test_one_call_as_json_has_every_part(installation: Path) -> None:
    shown = ringback("call", "1795302063.0", "--json", folder=installation)
    assert set(json.loads(shown.stdout)) >= {
        "call",
        "menu_path",
        "waits",
        "recording",
        "transcript",
        "ticket",
        "survey",
        "timings",
    }


def test_a_call_that_is_none_is_one_sentence_and_no_traceback(installation: Path) -> None:
    shown = ringback("call", "nobody", folder=installation)
    assert shown.returncode == 1
    assert shown.stderr.strip() == "There is no call “nobody”: `ringback calls` lists them."


def test_a_folder_in_which_nothing_ran_yet_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    shown = ringback("calls", folder=tmp_path)
    assert shown.returncode == 1
    assert "has Ringback been started yet?" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_an_error_in_the_settings_names_file_and_place(tmp_path: Path) -> None:
    (tmp_path / "ringback.yaml").write_text("sip: {prot: 5060}\n")
    shown = ringback("check", folder=tmp_path)
    assert shown.returncode == 1
    assert "ringback.yaml:1:7: sip.prot" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_check_names_a_prompt_that_nobody_recorded(tmp_path: Path) -> None:
    lines = [{"number": "1000", "name": "Support", "greeting": "not-there"}]
    (tmp_path / "ringback.yaml").write_text(yaml.safe_dump({"lines": lines}))
    shown = ringback("check", folder=tmp_path)
    assert shown.returncode == 1
    assert "lines.0.greeting" in shown.stderr
    assert "not-there" in shown.stderr


def test_check_of_the_defaults_is_well(tmp_path: Path) -> None:
    assert ringback("check", folder=tmp_path).returncode == 0


def test_check_tells_that_nobody_outside_can_be_called(tmp_path: Path) -> None:
    assert "There is no trunk" in ringback("check", folder=tmp_path).stdout
    (tmp_path / "ringback.yaml").write_text("trunk: {host: sip.example.com}\n")
    assert "There is no trunk" not in ringback("check", folder=tmp_path).stdout


@pytest.mark.parametrize(
    ("trunk", "password", "state", "told"),
    [
        (None, "", "note", "each ends as a ticket"),
        ({"host": "sip.example.invalid"}, "", "bad", "sip.example.invalid"),
        ({"host": "sip.example.com", "user": "us"}, "", "bad", "wants a password for us"),
        ({"host": "sip.example.invalid", "user": "us"}, "x", "bad", "leads to no address"),
    ],
)
def test_the_doctor_looks_at_the_way_out(
    settings: Settings, trunk: dict[str, str] | None, password: str, state: str, told: str
) -> None:
    secret, path = secrets.load_or_create(settings)
    path.write_text(yaml.safe_dump(secret.model_dump() | {"trunk_password": password}))
    changed = Settings.model_validate(settings.model_dump() | {"trunk": trunk})
    [check] = list(doctor._trunk(changed))
    assert (check.state, told in check.found) == (state, True)
    assert bool(check.mend) == (state != "good")


def test_run_names_the_port_in_use_and_starts_nothing(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (tmp_path / "ringback.yaml").write_text(yaml.safe_dump({"web": {"port": port}}))
        shown = ringback("run", folder=tmp_path)
    assert shown.returncode == 1
    assert f"web.port {port} (TCP)" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert not (tmp_path / "var" / "ringback.db").exists()


def test_the_doctor_tells_what_is_wrong_and_how_to_mend_it(installation: Path, settings: Settings) -> None:
    (settings.data / "secrets.yaml").write_text("ami_password: x\n")
    (settings.data / "secrets.yaml").chmod(0o644)
    shown = ringback("doctor", "--json", folder=installation)
    checks = {check["name"]: check for check in json.loads(shown.stdout)}
    assert checks["secrets"]["state"] == "bad"
    assert checks["secrets"]["mend"].startswith("chmod 600 ")
    assert checks["prompts"]["state"] == "good"
    assert checks["processes"]["state"] == "note"
    assert shown.returncode == 1
    assert "chmod 600" in ringback("doctor", folder=installation).stdout


def test_files_for_an_own_asterisk_are_written(installation: Path) -> None:
    shown = ringback("asterisk-conf", "out", folder=installation)
    assert shown.returncode == 0, shown.stderr
    assert (installation / "out" / "ringback-extensions.conf").exists()
    assert "#include ringback-pjsip.conf" in (installation / "out" / "README.txt").read_text()


def test_a_model_that_cannot_be_fetched_is_one_sentence(installation: Path) -> None:
    shown = ringback("models", "fetch", "../../etc", folder=installation)
    assert shown.returncode == 1
    assert "no language code" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_check_tells_programs_every_mistake(tmp_path: Path) -> None:
    (tmp_path / "ringback.yaml").write_text("sip: {prot: 5060}\nlines: [{number: '1000', name: S, greeting: welcom}]\n")
    shown = ringback("check", "--json", folder=tmp_path)
    assert shown.returncode == 1
    told = {each["setting"]: each for each in json.loads(shown.stdout)}
    assert (told["sip.prot"]["line"], told["sip.prot"]["suggestion"]) == (1, "port")
    assert (told["lines.0.greeting"]["line"], told["lines.0.greeting"]["suggestion"]) == (2, "welcome")
    assert told[""]["level"] == "note"


def test_nothing_starts_with_wrong_settings_and_all_of_them_are_told(tmp_path: Path) -> None:
    (tmp_path / "ringback.yaml").write_text("sip: {prot: 5060}\nreconnect_seconds: 5m\n")
    for command in ("run", "web", "calls"):
        shown = ringback(command, folder=tmp_path)
        assert shown.returncode == 1
        assert [line.partition(": ")[0] for line in shown.stderr.splitlines()] == [
            "ringback.yaml:1:7",
            "ringback.yaml:2:1",
        ]


def test_an_editor_is_given_a_schema(tmp_path: Path) -> None:
    schema = json.loads(ringback("check", "--schema", folder=tmp_path).stdout)
    assert {"lines", "queues", "agents"} <= set(schema["properties"])
    assert schema["properties"]["timezone"]["description"]


@pytest.mark.parametrize(
    ("number", "file", "said"),
    [
        (errno.EROFS, "/data/run.lock", "/data/run.lock cannot be opened or written (Read-only file system)"),
        (errno.EACCES, "/data/run.lock", "/data/run.lock cannot be opened or written (Permission denied)"),
        (errno.ENOSPC, None, "A file cannot be written (No space left on device)"),
    ],
)
def test_a_disk_that_cannot_be_written_is_one_sentence(
    number: int, file: str | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise OSError(number, os.strerror(number), file)

    monkeypatch.setattr(cli, "app", fails)
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("\n") == 1


def test_a_stop_where_nothing_runs_says_so(installation: Path) -> None:
    done = ringback("stop", folder=installation)
    assert (done.returncode, done.stderr) == (0, "Nothing was running.\n")
