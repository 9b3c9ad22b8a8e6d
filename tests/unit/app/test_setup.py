"""What `make` calls before there is a Ringback: asking for Debian packages, linking the command."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
NEED = REPOSITORY / "tools" / "need"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs that is all a command may find: a shell and `id`, no apt-get."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "id", "touch"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def need(machine: Path, probe: str) -> subprocess.CompletedProcess[str]:
    command = [str(NEED), probe, "some-package", "it is good for something"]
    return subprocess.run(command, env={"PATH": str(machine)}, capture_output=True, text=True, check=False)


def apt_get(machine: Path, script: str) -> None:
    """Debian's package manager as this machine has it."""
    path = machine / "apt-get"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_what_is_there_is_not_asked_for(machine: Path) -> None:
    done = need(machine, "command -v sh")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_missing_package_is_named_with_its_reason(machine: Path) -> None:
    done = need(machine, "command -v nothing-like-it")
    assert done.returncode == 1
    assert "some-package (it is good for something)" in done.stdout
    assert "no Debian" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="as another user it asks for sudo")
def test_a_missing_package_is_installed_and_looked_for_again(machine: Path, tmp_path: Path) -> None:
    apt_get(machine, f'echo "$@" >> {tmp_path}/asked; touch {tmp_path}/came')
    done = need(machine, f"[ -e {tmp_path}/came ]")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked").read_text() == "install -y -q --no-install-recommends some-package\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="as another user it asks for sudo")
def test_a_package_that_cannot_come_is_an_error(machine: Path) -> None:
    apt_get(machine, "exit 100")
    done = need(machine, "command -v nothing-like-it")
    assert done.returncode == 1
    assert "could not install some-package" in done.stderr
    apt_get(machine, "exit 0")
    assert "still fails" in need(machine, "command -v nothing-like-it").stderr


def test_a_user_without_sudo_is_told_what_root_must_do(machine: Path) -> None:
    apt_get(machine, "exit 0")
    (machine / "id").unlink()
    (machine / "id").write_text("#!/bin/sh\necho 1000\n")
    (machine / "id").chmod(0o755)
    done = need(machine, "command -v nothing-like-it")
    assert done.returncode == 1
    assert "Run as root: apt-get install some-package" in done.stderr


def test_every_target_of_the_makefile_is_in_its_help() -> None:
    text = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*", text, re.MULTILINE))
    shown = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True, env=clean_make()
    ).stdout
    assert {"run", "test", "demo", "bench", "check", "lock", "clean", "help"} <= targets
    assert targets - set(re.findall(r"^  make ([a-z]+) ", shown, re.MULTILINE)) == {"mmdebstrap"}


def clean_make() -> dict[str, str]:
    """The environment without what an outer make has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def test_the_command_is_linked_to_where_the_repository_lies() -> None:
    command = Path(sys.prefix, "bin", "ringback")
    if not command.exists():
        pytest.skip("this Python is no virtual environment that make has set up")
    shown = subprocess.run([command, "check"], cwd="/", capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
