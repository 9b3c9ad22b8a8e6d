"""`ringback run` as a whole: killed, started again, stopped, started twice."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.occupied import WATCHDOG, holder
from app.proc import descendants
from app.trial.trial import REPOSITORY, Trial, until
from pbx import asterisk
from tests.support.installation import SECONDS, Installation
from tests.support.scenarios import NO_WORDS


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def supervisor_of(trial: Trial) -> int:
    """The process that started the controller."""
    controller = trial.pid("controller")
    assert controller is not None
    return int(Path(f"/proc/{controller}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def trial(program: asterisk.AsteriskProgram, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A Ringback of this test's own, with a schema of its own; `program` says that there is an Asterisk to run."""
    monkeypatch.setattr(Trial, "empty_store", None)
    return Trial(NO_WORDS)


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_works(trial: Trial) -> None:
    with trial:
        supervisor = supervisor_of(trial)
        family = descendants(supervisor)
        assert len(family) >= 4, "Asterisk, controller, worker, web"
        os.kill(supervisor, signal.SIGKILL)
        until("every process to be gone", 10, lambda: not any(running(pid) for pid in family))
        trial.stop()
        trial.start()
        assert trial.pid("controller") not in family


def test_a_second_start_in_the_same_folder_names_the_first(trial: Trial) -> None:
    with trial:
        command = [sys.executable, "-m", "app", "run", "--config", str(trial.config)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1
        assert f"process {supervisor_of(trial)}" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_doctor_finds_a_running_ringback_well(trial: Trial) -> None:
    with trial:
        command = [sys.executable, "-m", "app", "doctor", "--config", str(trial.config)]
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
        for part in ("controller", "worker", "web", "ami"):
            assert f"good  {part} " in done.stdout, done.stdout
        assert "no agent's phone is registered" in done.stdout


def test_the_table_tells_how_to_use_it(trial: Trial) -> None:
    with trial:
        output = until("the table", 20, lambda: "Ringback is ready" in trial.last_output(40) and trial.last_output(40))
        secret = trial.secrets()
        assert f"sip:1000@127.0.0.1:{trial.settings.sip.port}" in output
        assert f"http://127.0.0.1:{trial.settings.web.port}/" in output
        assert secret.admin_password not in output and secret.agent_passwords["anna"] not in output
        assert str(trial.settings.data / "secrets.yaml") in output


def test_ctrl_c_lets_callers_finish_and_a_second_one_ends_all_at_once(
    program: asterisk.AsteriskProgram, tmp_path: Path
) -> None:
    with Trial(NO_WORDS, tied=False) as trial:
        there = Installation(trial, tmp_path)
        there.dial("1000").hear("notice")
        run, running_asterisk = supervisor_of(trial), trial.asterisk_pid()
        os.kill(run, signal.SIGINT)
        until("the word to callers inside", 20, lambda: "callers inside have 120 s" in trial.last_output(5))
        assert trial.asterisk_pid() == running_asterisk
        assert trial.pid("controller") is not None
        os.kill(run, signal.SIGINT)
        until("the end of all", 30, lambda: trial.asterisk_pid() is None and not running(run))
        assert holder(trial.settings, WATCHDOG) is None
        there.close_phones()


def thrown_away(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def test_asterisk_and_its_watchdog_end_when_their_folder_is_thrown_away(program: asterisk.AsteriskProgram) -> None:
    with Trial(NO_WORDS, tied=False) as trial:
        watchdog, pid = holder(trial.settings, WATCHDOG), trial.asterisk_pid()
        assert watchdog and pid
        trial.signal(signal.SIGTERM)
        until("all of it to be gone", SECONDS, lambda: thrown_away(trial.folder))  # while files are written there
        until("both to be gone", 40, lambda: not running(watchdog) and not running(pid))
        trial.folder.mkdir(exist_ok=True)  # the controller had notes of its last moment to write
        trial.config.write_text("data: data\n", encoding="utf-8")
